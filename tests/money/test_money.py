"""Money as people type it and read it, in English and French."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from campaigns.desk.forms import as_typed
from newsroom.money import AmountError, Money, check_step, parse_amount


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("25", 2500),
        ("25.5", 2550),
        ("25,5", 2550),
        ("25.00", 2500),
        ("$25", 2500),
        ("25 $", 2500),
        ("25$", 2500),
        ("CA$25", 2500),
        ("CA$ 1,000.50", 100_050),
        ("1,000", 100_000),
        ("1 000", 100_000),
        ("1\u00a0000,50\u00a0$", 100_050),
        ("1\u202f000,50", 100_050),
        ("1'000.50", 100_050),
        ("10 dollars", 1000),
        ("25 CAD", 2500),
        ("  40 ", 4000),
        (".50", 50),
        ("+5", 500),
        ("25.555,1", 2_555_510),
        ("1.005,50", 100_550),
        ("1,005.50", 100_550),
        ("1 005,50", 100_550),
        ("1.234.567", 123_456_700),
        ("1,234,567.89", 123_456_789),
        ("1.234.567,89", 123_456_789),
    ],
)
def test_an_amount_is_understood_as_typed(typed: str, cents: int) -> None:
    assert parse_amount(typed, "cad") == Money(cents, "cad")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "twenty",
        "-5",
        "5-",
        "\u22125",
        "1.005.5",
        "NaN",
        "inf",
        "1e3",
        "１００",
        "٢٥",
        "0x10",
        "25;30",
        "12,34,56",
        "1..5",
        ",",
        "9" * 60,
        "25.4567",
        "0.005",
        "0,005",
    ],
)
def test_what_is_no_amount_is_answered_in_words(typed: str) -> None:
    with pytest.raises(AmountError) as said:
        parse_amount(typed, "cad")
    assert str(said.value).endswith(".")


@pytest.mark.parametrize("typed", ["1.005", "12.345", "1.000", "$999.999"])
def test_a_point_before_three_digits_is_refused_rather_than_read_as_thousands(typed: str) -> None:
    whole = typed.strip("$").replace(".", "")
    with pytest.raises(AmountError, match=f"Write {whole}, or two decimals"):
        parse_amount(typed, "cad")


def test_a_comma_before_three_digits_is_a_thousand_in_english_and_refused_in_french() -> None:
    assert parse_amount("1,005", "cad").amount == 100_500
    with translation.override("fr"):
        with pytest.raises(AmountError, match="1005"):
            parse_amount("1,005", "cad")
        assert parse_amount("1 005", "cad").amount == 100_500
        assert parse_amount("1 005,50", "cad").amount == 100_550


@pytest.mark.parametrize("language", ["en", "fr"])
@given(st.integers(min_value=1, max_value=10**12))
def test_a_form_left_as_it_was_keeps_its_amount(language: str, minor: int) -> None:
    with translation.override(language):
        assert parse_amount(as_typed(minor, "cad"), "cad").amount == minor


def test_yen_have_no_decimals_and_dinars_three() -> None:
    assert parse_amount("500", "jpy").amount == 500
    assert parse_amount("1.005", "kwd").amount == 1005
    with pytest.raises(AmountError):
        parse_amount("5.5", "jpy")


@given(st.integers(min_value=0, max_value=10**11), st.sampled_from(["cad", "usd", "jpy", "kwd"]))
def test_what_we_show_can_be_typed_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    for language in ("en", "fr"):
        shown = money.show(language, cents=True)
        digits = "".join(c for c in shown if c.isdigit() or c in ".,  ’'\u00a0\u202f")
        assert parse_amount(digits, currency) == money


@given(st.text(max_size=50))
def test_any_text_is_an_amount_or_a_sentence(text: str) -> None:
    try:
        outcome = str(parse_amount(text, "cad").amount >= 0)
    except AmountError as error:
        outcome = str(error)
    assert outcome not in ("", "False")


def test_whole_amounts_are_shown_without_cents() -> None:
    assert Money(10_000_000, "cad").show("en") == "$100,000"
    assert Money(2550, "cad").show("en") == "$25.50"
    assert Money(2550, "cad").show("fr") == "25,50\u00a0$"


def test_different_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="add up"):
        Money(1, "cad") + Money(1, "usd")


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("5,000", "jpy", 5000), ("12.34", "kwd", 12_340), ("12.340 KWD", "kwd", 12_340)],
)
def test_currencies_without_decimals_and_with_three_are_read(typed, currency, minor) -> None:
    assert parse_amount(typed, currency) == Money(minor, currency)


@pytest.mark.parametrize(("typed", "currency"), [("12.345", "kwd"), ("100.50", "isk")])
def test_an_amount_that_stripe_does_not_take_is_refused_in_words(typed, currency) -> None:
    with pytest.raises(AmountError, match="in steps of"):
        check_step(parse_amount(typed, currency))
    check_step(parse_amount("12.00", currency))

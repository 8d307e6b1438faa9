"""Covering the fee: the whole gift reaches the newsroom, and not a cent more is asked."""

import uuid

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from campaigns.covering import Rate, fee_on
from campaigns.forms import GiveForm
from campaigns.giving import GiftWish, _store, attempt_of
from campaigns.matching import Matched, change
from campaigns.models import Donation
from tests.campaigns_made import a_campaign
from tests.giving.test_bad_input import send
from tests.money.test_ledger import NOON

CANADA = Rate(290, 30)


@pytest.mark.parametrize(("gift", "fee"), [(200, 37), (2500, 106), (10_000, 330), (50_000, 1524)])
def test_what_stripe_takes_in_canada_is_covered_to_the_cent(gift: int, fee: int) -> None:
    assert fee_on(gift, CANADA) == fee


@given(st.integers(1, 10**9), st.builds(Rate, st.integers(0, 2000), st.integers(0, 500)))
def test_the_gift_arrives_whole_and_a_cent_less_would_not_do(gift: int, rate: Rate) -> None:
    total = gift + fee_on(gift, rate)
    assert total - rate.taken(total) >= gift
    assert total == gift or total - 1 - rate.taken(total - 1) < gift


def test_a_match_doubles_the_gift_and_never_the_fee() -> None:
    assert change(Matched(2606, None, 0, for_fee=106), 100, 10**6) == 2500
    assert change(Matched(1303, 2500, 2500, for_fee=106), 100, 10**6) == 1197 - 2500
    assert change(Matched(0, 2500, 2500, for_fee=106), 100, 10**6) == -2500


@pytest.mark.django_db
def test_checkout_lists_the_gift_and_what_covers_the_fee_and_the_donation_knows_both() -> None:
    campaign = a_campaign(title="The field season")
    form = GiveForm(campaign, {"amount": "2500", "cover": "on", "form": str(uuid.uuid4())})
    assert form.is_valid(), form.errors
    donation = _store(campaign, form.wish(), NOON)
    lines = donation.checkout_parameters["line_items"]
    told = [
        (line["price_data"]["product_data"]["name"], line["price_data"]["unit_amount"])
        for line in lines
    ]
    assert told == [("The field season", 2500), ("To cover the card’s fee", 106)]
    assert (donation.amount, donation.for_fee) == (2606, 106)


@pytest.mark.django_db
def test_the_same_sum_with_and_without_the_fee_are_two_gifts() -> None:
    campaign, form = a_campaign(), uuid.uuid4()
    covered = GiftWish(amount=2500, for_fee=106, form=form)
    assert attempt_of(campaign, covered) != attempt_of(campaign, GiftWish(amount=2606, form=form))


@pytest.mark.django_db
def test_the_page_says_before_anything_is_sent_what_covering_adds() -> None:
    campaign = a_campaign(amounts=[2500, 5000])
    page = Client().get(campaign.give_url).content.decode()
    assert "On $50 that adds $1.80." in page
    asked = Client().get(f"{campaign.give_url}?amount=2500").content.decode()
    assert "On $25 that adds $1.06." in asked


@pytest.mark.django_db
def test_in_a_currency_without_a_rate_covering_is_not_offered(settings) -> None:
    settings.CARD_FEES = {"usd": (290, 30)}
    campaign = a_campaign()
    assert "<cover-fee" not in Client().get(campaign.give_url).content.decode()
    form = GiveForm(campaign, {"amount": "2500", "cover": "on"})
    assert form.is_valid()
    assert form.wish().for_fee == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "chosen", "own"),
    [
        ("5000", "5000", None),
        ("2500", "2500", None),
        ("7525", None, "75.25"),
        ("1", "5000", None),
        ("99999999999", "5000", None),
        ("-5", "5000", None),
        ("x", "5000", None),
        ("", "5000", None),
    ],
)
def test_a_link_may_bring_its_amount_and_a_wrong_one_is_not_believed(
    asked: str, chosen: str | None, own: str | None
) -> None:
    campaign = a_campaign(amounts=[2500, 5000, 10000], monthly_amounts=[], yearly_amounts=[])
    page = Client().get(f"{campaign.give_url}?amount={asked}").content.decode()
    form = GiveForm(campaign, initial={"amount": asked})
    assert (form["amount"].value(), form["own_amount"].value()) == (chosen, own)
    assert page.count(" checked") == (2 if chosen else 1) + 2


@pytest.mark.django_db
def test_a_refused_amount_keeps_the_tick_and_all_that_was_typed() -> None:
    campaign = a_campaign()
    answer = send(
        campaign,
        amount="own",
        own_amount="1",
        cover="on",
        tribute="memory",
        tribute_name="Tom Harrow",
        card_email="anna@example.org",
        card_words="He read you every morning.",
        card_from="Ida",
        card_on="2999-01-01",
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("Tom Harrow", "anna@example.org", "He read you every morning.", "2999-01-01"):
        assert kept in page
    assert 'name="cover" value="on" checked' in page
    assert "Choose a day within a year." in page
    assert not Donation.objects.exists()


def test_a_bank_debit_costs_less_and_never_more_than_its_most() -> None:
    debit = Rate(100, 40, most=500)
    assert [fee_on(gift, debit) for gift in (2500, 46_000, 5_000_000)] == [66, 500, 500]


@pytest.mark.django_db
def test_who_gives_from_a_bank_account_covers_what_that_costs_and_pays_by_no_card() -> None:
    fields = {"amount": "2500", "cover": "on", "source": "bank"}
    form = GiveForm(a_campaign(), fields)
    assert form.is_valid(), form.errors
    asked = _store(form.campaign, form.wish(), NOON).checkout_parameters
    assert asked["allowed_payment_method_types"] == ["acss_debit"]
    assert [line["price_data"]["unit_amount"] for line in asked["line_items"]] == [2500, 66]
    # Who covers what a card costs does not pay by debit.
    form = GiveForm(form.campaign, fields | {"source": "card"})
    assert form.is_valid(), form.errors
    asked = _store(form.campaign, form.wish(), NOON).checkout_parameters
    assert "acss_debit" in asked["excluded_payment_method_types"]
    # And where banks do not debit, nothing of it is offered.
    euro = GiveForm(a_campaign(currency="eur"), fields)
    assert euro.is_valid(), euro.errors
    assert not euro.wish().from_bank

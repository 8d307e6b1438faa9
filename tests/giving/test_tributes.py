"""A card for whom a gift honours: once, when the money is here and its day has come."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from campaigns import tributes
from campaigns.giving import GiftWish, _store
from campaigns.models import Donation, Tribute
from campaigns.tributes import TributeWish
from newsroom.mail import outbox
from newsroom.mail.models import MailState, OutboxMail
from tests.campaigns_made import a_campaign
from tests.giving.test_bad_input import send
from tests.money.test_ledger import NOON

pytestmark = pytest.mark.django_db

MEMORY = TributeWish(
    kind="memory",
    name="Tom Harrow",
    card_email="anna@example.org",
    card_to="Anna",
    card_from="Ida Harrow",
    card_words="He read you every morning.",
)


def a_gift(wish: TributeWish | None = MEMORY, *, net: int = 2500, **more) -> Donation:
    donation = _store(a_campaign(), GiftWish(amount=2500, tribute=wish, **more), NOON)
    Donation.objects.filter(pk=donation.pk).update(net=net)
    return donation


def cards() -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(kind="tribute card"))


def test_the_card_is_owed_once_when_the_money_is_here_and_its_address_is_forgotten() -> None:
    donation = a_gift()
    now = timezone.now()
    assert tributes.owe_card(donation, now)
    assert not tributes.owe_card(donation, now)
    (card,) = cards()
    assert card.subject == "A gift in memory of Tom Harrow, from Ida Harrow"
    assert card.to == "anna@example.org"
    assert "He read you every morning." in card.text
    assert "$25" not in card.text, "the amount is nobody's business unless wished"
    kept = Tribute.objects.get(donation=donation)
    assert (kept.card_email, kept.card_owed_at) == ("", now)


def test_the_amount_stands_on_the_card_only_when_wished_and_without_the_fee() -> None:
    wish = TributeWish(
        kind="honour", name="Una", card_email="u@example.org", card_from="Ida", shows_amount=True
    )
    donation = a_gift(wish, for_fee=106)
    assert tributes.owe_card(donation, timezone.now())
    assert "Ida has given $25 to" in cards()[0].text
    assert "in honour of Una" in cards()[0].text


def test_a_card_waits_for_the_morning_of_its_day_in_the_newsrooms_zone() -> None:
    wish = TributeWish(**{**_fields(MEMORY), "send_on": date(2026, 6, 3)})
    donation = a_gift(wish)
    before = datetime(2026, 6, 3, 11, 59, tzinfo=UTC)
    assert not tributes.owe_card(donation, before)
    assert tributes.send_cards(before) == 0
    assert tributes.send_cards(before + timedelta(minutes=1)) == 1
    assert tributes.send_cards(before + timedelta(days=1)) == 0
    assert len(cards()) == 1


def test_no_card_goes_for_a_gift_that_is_not_here_or_went_back() -> None:
    donation = a_gift(net=0)
    assert not tributes.owe_card(donation, timezone.now())
    assert tributes.send_cards(timezone.now()) == 0
    assert cards() == []


def test_who_comes_back_from_checkout_may_put_the_card_right() -> None:
    campaign, form = a_campaign(), uuid.uuid4()
    first = _store(campaign, GiftWish(amount=2500, form=form, tribute=MEMORY), NOON)
    again = GiftWish(
        amount=2500,
        form=form,
        public_name="Ida",
        tribute=TributeWish(**{**_fields(MEMORY), "card_email": "anne@example.org"}),
    )
    assert _store(campaign, again, NOON) == first
    first.refresh_from_db()
    assert (first.tribute.card_email, first.public_name) == ("anne@example.org", "Ida")
    _store(campaign, GiftWish(amount=2500, form=form), NOON)
    assert not Tribute.objects.exists()


def test_once_the_card_went_out_the_outbox_knows_neither_address_nor_words() -> None:
    assert tributes.owe_card(a_gift(), timezone.now())
    mail = cards()[0]
    outbox._mark_sent(_claimed(mail), timezone.now())
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert (mail.to, mail.subject, mail.text, mail.html) == ("", "", "", "")


def _claimed(mail: OutboxMail) -> OutboxMail:
    found = outbox._claim(mail.pk, timezone.now() + timedelta(minutes=1))
    assert found
    return found


def _fields(wish: TributeWish) -> dict:
    return {name: getattr(wish, name) for name in wish.__slots__}


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"tribute": "memory"}, "tribute-name", "Enter the name"),
        ({"tribute_name": "Tom"}, "tribute", "in honour or in memory?"),
        ({"tribute": "enemy", "tribute_name": "Tom"}, "tribute", "enemy"),
        ({"card_email": "a@example.org", "card_from": "I"}, "tribute", "in honour or in memory?"),
        (
            {"tribute": "honour", "tribute_name": "Tom", "card_words": "Hello"},
            "card-email",
            "Enter the address",
        ),
        (
            {"tribute": "honour", "tribute_name": "T", "card_email": "a@b", "card_from": "I"},
            "card-email",
            "does not look like",
        ),
        (
            {"tribute": "honour", "tribute_name": "Tom", "card_email": "a@example.org"},
            "card-from",
            "whom the card is from",
        ),
        (
            {
                "tribute": "honour",
                "tribute_name": "Tom",
                "card_email": "a@example.org",
                "card_from": "Ida",
                "card_words": "See https://spam.example",
            },
            "card-words",
            "leave out the link",
        ),
        (
            {
                "tribute": "honour",
                "tribute_name": "Tom",
                "card_email": "a@example.org",
                "card_from": "Ida",
                "card_on": "2020-01-01",
            },
            "card-on",
            "That day is over",
        ),
        (
            {
                "tribute": "honour",
                "tribute_name": "Tom",
                "card_email": "a@example.org",
                "card_from": "Ida",
                "card_on": "tomorrow",
            },
            "card-on",
            "Enter a day like",
        ),
    ],
)
def test_what_cannot_be_is_answered_beside_its_field(
    fields: dict[str, str], field: str, said: str
) -> None:
    answer = send(a_campaign(), amount="2500", **fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert f'href="#{field}"' in page
    assert f'id="{field}"' in page
    assert not Donation.objects.exists()

"""Donations on the desk: found by whoever may, one with its whole life, and given back."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Donation, DonationState, Donor, EntryKind, InboxEvent, LedgerEntry
from campaigns.receipts import reference
from newsroom.audit.models import AuditEntry
from newsroom.mail.models import OutboxMail
from tests.campaigns_made import a_campaign
from tests.desk.factory import Given, a_gift, goes_back
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 10, 16, tzinfo=UTC)


@pytest.fixture
def gifts() -> list[Given]:
    """Three gifts to two campaigns by two donors."""
    ida = Donor.objects.create(email="Ida.Harrow@example.org", name="Ida Harrow")
    jean = Donor.objects.create(email="jean@example.org", name="Jean Côté-Roy")
    one, two = a_campaign(), a_campaign()
    return [
        a_gift(one, 2500, NOW, donor=ida),
        a_gift(one, 5000, NOW + timedelta(days=1), donor=jean),
        a_gift(two, 9900, NOW + timedelta(days=2), donor=ida),
    ]


def listed(client: Client, query: str = "") -> list[int]:
    page = client.get(f"/desk/donations/{query}")
    assert page.status_code == 200
    return [row.donation.pk for row in page.context["rows"]]


def ids(*gifts: Given) -> list[int]:
    return [given.donation.pk for given in gifts]


def test_the_newest_stand_first_and_filters_hold(sign_in: SignIn, gifts: list[Given]) -> None:
    first, second, third = gifts
    Donation.objects.filter(pk=first.donation.pk).update(
        state=DonationState.DISPUTED, needs_attention="Paid more than once"
    )
    client = sign_in("treasurer")
    assert listed(client) == ids(third, second, first)
    assert listed(client, f"?campaign={first.donation.campaign_id}") == ids(second, first)
    assert listed(client, "?state=disputed") == ids(first)
    assert listed(client, "?state=attention") == ids(first)
    assert listed(client, "?state=nonsense&campaign=x") == ids(third, second, first)


def test_a_donor_is_found_by_the_beginning_of_name_and_address_in_any_case(
    sign_in: SignIn, gifts: list[Given]
) -> None:
    first, second, third = gifts
    client = sign_in("treasurer")
    assert listed(client, "?q=harr") == ids(third, first)
    assert listed(client, "?q=ida.harrow@EXAMPLE.org") == ids(third, first)
    assert listed(client, "?q=IDA har") == ids(third, first)
    assert listed(client, "?q=côté-roy") == ids(second)
    assert listed(client, "?q=' | !:* (&") == []


def test_a_gift_is_found_by_reference_and_every_id_it_has(
    sign_in: SignIn, gifts: list[Given]
) -> None:
    second = gifts[1]
    entry = LedgerEntry.objects.get(payment=second.payment)
    client = sign_in("fundraiser")
    for text in (
        reference(second.donation),
        reference(second.donation).lower()[:8],
        second.payment.stripe_id,
        entry.charge_id,
        entry.source_key.removeprefix("stripe:"),
        second.donation.token,
    ):
        assert listed(client, f"?q={text}") == ids(second), text


def test_who_may_not_see_donors_neither_reads_nor_finds_them(
    sign_in: SignIn, gifts: list[Given]
) -> None:
    client = sign_in("fundraiser")
    assert listed(client, "?q=harrow") == []
    assert listed(client, "?q=jean@example.org") == []
    OutboxMail.objects.create(
        dedupe_key=f"receipt:{gifts[0].payment.stripe_id}",
        kind="receipt",
        to="Ida.Harrow@example.org",
        subject="Thank you, Ida Harrow",
        text="-",
        html="-",
    )
    pages = [
        "/desk/donations/",
        f"/desk/donations/{gifts[0].donation.pk}/",
        f"/desk/campaigns/{gifts[0].donation.campaign_id}/analytics/",
    ]
    for address in pages:
        shown = client.get(address).content.decode().lower()
        assert "harrow" not in shown, address
    treasurer = sign_in("treasurer")
    for address in pages:
        assert "harrow" in treasurer.get(address).content.decode().lower(), address


def test_older_donations_are_a_page_away_and_none_is_lost(sign_in: SignIn) -> None:
    campaign = a_campaign()
    made = [a_gift(campaign, 1000 + n, NOW).donation.pk for n in range(57)]
    client = sign_in("treasurer")
    page = client.get(f"/desk/donations/?campaign={campaign.pk}")
    first = [row.donation.pk for row in page.context["rows"]]
    older = listed(client, page.context["page"].older)
    assert first + older == made[::-1]
    assert f"campaign={campaign.pk}" in page.context["page"].older
    for nonsense in ("x", "-1", "9" * 40, "١"):
        assert listed(client, f"?before={nonsense}") == first[:50]


def test_one_donation_shows_its_whole_life(sign_in: SignIn, gifts: list[Given]) -> None:
    given = gifts[0]
    goes_back(given, 1000, NOW + timedelta(days=3))
    InboxEvent.objects.create(
        stripe_id="evt_1",
        type="charge.refunded",
        object_id=given.payment.stripe_id,
        payload={"secret": "payload"},
        created_at=NOW,
        processed_at=NOW,
        outcome="synced and well",
    )
    OutboxMail.objects.create(
        dedupe_key=f"receipt:{given.payment.stripe_id}",
        kind="receipt",
        to="ida.harrow@example.org",
        subject="Your receipt",
        text="-",
        html="-",
    )
    AuditEntry.objects.create(
        verb="asked for a refund",
        target=f"campaigns.donation:{given.donation.pk}",
        summary="Asked Stripe to give back $10.00",
    )
    shown = sign_in("treasurer").get(f"/desk/donations/{given.donation.pk}/").content.decode()
    for part in (
        "$25.00",
        "-$10.00",
        "$15.00",
        given.payment.stripe_id,
        "charge.refunded",
        "synced and well",
        "Your receipt",
        "Asked Stripe to give back $10.00",
        "Ida.Harrow@example.org",
    ):
        assert part in shown, part


def refund_page(given: Given) -> str:
    return f"/desk/donations/{given.donation.pk}/refund/{given.payment.pk}/"


def refusal(page: Any) -> str:
    assert page.status_code == 422
    return " ".join(error for errors in page.context["form"].errors.values() for error in errors)


def test_a_refund_that_cannot_be_is_refused_in_words(sign_in: SignIn, gifts: list[Given]) -> None:
    client = sign_in("treasurer")
    given = gifts[0]
    good = {"amount": "25", "reason": "Asked by the donor", "key": str(uuid.uuid4())}
    for changes, sentence in (
        ({"amount": "25.01"}, "At most $25 can be refunded."),
        ({"amount": "0"}, "above zero"),
        ({"amount": "-3"}, "above zero"),
        ({"amount": "all"}, "in digits"),
        ({"reason": ""}, "required"),
        ({"key": "x"}, "Enter a valid UUID."),
    ):
        assert sentence in refusal(client.post(refund_page(given), good | changes))
    assert not AuditEntry.objects.filter(verb="refunded").exists()


def test_the_form_offers_what_is_left_and_keeps_its_key_when_it_comes_back(
    sign_in: SignIn, gifts: list[Given]
) -> None:
    given = gifts[0]
    goes_back(given, 1000, NOW, kind=EntryKind.REFUND)
    client = sign_in("treasurer")
    page = client.get(refund_page(given))
    assert 'value="15"' in page.content.decode()
    key = str(page.context["form"]["key"].value())
    again = client.post(refund_page(given), {"amount": "x", "reason": "r", "key": key})
    assert str(again.context["form"]["key"].value()) == key


def test_a_payment_of_another_donation_is_not_refunded(sign_in: SignIn, gifts: list[Given]) -> None:
    address = f"/desk/donations/{gifts[0].donation.pk}/refund/{gifts[1].payment.pk}/"
    assert sign_in("treasurer").get(address).status_code == 404

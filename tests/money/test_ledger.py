"""The ledger: it only grows, its sums move with it, and a difference is found."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import ledger
from campaigns.models import CampaignTotal, DailyRollup, Donation, Donor, EntryKind, LedgerEntry
from campaigns.progress import progress
from tests.campaigns_made import a_campaign, the_default_campaign

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 10, 16, tzinfo=UTC)


def a_donation(campaign, amount=2500, donor=None):
    return Donation.objects.create(
        attempt=uuid.uuid4(),
        campaign=campaign,
        amount=amount,
        currency=campaign.currency,
        donor=donor,
        started_at=NOON,
    )


def an_entry(campaign, amount, *, kind=EntryKind.CHARGE, donation=None, at=NOON, fee=0):
    return LedgerEntry(
        source_key=f"test:{uuid.uuid4()}",
        kind=kind,
        reporting_category=kind,
        amount=amount,
        currency="cad",
        fee=fee,
        settlement_amount=amount,
        settlement_currency="cad",
        occurred_at=at,
        campaign=campaign,
        donation=donation,
    )


def test_raised_is_the_sum_of_the_entries_and_fees_are_beside_it() -> None:
    campaign = a_campaign()
    donor = Donor.objects.create(email="d@example.org")
    gift = a_donation(campaign, donor=donor)
    ledger.append([an_entry(campaign, 2500, donation=gift, fee=103)])
    ledger.append([an_entry(campaign, -500, kind=EntryKind.REFUND, donation=gift)])
    total = CampaignTotal.objects.get(campaign=campaign)
    assert (total.raised, total.received, total.reversed, total.fees) == (2000, 2500, 500, 103)
    assert (total.donations, total.donors) == (1, 1)
    campaign.refresh_from_db()
    assert progress(campaign).raised == 2000


def test_a_donor_counts_once_and_no_more_after_a_full_refund() -> None:
    campaign = a_campaign()
    donor = Donor.objects.create(email="d@example.org")
    first, second = a_donation(campaign, donor=donor), a_donation(campaign, donor=donor)
    for gift in (first, second):
        ledger.append([an_entry(campaign, 2500, donation=gift)])
    assert CampaignTotal.objects.get(campaign=campaign).donors == 1
    for gift in (first, second):
        ledger.append([an_entry(campaign, -2500, kind=EntryKind.REFUND, donation=gift)])
    total = CampaignTotal.objects.get(campaign=campaign)
    assert (total.raised, total.donations, total.donors) == (0, 0, 0)


def test_an_entry_is_written_once() -> None:
    campaign = a_campaign()
    entry = an_entry(campaign, 2500)
    twin = an_entry(campaign, 2500)
    twin.source_key = entry.source_key
    ledger.append([entry])
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.append([twin])
    assert CampaignTotal.objects.get(campaign=campaign).raised == 2500


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaigns_ledgerentry SET amount = 1",
        "DELETE FROM campaigns_ledgerentry",
        "TRUNCATE campaigns_ledgerentry CASCADE",
    ],
)
def test_the_database_refuses_to_change_what_is_written(statement: str) -> None:
    ledger.append([an_entry(a_campaign(), 2500)])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_days_are_the_campaigns_own() -> None:
    campaign = a_campaign(time_zone="America/Vancouver")
    last_second = datetime(2026, 5, 11, 6, 59, 59, tzinfo=UTC)
    ledger.append([an_entry(campaign, 1000, at=last_second)])
    ledger.append([an_entry(campaign, 1000, at=last_second + timedelta(seconds=1))])
    days = DailyRollup.objects.filter(campaign=campaign).order_by("day")
    assert [d.day.day for d in days] == [10, 11]


def test_money_of_no_campaign_counts_nowhere() -> None:
    campaign = a_campaign()
    ledger.append([an_entry(None, 9999)])
    assert not CampaignTotal.objects.filter(campaign=campaign).exists()
    assert list(ledger.recount()) == []


def test_a_charge_after_the_deadline_goes_to_the_default_campaign() -> None:
    default = the_default_campaign()
    campaign = a_campaign(starts_at=NOON, ends_at=NOON + timedelta(days=1))
    gift = a_donation(campaign)
    last = campaign.ends_at - timedelta(microseconds=1)
    assert ledger.campaign_for(gift, last, default) == campaign
    assert ledger.campaign_for(gift, campaign.ends_at, default) == default


def test_a_sum_changed_by_hand_is_found() -> None:
    campaign = a_campaign()
    ledger.append([an_entry(campaign, 2500)])
    call_command("verify_ledger")
    CampaignTotal.objects.filter(campaign=campaign).update(raised=2501)
    with pytest.raises(CommandError, match="1 difference"):
        call_command("verify_ledger")


steps = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(0, 3),
        st.integers(-3000, 3000).filter(bool),
        st.integers(0, 5),
    ),
    max_size=25,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_sums_equal_the_entries_after_any_sequence(wishes) -> None:
    with transaction.atomic():
        campaigns = [a_campaign(), a_campaign()]
        donors = [Donor.objects.create(email=f"{uuid.uuid4()}@example.org") for _ in range(2)]
        gifts = [a_donation(campaigns[n % 2], donor=donors[n // 2]) for n in range(4)]
        for which, gift, amount, day in wishes:
            kind = EntryKind.CHARGE if amount > 0 else EntryKind.REFUND
            ledger.append(
                [
                    an_entry(
                        campaigns[which],
                        amount,
                        kind=kind,
                        donation=gifts[gift],
                        at=NOON + timedelta(days=day),
                    )
                ]
            )
        assert [d for d in ledger.recount() if d.computed != "-" and "below" not in str(d)] == []
        for campaign in campaigns:
            expected = sum(a for w, _g, a, _d in wishes if campaigns[w] == campaign)
            total = CampaignTotal.objects.filter(campaign=campaign).first()
            assert (total.raised if total else 0) == expected
        transaction.set_rollback(True)

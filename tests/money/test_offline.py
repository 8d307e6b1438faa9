"""Gifts by cheque and the like: in the books once, looked at twice when large, undone whole."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from campaigns import ledger, offline, offline_import
from campaigns.models import (
    CampaignTotal,
    DailyRollup,
    Donation,
    DonationState,
    Donor,
    LedgerEntry,
    Match,
    Method,
    OfflineGift,
    OfflineState,
)
from campaigns.offline import OfflineRefused
from campaigns.offline_import import Fate, FileRefused
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.money.test_ledger import a_donation, an_entry

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 20)
START = datetime(2026, 5, 1, 4, tzinfo=UTC)


def campaign_of_may(**fields):
    return a_campaign(starts_at=START, ends_at=START + timedelta(days=31), **fields)


def somebody(name):
    return Reader.objects.create_user(f"{name}@newsroom.example")


def a_cheque(campaign, amount=25_000, **fields):
    fields = {"method": Method.CHEQUE, "received_on": date(2026, 5, 12), **fields}
    return OfflineGift(campaign=campaign, amount=amount, **fields)


def total(campaign):
    assert list(ledger.recount()) == []
    return CampaignTotal.objects.get(campaign=campaign)


def test_a_cheque_counts_on_the_bar_on_the_day_it_was_received() -> None:
    campaign = campaign_of_may()
    gift = offline.enter(a_cheque(campaign, name="Ida Harrow"), by=somebody("fay"), today=TODAY)
    assert gift.state == OfflineState.BOOKED
    kept = total(campaign)
    assert (kept.raised, kept.received, kept.donations, kept.donors) == (25_000, 25_000, 1, 1)
    assert DailyRollup.objects.get(campaign=campaign).day == date(2026, 5, 12)
    assert gift.donation.donor.name == "Ida Harrow"
    gift.donation.refresh_from_db()
    assert gift.donation.net == 25_000


def test_a_donor_known_by_address_is_the_same_by_cheque() -> None:
    campaign = campaign_of_may()
    donor = Donor.objects.create(email="ida@example.org", name="Ida Harrow")
    by_card = a_donation(campaign, donor=donor)
    ledger.append([an_entry(campaign, 2500, donation=by_card)])
    gift = a_cheque(campaign, email="Ida@Example.org")
    offline.enter(gift, by=somebody("fay"), today=TODAY)
    assert total(campaign).donors == 1


def test_a_large_gift_waits_for_somebody_else_and_counts_only_then() -> None:
    campaign = campaign_of_may()
    fay, tom = somebody("fay"), somebody("tom")
    gift = offline.enter(a_cheque(campaign, 100_001), by=fay, today=TODAY)
    assert gift.state == OfflineState.WAITING
    assert not LedgerEntry.objects.exists()
    with pytest.raises(OfflineRefused, match="somebody else"):
        offline.accept(gift, by=fay)
    assert not LedgerEntry.objects.exists()
    offline.accept(gift, by=tom)
    offline.accept(gift, by=tom)
    assert total(campaign).raised == 100_001


def test_a_refused_gift_never_counts() -> None:
    campaign = campaign_of_may()
    fay, tom = somebody("fay"), somebody("tom")
    gift = offline.enter(a_cheque(campaign, 200_000), by=fay, today=TODAY)
    with pytest.raises(OfflineRefused, match="reason"):
        offline.refuse(gift, by=tom, reason="  ")
    offline.refuse(gift, by=tom, reason="Not signed")
    with pytest.raises(OfflineRefused):
        offline.accept(gift, by=tom)
    assert not LedgerEntry.objects.exists()


def test_a_bounced_cheque_is_undone_by_an_opposite_entry_once() -> None:
    campaign = campaign_of_may()
    fay = somebody("fay")
    gift = offline.enter(a_cheque(campaign), by=fay, today=TODAY)
    now = datetime(2026, 5, 20, 15, tzinfo=UTC)
    for _twice in range(2):
        offline.undo(gift, by=fay, reason="Bounced", moment=now)
    amounts = LedgerEntry.objects.order_by("id").values_list("kind", "amount")
    assert list(amounts) == [("offline", 25_000), ("offline_undone", -25_000)]
    kept = total(campaign)
    assert (kept.raised, kept.reversed, kept.donations) == (0, 25_000, 0)
    assert Donation.objects.get().state == DonationState.FAILED


def test_an_offline_gift_is_matched_and_its_match_ends_with_it() -> None:
    campaign = campaign_of_may()
    Match.objects.create(campaign=campaign, sponsor="Larch", cap=20_000, starts_at=START)
    fay = somebody("fay")
    gift = offline.enter(a_cheque(campaign), by=fay, today=TODAY)
    assert total(campaign).raised == 45_000
    offline.undo(gift, by=fay, reason="Bounced", moment=datetime.now(UTC))
    assert total(campaign).raised == 0
    assert Match.objects.get().given == 0


def test_a_cheque_of_a_day_after_the_deadline_goes_to_the_default_campaign() -> None:
    default = the_default_campaign()
    default.starts_at = START
    default.save()
    campaign = campaign_of_may()
    late = a_cheque(campaign, received_on=date(2026, 6, 2))
    offline.enter(late, by=somebody("fay"), today=date(2026, 6, 3))
    assert total(default).raised == 25_000
    assert not CampaignTotal.objects.filter(campaign=campaign).exists()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"amount": 0}, "above zero"),
        ({"amount": -5}, "above zero"),
        ({"amount": 10**15}, "above zero"),
        ({"received_on": date(2026, 5, 21)}, "day to come"),
        ({"received_on": date(2026, 4, 30)}, "had not begun"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_leaves_nothing(fields, says) -> None:
    with pytest.raises(OfflineRefused, match=says):
        offline.enter(a_cheque(campaign_of_may(), **fields), by=somebody("fay"), today=TODAY)
    assert not OfflineGift.objects.exists()


FILE = """date,amount,method,name,email,reference
2026-05-12,250.00,cheque,Ida Harrow,,No 1204
2026-05-12,250.00,cheque,Ida Harrow,,No 1204
2026-05-13,"$1,500",securities,A. Ross,ross@example.org,
2026-05-14,12.3456,cash,,,
13/05/2026,10,cash,,,
2026-05-14,10,barter,,,
2026-05-14,10,cash,,not an address,
,,,,,
2026-05-15,40,E-Transfer,Élise Côté,elise@example.org,
"""


def fates(rows):
    return [row.fate for row in rows]


def test_each_row_of_a_file_has_its_fate_before_anything_is_kept() -> None:
    campaign = campaign_of_may()
    rows = offline_import.read(FILE.encode("utf-8-sig"), campaign, TODAY)
    assert fates(rows) == [
        Fate.BOOKED,
        Fate.BOOKED,
        Fate.WAITS,
        *[Fate.WRONG] * 4,
        Fate.BOOKED,
    ]
    assert [row.number for row in rows][-1] == 10
    assert all(row.problem for row in rows if row.fate == Fate.WRONG)
    assert not OfflineGift.objects.exists()


def test_a_file_sent_twice_brings_each_gift_once() -> None:
    campaign, fay = campaign_of_may(), somebody("fay")
    with override_settings(OFFLINE_SECOND_LOOK=10**9):
        for _twice in range(2):
            rows = offline_import.read(FILE.encode(), campaign, TODAY)
            offline_import.enter_all(rows, fay)
    assert total(campaign).raised == 25_000 * 2 + 150_000 + 4_000
    assert OfflineGift.objects.count() == 4
    rows = offline_import.read(FILE.encode(), campaign, TODAY)
    assert fates(rows).count(Fate.KNOWN) == 4


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "missing"),
        (b"day,sum\n1,2\n", "date, amount, method"),
        (b"\xff\xfe\x00d", "UTF-8"),
        (b"date,amount,method\n\x00", "not a CSV"),
        (b"date,amount,method\n" + b"2026-05-12,1,cash\n" * 2001, "2000"),
        (b"x" * 1_000_001, "megabyte"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(data, says) -> None:
    with pytest.raises(FileRefused, match=says):
        offline_import.read(data, campaign_of_may(), TODAY)


@given(st.binary(max_size=300))
def test_whatever_the_file_holds_is_read_or_refused(data) -> None:
    from campaigns.models import Campaign

    campaign = Campaign(
        pk=1, currency="cad", starts_at=START, time_zone="America/Toronto", slug="x", title="x"
    )
    try:
        rows = offline_import.read(b"date,amount,method,name\n" + data, campaign, TODAY)
    except FileRefused:
        return
    assert all(row.fate == Fate.WRONG or row.gift for row in rows)


def test_a_file_saved_again_by_a_spreadsheet_brings_nothing_twice() -> None:
    campaign, fay = campaign_of_may(), somebody("fay")
    first = "date,amount,method,name\n2026-05-12,250.00,cheque,Ida Harrow\n"
    again = "date;amount;method;name\r2026-05-12;250;Cheque;IDA HARROW\r"
    for text in (first, again):
        offline_import.enter_all(offline_import.read(text.encode(), campaign, TODAY), fay)
    assert OfflineGift.objects.count() == 1
    assert total(campaign).raised == 25_000


def test_a_donor_known_by_card_in_other_letters_is_not_a_second_one() -> None:
    campaign = campaign_of_may()
    donor = Donor.objects.create(email="Ida@Example.org", name="Ida Harrow")
    ledger.append([an_entry(campaign, 2500, donation=a_donation(campaign, donor=donor))])
    offline.enter(a_cheque(campaign, email="ida@example.org"), by=somebody("fay"), today=TODAY)
    assert total(campaign).donors == 1

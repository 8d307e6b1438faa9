"""Donors' years, donors joined and parted, gifts moved: every sum stays that of the entries."""

import contextlib
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.db import connection

from campaigns import calls, joining, ledger, moving, personal
from campaigns.joining import NotJoined
from campaigns.models import (
    CallState,
    Campaign,
    CampaignTotal,
    Donation,
    Donor,
    DonorNote,
    DonorYear,
    EntryKind,
    LedgerEntry,
    Match,
)
from campaigns.moving import NotMoved
from newsroom.account.giving import donations_of
from newsroom.audit.models import AuditEntry
from newsroom.personal import Person, holdings
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift, goes_back, random_giving
from tests.desk.people import person
from tests.privacy.everywhere import tables_naming

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 10, 16, tzinfo=UTC)


def running(**fields: Any) -> Campaign:
    return a_campaign(**{"starts_at": NOW - timedelta(days=900), "ends_at": None, **fields})


@pytest.fixture
def treasurer(db: None) -> Reader:
    return person("treasurer")


def kept_years() -> dict[tuple[int, int, str], tuple[int, int]]:
    return {
        (each.donor_id, each.year, each.currency): (each.net, each.gifts)
        for each in DonorYear.objects.all()
    }


def years_by_hand() -> dict[tuple[int, int, str], tuple[int, int]]:
    """The same from the bare ledger, entry by entry in Python."""
    found: dict[tuple[int, int, str], list[int]] = defaultdict(lambda: [0, 0])
    for entry in LedgerEntry.objects.select_related("donation", "campaign"):
        if entry.donation and entry.donation.donor_id and entry.campaign:
            local = entry.occurred_at.astimezone(ZoneInfo(entry.campaign.time_zone))
            sums = found[entry.donation.donor_id, local.year, entry.currency]
            sums[0] += entry.amount
            sums[1] += entry.kind in ("charge", "offline")
    return {key: (net, gifts) for key, (net, gifts) in found.items()}


def in_books(campaign: Campaign) -> tuple[int, int, int]:
    total = CampaignTotal.objects.get(campaign=campaign)
    return total.raised, total.donations, total.donors


def test_a_donor_s_years_are_what_the_entries_come_to_whatever_is_joined_parted_and_moved(
    treasurer: Reader,
) -> None:
    one, two = running(), running()
    first = datetime(2024, 11, 1, tzinfo=UTC)
    for number, campaign in enumerate((one, two)):
        random_giving(campaign, seed=number, gifts=40, first=first, days=500)
    assert kept_years() == years_by_hand()
    chance, made = random.Random(7), []
    for _ in range(25):
        match chance.randrange(3):
            case 0:
                kept, joined = chance.sample(list(Donor.objects.filter(joined_to=None)), 2)
                made.append(joining.join(kept, joined, reason="One person", by=treasurer))
            case 1 if made:
                with contextlib.suppress(NotJoined):
                    joining.part(made.pop(), by=treasurer, moment=NOW)
            case _:
                gift = chance.choice(list(Donation.objects.filter(net__gt=0)))
                other = two if gift.campaign_id == one.pk else one
                moving.move(gift, other, reason="Meant for it", by=treasurer, moment=NOW)
        assert kept_years() == years_by_hand()
    assert list(ledger.recount()) == []
    assert "moved_in" in set(LedgerEntry.objects.values_list("kind", flat=True))


def test_joining_and_parting_lose_nothing_and_what_comes_by_either_address_is_the_kept_donor_s(
    treasurer: Reader,
) -> None:
    campaign = running()
    reader = Reader.objects.create_user("ida@work.example")
    kept = Donor.objects.create(email="ida@home.example", name="Ida Harrow")
    joined = Donor.objects.create(email="ida@work.example", phone="613", reader=reader)
    first, second = (
        a_gift(campaign, 2500, NOW, donor=kept),
        a_gift(campaign, 4000, NOW, donor=joined),
    )
    assert in_books(campaign)[2] == 2
    made = joining.join(kept, joined, reason="She said so", by=treasurer)
    kept.refresh_from_db()
    assert set(kept.donations.all()) == {first.donation, second.donation}
    assert (kept.reader, kept.phone, in_books(campaign)) == (reader, "613", (6500, 2, 1))
    joined.refresh_from_db()
    assert joining.standing(joined) == kept
    assert joining.known_by(["ida@work.example"]) == {kept.pk}
    later = a_gift(campaign, 1000, NOW, donor=joining.standing(joined))
    with pytest.raises(NotJoined, match="joined to somebody else"):
        joining.join(joined, kept, reason="Again", by=treasurer)
    for _ in range(2):
        joining.part(made, by=treasurer, moment=NOW)
    joined.refresh_from_db()
    assert set(joined.donations.all()) == {second.donation}
    assert set(kept.donations.all()) == {first.donation, later.donation}
    assert (joined.reader, in_books(campaign)[2]) == (reader, 2)
    acts = AuditEntry.objects.filter(target=f"campaigns.donor:{kept.pk}").order_by("pk")
    assert [act.verb for act in acts] == ["joined", "parted"]
    assert "ida" not in str([(act.summary, act.details) for act in acts]).lower()
    assert list(ledger.recount()) == []


def test_a_moved_gift_counts_in_the_other_campaign_and_what_goes_back_of_it_follows(
    treasurer: Reader,
) -> None:
    one, two = running(), running()
    donor = Donor.objects.create(email="ida@home.example")
    given = a_gift(one, 10000, NOW, donor=donor)
    goes_back(given, 2500, NOW)
    moved = moving.move(given.donation, two, reason="A mistake", by=treasurer, moment=NOW)
    assert moved == 7500
    assert (in_books(one), in_books(two)) == ((0, 0, 0), (7500, 1, 1))
    kinds = LedgerEntry.objects.filter(kind__startswith="moved").order_by("pk")
    assert sorted((e.kind, e.amount, e.campaign_id) for e in kinds) == [
        ("moved_in", 7500, two.pk),
        ("moved_out", -7500, one.pk),
    ]
    with pytest.raises(NotMoved, match="already"):
        moving.move(given.donation, two, reason="Again", by=treasurer, moment=NOW)
    back = moving.move(given.donation, one, reason="No mistake", by=treasurer, moment=NOW)
    assert (back, in_books(one), in_books(two)) == (7500, (7500, 1, 1), (0, 0, 0))
    given.donation.refresh_from_db()
    assert (given.donation.net, given.donation.campaign) == (7500, one)
    assert list(ledger.recount()) == []
    act = AuditEntry.objects.filter(verb="moved").latest("pk")
    assert act.details == {"amount": 7500, "source": two.pk, "campaign": one.pk}


def test_a_gift_is_not_moved_where_it_could_not_have_been_given(treasurer: Reader) -> None:
    given = a_gift(running(), 1000, NOW)
    ended = running(ends_at=NOW - timedelta(hours=1))
    not_begun = running(starts_at=NOW + timedelta(days=1))
    dollars = running(currency="usd")
    for campaign, says in (
        (ended, "deadline"),
        (not_begun, "not begun"),
        (dollars, "another currency"),
    ):
        with pytest.raises(NotMoved, match=says):
            moving.move(given.donation, campaign, reason="r", by=treasurer, moment=NOW)
    with pytest.raises(NotMoved, match="reason"):
        moving.move(given.donation, running(), reason=" ", by=treasurer, moment=NOW)
    goes_back(given, 1000, NOW, kind=EntryKind.REFUND)
    with pytest.raises(NotMoved, match="Nothing of it stands"):
        moving.move(given.donation, running(), reason="r", by=treasurer, moment=NOW)
    assert not LedgerEntry.objects.filter(kind__startswith="moved").exists()


def test_the_years_are_found_to_differ_when_somebody_changes_one_by_hand() -> None:
    a_gift(running(), 1000, NOW, donor=Donor.objects.create(email="a@example.org"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaigns_donoryear SET net = 999")
    assert [str(each).split(" (")[0] for each in ledger.recount()] == ["donor's year"]


def test_a_sponsor_s_share_goes_back_when_a_gift_is_moved_and_comes_back_with_it(
    treasurer: Reader,
) -> None:
    one, two = running(), running()
    for campaign in (one, two):
        Match.objects.create(
            campaign=campaign,
            sponsor="The Mill",
            percent=100,
            cap=50000,
            starts_at=NOW - timedelta(days=1),
        )
    given = a_gift(one, 10000, NOW)
    assert (in_books(one)[0], Match.objects.get(campaign=one).given) == (20000, 10000)
    moving.move(given.donation, two, reason="r", by=treasurer, moment=NOW)
    assert (in_books(one)[0], in_books(two)[0]) == (0, 10000), "no match of the new campaign"
    assert [m.given for m in Match.objects.order_by("pk")] == [0, 0]
    moving.move(given.donation, one, reason="r", by=treasurer, moment=NOW)
    assert (in_books(one)[0], in_books(two)[0]) == (20000, 0)
    assert list(ledger.recount()) == []


def test_who_proved_the_address_of_a_joined_donor_still_finds_their_gifts(
    treasurer: Reader,
) -> None:
    reader = Reader.objects.create_user("ida@work.example")
    EmailAddress.objects.create(user=reader, email=reader.email, verified=True, primary=True)
    kept = Donor.objects.create(email="ida@home.example")
    joined = Donor.objects.create(email="Ida@work.example")
    given = a_gift(running(), 4000, NOW, donor=joined)
    made = joining.join(kept, joined, reason="She said so", by=treasurer)
    assert list(donations_of(reader)) == [given.donation]
    joining.part(made, by=treasurer, moment=NOW)
    assert list(donations_of(reader)) == [given.donation]


def test_what_staff_wrote_about_a_donor_is_told_and_erased_with_whoever_they_were_joined_with(
    treasurer: Reader,
) -> None:
    kept = Donor.objects.create(email="ida@home.example", name="Ida Xyzzy", phone="Xyzzy 613")
    joined = Donor.objects.create(email="xyzzy@work.example", name="I. Xyzzy")
    given = a_gift(running(), 90000, NOW, donor=joined)
    call = calls.owe(given.donation)
    assert call
    calls.end(call, CallState.DONE, note="Xyzzy was glad", by=treasurer, moment=NOW)
    joining.join(kept, joined, reason="Both are Xyzzy", by=treasurer)
    DonorNote.objects.create(donor=kept, text="Xyzzy sings", by=treasurer)
    person_ = Person(addresses=("xyzzy@work.example",))
    told = str([list(each.rows(person_)) for each in holdings()])
    assert all(words in told for words in ("Xyzzy 613", "Xyzzy sings", "Xyzzy was glad"))
    personal.erase(person_)
    # The audit log holds staff's reasons, in which the form asks for no names.
    assert tables_naming("xyzzy") == {"audit_auditentry"}
    assert list(ledger.recount()) == []

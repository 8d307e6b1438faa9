"""Every figure of the analytics page, against a second reckoning from the bare ledger."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from campaigns import analytics, charts
from campaigns.models import Campaign, DonationState, EntryKind, LedgerEntry, Reconciliation
from tests.articles.newsroom import section, story
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift, an_entry, goes_back, random_giving
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db

Row = tuple[str, int, int, datetime, int | None, int | None]


def bare_ledger(campaign: Campaign) -> list[Row]:
    """(kind, amount, fee, occurred_at, article, donor) of each entry, read without the models."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.kind, e.amount, e.fee, e.occurred_at, e.article_id, d.donor_id
            FROM campaigns_ledgerentry e
            LEFT JOIN campaigns_donation d ON d.id = e.donation_id
            WHERE e.campaign_id = %s
            """,
            [campaign.pk],
        )
        return list(cursor.fetchall())


@pytest.fixture(
    params=[(1, "America/Toronto"), (2, "America/St_Johns"), (3, "Pacific/Auckland")],
    ids=lambda chosen: chosen[1],
)
def campaign(request: pytest.FixtureRequest) -> Campaign:
    """Twenty days of random giving from several stories, over a change of clocks."""
    seed, zone = request.param
    under = section()
    stories = [story(under, f"Story {n}").pk for n in range(4)]
    first = datetime(2026, 10, 20, tzinfo=UTC)
    made = a_campaign(
        goal=5_000_000,
        time_zone=zone,
        starts_at=first,
        ends_at=first + timedelta(days=40),
    )
    other = a_campaign()
    random_giving(made, seed=seed, gifts=60, first=first, days=20, articles=[*stories, None])
    random_giving(other, seed=seed + 100, gifts=5, first=first, days=20, articles=[*stories, None])
    return made


def test_every_figure_is_what_the_bare_ledger_comes_to(campaign: Campaign) -> None:
    moment = datetime(2026, 11, 9, 3, 30, tzinfo=UTC)
    rows = bare_ledger(campaign)
    figures = analytics.figures(campaign, moment)
    zone = ZoneInfo(campaign.time_zone)
    charges = sorted(amount for kind, amount, *_rest in rows if kind == "charge")

    assert figures.standing.raised == sum(row[1] for row in rows)
    assert figures.total.received == sum(charges)
    assert figures.total.reversed == -sum(row[1] for row in rows if row[0] != "charge")
    assert figures.total.fees == sum(row[2] for row in rows)
    assert figures.gifts == len(charges)
    assert figures.reversals == sum(1 for row in rows if row[1] < 0)
    by_donor: dict[int | None, int] = defaultdict(int)
    for row in rows:
        by_donor[row[5]] += row[1]
    assert figures.total.donors == sum(1 for net in by_donor.values() if net > 0)

    sizes = analytics.count_gift_sizes(campaign, moment)
    assert sizes == analytics.gift_sizes(campaign)
    assert sizes.gifts == len(charges)
    assert sizes.largest == charges[-1]
    assert sizes.median == charges[(len(charges) - 1) // 2]
    assert sizes.average is not None
    assert abs(sizes.average - Fraction(sum(charges), len(charges))) <= Fraction(1, 2)

    net: dict[date, int] = defaultdict(int)
    received: dict[date, int] = defaultdict(int)
    gifts: dict[date, int] = defaultdict(int)
    for kind, amount, _fee, at, *_rest in rows:
        day = at.astimezone(zone).date()
        net[day] += amount
        received[day] += amount if kind == "charge" else 0
        gifts[day] += kind == "charge"
    assert {d.day: (d.net, d.received, d.gifts) for d in figures.days} == {
        day: (net[day], received[day], gifts[day]) for day in net
    }

    today = moment.astimezone(zone).date()
    one = timedelta(days=1)
    assert figures.standing.raised_today == net[today]
    assert figures.standing.raised_yesterday == net[today - one]
    assert figures.standing.last_seven == sum(net[today - n * one] for n in range(1, 8))
    assert figures.standing.seven_before == sum(net[today - n * one] for n in range(8, 15))

    assert campaign.ends_at is not None
    last = (campaign.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    days = (last - today).days + 1
    missing = campaign.goal - sum(amount for day, amount in net.items() if day != today)
    assert figures.standing.days_left == days
    assert figures.standing.needed_a_day == ceil(Fraction(missing, days))
    gone = Fraction(
        (moment - campaign.starts_at) / timedelta(microseconds=1),
    ) / Fraction((campaign.ends_at - campaign.starts_at) / timedelta(microseconds=1))
    paced = int(campaign.goal * gone)
    assert figures.standing.ahead == sum(net.values()) - paced

    of_today = next(p for p in figures.line if p.day == today)
    assert of_today.raised == sum(amount for day, amount in net.items() if day <= today)
    assert [p.raised for p in figures.line if p.day > today] == [None] * (days - 1)


def test_stories_with_no_story_come_to_the_whole(campaign: Campaign) -> None:
    rows = bare_ledger(campaign)
    expected: dict[int | None, int] = defaultdict(int)
    for _kind, amount, _fee, _at, article, _donor in rows:
        expected[article] += amount
    found = analytics.by_story(campaign)
    assert {s.article_id: s.net for s in found} == dict(expected)
    assert sum(s.net for s in found) == analytics.figures(campaign, campaign.starts_at).total.raised
    assert [s.net for s in found] == sorted((s.net for s in found), reverse=True)
    assert {s.headline for s in found} == {"", *(f"Story {n}" for n in range(4))}


def test_the_last_gifts_are_the_newest_charges(campaign: Campaign) -> None:
    newest = sorted((row[3] for row in bare_ledger(campaign) if row[0] == "charge"), reverse=True)
    assert [entry.occurred_at for entry in analytics.last_gifts(campaign)] == newest[:10]


def test_the_page_takes_few_queries_however_many_gifts_there_are(
    sign_in: SignIn, campaign: Campaign, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in("administrator")
    address = f"/desk/campaigns/{campaign.pk}/analytics/"
    charts.draw(campaign, datetime.now(UTC))
    client.get(address)
    with django_assert_max_num_queries(29) as first:
        client.get(address)
    random_giving(campaign, seed=9, gifts=40, first=campaign.starts_at, days=15, articles=[None])
    with django_assert_max_num_queries(len(first)):
        assert client.get(address).status_code == 200


def test_a_campaign_without_gifts_has_a_page_that_says_so(sign_in: SignIn) -> None:
    page = sign_in("fundraiser").get(f"/desk/campaigns/{a_campaign().pk}/analytics/")
    assert page.status_code == 200
    assert "No gift has come yet." in page.content.decode()


def words(page: object) -> str:
    return " ".join(page.content.decode().split())  # type: ignore[attr-defined]


def test_the_first_screen_says_what_to_do_today(sign_in: SignIn) -> None:
    now = datetime.now(UTC)
    campaign = a_campaign(goal=100_000, on_articles=False)
    behind = a_gift(campaign, 2500, now - timedelta(days=2))
    behind.donation.needs_attention = "Paid more than once"
    behind.donation.save()
    a_gift(campaign, 1000, now - timedelta(days=2)).donation.__class__.objects.filter(
        campaign=campaign, needs_attention=""
    ).update(state=DonationState.DISPUTED)
    Reconciliation.objects.create(started_at=now, finished_at=now)
    shown = words(sign_in("fundraiser").get(f"/desk/campaigns/{campaign.pk}/analytics/"))
    for sentence in (
        "behind</strong> the straight pace",
        "a day</strong> for",
        "at that rate the goal is missed",
        "Its banner is not on stories.",
        "1 donation needs attention",
        "1 donation is disputed",
        "Our books and Stripe’s were equal on",
    ):
        assert sentence in shown, sentence
    Reconciliation.objects.create(
        started_at=now,
        finished_at=now,
        differences=[{"transaction": "txn_1", "what": "missing", "ours": None, "theirs": 5}],
    )
    shown = words(sign_in("treasurer").get(f"/desk/campaigns/{campaign.pk}/analytics/"))
    assert "Our books and Stripe’s differed in 1 place on" in shown


def test_money_that_belongs_to_no_campaign_counts_in_none() -> None:
    campaign = a_campaign()
    a_gift(campaign, 2500, datetime.now(UTC))
    LedgerEntry.objects.bulk_create([an_entry(None, 99_00, datetime.now(UTC))])
    assert analytics.figures(campaign, datetime.now(UTC)).standing.raised == 2500


def test_a_dispute_lowers_the_total_and_leaves_the_sizes_of_gifts() -> None:
    campaign = a_campaign()
    now = datetime.now(UTC)
    a_gift(campaign, 1000, now)
    goes_back(a_gift(campaign, 9000, now), 9000, now, kind=EntryKind.DISPUTE)
    figures = analytics.figures(campaign, now)
    assert (figures.standing.raised, figures.total.reversed) == (1000, 9000)
    assert analytics.count_gift_sizes(campaign, now).largest == 9000

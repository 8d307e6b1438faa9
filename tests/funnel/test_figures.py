"""Every figure of where gifts began, against a second reckoning from the bare rows."""

import random
import uuid
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from articles.models import Byline, Follow
from campaigns import ledger, origins, today
from campaigns.funnel import Day, funnel, holdout
from campaigns.models import (
    Campaign,
    Donation,
    DonationState,
    Donor,
    EntryKind,
    LedgerEntry,
    Match,
    RecurringDonation,
    Step,
    StepDay,
    StepTally,
)
from campaigns.pace import Standing
from campaigns.sources import VIEWS, sources
from campaigns.story_figures import story_figures
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.campaigns_made import a_campaign
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
FIRST = NOW - timedelta(days=30)
ZONE = "America/St_Johns"


class World:
    """Thirty days of a campaign: stories of two sections, gifts of every kind, page loads."""

    def __init__(self, seed: int, gifts: int) -> None:
        self.chance = random.Random(seed)
        self.campaign = a_campaign(
            time_zone=ZONE, starts_at=FIRST, ends_at=NOW + timedelta(days=20), goal=50_000_000
        )
        self.people = [
            newsroom.person(f"Writer {n} {seed}", f"writer-{n}-{uuid.uuid4().hex[:6]}")
            for n in range(3)
        ]
        mark = uuid.uuid4().hex[:6]
        self.sections = [newsroom.section(f"Part {n}", f"part-{n}-{mark}") for n in range(2)]
        self.stories = [
            newsroom.story(
                self.sections[n % 2],
                f"Story {n} {mark}",
                bylines=[newsroom.line(who) for who in self.people[n % 3 : n % 3 + 2]],
            )
            for n in range(5)
        ]
        self.donors = [
            Donor.objects.create(email=f"{uuid.uuid4().hex}@example.org") for _ in range(gifts // 3)
        ]
        Match.objects.create(
            campaign=self.campaign, sponsor="A sponsor", percent=50, cap=9_000, starts_at=FIRST
        )
        for _gift in range(gifts):
            self.give()
        self.load_pages()

    def give(self) -> None:
        pick = self.chance.choice
        started = FIRST + timedelta(minutes=self.chance.randrange(30 * 24 * 60))
        via = pick(["banner", "button", "letter-2026-11-05", "letter-12", "", "embed-x", "renewal"])
        begun = via != "renewal"
        donation = Donation.objects.create(
            attempt=uuid.uuid4(),
            campaign=self.campaign,
            donor=pick([*self.donors, None]),
            amount=2500,
            currency="cad",
            started_at=started,
            via=via,
            article=pick([*self.stories, None]) if begun else None,
            first_article=pick([*self.stories, None]) if begun else None,
            referrer=pick(["", "search", "letter", "direct"]),
            device=pick(["", "phone", "desktop"]),
            language=pick(["en", "fr"]),
            frequency=pick(["once", "month"]),
            arm=pick(["", "shown", "held"]),
        )
        with connection.cursor() as cursor:
            if begun and self.chance.random() < 0.9:
                Donation.objects.filter(pk=donation.pk).update(opened_at=started)
                origins.count_opened(cursor, donation.pk)
        if self.chance.random() < 0.25:
            state = pick([DonationState.STARTED, DonationState.EXPIRED, DonationState.PROCESSING])
            Donation.objects.filter(pk=donation.pk).update(state=state)
            return
        amount = pick([1000, 2500, 3333, 10_000, 250_000])
        later = started + timedelta(hours=self.chance.randrange(1, 60))
        self.book(donation, amount, EntryKind.CHARGE, later)
        while self.chance.random() < 0.2:
            self.book(donation, -amount // 4, EntryKind.REFUND, later + timedelta(days=1))
        Donation.objects.filter(pk=donation.pk).update(state=DonationState.RECEIVED)

    def book(self, donation: Donation, amount: int, kind: EntryKind, at: datetime) -> None:
        with transaction.atomic():
            ledger.append(
                [
                    LedgerEntry(
                        source_key=f"stripe:{uuid.uuid4()}",
                        kind=kind,
                        reporting_category=kind,
                        amount=amount,
                        currency="cad",
                        settlement_amount=amount,
                        settlement_currency="cad",
                        occurred_at=at,
                        campaign=self.campaign,
                        donation=donation,
                        article_id=donation.article_id,
                        charge_id=f"ch_{donation.pk}",
                    )
                ]
            )

    def load_pages(self) -> None:
        for n in range(30):
            day = (FIRST + timedelta(days=n)).date()
            common = {"campaign": self.campaign, "day": day}
            for story in self.stories:
                for step in (Step.ARTICLE, Step.GIVE):
                    number = self.chance.randrange(1, 900)
                    StepDay.objects.create(article=story, step=step, loads=number, **common)
            for step in (Step.BANNER, Step.THANKS, Step.RETURN):
                StepDay.objects.create(step=step, loads=self.chance.randrange(1, 900), **common)
            for dimension, value in (("device", "phone"), ("referrer", ""), ("arm", "shown")):
                StepTally.objects.create(
                    step=Step.ARTICLE,
                    dimension=dimension,
                    value=value,
                    loads=self.chance.randrange(900),
                    **common,
                )


@pytest.fixture
def world() -> World:
    return World(seed=4, gifts=90)


def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def bare(campaign: Campaign) -> list[dict[str, Any]]:
    """Each entry but sponsors', with its donation, and whether an earlier entry was its donor's."""
    found = rows(
        """
        SELECT e.id, e.kind, e.amount, e.occurred_at, d.id AS donation, d.donor_id AS donor, d.via,
            d.article_id, d.first_article_id, d.referrer, d.device, d.language, d.frequency, d.arm
        FROM campaigns_ledgerentry e JOIN campaigns_donation d ON d.id = e.donation_id
        WHERE e.campaign_id = %s ORDER BY e.id
        """,
        campaign.pk,
    )
    gave: dict[int, int] = {}
    known: dict[int, str] = {}
    for row in found:
        donor, donation = row["donor"], row["donation"]
        if donation not in known:
            known[donation] = "" if donor is None else "earlier" if donor in gave else "first"
        row["donor"] = known[donation]
        if donor is not None and row["kind"] == "charge":
            gave[donor] = donation
    return found


def of_view(view: str, row: dict[str, Any], world: World) -> list[str]:
    """Under what an entry is counted, by hand."""
    if row["via"] == "renewal":
        return ["renewal"]
    story = next((s for s in world.stories if s.pk == row["article_id"]), None)
    if view in ("article", "first_article"):
        return [str(row[f"{view}_id"] or "")]
    if view == "section":
        return [str(story.get_parent().pk) if story else ""]
    if view == "author":
        names = Byline.objects.filter(article=story).values_list("person_id", flat=True)
        return [str(pk) for pk in names] if story else [""]
    if view == "letter":
        is_letter = row["via"].startswith("letter") or row["via"] == ""
        return [row["via"] if is_letter else "none"]
    if view == "via":
        return [row["via"].split("-")[0]]
    return [row[view]]


def test_each_view_is_what_the_bare_ledger_comes_to(world: World) -> None:
    for view in VIEWS:
        the_view_is_what_the_bare_ledger_comes_to(world, view)


def the_view_is_what_the_bare_ledger_comes_to(world: World, view: str) -> None:
    zone = ZoneInfo(ZONE)
    since, until = date(2026, 10, 25), date(2026, 11, 16)
    expected: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    whole = 0
    for row in bare(world.campaign):
        if not since <= row["occurred_at"].astimezone(zone).date() <= until:
            continue
        whole += row["amount"]
        for key in of_view(view, row, world):
            sums = expected[key]
            if row["kind"] == "charge":
                sums[0] += row["amount"]
                sums[2] += 1
                sums[3] = max(sums[3], row["amount"])
                sums[4] += row["amount"] ** 2
            else:
                sums[1] -= row["amount"]
    found = sources(world.campaign, view, since, until)
    assert {
        r.value: [r.received, r.reversed, r.gifts, r.largest, r.squares] for r in found.rows
    } == dict(expected), view
    assert found.whole == whole
    if view != "author":
        assert sum(r.net for r in found.rows) == whole
        assert abs(sum(r.share or 0 for r in found.rows) - 1000) <= len(found.rows) / 2
    if view == "article":
        loads = {
            str(story.pk): sum(
                each.loads
                for each in StepDay.objects.filter(article=story, step="article")
                if since <= each.day <= until
            )
            for story in world.stories
        }
        assert {r.value: r.loads for r in found.rows if r.value in loads} == {
            r.value: loads[r.value] for r in found.rows if r.value in loads
        }


def test_the_kept_sums_are_what_the_entries_come_to_and_a_change_by_hand_is_found(
    world: World,
) -> None:
    assert list(ledger.recount()) == []
    received = bare(world.campaign)[0]["donation"]
    begun = Donation.objects.filter(campaign=world.campaign, opened_at__isnull=False)
    other = a_campaign(starts_at=FIRST)
    with connection.cursor() as cursor:
        for gift in [*begun.filter(state=DonationState.EXPIRED)[:1], *begun.filter(pk=received)]:
            origins.leave_funnel(cursor, gift.pk)
            Donation.objects.filter(pk=gift.pk).update(campaign=other)
            origins.enter_funnel(cursor, gift.pk)
        assert list(ledger.recount()) == []
        for table in ("originday SET gifts = gifts + 1", "funnelday SET opened = opened + 1"):
            cursor.execute(
                f"UPDATE campaigns_{table} WHERE id = (SELECT min(id) FROM campaigns_"
                f"{table.split()[0]})"
            )
    assert len(list(ledger.recount())) == 2


def test_the_funnel_is_what_donations_and_page_loads_come_to(world: World) -> None:
    zone = ZoneInfo(ZONE)
    since, until = date(2026, 10, 25), date(2026, 11, 20)
    expected: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    names = {
        "article": "stories",
        "banner": "banners",
        "give": "gives",
        "thanks": "thanks",
        "return": "returns",
    }
    for each in StepDay.objects.filter(campaign=world.campaign):
        expected[each.day][names[each.step]] += each.loads
    charged = {r["donation"] for r in bare(world.campaign) if r["kind"] == "charge"}
    for gift in Donation.objects.filter(campaign=world.campaign, opened_at__isnull=False):
        day = gift.started_at.astimezone(zone).date()
        expected[day]["opened"] += 1
        expected[day]["received"] += gift.pk in charged
        open_still = gift.state in ("started", "processing")
        expected[day]["undecided"] += open_still and gift.started_at > NOW - timedelta(days=21)
    found = funnel(world.campaign, since, until, NOW)
    assert {day.day: day for day in found.days} == {
        day: Day(day, **sums) for day, sums in expected.items() if since <= day <= until
    }
    assert found.whole.opened == sum(day.opened for day in found.days)
    assert found.whole.coverage == min(100, found.whole.thanks * 100 // found.whole.returns)
    assert [stage.number for stage in found.stages][3:] == [
        found.whole.opened,
        found.whole.received,
    ]
    arms = holdout(world.campaign, since, until)
    gifts = [
        row["arm"]
        for row in bare(world.campaign)
        if row["kind"] == "charge"
        and row["via"] != "renewal"
        and since <= row["occurred_at"].astimezone(zone).date() <= until
    ]
    assert (arms.shown_gifts, arms.held_gifts) == (gifts.count("shown"), gifts.count("held"))


def test_a_storys_page_is_its_writers_and_whose_work_figures_are_and_names_no_donor(
    world: World, sign_in: SignIn
) -> None:
    story = world.stories[0]
    Follow.objects.create(article=story, email="a@example.org", confirmed_at=NOW)
    Follow.objects.create(article=story, email="b@example.org")
    begun = [r for r in bare(world.campaign) if r["article_id"] == story.pk]
    found = story_figures(story, NOW)
    (only,) = found.sums
    assert only.net == sum(row["amount"] for row in begun)
    assert only.gifts == sum(row["kind"] == "charge" for row in begun)
    assert only.began == sum(
        r["kind"] == "charge" and r["first_article_id"] == story.pk for r in bare(world.campaign)
    )
    mine = StepDay.objects.filter(article=story, step="article")
    assert found.loads == sum(each.loads for each in mine)
    assert found.follows == 1

    address = f"/desk/stories/{story.pk}/figures/"
    client = sign_in("reporter")
    assert client.get(address).status_code == 302
    writer = world.people[0]
    writer.reader = Reader.objects.get(email="reporter@newsroom.example")
    writer.save()
    page = client.get(address)
    assert page.status_code == 200
    assert story.title in client.get("/desk/stories/figures/").content.decode()
    assert not any(donor.email in page.content.decode() for donor in world.donors)
    assert client.get(f"/desk/campaigns/{world.campaign.pk}/analytics/sources/").status_code == 302
    assert sign_in("fundraiser").get(address).status_code == 200


def test_pages_answer_by_the_same_few_queries_however_much_there_is(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in("fundraiser")
    base = f"/desk/campaigns/{world.campaign.pk}/analytics/"
    addresses = [f"{base}sources/?by={view}" for view in VIEWS]
    addresses += [f"{base}way/", f"/desk/stories/{world.stories[0].pk}/figures/", base]

    def counted() -> list[int]:
        numbers = []
        for address in addresses:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200, address
            numbers.append(len(queries))
        return numbers

    counted()
    few = counted()
    for _gift in range(40):
        world.give()
    counted()
    assert counted() == few
    assert max(few) < 30


def test_a_view_is_in_the_address_and_what_is_wrong_in_it_is_said_beside_the_field(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in("fundraiser")
    base = f"/desk/campaigns/{world.campaign.pk}/analytics/"
    page = client.get(f"{base}sources/?by=device&since=2026-11-01&until=2026-11-10")
    words = page.content.decode()
    assert "from November 1, 2026 to November 10, 2026" in words
    assert "Phone" in words
    for wrong, said in (
        ("by=shoes", "Select a valid choice"),
        ("since=tomorrow", "Enter a valid date"),
        ("since=2026-11-10&until=2026-11-01", "The last day lies before the first."),
    ):
        page = client.get(f"{base}sources/?{wrong}")
        assert page.status_code == 200
        assert said in page.content.decode()
    page = client.get(f"{base}way/?since=2025-01-01&until=2026-11-20")
    assert "At most 62 days at a time." in page.content.decode()


def test_staff_set_the_holdout_and_who_did_is_written_down(world: World, sign_in: SignIn) -> None:
    address = f"/desk/campaigns/{world.campaign.pk}/analytics/holdout/"
    client = sign_in("fundraiser")
    assert client.post(address, {"share": "90"}).status_code == 422
    assert client.post(address, {"share": "10"}).status_code == 302
    world.campaign.refresh_from_db()
    assert world.campaign.holdout == 10
    assert rows("SELECT summary FROM audit_auditentry ORDER BY id DESC LIMIT 1")[0][
        "summary"
    ].endswith("is left out on 10 of 100 page loads")
    assert sign_in("editor").post(address, {"share": "0"}).status_code == 302
    world.campaign.refresh_from_db()
    assert world.campaign.holdout == 10


def test_today_says_what_waits_each_with_its_number(world: World, sign_in: SignIn) -> None:
    behind = Standing(
        phase="open",  # type: ignore[arg-type]
        today=NOW.date(),
        raised=0,
        goal=10_000_000,
        paced=1_000_000,
        ahead=-1_000_000,
        days_left=1,
        needed_a_day=1,
        raised_today=0,
        raised_yesterday=0,
        last_seven=0,
        seven_before=0,
    )
    first = Donation.objects.filter(campaign=world.campaign, donor__isnull=False)[0]
    RecurringDonation.objects.create(
        subscription="sub_1",
        first=first,
        campaign=world.campaign,
        donor=first.donor,
        amount=500,
        currency="cad",
        frequency="month",
        state="unpaid",
        started_at=NOW,
    )
    found = today.last_letter(world.campaign, behind)
    letters: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in bare(world.campaign):
        if row["via"].startswith("letter"):
            letters[row["via"]].append(row)
    zone = ZoneInfo(ZONE)
    days = {
        via: min(r["occurred_at"].astimezone(zone).date() for r in each)
        for via, each in letters.items()
    }
    last = max(days, key=lambda via: (days[via], via))
    assert found is not None
    assert (found.via, found.day) == (last, days[last])
    assert found.net == sum(r["amount"] for r in letters[last])
    assert found.closes == min(100, found.net * 100 // 1_000_000)
    page = sign_in("fundraiser").get(f"/desk/campaigns/{world.campaign.pk}/analytics/")
    assert "1 renewal was not paid" in page.content.decode()
    assert "The last letter, of" in page.content.decode()

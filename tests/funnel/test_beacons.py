"""Page loads are counted once, of nobody in particular, and of nothing that is not there."""

import gzip
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from redis import Redis

from campaigns import steps
from campaigns.models import Campaign, Donation, StepBatch, StepDay, StepTally
from campaigns.planning import store_campaign
from newsroom.edge.redis import redis
from tests.articles import newsroom
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.journeys.test_a_reader_gives_on_a_phone import pay_at_checkout
from tests.pipeline import acts
from tests.stack import Stack

A_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def nothing_counted(db: None) -> Redis:
    store = redis()
    for key in store.keys(f"{steps.NOW}*"):
        store.delete(key)
    steps._public.clear()
    steps._zones_at.cache_clear()
    return store


def say(client: Client, *, site: str = "same-origin", agent: str = A_BROWSER, **said: Any) -> int:
    headers = {"Sec-Fetch-Site": site, "User-Agent": agent}
    return client.post("/steps/", {"lang": "en", **said}, headers=headers).status_code


def loads(campaign: Campaign) -> dict[tuple[str, int | None], int]:
    rows = StepDay.objects.filter(campaign=campaign)
    return {(row.step, row.article_id): row.loads for row in rows}


def tallied(campaign: Campaign, step: str, dimension: str) -> dict[str, int]:
    rows = StepTally.objects.filter(campaign=campaign, step=step, dimension=dimension)
    return dict(rows.values_list("value", "loads"))


def test_a_load_is_counted_by_story_step_and_day_and_by_classes_beside(
    nothing_counted: Redis, client: Client
) -> None:
    campaign, story = a_campaign(), newsroom.story(newsroom.section(), "Dams")
    told = {"story": story.pk, "campaign": campaign.pk, "came": "search", "device": "phone"}
    for _load in range(3):
        assert say(client, steps="article banner", **told) == 204
    assert say(client, steps="give", via="letter-2026-11-20", **told) == 204
    assert say(client, steps="thanks", campaign=campaign.pk) == 204
    steps.write_down(datetime.now(UTC))

    assert loads(campaign) == {
        ("article", story.pk): 3,
        ("banner", story.pk): 3,
        ("give", story.pk): 1,
        ("thanks", None): 1,
    }
    assert tallied(campaign, "article", "referrer") == {"search": 3}
    assert tallied(campaign, "article", "device") == {"phone": 3}
    assert tallied(campaign, "article", "language") == {"en": 3}
    assert tallied(campaign, "give", "via") == {"letter": 1}
    assert StepDay.objects.get(step="thanks").day == datetime.now(campaign.zone).date()


def test_nothing_is_counted_that_is_not_there_nor_for_bots_nor_from_other_sites(
    nothing_counted: Redis, client: Client
) -> None:
    campaign, section = a_campaign(), newsroom.section()
    story, draft = newsroom.story(section, "Dams"), newsroom.draft(section, "Not yet")
    told = {"story": story.pk, "campaign": campaign.pk, "steps": "article"}
    refused = [
        {"story": draft.pk},
        {"story": 10**17},
        {"story": "٣"},
        {"story": ""},
        {"campaign": 10**17},
        {"steps": "return"},
        {"steps": ""},
        {"steps": "article x"},
        {"steps": "give", "campaign": ""},
    ]
    for wrong in refused:
        assert say(client, **{**told, **wrong}) == 400, wrong
    assert say(client, site="cross-site", **told) == 403
    assert say(client, via="x" * 2000, **told) == 413
    for agent in ("", "Googlebot/2.1", "HeadlessChrome/130", "curl/8.5", "python-requests/2"):
        assert say(client, agent=agent, **told) == 204
    assert client.get("/steps/").status_code == 405
    assert not nothing_counted.exists(steps.NOW)

    # What is of no class of ours is not known, and makes no key of its own.
    for n in range(20):
        say(client, came=f"made-up-{n}", device=f"{n}", lang=f"x{n}", arm=f"{n}", **told)
    assert nothing_counted.hlen(steps.NOW) == 5


def test_too_many_from_one_address_are_not_counted(
    nothing_counted: Redis, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaigns.views.steps.A_MINUTE", 3)
    campaign = a_campaign()
    answers = [say(client, steps="thanks", campaign=campaign.pk) for _load in range(12)]
    assert answers[0] == 204
    assert answers[-1] == 429


def test_a_flush_that_is_killed_anywhere_neither_loses_nor_doubles(
    nothing_counted: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, now = a_campaign(), datetime.now(UTC)
    load = steps.Load((steps.Step.THANKS,), campaign=campaign.pk)
    written, expected = steps._write, 0

    def count(times: int) -> None:
        nonlocal expected
        expected += times
        for _load in range(times):
            steps.count(load, now)

    class Killed(Exception):
        pass

    def before(*_said: Any) -> None:
        raise Killed

    def after(*said: Any) -> None:
        written(*said)
        raise Killed

    for moment in (before, after, before, after):
        count(2)
        monkeypatch.setattr(steps, "_write", moment)
        with pytest.raises(Killed):
            steps.write_down(now)
        count(1)
    monkeypatch.setattr(steps, "_write", written)
    steps.write_down(now)
    steps.write_down(now)
    assert loads(campaign) == {("thanks", None): expected}
    assert not nothing_counted.keys(f"{steps.NOW}*")

    StepBatch.objects.update(written_at=now - steps.REMEMBERED - timedelta(days=1))
    steps.write_down(now)
    assert not StepBatch.objects.exists()


def test_a_story_that_is_deleted_meanwhile_keeps_no_other_count_waiting(
    nothing_counted: Redis,
) -> None:
    campaign, now = a_campaign(), datetime.now(UTC)
    steps.count(steps.Load((steps.Step.ARTICLE,), campaign=campaign.pk, article=10**9), now)
    steps.count(steps.Load((steps.Step.THANKS,), campaign=campaign.pk), now)
    steps.write_down(now)
    assert loads(campaign) == {("thanks", None): 1}


def test_the_script_is_small() -> None:
    counting = Path("static/js/start.js").read_text().partition("// ---- Page loads")[2]
    assert 0 < len(gzip.compress(counting.encode())) < 1_500


@pytest.fixture
def campaign(stack_db: Stack) -> Iterator[Campaign]:
    """With the banner on stories, which a holdout leaves as it is, while the test lasts."""
    the_default_campaign()
    made = a_campaign()
    made.on_articles = True
    yield store_campaign(made, by=None, moment=datetime.now(UTC))
    Campaign.objects.filter(pk=made.pk).update(on_articles=False)


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """A page in a browser that no program drives, as far as it says."""
    context = browser.new_context(user_agent=A_BROWSER, viewport={"width": 390, "height": 844})
    context.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'webdriver', {get: () => false})"
    )
    yield context.new_page()
    context.close()


def test_a_reader_is_counted_from_story_to_thanks_and_the_gift_knows_where_it_began(
    stack_db: Stack, campaign: Campaign, reader: Page
) -> None:
    """Through the page cache and under the pages' own policy; no cookie is set."""
    mark = uuid.uuid4().hex[:8]
    section = newsroom.section(f"Dams {mark}", f"dams-{mark}")
    first, last = (newsroom.story(section, f"Dam {n} {mark}") for n in (1, 2))
    said: list[dict[str, str]] = []
    answers: list[int] = []
    broken: list[str] = []
    reader.on("response", lambda r: answers.append(r.status) if "/steps/" in r.url else None)
    reader.on(
        "request",
        lambda r: said.append(dict(parse_qsl(r.post_data or ""))) if "/steps/" in r.url else None,
    )
    reader.on("console", lambda m: broken.append(m.text) if m.type == "error" else None)
    reader.on("pageerror", lambda error: broken.append(str(error)))

    def told(number: int) -> None:
        while len(answers) < number:
            reader.wait_for_event("response", timeout=30_000)

    reader.goto(stack_db.site_url + first.url, referer="https://www.google.com/")
    told(1)
    reader.goto(stack_db.site_url + last.url)
    told(2)
    reader.get_by_role("complementary", name="Our campaign").get_by_role(
        "link", name="Give"
    ).click()
    told(3)
    email = f"ida-{mark}@example.org"
    reader.locator(".give-form button[type=submit]").click()
    pay_at_checkout(reader, stack_db, email)
    told(4)

    assert answers == [204] * 4, said
    assert [each["steps"] for each in said] == [
        "article banner",
        "article banner",
        "give",
        "thanks",
    ]
    assert {each["came"] for each in said} == {"search"}
    assert not broken
    assert reader.context.cookies(stack_db.site_url) == []
    acts.wait_for_raised(campaign, Donation.objects.get(campaign=campaign).amount)
    gift = Donation.objects.get(campaign=campaign)
    assert (gift.article_id, gift.first_article_id, gift.via) == (last.pk, first.pk, "banner")
    assert (gift.referrer, gift.device, gift.arm) == ("search", "phone", "")
    assert gift.earlier_donor is False

    steps.write_down(datetime.now(UTC))
    assert loads(campaign) == {
        ("article", first.pk): 1,
        ("article", last.pk): 1,
        ("banner", first.pk): 1,
        ("banner", last.pk): 1,
        ("give", last.pk): 1,
        ("thanks", None): 1,
        ("return", None): 1,
    }
    acts.books_are_clean(stack_db)


def test_a_holdout_hides_the_banner_on_its_share_of_loads_before_anything_is_drawn(
    stack_db: Stack, campaign: Campaign, reader: Page
) -> None:
    campaign.holdout = 50
    store_campaign(campaign, by=None, moment=datetime.now(UTC))
    mark = uuid.uuid4().hex[:8]
    story = newsroom.story(newsroom.section(f"Weirs {mark}", f"weirs-{mark}"), f"Weir {mark}")
    banner = reader.get_by_role("complementary", name="Our campaign")
    reader.add_init_script("Math.random = () => Number(localStorage.getItem('drawn') ?? '0.9')")
    reader.goto(stack_db.site_url + story.url)
    expect(banner).to_be_visible()
    reader.evaluate("localStorage.setItem('drawn', '0.2')")
    with reader.expect_response("**/steps/") as counted:
        reader.goto(stack_db.site_url + story.url)
    expect(banner).to_be_hidden()
    assert parse_qs(counted.value.request.post_data or "")["arm"] == ["held"]
    assert parse_qs(counted.value.request.post_data or "")["steps"] == ["article"]
    reader.get_by_role("link", name="Give", exact=True).first.click()
    expect(reader.locator("input[name=arm]")).to_have_value("held")
    expect(reader.locator("input[name=from]")).to_have_value(str(story.pk))
    expect(reader.locator("input[name=via]")).to_have_value("button")

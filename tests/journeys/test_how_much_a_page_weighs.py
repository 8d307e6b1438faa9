"""A story on a phone: how many bytes and requests it takes, from whom, and that nothing shifts."""

import uuid

import brotli
from playwright.sync_api import Page, Response

from articles.corrections import Entry, Record
from articles.models import Kind
from tests.articles import newsroom
from tests.bench.made import WORDS
from tests.campaigns_made import a_campaign
from tests.stack import Stack

MOST_BYTES = 40_000
MOST_REQUESTS = 8
# Counted by Chromium itself (https://web.dev/articles/cls).
SHIFTS = """() => new Promise(done => {
    let shifted = 0;
    new PerformanceObserver(seen => {
        for (const each of seen.getEntries()) if (!each.hadRecentInput) shifted += each.value;
    }).observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => done(shifted)));
})"""


def test_a_story_takes_forty_kilobytes_and_eight_requests_of_nobody_else_and_nothing_shifts(
    stack_db: Stack, phone: Page
) -> None:
    mark = uuid.uuid4().hex[:8]
    a_campaign(on_articles=not _has_banner())
    words = newsroom.text(*[WORDS] * 12)
    story = newsroom.story(
        newsroom.section(f"Ice {mark}", f"ice-{mark}"),
        lead_image=newsroom.image(f"Kiln {mark}"),
        lead_image_alt="A kiln",
        lead_image_credit="A. Rao",
        body=newsroom.body(words),
    )
    newsroom.edit(
        story,
        body=newsroom.body(words, newsroom.text("Five cords.")),
        record=Record([Entry(Kind.CORRECTION, "It was four.", "It is five.")]),
    )
    got: list[Response] = []
    phone.on("response", lambda response: got.append(response))
    phone.goto(f"{stack_db.site_url}{story.url}", wait_until="networkidle")
    assert {each.url.split("/")[2] for each in got} == {stack_db.site_url.split("/")[2]}
    text = [each for each in got if _kind(each) in ("text/html", "text/css", "text/javascript")]
    weights = {each.url: len(brotli.compress(each.body(), quality=5)) for each in text}
    assert sum(weights.values()) <= MOST_BYTES, weights
    assert len(got) <= MOST_REQUESTS, [each.url for each in got]
    assert phone.evaluate(SHIFTS) == 0


def _kind(response: Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0]


def _has_banner() -> bool:
    from campaigns.models import Campaign

    return Campaign.objects.filter(on_articles=True).exists()

"""Everybody can read and give: axe finds nothing, on a phone and a wide screen, in both lights."""

import uuid
from collections.abc import Iterator

import pytest
from django.utils import translation
from playwright.sync_api import Page

from articles.corrections import Entry, Record
from articles.models import Kind
from campaigns.models import Campaign
from tests.articles import newsroom
from tests.campaigns_made import a_campaign
from tests.face.axe import findings
from tests.stack import Stack


@pytest.fixture
def paths(stack_db: Stack) -> list[str]:
    """Pages of each kind: one of a story with a correction, one of a campaign that runs."""
    mark = uuid.uuid4().hex[:8]
    campaign = a_campaign()
    section = newsroom.section(f"Ice {mark}", f"ice-{mark}")
    words = newsroom.text("Four cords of wood burn.", "The kiln is warm.")
    story = newsroom.story(
        section,
        lead_image=newsroom.image(f"Kiln {mark}"),
        lead_image_alt="A kiln",
        lead_image_credit="A. Rao",
        body=newsroom.body(words),
    )
    newsroom.edit(
        story,
        body=newsroom.body(newsroom.text("Five cords of wood burn.", "The kiln is warm.")),
        record=Record([Entry(Kind.CORRECTION, "It was four.", "It is five.")]),
    )
    return [*_story(story.url), *_site(), *_giving(campaign)]


def _story(url: str) -> Iterator[str]:
    yield url
    yield from (f"{url}{page}/" for page in ("history", "history/1-2", "report", "follow"))


def _site() -> Iterator[str]:
    yield from ("/", "/fr/", "/corrections/", "/search/?q=kiln")
    yield from ("/account/login/", "/fr/corrections/", "/no-such-page/", "/gallery/")


def _giving(campaign: Campaign) -> Iterator[str]:
    for language in ("en", "fr"):
        with translation.override(language):
            yield campaign.give_url
            yield campaign.get_absolute_url()


def test_axe_finds_nothing_on_a_phone(stack_db: Stack, phone: Page, paths: list[str]) -> None:
    assert _found(phone, stack_db, paths) == {}


def test_axe_finds_nothing_on_a_wide_screen(
    stack_db: Stack, desktop: Page, paths: list[str]
) -> None:
    assert _found(desktop, stack_db, paths) == {}


def _found(page: Page, stack: Stack, paths: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light, reduced_motion="reduce")  # type: ignore[arg-type]
        for path in paths:
            answer = page.goto(stack.site_url + path)
            assert answer is not None
            assert answer.status == (404 if "no-such" in path else 200), path
            if lines := findings(page):
                found[f"{path} {light}"] = lines
    return found

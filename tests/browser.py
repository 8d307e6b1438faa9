"""A real browser for journeys: Debian's Chromium, else Playwright's own.

    def test_reader_gives(stack_db: Stack, phone: Page) -> None: ...

`phone` is a small touch screen, `desktop` a wide one; each is a fresh profile. When a test fails,
a picture of its pages is left in `.test/pictures/`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

import bootstrap
from tests import ground

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PICTURES = ground.STATE / "pictures"
LAUNCH = ["--no-sandbox", "--disable-dev-shm-usage"]
ZONE = {"locale": "en-CA", "timezone_id": "America/Toronto"}
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:
    """Remember a failure for the picture, and show what the stack's processes said."""
    report: pytest.TestReport = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
        stack = getattr(item, "funcargs", {}).get("stack")
        for name in ("site", "worker", "sandbox") if stack else ():
            report.sections.append((f"the {name} said", stack.log(name)))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for the process."""
    from playwright.sync_api import sync_playwright

    path = bootstrap.find_browser()
    assert path, "No browser: `make browser` fetches one."
    # Playwright's loop runs in this thread; Django takes that for an async caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=LAUNCH)
        yield chromium
        chromium.close()


@pytest.fixture
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on a phone: 390 by 844, touch."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        **ZONE,
    )
    yield from _page(context, request)


@pytest.fixture
def desktop(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on a desktop screen: 1280 by 900."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **ZONE)
    yield from _page(context, request)


def _page(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    yield context.new_page()
    if request.node.stash.get(FAILED, False):
        PICTURES.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.-]+", "-", request.node.nodeid)
        for number, page in enumerate(context.pages):
            page.screenshot(path=PICTURES / f"{name}-{number}.png", full_page=True)
    context.close()

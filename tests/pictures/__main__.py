"""Pictures of every page of the demo that runs here, and what axe finds on each.

    make demo        # in another terminal
    make pictures    # ARGS="--only give --no-axe" for less

Each page is opened on a phone and a desktop screen, in light and dark. The pictures go to
`.pictures/`, with `index.html` to look at them side by side; what axe finds is printed, and the
command ends with 1 when it found anything or a page did not open.
"""

import argparse
import html
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import bootstrap
from newsroom.engines.schema import CHECKOUT
from tests.browser import LAUNCH
from tests.pictures.shown import Shown

WHERE = CHECKOUT / ".pictures"
SCREENS = {"phone": (390, 844), "desktop": (1280, 900)}
LIGHTS = ("light", "dark")
# A page's whole length, but no scroll of a mile.
TALLEST = 6000


def main() -> int:
    """Take all pictures; 1 when a page did not open or axe found something."""
    asked = _arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    # Playwright's loop runs in this thread; Django takes that for an async caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django.setup()
    from tests.pictures.pages import public_pages, staff_pages

    wanted: list[Shown] = [
        page
        for page in [*public_pages(), *staff_pages()]
        if all(word in page.name for word in asked.only)
    ]
    if not asked.only:
        shutil.rmtree(WHERE, ignore_errors=True)
    WHERE.mkdir(exist_ok=True)
    complaints: dict[str, list[str]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=bootstrap.find_browser(), args=LAUNCH)
        for screen in SCREENS:
            for light in LIGHTS:
                for page, shown in _opened(browser, wanted, screen, light, complaints):
                    name = f"{shown.name}-{screen}-{light}"
                    page.screenshot(path=WHERE / f"{name}.png", full_page=True, clip=_whole(page))
                    if asked.axe:
                        _listen_to_axe(page, name, complaints)
                    print(f"\r{name:<70}", end="", flush=True)
        browser.close()
    _write_index([page.name for page in wanted])
    return _report(complaints)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make pictures")
    parser.add_argument("--only", nargs="*", default=[], help="words that a page's name contains")
    parser.add_argument("--no-axe", dest="axe", action="store_false", help="pictures alone")
    return parser.parse_args()


def _opened(
    browser: Browser, wanted: list[Shown], screen: str, light: str, wrong: dict[str, list[str]]
) -> Iterator[tuple[Page, Shown]]:
    """Each page opened and come to rest; what does not open is noted in `wrong`."""
    from django.conf import settings

    for who in dict.fromkeys(page.who for page in wanted):
        with _somebody(browser, who, screen, light) as context:
            page = context.new_page()
            for shown in (each for each in wanted if each.who == who):
                url = settings.BASE_URL + shown.path
                answer = context.request.get(url, max_redirects=3)
                if not answer.headers.get("content-type", "").startswith("text/html"):
                    continue
                if answer.status == 405:
                    continue
                if answer.status >= 500 or answer.status == 403:
                    wrong[f"{shown.name}-{screen}-{light}"] = [f"answered {answer.status}"]
                    continue
                page.goto(url, wait_until="networkidle")
                _load_pictures(page)
                yield page, shown


@contextmanager
def _somebody(
    browser: Browser, who: str | None, screen: str, light: str
) -> Iterator[BrowserContext]:
    """A fresh profile; signed in with both factors when `who` is somebody."""
    width, height = SCREENS[screen]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=light,  # type: ignore[arg-type]
        is_mobile=screen == "phone",
        has_touch=screen == "phone",
        reduced_motion="reduce",
        locale="en-CA",
        timezone_id="America/Halifax",
    )
    if who:
        from django.conf import settings

        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": _session(who)}
        context.add_cookies([cookie | {"url": settings.BASE_URL}])  # type: ignore[list-item]
    yield context
    context.close()


def _session(address: str) -> str:
    """The key of a session of the demo's person, as it is once a passkey was used."""
    from allauth.mfa.models import Authenticator
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from newsroom.readers.models import Reader

    reader = Reader.objects.get(email=address)
    if reader.is_staff and not Authenticator.objects.filter(user=reader).exists():
        kind = Authenticator.Type.TOTP
        Authenticator.objects.create(user=reader, type=kind, data={"secret": "of no app"})
    session = SessionStore()
    session[SESSION_KEY] = str(reader.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = reader.get_session_auth_hash()
    moment = timezone.now().timestamp()
    session["account_authentication_methods"] = [
        {"method": "code", "at": moment, "email": address},
        {"method": "mfa", "at": moment, "type": "totp"},
    ]
    session.create()
    return str(session.session_key)


def _load_pictures(page: Page) -> None:
    """Scroll once through, so that what loads lazily is there."""
    page.evaluate("""async () => {
        for (const image of document.images) image.loading = "eager";
        await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
        await document.fonts.ready;
    }""")


def _whole(page: Page) -> dict[str, float]:
    height = page.evaluate("document.documentElement.scrollHeight")
    return {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": min(height, TALLEST)}  # type: ignore[index]


def _listen_to_axe(page: Page, name: str, complaints: dict[str, list[str]]) -> None:
    from tests.face.axe import findings

    if found := findings(page):
        complaints[name] = found
        print(f"\r{name}: {len(found)} to mend{'':<40}")


def _write_index(names: list[str]) -> None:
    """A plain page with every picture, four to a row."""
    rows = []
    for name in names:
        pictures = [f"{name}-{screen}-{light}.png" for screen in SCREENS for light in LIGHTS]
        cells = "".join(
            f'<a href="{each}"><img src="{each}" alt="{html.escape(each)}" loading="lazy"></a>'
            for each in pictures
            if (WHERE / each).exists()
        )
        rows.append(f"<h2>{html.escape(name)}</h2><div>{cells}</div>")
    style = "div{display:flex;gap:1em;align-items:start}img{width:20vw;border:1px solid #999}"
    (WHERE / "index.html").write_text(
        f"<!doctype html><meta charset=utf-8><title>Pictures</title><style>{style}</style>"
        + "".join(rows)
    )


def _report(complaints: dict[str, list[str]]) -> int:
    print(f"\r{'':<70}\r{len(list(WHERE.glob('*.png')))} pictures: {WHERE / 'index.html'}")
    for name, found in complaints.items():
        print(name)
        for line in found:
            print(f"  {line}")
    print(f"{len(complaints)} pages with something to mend.")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

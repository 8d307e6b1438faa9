"""What every public page promises whoever reads it, whatever it shows."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = Path(settings.BASE_DIR, "templates")
STATIC = Path(settings.BASE_DIR, "static")
DESK = re.compile(r"(^|/)desk/|^wagtailadmin/")

PAGES = sorted(
    str(path.relative_to(TEMPLATES))
    for path in TEMPLATES.rglob("*.html")
    if not DESK.search(str(path.relative_to(TEMPLATES)))
)


@pytest.mark.parametrize("name", PAGES)
def test_a_public_template_can_be_read_by_django(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_a_public_page_needs_nothing_that_the_strict_policy_forbids(name: str) -> None:
    text = (TEMPLATES / name).read_text()
    scripts = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/)[^>]*>", text)
    assert scripts == []
    assert re.findall(r"<[^>]*\sstyle=|<style", text) == []
    assert re.findall(r"<[^>]*\son[a-z]+=\"", text) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_caches_hold_knows_nothing_of_its_reader(name: str) -> None:
    text = (TEMPLATES / name).read_text()
    whole_site = name == "base.html" or name.startswith(("articles/", "components/"))
    if whole_site and "comments/" not in name:
        assert re.findall(r"\{[{%][^}]*\b(user|messages|csrf_token)\b", text) == []


def test_the_error_page_stands_alone_when_the_database_is_away() -> None:
    page = get_template("500.html").render()
    assert "Something went wrong on our side" in page
    assert "nameplate" not in page


def test_the_fonts_weigh_less_than_sixty_kilobytes_and_come_with_their_licences() -> None:
    fonts = list((STATIC / "fonts").glob("*.woff2"))
    assert sum(font.stat().st_size for font in fonts) < 60_000
    assert len(list((STATIC / "fonts").glob("*-OFL.txt"))) == 2


def test_each_module_stays_short_enough_to_be_read_at_once() -> None:
    # What every page does comes in one request, and so in one file: copying, modules, page loads.
    longer = {"start.js": 140}
    for module in (STATIC / "js").glob("*.js"):
        most = longer.get(module.name, 100)
        assert len(module.read_text().splitlines()) < most, module.name

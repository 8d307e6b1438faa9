"""The page a newsroom publishes today, typed into the desk's own form with its two corrections.

The text is somebody's: it is read from beside the checkout and never kept; without it, skipped.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from wagtail.test.utils.form_data import rich_text

from articles.models import Article, Correction, Section
from articles.verifying import verify_record
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, create, credit, errors, save, typed

SEED = Path(__file__).resolve().parents[3] / "shared" / "seed"
FILES = sorted(SEED.glob("*.txt"))
TORONTO = ZoneInfo("America/Toronto")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FILES, reason="there is no seed page beside this checkout"),
]


@dataclass
class Seed:
    paragraphs: list[str]
    quote: str
    helper: str
    entries: list[tuple[datetime, str]]


def read(path: Path) -> Seed:
    """The page's parts, told apart by their places and marks."""
    parts = [part.strip() for part in path.read_text("utf-8").split("\n\n") if part.strip()]
    credit_at = next(at for at, part in enumerate(parts) if part.startswith("— With files from"))
    body = parts[2:credit_at]
    quote = next(part for part in body if re.search(r"\B@\w+", part) and re.search(r"#\w+", part))
    after = "\n\n".join(parts[credit_at:])
    dated = re.findall(r"(\w+ \d+, \d{4}, \d+:\d\d [ap]m)\n\n(.+)", after)
    return Seed(
        paragraphs=[part for part in body if part != quote],
        quote=quote,
        helper=parts[credit_at].removeprefix("— With files from").strip(),
        entries=[
            (datetime.strptime(when, "%B %d, %Y, %I:%M %p").replace(tzinfo=TORONTO), said)
            for when, said in dated
        ],
    )


def blocks(seed: Seed, paragraphs: list[str]) -> list[tuple[str, object]]:
    half = len(paragraphs) // 2

    def text(part: list[str]) -> tuple[str, object]:
        return "text", rich_text("".join(f"<p>{escape(each)}</p>" for each in part))

    quote = {
        "quote": seed.quote,
        "attribution": "",
        "share_line": seed.quote,
        "accounts": " ".join(re.findall(r"\B@\w+", seed.quote)),
        "hashtags": " ".join(re.findall(r"#\w+", seed.quote)),
    }
    return [text(paragraphs[:half]), ("pull_quote", quote), text(paragraphs[half:])]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_page_is_typed_published_and_corrected_twice(
    path: Path, desk: Client, energy: Section
) -> None:
    seed = read(path)
    assert [f"{when:%H:%M}" for when, _said in seed.entries] == ["10:50", "11:50"]
    helper = newsroom.person(seed.helper, "helper")
    as_is = blocks(seed, seed.paragraphs)
    typed_as = {"slug": "alliance", "people": (credit(helper),)}
    data = typed("A new alliance is launched", blocks=as_is, **typed_as)
    assert errors(create(desk, energy, data)) == {}
    article = Article.objects.get(slug="alliance")

    (clarified_at, clarified), (updated_at, updated) = seed.entries
    typed_as["known"] = article
    data = typed("A country launches an alliance", blocks=as_is, **typed_as)
    assert list(errors(save(desk, article, data, **PUBLISH))) == ["entry_0_kind"]
    said = {
        "entry_0_kind": "clarification",
        "entry_0_now": clarified,
        "entry_0_at": f"{clarified_at:%Y-%m-%dT%H:%M}",
    }
    assert errors(save(desk, article, data | said, **PUBLISH)) == {}

    article = Article.objects.get(slug="alliance")
    last = [*seed.paragraphs[:-1], f"{seed.paragraphs[-1]} They belong to one association."]
    typed_as["known"] = article
    data = typed("A country launches an alliance", blocks=blocks(seed, last), **typed_as)
    said = {
        "entry_0_kind": "update",
        "entry_0_now": updated,
        "entry_0_at": f"{updated_at:%Y-%m-%dT%H:%M}",
    }
    assert errors(save(desk, article, data | said, **PUBLISH)) == {}

    assert list(Correction.objects.order_by("number").values_list("kind", "issued_at")) == [
        ("clarification", clarified_at),
        ("update", updated_at),
    ]
    page = Client().get(article.url).content.decode()
    shown = [escape(each, quote=False).replace("'", "&#x27;") for each in (clarified, updated)]
    assert page.index(shown[1]) < page.index(shown[0])
    for minute in ("December 13, 2022, 10:50 a.m.", "December 13, 2022, 11:50 a.m."):
        assert minute in page
    assert seed.helper in page
    assert "/corrections/policy/" in page
    account = re.findall(r"\B@\w+", seed.quote)[0]
    assert account.replace("@", "%40") in page
    assert not list(verify_record())

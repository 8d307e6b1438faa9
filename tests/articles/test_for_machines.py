"""What search engines and sharing services are told of a story, by the rules of each vocabulary."""

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client
from django.utils import timezone

from articles.corrections import Entry, Record
from articles.models import Article, Kind, Section, Topic
from articles.publishing import publish
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.schema_org import breaches

pytestmark = pytest.mark.django_db

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def a_full_story(energy: Section, label: str = "news") -> Article:
    made = newsroom.draft(
        energy,
        "Ice & <fire>",
        dek="Two words.",
        label=label,
        location="Marrow Bay",
        writers=(newsroom.person("Ann", "ann"), newsroom.person("Bo", "bo")),
        helpers=(newsroom.person("Cy", "cy"),),
        lead_image=newsroom.image(),
        lead_image_alt="A red square",
        lead_image_caption="The kiln",
        lead_image_credit="Ann",
    )
    made.topics.set([Topic.objects.create(name="Wood", slug="wood")])
    publish(made, by=None, moment=timezone.now() - timedelta(hours=6))
    return made


def correct(made: Article, editor: Reader | None, kind: str = Kind.CORRECTION) -> None:
    record = Record([Entry(kind, f"Was, {kind}.", f"Now, {kind}.")])
    newsroom.edit(made, title=f"Ice & {kind}", by=editor, record=record)


def json_ld(page: str) -> dict[str, Any]:
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    known: dict[str, Any] = json.loads(script)
    return known


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("news", "NewsArticle"),
        ("analysis", "AnalysisNewsArticle"),
        ("opinion", "OpinionNewsArticle"),
        ("explainer", "BackgroundNewsArticle"),
        ("sponsored", "AdvertiserContentArticle"),
    ],
)
def test_a_story_is_described_in_the_words_of_schema_org_alone(
    client: Client, energy: Section, editor: Reader, label: str, kind: str
) -> None:
    made = a_full_story(energy, label)
    correct(made, editor)
    correct(made, None, Kind.UPDATE)
    known = json_ld(client.get(made.url).content.decode())
    assert breaches(known) == []
    assert known["@type"] == kind
    demanded = {"headline", "author", "contributor", "datePublished", "dateModified", "image"}
    assert demanded <= set(known)
    assert [each["@type"] for each in known["correction"]] == ["CorrectionComment"] * 2
    assert [each["author"]["@type"] for each in known["correction"]] == ["Organization", "Person"]
    assert known["publisher"]["correctionsPolicy"].endswith("/corrections/policy/")


@pytest.mark.parametrize(
    "wrong",
    [
        {"@type": "NewsArticle", "corrected": "x"},
        {"@type": "Story"},
        {"@type": "NewsArticle", "datePublished": "2026-06-03T09:00:00"},
        {"@type": "NewsArticle", "author": {"@type": "ImageObject"}},
        {"@type": "NewsArticle", "image": "/media/x.webp"},
        {"@type": "NewsArticle", "wordCount": "12"},
    ],
)
def test_the_check_of_the_vocabulary_finds_what_is_wrong(wrong: dict[str, Any]) -> None:
    assert breaches(wrong) != []


def test_a_shared_story_shows_its_headline_picture_and_moments(
    client: Client, energy: Section, editor: Reader
) -> None:
    made = a_full_story(energy)
    correct(made, editor)
    page = client.get(made.url).content.decode()
    tags = {
        name: unescape(content)
        for name, content in re.findall(
            r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page
        )
    }
    assert tags["og:type"] == "article"
    assert tags["og:title"] == "Ice & correction"
    assert tags["og:description"] == "Two words."
    assert tags["og:url"] == f"http://localhost:8000{made.url}"
    assert tags["og:image"].startswith("http://localhost:8000/media/")
    assert (tags["og:image:width"], tags["og:image:height"]) == ("960", "640")
    assert tags["og:image:alt"] == "A red square"
    assert tags["og:locale"] == "en_CA"
    assert tags["twitter:card"] == "summary_large_image"
    assert tags["article:section"] == "Energy"
    assert tags["article:tag"] == "Wood"
    assert tags["article:modified_time"] > tags["article:published_time"]
    plain = client.get(newsroom.story(energy).url).content.decode()
    assert '<meta name="twitter:card" content="summary_large_image">' in plain


def test_the_news_sitemap_has_the_news_of_two_days(client: Client, energy: Section) -> None:
    now = timezone.now()
    newsroom.story(energy, "Old", moment=now - timedelta(days=2, minutes=1))
    fresh = newsroom.story(energy, "Fresh & new", moment=now - timedelta(days=1, hours=23))
    newsroom.story(energy, "Bought", label="sponsored")
    withdrawn = newsroom.story(energy, "Withdrawn")
    correct(withdrawn, None, Kind.RETRACTION)
    answer = client.get("/news-sitemap.xml")
    assert answer["Content-Type"] == "application/xml"
    [url] = fromstring(answer.content).findall(f"{MAP}url")  # noqa: S314 - our own bytes
    assert url.findtext(f"{MAP}loc") == f"http://localhost:8000{fresh.url}"
    [news] = url.findall(f"{NEWS}news")
    assert news.findtext(f"{NEWS}publication/{NEWS}name") == "Waylight"
    assert news.findtext(f"{NEWS}publication/{NEWS}language") == "en"
    assert news.findtext(f"{NEWS}title") == "Fresh & new"
    assert news.findtext(f"{NEWS}publication_date") == fresh.first_published_at.isoformat(
        timespec="seconds"
    )
    assert "/news-sitemap.xml" in client.get("/robots.txt").content.decode()

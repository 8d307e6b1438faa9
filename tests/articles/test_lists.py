"""What readers are promised of the pages and feeds that list stories and corrections."""

from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.corrections import Entry, Record
from articles.models import (
    Article,
    FrontPage,
    Kind,
    Purpose,
    Section,
    StandingPage,
    Topic,
)
from articles.publishing import publish
from tests.articles import newsroom

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
START = timezone.now() - timedelta(days=60)


def headlines(client: Client, path: str, name: str = "cards") -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    return [card.headline for card in answer.context[name]]


def stories(section: Section, *names: str, **fields: Any) -> list[Article]:
    return [
        newsroom.story(section, name, moment=START + timedelta(days=day), **fields)
        for day, name in enumerate(names)
    ]


def test_the_front_page_leads_with_the_newest_news(client: Client, energy: Section) -> None:
    water = newsroom.section("Water", "water")
    stories(energy, "One", "Two", "Three")
    stories(water, "Four", label="opinion")
    answer = client.get("/")
    assert answer.context["lead"].headline == "Three"
    assert [card.headline for card in answer.context["cards"]] == ["Two", "One"]
    assert [card.headline for card in answer.context["opinion"]] == ["Four"]
    shown = [(title, url, len(cards)) for title, url, cards in answer.context["sections"]]
    assert shown == [("Energy", "/energy/", 3), ("Water", "/water/", 1)]


def test_an_editor_chooses_the_lead(client: Client, energy: Section) -> None:
    one, *_others = stories(energy, "One", "Two", "Three")
    front = FrontPage.objects.get()
    front.lead = one
    front.save()
    answer = client.get("/")
    assert answer.context["lead"].headline == "One"
    assert [card.headline for card in answer.context["cards"]] == ["Three", "Two"]


def test_an_empty_newsroom_has_a_front_page(client: Client, db: None) -> None:
    assert client.get("/").status_code == 200


def test_a_section_lists_its_own_stories_newest_first_by_pages(
    client: Client, energy: Section, monkeypatch: Any
) -> None:
    monkeypatch.setattr("articles.paging.page_of.__defaults__", (2,))
    newsroom.story(newsroom.section("Water", "water"), "Elsewhere")
    stories(energy, "One", "Two", "Three")
    assert headlines(client, "/energy/") == ["Three", "Two"]
    assert headlines(client, "/energy/?page=2") == ["One"]
    for wrong in ("0", "3", "x", "-1", "99999999999", "1.5", "٣"):
        assert client.get(f"/energy/?page={wrong}").status_code == 404


def test_a_person_and_a_topic_list_what_is_theirs(client: Client, energy: Section) -> None:
    ann, topic = newsroom.person("Ann", "ann"), Topic.objects.create(name="Wood", slug="wood")
    made = newsroom.draft(energy, "Hers", writers=(ann,))
    made.topics.set([topic])
    publish(made, by=None)
    newsroom.story(energy, "Another")
    assert headlines(client, "/people/ann/") == ["Hers"]
    assert headlines(client, "/topics/wood/") == ["Hers"]
    assert client.get("/people/nobody/").status_code == 404
    assert client.get("/topics/nothing/").status_code == 404


def test_cards_show_the_published_copy_not_the_draft(client: Client, energy: Section) -> None:
    made = newsroom.story(energy, "Published", dek="So it was.")
    made.title = "Draft"
    made.save_revision()
    [card] = client.get("/energy/").context["cards"]
    assert (card.headline, card.dek, card.url) == ("Published", "So it was.", made.url)


def entries(article: Article, *kinds: str) -> None:
    for number, kind in enumerate(kinds):
        newsroom.edit(
            article,
            title=f"{article.title}.",
            record=Record([Entry(kind, f"Was {number}.", f"Now {number}.")]),
        )


def test_the_corrections_page_lists_all_and_is_narrowed_by_kind_and_section(
    client: Client, energy: Section
) -> None:
    water = newsroom.section("Water", "water")
    entries(newsroom.story(energy, "Ice"), Kind.CORRECTION, Kind.UPDATE)
    entries(newsroom.story(water, "Sea"), Kind.CORRECTION)

    def shown(path: str) -> list[tuple[str, str]]:
        answer = client.get(path)
        assert answer.status_code == 200
        return [(each.kind, each.story_headline) for each in answer.context["entries"]]

    assert shown("/corrections/") == [
        ("correction", "Sea."),
        ("update", "Ice.."),
        ("correction", "Ice.."),
    ]
    assert shown("/corrections/?kind=update") == [("update", "Ice..")]
    assert shown("/corrections/?section=water") == [("correction", "Sea.")]
    assert shown("/corrections/?section=water&kind=update") == []
    assert client.get("/corrections/?kind=lie").status_code == 404
    assert client.get("/corrections/?section=nothing").status_code == 404


def test_lists_take_the_same_queries_whatever_they_hold(client: Client, energy: Section) -> None:
    def counted(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    paths = ("/", "/energy/", "/corrections/", "/feed.atom", "/corrections/feed.atom")
    entries(newsroom.story(energy, "First"), Kind.CORRECTION)
    few = {path: counted(path) for path in paths}
    for number in range(12):
        entries(newsroom.story(energy, f"Story {number}"), Kind.CORRECTION, Kind.UPDATE)
    assert {path: counted(path) for path in paths} == few


def feed(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return fromstring(answer.content)  # noqa: S314 - our own bytes


@pytest.mark.parametrize("path", ["/feed.atom", "/energy/feed.atom"])
def test_stories_are_followed_by_feed(client: Client, energy: Section, path: str) -> None:
    made = newsroom.story(
        energy, "Ice & <fire>\x0b", dek="Two\x07 words.", writers=(newsroom.person("Ann", "ann"),)
    )
    read = feed(client, path)
    assert read.find(f"{ATOM}link[@rel='self']").get("href") == f"http://localhost:8000{path}"
    [item] = read.findall(f"{ATOM}entry")
    assert item.findtext(f"{ATOM}title") == "Ice & <fire>"
    assert item.findtext(f"{ATOM}summary") == "Two words."
    assert item.findtext(f"{ATOM}author/{ATOM}name") == "Ann"
    assert item.findtext(f"{ATOM}id") == f"http://localhost:8000{made.url}"
    assert client.get("/nothing/feed.atom").status_code == 404


def test_corrections_are_followed_by_feed(client: Client, energy: Section) -> None:
    made = newsroom.story(energy, "Ice")
    entries(made, Kind.CORRECTION, Kind.UPDATE)
    items = feed(client, "/corrections/feed.atom").findall(f"{ATOM}entry")
    assert [item.findtext(f"{ATOM}title") for item in items] == [
        "Update: Ice..",
        "Correction: Ice..",
    ]
    assert items[1].findtext(f"{ATOM}id") == f"http://localhost:8000{made.url}#entry-1"
    assert "Was 0." in items[1].findtext(f"{ATOM}summary")
    assert "Now 0." in items[1].findtext(f"{ATOM}summary")


def standing(title: str, slug: str, purpose: str) -> StandingPage:
    page = StandingPage(title=title, slug=slug, purpose=purpose, body="<p>What we do.</p>")
    return FrontPage.objects.get().add_child(instance=page)


def test_the_policy_is_at_the_address_every_correction_links_to(
    client: Client, energy: Section
) -> None:
    assert client.get("/corrections/policy/").status_code == 404
    standing("How we correct", "how-we-correct", Purpose.CORRECTIONS)
    assert "What we do." in client.get("/corrections/policy/").content.decode()
    answer = client.get("/how-we-correct/")
    assert (answer.status_code, answer["Location"]) == (301, "/corrections/policy/")


def test_every_page_links_to_sections_and_standing_pages(client: Client, energy: Section) -> None:
    standing("About us", "about", Purpose.ABOUT)
    page = client.get("/corrections/").content.decode()
    assert '<a href="/energy/">Energy</a>' in page
    assert '<a href="/about/">About us</a>' in page
    assert "What we do." in client.get("/about/").content.decode()


def test_machines_find_every_page_in_the_sitemap(client: Client, energy: Section) -> None:
    made = newsroom.story(energy)
    newsroom.draft(energy, "Draft", slug="a-draft")
    found = fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own bytes
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
    addresses = [each.text for each in found.iter(name)]
    assert addresses == [
        "http://localhost:8000/",
        "http://localhost:8000/energy/",
        f"http://localhost:8000{made.url}",
    ]
    assert (
        "Sitemap: http://localhost:8000/sitemap.xml" in client.get("/robots.txt").content.decode()
    )


@pytest.mark.parametrize("slug", ["people", "desk", "fr", "2026"])
def test_no_section_stands_where_the_site_has_pages_of_its_own(db: None, slug: str) -> None:
    with pytest.raises(ValidationError, match="Choose another"):
        newsroom.section("Shadow", slug)
    with pytest.raises(ValidationError, match="Choose another"):
        standing("Shadow", slug, Purpose.OTHER)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["atom", "json"])
def test_a_section_with_an_accent_in_its_address_has_its_feeds(client: Client, form: str) -> None:
    newsroom.story(newsroom.section("Épopée", "épopée"), "Le four s'éteint")
    page = client.get("/épopée/")
    assert page.status_code == 200
    answer = client.get(f"/épopée/feed.{form}")
    assert answer.status_code == 200
    assert "Le four s" in answer.content.decode()

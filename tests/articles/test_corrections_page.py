"""What readers are promised of /corrections/ and of the feeds that carry the entries."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles import finding, tallies
from articles.corrections import Entry, Record
from articles.models import Article, EntryTally, Kind, Section
from articles.reports import ResponseTime
from tests.articles import newsroom

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 31, 16, tzinfo=UTC)


def a_story(energy: Section, headline: str = "Ice", moment: datetime = NOON) -> Article:
    return newsroom.story(energy, headline, moment=moment)


def an_entry(
    article: Article, was: str, now: str, *, kind: str = Kind.CORRECTION, after: timedelta
) -> None:
    moment = article.current_version.published_at + after
    record = Record([Entry(kind, was, now)])
    newsroom.edit(article, dek=f"{now} {moment:%j%H%M}", moment=moment, record=record)


def shown(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/corrections/{query}")
    assert answer.status_code == 200
    return [entry.now for entry in answer.context["entries"]]


def test_entries_are_found_by_their_words_whatever_the_ending(
    client: Client, energy: Section
) -> None:
    kiln = a_story(energy, "The kiln goes cold")
    an_entry(kiln, "It burned four cords.", "It burned five.", after=timedelta(hours=1))
    an_entry(a_story(energy, "Ferry"), "Tuesday.", "A Wednesday.", after=timedelta(hours=1))
    assert shown(client, "?q=burning") == ["It burned five."]
    assert shown(client, "?q=cord") == ["It burned five."]
    assert shown(client, "?q=kiln") == ["It burned five."]
    assert shown(client, "?q=kiln+four") == ["It burned five."]
    assert shown(client, "?q=kiln+wednesday") == []
    assert shown(client, "?q=wednesday") == ["A Wednesday."]
    assert shown(client, "?q=kiln&kind=update") == []
    assert client.get("/corrections/?q=%00'%22)%28|%26!").status_code == 200


def test_entries_are_found_by_the_days_of_the_newsroom(client: Client, energy: Section) -> None:
    made = a_story(energy)
    # 23:30 on the 31st in Toronto is the 1st of April in UTC.
    an_entry(made, "a", "Late in March.", after=timedelta(hours=11, minutes=30))
    an_entry(made, "b", "In April.", after=timedelta(hours=1))
    assert shown(client, "?from=2026-03-01&to=2026-03-31") == ["Late in March."]
    assert shown(client, "?from=2026-04-01") == ["In April."]
    assert shown(client, "?to=2026-03-30") == []
    assert shown(client, "?from=yesterday&to=0001-01-01") == ["In April.", "Late in March."]


def test_pages_are_turned_by_key_and_nothing_is_missed_or_shown_twice(
    client: Client, energy: Section, monkeypatch: Any
) -> None:
    monkeypatch.setattr(finding.page_before, "__defaults__", (2,))
    monkeypatch.setattr(finding.page_after, "__defaults__", (2,))
    made = a_story(energy)
    for number in range(5):
        # Three of one minute: the id decides.
        an_entry(made, "x", f"n{number}", after=timedelta(minutes=number // 3))
    read, query, pages = [], "", []
    while True:
        answer = client.get(f"/corrections/{query}")
        read += [entry.now for entry in answer.context["entries"]]
        pages.append([entry.now for entry in answer.context["entries"]])
        older = answer.context["found"].older
        if older is None:
            break
        query = f"?before={older}"
    assert read == ["n4", "n3", "n2", "n1", "n0"]
    back = answer.context["found"].newer
    assert shown(client, f"?after={back}") == pages[1]
    assert 'href="?kind=correction&before=' in client.get(
        "/corrections/?kind=correction"
    ).content.decode().replace("&amp;", "&")
    for wrong in ("?before=x", "?before=99999", "?after=99999", "?before=-1", "?after=٣"):
        assert client.get(f"/corrections/{wrong}").status_code == 404, wrong


def test_entries_are_counted_by_months_of_the_newsroom(client: Client, energy: Section) -> None:
    made = a_story(energy)
    an_entry(made, "a", "b", after=timedelta(hours=11, minutes=30))
    an_entry(made, "a", "c", kind=Kind.UPDATE, after=timedelta(hours=1))
    an_entry(made, "a", "d", after=timedelta(hours=1))
    months = client.get("/corrections/").context["months"]
    assert [(month.first, month.total, month.wrong) for month in months] == [
        (date(2026, 4, 1), 2, 1),
        (date(2026, 3, 1), 1, 1),
    ]
    assert [month.last for month in months] == [date(2026, 4, 30), date(2026, 3, 31)]
    page = client.get("/corrections/").content.decode()
    assert 'href="?from=2026-04-01&amp;to=2026-04-30"' in page
    kept = sorted(EntryTally.objects.values_list("month", "kind", "count"))
    tallies.recount()
    assert sorted(EntryTally.objects.values_list("month", "kind", "count")) == kept


def test_the_median_time_from_report_to_correction_is_shown_when_there_is_one(
    client: Client, energy: Section, monkeypatch: Any
) -> None:
    assert "from a reader’s report" not in client.get("/corrections/").content.decode()
    time = ResponseTime(timedelta(hours=5), 12)
    monkeypatch.setattr("articles.views.record.time_to_correction", lambda _since: time)
    page = client.get("/corrections/").content.decode().replace("\xa0", " ")
    assert "5 hours" in page
    assert "the median of 12 errors" in page


def test_every_entry_and_the_page_lead_to_the_policy_and_the_feeds(
    client: Client, energy: Section
) -> None:
    page = client.get("/corrections/").content.decode()
    assert 'href="/corrections/policy/"' in page
    assert feeds_of(page) >= {
        ("application/atom+xml", "/corrections/feed.atom"),
        ("application/feed+json", "/corrections/feed.json"),
    }
    narrowed = client.get("/corrections/?section=energy")
    assert narrowed["X-Robots-Tag"] == "noindex"
    assert ("application/feed+json", "/energy/corrections.json") in feeds_of(
        narrowed.content.decode()
    )
    section = feeds_of(client.get("/energy/").content.decode())
    assert section == {
        ("application/atom+xml", "/feed.atom"),
        ("application/feed+json", "/feed.json"),
        ("application/atom+xml", "/energy/feed.atom"),
        ("application/feed+json", "/energy/feed.json"),
        ("application/atom+xml", "/energy/corrections.atom"),
        ("application/feed+json", "/energy/corrections.json"),
    }
    for kind, path in section:
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, kind)


def feeds_of(page: str) -> set[tuple[str, str]]:
    return set(re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"', page))


# https://www.jsonfeed.org/version/1.1/: each member with its type, True for those demanded.
TOP = {
    "version": (str, True),
    "title": (str, True),
    "home_page_url": (str, False),
    "feed_url": (str, False),
    "language": (str, False),
    "items": (list, True),
}
ITEM = {
    "id": (str, True),
    "url": (str, False),
    "title": (str, False),
    "summary": (str, False),
    "content_text": (str, True),  # or content_html
    "image": (str, False),
    "date_published": (str, False),
    "date_modified": (str, False),
    "authors": (list, False),
    "tags": (list, False),
    "_waylight": (dict, False),
}
AUTHOR = {"name": (str, False), "url": (str, False)}


def follows(rules: dict[str, tuple[type, bool]], given: dict[str, Any]) -> None:
    assert set(given) <= set(rules)
    assert {name for name, (_kind, demanded) in rules.items() if demanded} <= set(given)
    for name, value in given.items():
        assert isinstance(value, rules[name][0]), name
        assert value not in ("", []) or name == "items", name


@pytest.mark.parametrize(
    "path",
    ["/feed.json", "/energy/feed.json", "/corrections/feed.json", "/energy/corrections.json"],
)
def test_each_json_feed_keeps_to_its_format(client: Client, energy: Section, path: str) -> None:
    moment = timezone.now() - timedelta(hours=5)
    made = newsroom.story(energy, "Ice", writers=(newsroom.person("Ann", "ann"),), moment=moment)
    an_entry(made, "Was <b>.", "Now.", after=timedelta(hours=1))
    answer = client.get(path)
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = answer.json()
    follows(TOP, feed)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"http://localhost:8000{path}"
    [item] = feed["items"]
    follows(ITEM, item)
    for author in item["authors"]:
        follows(AUTHOR, author)
    for name in ("date_published", "date_modified"):
        assert name not in item or datetime.fromisoformat(item[name]).tzinfo
    if "corrections" in path:
        assert item["id"] == item["url"] == f"http://localhost:8000{made.url}#entry-1"
        assert item["_waylight"]["was"] == "Was <b>."
        assert item["_waylight"]["before_and_after"].endswith("history/1-2/")


def test_a_sections_feed_has_its_own_entries_alone(client: Client, energy: Section) -> None:
    water = newsroom.section("Water", "water")
    an_entry(a_story(energy, "Ice"), "a", "Of energy.", after=timedelta(hours=1))
    an_entry(a_story(water, "Sea"), "b", "Of water.", after=timedelta(hours=1))
    items = client.get("/water/corrections.json").json()["items"]
    assert [item["title"] for item in items] == ["Correction: Sea"]
    atom = client.get("/water/corrections.atom").content.decode()
    assert "Of water." in atom
    assert "Of energy." not in atom
    assert client.get("/nothing/corrections.json").status_code == 404
    assert client.get("/water/corrections.xml").status_code == 404


def test_a_section_with_a_byte_that_no_text_has_is_no_trouble(client: Client) -> None:
    assert shown(client, "?section=%00") == []

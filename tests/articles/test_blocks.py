"""Embeds, related stories and quoted comments in a story's body are safe and on the record."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.corrections import Entry, Record, SilentEdit
from articles.embeds import PROVIDERS, embed_of
from articles.models import Article, Change, Kind, Section
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.desk_form import create, errors, typed

pytestmark = pytest.mark.django_db

FILM = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
HOSTILE = '</blockquote><script>alert(1)</script><img src=x onerror="alert(2)">'


def embed(url: str = FILM, title: str = "The kiln at night", caption: str = "") -> dict[str, Any]:
    return {"type": "embed", "value": {"url": url, "title": title, "caption": caption}}


def related(story: Any, line: str = "") -> dict[str, Any]:
    return {"type": "related", "value": {"story": story.pk, "line": line}}


def comment(text: str, name: str = "Ana M.") -> dict[str, Any]:
    return {"type": "reader_comment", "value": {"text": text, "name": name}}


def page_of(url: str) -> str:
    return Client().get(url).content.decode()


@pytest.mark.parametrize(
    ("url", "frame"),
    [
        (FILM, "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"),
        ("https://youtu.be/aqz-KE-bpKQ?t=9", "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"),
        (
            "https://m.youtube.com/watch?app=x&v=aqz-KE-bpKQ&t=1",
            "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ",
        ),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
        ("https://www.datawrapper.de/_/Ab3dE/", "https://datawrapper.dwcdn.net/Ab3dE/"),
        ("https://datawrapper.dwcdn.net/Ab3dE/4/", "https://datawrapper.dwcdn.net/Ab3dE/"),
        (
            "https://public.flourish.studio/visualisation/123/",
            "https://flo.uri.sh/visualisation/123/embed",
        ),
        (
            "https://www.documentcloud.org/documents/2842-some-report",
            "https://embed.documentcloud.org/documents/2842-some-report/",
        ),
        (
            "https://soundcloud.com/a-show/one-day",
            "https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a-show/one-day",
        ),
    ],
)
def test_a_services_page_becomes_its_frame(url: str, frame: str) -> None:
    found = embed_of(url, PROVIDERS)
    assert found
    assert found.frame_url == frame
    assert frame.startswith(found.origin + "/")


@pytest.mark.parametrize(
    "url",
    [
        "http://www.youtube.com/watch?v=aqz-KE-bpKQ",
        "https://www.youtube.com.evil.example/watch?v=aqz-KE-bpKQ",
        "https://evil.example/https://youtu.be/aqz-KE-bpKQ",
        'https://youtu.be/aqz-KE-bpKQ"onload=alert(1)',
        "https://vimeo.com@evil.example/76979871",
        "javascript:alert(1)",
        "https://www.youtube.com/",
        "",
    ],
)
def test_nothing_else_becomes_a_frame(url: str) -> None:
    assert embed_of(url, PROVIDERS) is None


def test_an_embed_loads_nothing_of_its_service_and_is_a_link_without_script(
    energy: Section,
) -> None:
    made = newsroom.story(energy, body=newsroom.body(embed()))
    answer = Client().get(made.url)
    html = answer.content.decode()
    assert "<iframe" not in html
    assert f'<a href="{FILM}" rel="noopener nofollow">Open it at YouTube</a>' in html
    assert "may set cookies" in html
    assert "frame-src https://www.youtube-nocookie.com;" in answer["Content-Security-Policy"] + ";"


def test_only_the_pages_own_embeds_are_let_in_also_when_nothing_changed(energy: Section) -> None:
    plain = newsroom.story(energy)
    assert "frame-src" not in Client().get(plain.url)["Content-Security-Policy"]
    made = newsroom.story(energy, body=newsroom.body(embed("https://vimeo.com/76979871")))
    first = Client().get(made.url)
    again = Client().get(made.url, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert again["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert "frame-src https://player.vimeo.com" in first["Content-Security-Policy"]


def test_a_service_taken_off_the_list_is_no_longer_let_in(energy: Section, settings: Any) -> None:
    made = newsroom.story(energy, body=newsroom.body(embed()))
    settings.EMBED_PROVIDERS = ["vimeo"]
    assert "frame-src" not in Client().get(made.url)["Content-Security-Policy"]
    late = newsroom.story(energy, body=newsroom.body(embed()))
    assert "<embed-on-click" not in page_of(late.url)
    assert f'<a href="{FILM}" rel="noopener nofollow">The kiln at night</a>' in page_of(late.url)


def test_the_desk_refuses_an_embed_from_elsewhere_or_without_a_title(
    desk: Client, energy: Section
) -> None:
    for url, title in (("https://evil.example/x", "A film"), (FILM, "")):
        block = ("embed", {"url": url, "title": title, "caption": ""})
        assert "body" in errors(create(desk, energy, typed("Ice", slug="ice", blocks=[block])))
    good = ("embed", {"url": FILM, "title": "A film", "caption": ""})
    assert errors(create(desk, energy, typed("Ice", slug="ice", blocks=[good]))) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (embed(), embed(title="Another title")),
        (embed(), embed(caption="Filmed in May.")),
        (comment("Good work."), comment("Bad work.")),
        (comment("Good work."), comment("Good work.", "Bea")),
    ],
)
def test_words_of_a_block_do_not_change_in_silence(
    energy: Section, before: dict[str, Any], after: dict[str, Any]
) -> None:
    made = newsroom.story(energy, body=newsroom.body(before))
    with pytest.raises(SilentEdit):
        newsroom.edit(made, body=newsroom.body(after))


def test_the_line_above_a_related_story_does_not_change_in_silence(energy: Section) -> None:
    other = newsroom.story(energy, "Ice")
    made = newsroom.story(energy, body=newsroom.body(related(other, "From May")))
    with pytest.raises(SilentEdit):
        newsroom.edit(made, body=newsroom.body(related(other, "From June")))


def test_another_film_at_the_same_place_is_seen_in_the_history(energy: Section) -> None:
    made = newsroom.story(energy, body=newsroom.body(embed()))
    reason = Record(minor_reason="The film moved.")
    other = newsroom.body(embed("https://vimeo.com/76979871"))
    version = newsroom.edit(made, body=other, record=reason)
    assert version.number == 2
    assert version.change in (Change.LAYOUT, Change.MINOR)


def test_a_related_story_is_shown_as_it_is_now(energy: Section) -> None:
    other = newsroom.story(energy, "The ice goes out")
    made = newsroom.story(energy, body=newsroom.body(related(other)))
    assert f'<a href="{other.url}">The ice goes out</a>' in page_of(made.url)
    newsroom.edit(other, title="The ice stays", record=Record(minor_reason="Style."))
    assert f'<a href="{other.url}">The ice stays</a>' in page_of(made.url)
    assert made.versions.count() == 1


def test_a_removed_or_retracted_story_is_no_longer_linked(energy: Section, editor: Reader) -> None:
    other = newsroom.story(energy, "The ice goes out")
    made = newsroom.story(energy, body=newsroom.body(related(other, "Our story of May")))
    wrong = Record([Entry(Kind.RETRACTION, "It was made up.", "It did not happen.")])
    newsroom.edit(other, dek="Retracted.", record=wrong, moment=timezone.now())
    shown = page_of(made.url).partition('class="band keep-reading"')[0]
    assert other.url not in shown
    assert "Our story of May" in shown
    assert "no longer available" in shown


def test_a_comment_quoted_in_a_story_is_text_and_nothing_else(
    desk: Client, energy: Section
) -> None:
    made = newsroom.story(energy, body=newsroom.body(comment(HOSTILE, HOSTILE)))
    html = page_of(made.url)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)" in html
    # What a browser sends for rich text, put together by hand.
    link = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:alert(3)"}}
    block = {"key": "a", "type": "unstyled", "depth": 0, "text": HOSTILE, "inlineStyleRanges": []}
    block["entityRanges"] = [{"offset": 0, "length": 5, "key": 0}]
    state = json.dumps({"blocks": [block], "entityMap": {"0": link}})
    data = typed("Ice", "One.", slug="ice") | {"body-0-value": state}
    create(desk, energy, data)
    html = page_of(Article.objects.get(slug="ice").url)
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "javascript:" not in html

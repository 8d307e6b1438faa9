"""Before publishing, editors are told what is worth a look, and nothing of it stops them."""

import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from articles.checks import Warned, warnings
from articles.links import check_outside, states_of
from articles.models import Article, Section, Topic
from articles.tasks import check_links
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, errors, save, typed

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 3)


class _Site(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        codes = {"/good": 200, "/gone": 404, "/no-head": 405, "/shy": 403, "/away": 302}
        self.send_response(codes.get(self.path, 500))
        if self.path == "/away":
            self.send_header("Location", "/gone")
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response({"/no-head": 200, "/shy": 403}.get(self.path, 404))
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another site, on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def energy(db: None) -> Section:
    return newsroom.section()


@pytest.fixture
def desk(db: None, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    client, editor = Client(), newsroom.editor()
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    return client


def a_copy(**parts: Any) -> dict[str, Any]:
    picture = {"image": 7, "alt": "A kiln.", "credit": "Mara Lind", "caption": ""}
    whole = {"headline": "Ice", "dek": "It goes.", "topics": [{"name": "Ice", "slug": "ice"}]}
    return {**whole, "lead_image": picture, "body": [], **parts}


def quote(words: str) -> dict[str, str]:
    return {"kind": "pull_quote", "quote": words}


SAID = {"kind": "text", "paragraphs": ["“We burned four cords,” she said, “and no more.”"]}


@pytest.mark.parametrize(
    ("copy", "found"),
    [
        (a_copy(), []),
        (a_copy(dek=" "), [Warned("dek")]),
        (a_copy(topics=[]), [Warned("topic")]),
        (a_copy(lead_image=None), [Warned("lead")]),
        (a_copy(headline="H" * 101), [Warned("headline", "101")]),
        (a_copy(body=[{"kind": "image", "image": 8, "alt": "", "credit": "M"}]), [Warned("alt")]),
        (a_copy(body=[SAID, quote("“We burned four cords.”")]), []),
        (a_copy(body=[SAID, quote("We burned… no more")]), []),
        (
            a_copy(body=[SAID, quote("We burned five cords")]),
            [Warned("quote", "We burned five cords")],
        ),
    ],
)
def test_what_a_draft_lacks_is_said(copy: dict[str, Any], found: list[Warned]) -> None:
    assert warnings(copy, {}, {}, DAY) == found


def test_a_right_that_ends_is_said_two_weeks_ahead() -> None:
    assert warnings(a_copy(), {}, {7: date(2026, 6, 18)}, DAY) == []
    assert warnings(a_copy(), {}, {7: date(2026, 6, 17)}, DAY) == [Warned("right-soon")]
    assert warnings(a_copy(), {}, {7: date(2026, 6, 2)}, DAY) == [Warned("right")]


def test_links_within_the_site_are_looked_up(energy: Section, settings: Any) -> None:
    kept, gone = newsroom.story(energy), newsroom.story(energy)
    address = gone.url
    newsroom.unpublish(gone)
    Topic.objects.create(name="Ice", slug="ice")
    assert states_of(
        [
            kept.url,
            settings.BASE_URL + kept.url + "?via=x#quote-1",
            address,
            "/2020/01/01/never-was/",
            "/energy/",
            "/no-such-page/",
            "/corrections/",
            "",
        ]
    ) == {
        kept.url: "good",
        settings.BASE_URL + kept.url + "?via=x#quote-1": "good",
        address: "removed",
        "/2020/01/01/never-was/": "broken",
        "/energy/": "good",
        "/no-such-page/": "broken",
        "/corrections/": "good",
        "": "broken",
    }


def test_other_sites_are_asked_once_and_the_answer_is_kept(elsewhere: str) -> None:
    paths = ("/good", "/gone", "/no-head", "/shy", "/away")
    asked = check_outside(f"{elsewhere}{path}" for path in paths)
    assert [asked[f"{elsewhere}{path}"] for path in paths] == [
        "good",
        "outside",
        "good",
        "good",
        "outside",
    ]
    assert states_of(asked) == asked


def test_the_check_knocks_at_no_door_of_our_own_network(elsewhere: str, settings: Any) -> None:
    settings.LINKS_PUBLIC_ONLY = True
    assert check_outside([f"{elsewhere}/good"]) == {f"{elsewhere}/good": "outside"}
    assert check_outside(["file:///etc/passwd"]) == {"file:///etc/passwd": "outside"}


def test_the_form_shows_length_and_warnings_and_still_publishes(
    desk: Client, energy: Section, elsewhere: str
) -> None:
    words = f'Four cords, <a href="{elsewhere}/gone">they say</a>. ' + "word " * 230
    draft = newsroom.draft(energy, slug="ice", body=newsroom.body(newsroom.text(words)))
    check_links(draft.pk)
    form = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    shown = desk.get(form).content.decode()
    assert "234 words" in shown
    assert "2 minutes to read" in shown
    for key in ("dek", "lead", "topic", "link-outside"):
        assert f'data-check="{key}"' in shown
    assert errors(save(desk, draft, typed("Ice", "One.", slug="ice"), **PUBLISH)) == {}
    assert Article.objects.get(pk=draft.pk).live


def test_the_right_to_a_picture_is_written_with_the_picture_and_listed_for_editors(
    desk: Client, energy: Section, editor: Reader
) -> None:
    image = newsroom.image()
    lead = {"lead_image_alt": "A kiln.", "lead_image_credit": "Mara Lind"}
    made = newsroom.story(energy, lead_image=image, **lead)
    data = {"title": image.title, "tags": "", "rights_holder": "Lind Pictures"}
    data |= {"rights_licence": "One use", "rights_expire": "2026-01-31"}
    assert desk.post(reverse("wagtailimages:edit", args=[image.pk]), data).status_code == 302
    image.refresh_from_db()
    assert (image.rights.holder, image.rights.expires_on) == ("Lind Pictures", date(2026, 1, 31))

    listed = desk.get(reverse("picture_rights")).content.decode()
    assert "Lind Pictures" in listed
    assert "The kiln goes cold" in listed
    assert "rights (1)" in desk.get("/desk/").content.decode()

    desk.post(reverse("picture_rights"), {"image": image.pk, "story": made.pk})
    assert made.versions.count() == 2
    assert "A kiln." not in Client().get(made.url).content.decode()
    reporter = newsroom.editor(is_superuser=False)
    desk.force_login(reporter, backend="django.contrib.auth.backends.ModelBackend")
    assert desk.get(reverse("picture_rights")).status_code in (302, 403)


@pytest.fixture
def editor(db: None) -> Reader:
    return newsroom.editor()

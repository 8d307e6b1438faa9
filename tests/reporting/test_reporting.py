"""The form to report an error: for everybody the same, from our own pages, not too often."""

import pytest
from django.test import Client

from articles.models import Article, ErrorReport
from tests.articles import newsroom
from tests.reporting.made import SENTENCE

pytestmark = pytest.mark.django_db
FROM_US = {"Sec-Fetch-Site": "same-origin"}


def place(story: Article) -> str:
    return f"{story.addresses.get(current=True).path}report/"


def send(story: Article, client: Client | None = None, headers=FROM_US, **fields: str):
    fields = {"sentence": SENTENCE, "problem": "There were fifty.", "version": "1", **fields}
    return (client or Client()).post(place(story), fields, headers=headers)


def test_the_form_is_the_same_bytes_for_everybody_and_sets_no_cookie(
    story: Article, desk: Client
) -> None:
    pages = [client.get(place(story)) for client in (Client(), desk)]
    assert pages[0].content == pages[1].content
    assert "s-maxage" in pages[0]["Cache-Control"]
    assert not pages[0].cookies
    assert "csrf" not in pages[0].content.decode()
    assert "Cookie" not in pages[0].get("Vary", "")


def test_every_story_has_a_way_to_report_an_error(story: Article) -> None:
    page = Client().get(story.addresses.get(current=True).path).content.decode()
    assert f'href="{place(story)}">Report an error</a>' in page


def test_a_report_is_taken_and_thanked_for(story: Article) -> None:
    answer = send(story, email="Ann@example.org")
    assert (answer.status_code, answer["Location"]) == (303, f"{place(story)}thanks/")
    made = ErrorReport.objects.get()
    assert (made.sentence, made.problem, made.version.number) == (SENTENCE, "There were fifty.", 1)
    assert made.contact.email == "ann@example.org"
    assert "has reached the newsroom" in Client().get(answer["Location"]).content.decode()


def test_what_looks_like_spam_is_thanked_for_all_the_same_and_held(story: Article) -> None:
    answer = send(story, reply="http://x.example")
    assert answer["Location"] == f"{place(story)}thanks/"
    assert ErrorReport.objects.get().state == "held"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"problem": " "}, "problem"),
        ({"problem": "p" * 5000}, "problem"),
        ({"sentence": "s" * 1100}, "sentence"),
        ({"email": "ann@example.org\nBcc: all@example.org"}, "email"),
    ],
)
def test_what_is_to_be_mended_is_said_beside_the_field_and_nothing_typed_is_lost(
    story: Article, fields: dict[str, str], field: str
) -> None:
    answer = send(story, **({"email": "ann@example.org"} | fields))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert "ann@example.org" in page
    assert answer["Cache-Control"] == "private, no-store"
    assert not ErrorReport.objects.exists()


def test_words_are_never_markup(story: Article) -> None:
    page = send(story, sentence="<script>alert(1)</script>", problem="").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("version", ["", "-1", "²", "99999999999999999999", "x\x00"])
def test_a_version_that_is_no_number_is_no_trouble(story: Article, version: str) -> None:
    assert send(story, version=version).status_code == 303
    assert ErrorReport.objects.get().version == story.current_version


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_cannot_send_one_and_a_silent_browser_is_asked_once_more(
    story: Article, headers: dict[str, str]
) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = send(story, client, headers, problem="There were <fifty>.")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "There were &lt;fifty&gt;." in page
    assert not ErrorReport.objects.exists()
    assert send(story, client, headers, csrfmiddlewaretoken="forged").status_code == 403
    assert not ErrorReport.objects.exists()
    token = client.cookies["csrftoken"].value
    assert send(story, client, headers, csrfmiddlewaretoken=token).status_code == 303
    assert ErrorReport.objects.count() == 1


def test_one_visitor_reports_six_times_in_ten_minutes_and_is_then_told_to_wait(
    story: Article,
) -> None:
    for number in range(6):
        assert send(story, problem=f"Wrong in the {number}. line.").status_code == 303
    answer = send(story, problem="And one more.")
    assert answer.status_code == 429
    assert "And one more." in answer.content.decode()
    assert ErrorReport.objects.count() == 6


def test_a_form_larger_than_any_of_ours_is_not_even_read(story: Article) -> None:
    assert send(story, problem="x" * 100_000).status_code == 413


def test_there_is_nothing_to_report_where_there_is_no_story(story: Article) -> None:
    draft = newsroom.draft(story.get_parent(), slug="not-yet")
    for path in ("/2026/01/01/none/report/", f"/2026/01/01/{draft.slug}/report/"):
        assert Client().get(path).status_code == 404
        assert Client().post(path, {"problem": "x"}, headers=FROM_US).status_code == 404

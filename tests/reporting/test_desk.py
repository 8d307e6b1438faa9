"""The queue on the desk: who sees it, in what order, and how a report leaves it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article, ErrorReport, ReportState
from newsroom import roles
from newsroom.audit.models import AuditEntry
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, save, typed
from tests.desk.people import SignIn
from tests.reporting.made import HOUR, correct, mails, now, report

pytestmark = pytest.mark.django_db


def page_of(made: ErrorReport) -> str:
    return reverse("reports_desk:inspect", args=[made.pk])


def decide(desk: Client, made: ErrorReport, decision: str, **fields: object):
    return desk.post(page_of(made), {"decision": decision, **fields})


@pytest.mark.parametrize("role", roles.ROLES)
def test_editors_see_reports_and_only_those_in_charge_see_the_reader_s_address(
    story: Article, sign_in: SignIn, role: str
) -> None:
    made = report(story, email="ann@example.org")
    client = sign_in(role)
    answer = client.get(page_of(made))
    editing = {roles.EDITOR, roles.STANDARDS_EDITOR, roles.PUBLISHER, roles.ADMINISTRATOR}
    assert (answer.status_code == 200) == (role in editing)
    assert (client.get("/desk/reports/").status_code == 200) == (role in editing)
    assert ("ann@example.org" in answer.content.decode()) == (role in editing - {roles.EDITOR})
    decided = decide(client, made, "unchanged", words="It was forty.")
    made.refresh_from_db()
    assert (made.state == ReportState.UNCHANGED) == (role in editing), decided


def test_the_queue_goes_story_by_story_and_first_the_one_that_waited_longest(
    story: Article, desk: Client
) -> None:
    other = newsroom.story(story.get_parent(), "Another")
    for where, problem, hours in (
        (story, "first here", 3),
        (other, "oldest of all", 9),
        (story, "second here", 2),
        (other, "later there", 1),
    ):
        report(where, problem, moment=now() - hours * HOUR)
    report(story, "spam", trap="x")
    found = desk.get("/desk/reports/?state=new").context["object_list"]
    assert [each.problem for each in found] == [
        "oldest of all",
        "later there",
        "first here",
        "second here",
    ]
    held = desk.get("/desk/reports/?state=held").context["object_list"]
    assert [each.problem for each in held] == ["spam"]


def test_the_sentence_is_marked_in_its_paragraph(story: Article, desk: Client) -> None:
    made = report(story, sentence="it carried FORTY people.")
    page = desk.get(page_of(made)).content.decode()
    assert "<p><mark>It carried forty people.</mark> Nobody counted the dogs.</p>" in page


def test_a_sentence_that_is_gone_is_shown_as_it_was_read(story: Article, desk: Client) -> None:
    made = report(story)
    correct(story)
    page = desk.get(page_of(made)).content.decode()
    assert "No longer in the story" in page
    assert "As it stood in version 1:" in page
    assert "<p><mark>It carried forty people.</mark> Nobody counted the dogs.</p>" in page


def test_words_of_a_reader_are_never_markup_on_the_desk(story: Article, desk: Client) -> None:
    made = report(story, "<script>alert(1)</script>", sentence="<img src=x onerror=alert(1)>")
    page = desk.get(page_of(made)).content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_an_editor_who_came_from_a_report_is_offered_to_close_it_with_the_entry(
    story: Article, desk: Client, editor: object
) -> None:
    made = report(story, email="ann@example.org")
    answer = decide(desk, made, "correct")
    assert answer["Location"] == reverse("wagtailadmin_pages:edit", args=[story.pk])
    form = desk.get(answer["Location"]).content.decode()
    assert "A reader reports: “It carried forty people.” — There were fifty." in form

    data = typed(
        story.title,
        "It carried fifty people.",
        slug=story.slug,
        known=story,
        entry_0_kind="correction",
        entry_0_was="We wrote forty.",
        entry_0_now="It carried fifty people.",
    )
    draft = save(desk, story, data)
    assert "/desk/reports/" not in draft["Location"]
    published = save(desk, story, data, **PUBLISH)
    entry = story.corrections.get()
    assert published["Location"] == f"{page_of(made)}?entry={entry.pk}"
    page = desk.get(published["Location"]).content.decode()
    assert f'<option value="{entry.pk}" selected>' in page

    decide(desk, made, "corrected", entry=entry.pk)
    made.refresh_from_db()
    assert (made.state, made.correction) == (ReportState.CORRECTED, entry)
    assert [mail.to for mail in mails("error report answered")] == ["ann@example.org"]
    log = AuditEntry.objects.get(target=f"articles.errorreport:{made.pk}")
    assert (log.actor, log.verb) == (editor, "closed")
    # The next save of the story has nothing to do with it.
    later = save(desk, story, data | {"title": "Another headline"})
    assert "/desk/reports/" not in later["Location"]


def test_who_publishes_without_having_come_from_a_report_is_sent_nowhere_else(
    story: Article, desk: Client
) -> None:
    report(story)
    data = typed(story.title, "Fifty.", slug=story.slug, minor_reason="A number as we write it.")
    assert "/desk/reports/" not in save(desk, story, data, **PUBLISH)["Location"]


@pytest.mark.parametrize(
    ("decision", "fields", "said"),
    [
        ("unchanged", {"words": " "}, "Say why nothing changes"),
        ("unchanged", {"words": "w" * 3000}, "too long"),
        ("corrected", {"entry": "99999"}, "Choose the entry"),
        ("corrected", {"entry": "x"}, "Choose the entry"),
        ("duplicate", {"original": ""}, "Choose the report"),
        ("burn it", {}, "Say what comes of this report"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_happens(
    story: Article, desk: Client, decision: str, fields: dict[str, str], said: str
) -> None:
    made = report(story, email="ann@example.org")
    answer = decide(desk, made, decision, **fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    made.refresh_from_db()
    assert made.state == ReportState.NEW
    assert mails() == []


def test_a_closed_report_is_closed_for_good(story: Article, desk: Client) -> None:
    made = report(story)
    decide(desk, made, "unchanged", words="It was forty.")
    assert decide(desk, made, "unchanged", words="Again.").status_code == 422
    page = desk.get(page_of(made)).content.decode()
    assert "What came of it" in page
    assert "It was forty." in page


def test_duplicates_and_held_ones_are_closed_from_the_desk(story: Article, desk: Client) -> None:
    first = report(story, moment=now() - timedelta(hours=1))
    again, held = report(story, "Fifty!"), report(story, "Spam?", trap="x")
    decide(desk, again, "duplicate", original=first.pk)
    decide(desk, held, "take-up")
    states = dict(ErrorReport.objects.values_list("pk", "state"))
    assert states == {first.pk: "new", again.pk: "duplicate", held.pk: "new"}

"""What is taken, what is held, how a report is closed, and what its writer hears."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from articles import reports
from articles.going_public import Leaving
from articles.models import Article, Byline, ErrorReport, ReportContact, ReportState
from articles.removals import withhold
from articles.reports import (
    CannotClose,
    ReportRefused,
    close_corrected,
    close_duplicate,
    close_unchanged,
    take_up,
    time_to_correction,
)
from newsroom.audit.models import AuditEntry
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.reporting.made import HOUR, correct, mails, now, report

pytestmark = pytest.mark.django_db


def test_a_report_keeps_the_sentence_and_the_version_that_was_read(story: Article) -> None:
    first = story.current_version
    correct(story)
    made = report(story, version=1, email="Ann@Example.org", language="fr")
    assert (made.state, made.sentence) == (ReportState.NEW, "It carried forty people.")
    assert (made.version, made.contact.email) == (first, "ann@example.org")
    assert made.contact.language == "fr"


@pytest.mark.parametrize("number", [0, 7, 2_000_000_000])
def test_a_version_that_is_not_there_is_the_one_public_then(story: Article, number: int) -> None:
    assert report(story, version=number).version == story.current_version


def test_a_second_click_is_the_same_report(story: Article) -> None:
    assert report(story) == report(story)
    assert report(story, "There were sixty.") != report(story)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"problem": ""}, "problem"),
        ({"problem": " \x00\x07 "}, "problem"),
        ({"problem": "x" * 4001}, "problem"),
        ({"problem": "wrong", "sentence": "y " * 800}, "sentence"),
        ({"problem": "wrong", "email": "ann@example.org\r\nBcc: all@example.org"}, "email"),
        ({"problem": "wrong", "email": "Ann <ann@example.org>"}, "email"),
        ({"problem": "wrong", "email": "a" * 400 + "@example.org"}, "email"),
    ],
)
def test_what_cannot_be_taken_says_which_field_to_mend(
    story: Article, fields: dict[str, str], field: str
) -> None:
    with pytest.raises(ReportRefused) as refusal:
        report(story, **fields)
    assert refusal.value.field == field
    assert not ErrorReport.objects.exists()


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"trap": "https://x.example"}, "do not see"),
        ({"problem": "http://a.example http://b.example http://c.example www.d.example"}, "links"),
        ({"problem": "[url=http://a.example]cheap[/url]"}, "mark-up"),
        ({"problem": "<a href='http://a.example'>cheap</a>"}, "mark-up"),
    ],
)
def test_what_looks_like_spam_is_held_with_its_reason_and_not_dropped(
    story: Article, fields: dict[str, str], because: str
) -> None:
    held = report(story, **fields)
    assert held.state == ReportState.HELD
    assert because in held.held_because
    assert held not in reports.open_reports()


def test_the_same_words_under_story_after_story_are_held_from_the_third_on(story: Article) -> None:
    others = [newsroom.story(story.get_parent(), f"Another {number}") for number in range(2)]
    states = [report(each).state for each in (story, *others)]
    assert states == [ReportState.NEW, ReportState.NEW, ReportState.HELD]


def test_a_reader_who_shows_two_sources_is_not_held(story: Article) -> None:
    words = "See https://a.example/report.pdf and https://b.example/table: it says fifty."
    assert report(story, words).state == ReportState.NEW


def test_a_held_report_can_be_taken_up(story: Article, editor: Reader) -> None:
    held = report(story, trap="x")
    assert take_up(held, editor).state == ReportState.NEW
    assert AuditEntry.objects.get(verb="took up").details == {"article": story.pk}


def test_a_correction_closes_the_report_and_thanks_its_writer_once(
    story: Article, editor: Reader
) -> None:
    made = report(story, email="ann@example.org")
    entry = correct(story)
    closed = close_corrected(made, entry, editor, now(), "The captain counted again.")
    assert (closed.state, closed.correction, closed.closed_by) == ("corrected", entry, editor)
    (mail,) = mails("error report answered")
    assert mail.to == "ann@example.org"
    assert mail.subject == "Corrected, thanks to you: The ferry that left early"
    for words in ("It carried forty people.", "It carried fifty people.", "captain counted again"):
        assert words in mail.text
        assert words in mail.html
    assert f"#entry-{entry.number}" in mail.text
    assert "/corrections/policy/" in mail.text
    with pytest.raises(CannotClose):
        close_corrected(made, entry, editor, now())
    assert len(mails("error report answered")) == 1


def test_who_left_no_address_gets_no_mail(story: Article, editor: Reader) -> None:
    close_unchanged(report(story), "The log says forty.", editor, now())
    assert mails() == []


def test_no_change_needs_a_reason_which_the_reader_gets(story: Article, editor: Reader) -> None:
    made = report(story, email="ann@example.org")
    with pytest.raises(CannotClose):
        close_unchanged(made, " \n ", editor, now())
    close_unchanged(made, "The ferry's own log says <forty>.", editor, now())
    (mail,) = mails()
    assert mail.subject == "The error you reported: The ferry that left early"
    assert "log says <forty>." in mail.text
    assert "log says &lt;forty&gt;." in mail.html


def test_nobody_decides_alone_that_their_own_story_is_right(story: Article, editor: Reader) -> None:
    writer = newsroom.person("Odile Perrin", "odile-perrin")
    writer.reader = editor
    writer.save()
    Byline.objects.create(article=story, person=writer)
    made = report(story)
    with pytest.raises(CannotClose, match="somebody else decides"):
        close_unchanged(made, "I was there.", editor, now())
    assert close_unchanged(made, "I was there.", newsroom.editor("Vera Lind"), now()).closed_at


def test_a_duplicate_is_answered_when_its_original_is(story: Article, editor: Reader) -> None:
    first = report(story, email="ann@example.org")
    second = report(story, "Fifty, not forty.", email="ben@example.org")
    third = report(story, "I counted fifty.", email="cleo@example.org")
    close_duplicate(third, second, editor, now())
    close_duplicate(second, first, editor, now())
    assert mails() == []
    close_corrected(first, correct(story), editor, now())
    assert {mail.to for mail in mails()} == {
        "ann@example.org",
        "ben@example.org",
        "cleo@example.org",
    }
    late = report(story, "It was fifty!", email="dora@example.org")
    close_duplicate(late, third, editor, now())
    assert [mail.to for mail in mails()][-1] == "dora@example.org"
    assert len(mails()) == 4


def test_a_report_repeats_neither_itself_nor_one_on_another_story(
    story: Article, editor: Reader
) -> None:
    made = report(story)
    elsewhere = report(newsroom.story(story.get_parent(), "Another"))
    repeating = report(story, "The same.")
    close_duplicate(repeating, made, editor, now())
    for original in (made, elsewhere, repeating):
        with pytest.raises(CannotClose):
            close_duplicate(made, original, editor, now())


def test_an_entry_of_another_story_closes_nothing(story: Article, editor: Reader) -> None:
    other = newsroom.story(story.get_parent(), "Another")
    with pytest.raises(CannotClose):
        close_corrected(report(story), correct(other), editor, now())


def test_the_median_counts_reports_that_led_to_a_correction_this_year(
    editor: Reader, story: Article
) -> None:
    assert time_to_correction(now() - timedelta(days=365)) == reports.ResponseTime(None, 0)
    first = story.current_version.published_at
    for hours in (1, 2, 30):
        other = newsroom.story(story.get_parent(), f"Waited {hours}", moment=first)
        made = report(other, moment=first + HOUR)
        entry = correct(other, moment=first + HOUR + hours * HOUR)
        close_corrected(made, entry, editor, first + 100 * HOUR)
    # Told of what was corrected already: no time of ours.
    late = report(other, "Fifty!", moment=first + 90 * HOUR)
    close_corrected(late, entry, editor, first + 100 * HOUR)
    found = time_to_correction(first)
    assert (found.median, found.count) == (2 * HOUR, 3)
    assert time_to_correction(first + 20 * HOUR).count == 1


def test_the_median_counts_what_the_newsroom_noticed_itself_once(
    editor: Reader, story: Article
) -> None:
    first = story.current_version.published_at
    corrected_at = first + 10 * HOUR
    own = newsroom.story(story.get_parent(), "Own", moment=first)
    correct(own, moment=corrected_at, noticed_at=first + 6 * HOUR)
    both = newsroom.story(story.get_parent(), "Both", moment=first)
    made = report(both, moment=first + 8 * HOUR)
    entry = correct(both, moment=corrected_at, noticed_at=first + HOUR)
    close_corrected(made, entry, editor, corrected_at)
    found = time_to_correction(first)
    assert (found.median, found.count) == (3 * HOUR, 2)


def test_addresses_can_be_erased_and_are_forgotten_long_after_the_answer(
    story: Article, editor: Reader
) -> None:
    asked = report(story, email="ann@example.org")
    done = report(story, "Fifty.", email="ben@example.org")
    close_unchanged(done, "It was forty.", editor, now())
    assert reports.erase_address("ANN@example.org") == 1
    assert reports.forget_contacts(now() + timedelta(days=89)) == 0
    assert reports.forget_contacts(now() + timedelta(days=91)) == 1
    assert not ReportContact.objects.exists()
    assert set(ErrorReport.objects.all()) == {asked, done}


def test_the_database_keeps_no_closed_report_without_its_reason(story: Article) -> None:
    made = report(story)
    for fields in (
        {"state": "corrected", "closed_at": now()},
        {"state": "duplicate", "closed_at": now()},
        {"state": "unchanged", "closed_at": now(), "outcome": ""},
        {"state": "unchanged", "outcome": "So it is."},
        {"closed_at": now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ErrorReport.objects.filter(pk=made.pk).update(**fields)


def test_the_words_of_a_withheld_entry_are_not_mailed(story: Article, editor: Reader) -> None:
    first = report(story)
    entry = correct(story)
    close_corrected(first, entry, editor, now())
    correct(story, "update")
    why = Leaving("withheld", "law", "By order.", editor, newsroom.editor("Second Person"))
    withhold(entry.after, why)
    late = report(story, "Was it fifty?", email="ann@example.org")
    close_duplicate(late, first, editor, now())
    (mail,) = mails()
    assert "Withheld, with the version it came with." in mail.text
    for words in (entry.was, entry.now):
        assert words not in mail.text
        assert words not in mail.html

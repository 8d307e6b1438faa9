"""What readers of the demo report stands in the story as they read it."""

import pytest

from articles.quoting import place
from articles.spam import Said, why_held
from articles.wording import paragraphs_of
from newsroom.demo.content import load, publications, words
from newsroom.demo.content.shapes import Report, Story

CONTENT = load()
every_report = pytest.mark.parametrize("report", CONTENT.reports, ids=lambda r: r.problem[:30])


def as_read(report: Report) -> Story:
    """The story as it stood when the report came."""
    found = CONTENT.story(report.story)
    for published, edit in publications(CONTENT.story(report.story)):
        if edit is None or edit.minutes_after <= report.minutes_after:
            found = published
    return found


@every_report
def test_the_quoted_sentence_stands_in_the_story_as_it_was_then(report: Report):
    story = as_read(report)
    fields = ("headline", "dek", "lead_caption", "body")
    texts = [text for field in fields for text in words(story, field)]
    plain = [paragraph for text in texts for paragraph in paragraphs_of(text)]
    assert not report.sentence or place(report.sentence, plain)


@every_report
def test_a_report_is_held_exactly_when_it_looks_like_spam(report: Report):
    said = f"{report.sentence}\n{report.problem}\n{report.email}"
    assert bool(why_held(Said(said))) == (report.outcome == "held")


@every_report
def test_a_corrected_report_came_before_the_entry_that_corrected_it(report: Report):
    if report.outcome != "corrected":
        return
    dated = [(e, edit) for edit in CONTENT.story(report.story).edits for e in edit.entries]
    entry, edit = dated[report.entry - 1]
    assert report.minutes_after < edit.minutes_after
    assert entry.kind == "correction"


def test_every_outcome_is_there():
    outcomes = {report.outcome for report in CONTENT.reports}
    assert outcomes == {"new", "held", "corrected", "unchanged", "duplicate"}
    for report in CONTENT.reports:
        repeated = [r for r in CONTENT.reports if r.problem.startswith(report.repeats)]
        assert not report.repeats or len(repeated) == 1

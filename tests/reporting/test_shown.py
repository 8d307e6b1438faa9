"""What the public sees of reports: when it was noticed, and how long a correction took."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client

from articles.models import Article
from articles.reports import ResponseTime, close_corrected
from newsroom.readers.models import Reader
from tests.reporting.made import HOUR, correct, now, report

pytestmark = pytest.mark.django_db


def test_an_entry_says_when_a_reader_told_us_and_links_to_the_policy(
    story: Article, editor: Reader
) -> None:
    start = story.current_version.published_at
    early = report(story, moment=start + HOUR)
    entry = correct(story, moment=start + 3 * HOUR)
    late = report(story, "Fifty!", moment=start + 4 * HOUR)
    for each in (late, early):
        close_corrected(each, entry, editor, now())
    page = Client().get(story.addresses.get(current=True).path).content.decode()
    told = page.split("A reader told us", 1)[1].split("</time>", 1)[0]
    assert (start + HOUR).astimezone().isoformat()[:4] in told
    assert page.count("A reader told us") == 1
    foot = page.split('class="entry-foot"', 1)[1].split("</footer>", 1)[0]
    assert 'href="/corrections/policy/"' in foot


def test_an_entry_nobody_reported_says_nothing_of_readers(story: Article) -> None:
    correct(story)
    page = Client().get(story.addresses.get(current=True).path).content.decode()
    assert "A reader told us" not in page


@pytest.mark.parametrize(
    ("median", "words"),
    [
        (timedelta(seconds=10), "1 minute "),
        (timedelta(minutes=42), "42 minutes"),
        (timedelta(minutes=119, seconds=40), "2 hours"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(hours=50), "2 days"),
        (timedelta(days=9), "9 days"),
    ],
)
def test_the_time_to_a_correction_is_said_in_a_fitting_unit(median: timedelta, words: str) -> None:
    response = ResponseTime(median, 3)
    said = render_to_string("components/response_time.html", {"response": response})
    assert words in said
    assert "3 reports" in said


def test_without_any_report_no_time_is_claimed() -> None:
    response = ResponseTime(None, 0)
    assert not render_to_string("components/response_time.html", {"response": response}).strip()

"""What the public sees of reports: when it was noticed, and how long a correction took."""

import pytest
from django.test import Client

from articles.models import Article
from articles.reports import close_corrected
from articles.verifying import verify_record
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


def test_an_entry_says_when_we_noticed_the_error_ourselves(story: Article) -> None:
    start = story.current_version.published_at
    correct(story, moment=start + 3 * HOUR, noticed_at=start + HOUR)
    page = Client().get(story.addresses.get(current=True).path).content.decode()
    noticed = page.split("We noticed it", 1)[1].split("</time>", 1)[0]
    assert (start + HOUR).astimezone().isoformat()[:4] in noticed
    assert "A reader told us" not in page
    assert list(verify_record()) == []


def test_an_entry_nobody_reported_says_nothing_of_readers(story: Article) -> None:
    correct(story)
    page = Client().get(story.addresses.get(current=True).path).content.decode()
    assert "A reader told us" not in page


def test_the_corrections_page_says_how_long_readers_waited(story: Article, editor: Reader) -> None:
    page = Client().get("/corrections/").content.decode()
    assert "from a reader’s report, or our own find, to the correction" not in page
    start = story.current_version.published_at
    made = report(story, moment=start + HOUR)
    close_corrected(made, correct(story, moment=start + 3 * HOUR), editor, now())
    page = Client().get("/corrections/").content.decode()
    assert "2\xa0hours</strong> from a reader’s report, or our own find, to the correction" in page

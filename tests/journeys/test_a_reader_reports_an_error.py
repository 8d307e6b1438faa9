"""A reader reports a sentence from the phone, an editor corrects the story from the queue, and both
who reported and who follows hear of it once. Once more without any script, as far as that goes."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from articles.corrections import Entry, Record
from articles.models import Article, Correction, ErrorReport, Follow, FollowerNews
from articles.reports import close_corrected
from newsroom import roles
from newsroom.mail.models import MailState, OutboxMail
from tests.articles import newsroom
from tests.browser import ZONE
from tests.comments.test_journey import text_in_mail
from tests.journeys.staff import come_in, somebody
from tests.journeys.test_an_editor_corrects_a_live_story import press_publish, type_words
from tests.stack import Stack
from tests.waiting import wait_until

WAS = "The kiln burned four cords of birch."
NOW = "The kiln burned five cords of birch."
AROUND = "Nobody in Marrow Bay had seen it so cold. {} Then the ice went out."
PATIENCE = 30


@pytest.fixture
def story(stack_db: Stack) -> Article:
    mark = uuid.uuid4().hex[:8]
    section = newsroom.section(f"Kilns {mark}", f"kilns-{mark}")
    return newsroom.story(
        section,
        f"The kiln goes cold {mark}",
        slug=f"kiln-{mark}",
        body=newsroom.body(newsroom.text(AROUND.format(WAS))),
        moment=datetime.now(UTC) - timedelta(hours=3),
    )


@pytest.fixture
def no_script(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, **ZONE)
    yield context.new_page()
    context.close()


def address_of(stack: Stack, story: Article) -> str:
    return stack.site_url + story.addresses.get(current=True).path


def somebody_new(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}@example.org"


def select_word(page: Page, words: str) -> None:
    """Select the word in the middle of `words`, where it stands in the story."""
    place = page.evaluate(
        """words => {
            const walk = document.createTreeWalker(document.querySelector(".flow"), 4);
            for (let node = walk.nextNode(); node; node = walk.nextNode()) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                node.parentElement.scrollIntoView({ block: "center", behavior: "instant" });
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + words.length);
                const box = range.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }
        }""",
        words,
    )
    # Without a window the browser knows no long press; two clicks select the same word.
    page.mouse.dblclick(*place)


def follow(page: Page, stack: Stack, email: str) -> None:
    """From a page with the link to follow, through the mail that asks, to the page that says so."""
    page.get_by_role("link", name="Follow this story").click()
    page.get_by_label("Your e-mail").fill(email)
    page.get_by_role("button", name="Follow").click()
    page.get_by_role("heading", name="Look into your mailbox").wait_for()
    link = re.search(r"http\S+/confirm/", text_in_mail(stack, email, "Follow this story?"))
    assert link is not None
    page.goto(link[0])
    page.get_by_role("button", name="Yes, follow it").click()
    page.get_by_role("heading", name="You follow this story").wait_for()


def wait_until_all_is_told(story: Article) -> None:
    def told() -> bool:
        owed = FollowerNews.objects.filter(version__article=story, done_at=None).exists()
        unsent = OutboxMail.objects.exclude(state=MailState.SENT).filter(
            subject__contains=story.title
        )
        return not owed and not unsent.exists()

    wait_until(told, PATIENCE, "everybody is told")


def subjects_to(stack: Stack, email: str) -> list[str]:
    return [caught.subject for caught in stack.mail.newest(to=email)]


def test_from_a_sentence_on_the_phone_to_a_correction_that_all_who_asked_hear_of_once(
    stack_db: Stack, story: Article, phone: Page, desktop: Page
) -> None:
    address = address_of(stack_db, story)
    reporter, follower = somebody_new("ann"), somebody_new("ben")
    problem = f"It was five: I stacked them myself, {story.slug}."

    phone.goto(address)
    phone.locator("#corrections").scroll_into_view_if_needed()
    remember = phone.get_by_role("button", name="Remember what I read")
    remember.scroll_into_view_if_needed()
    remember.click()
    phone.locator(".flow").scroll_into_view_if_needed()
    select_word(phone, "four cords of")
    phone.get_by_role("link", name="Report an error in this sentence").tap()
    expect(phone.get_by_label("The sentence, if it is one")).to_have_value(WAS)
    phone.get_by_label("What is wrong, and how you know").fill(problem)
    phone.get_by_label("Your e-mail, if you want an answer").fill(reporter)
    phone.get_by_role("button", name="Send the report").click()
    phone.get_by_role("heading", name="Thank you for telling us").wait_for()
    follow(phone, stack_db, follower)

    editor = somebody(roles.EDITOR, "Odile Perrin")
    come_in(desktop, stack_db, editor, "/desk/reports/?state=new")
    desktop.get_by_role("link", name=problem).click()
    expect(desktop.locator(".desk-quote mark")).to_have_text(WAS)
    expect(desktop.locator(".desk-quote")).to_contain_text(AROUND.format(WAS))
    expect(desktop.get_by_text(reporter)).to_have_count(0)
    desktop.get_by_role("button", name="Correct the story").click()
    desktop.get_by_text(f"A reader reports: “{WAS}” — {problem}").wait_for()
    type_words(desktop, AROUND.format(NOW))
    press_publish(desktop)
    desktop.get_by_label("What it is").first.select_option("correction")
    desktop.get_by_label("What was wrong").first.fill("We wrote four cords.")
    desktop.get_by_label("What is right").first.fill("The kiln burned five cords.")
    press_publish(desktop)
    desktop.get_by_text("The entry is published. Close the report with it?").wait_for()
    desktop.get_by_label("A word to the reader").fill("Thank you for stacking them.")
    desktop.get_by_role("button", name="Close with this entry").click()
    desktop.get_by_text("Closed by the correction").wait_for()

    entry = Correction.objects.get(article=story)
    closed = ErrorReport.objects.get(article=story)
    assert (closed.state, closed.correction, closed.closed_by) == ("corrected", entry, editor)
    answer = text_in_mail(stack_db, reporter, "Corrected, thanks to you")
    for words in (WAS, "The kiln burned five cords.", "Thank you for stacking them."):
        assert words in answer
    news = text_in_mail(stack_db, follower, "Correction: ")
    assert "The kiln burned five cords." in news
    wait_until_all_is_told(story)
    assert len(subjects_to(stack_db, reporter)) == 1
    assert subjects_to(stack_db, follower) == [
        f"Correction: {story.title}",
        f"Follow this story? {story.title}",
    ]

    link = re.search(rf"{re.escape(address)}#entry-{entry.number}", news)
    assert link is not None
    phone.goto(link[0])
    shown = phone.locator("article.entry-correction")
    expect(shown.get_by_text("The kiln burned five cords.")).to_be_visible()
    expect(shown.get_by_text("A reader told us")).to_be_visible()
    since = phone.locator("[data-since=correction]")
    expect(since).to_contain_text("Corrected since you read it on")

    stop = re.search(r"http\S+/follow/\S+/", news)
    assert stop is not None
    phone.goto(stop[0])
    phone.get_by_role("button", name="Stop all mail about this story").click()
    phone.get_by_role("heading", name="No more mail about this story").wait_for()
    assert not Follow.objects.filter(email=follower).exists()


def test_without_any_script_a_reader_reports_follows_hears_of_it_and_reads_the_entry(
    stack_db: Stack, story: Article, no_script: Page
) -> None:
    address, reader = address_of(stack_db, story), somebody_new("cleo")
    page = no_script
    page.goto(address)
    page.get_by_role("link", name="Report an error").click()
    page.get_by_label("The sentence, if it is one").fill("the kiln burned FOUR cords")
    page.get_by_label("What is wrong, and how you know").fill("It was five.")
    page.get_by_label("Your e-mail, if you want an answer").fill(reader)
    page.get_by_role("button", name="Send the report").click()
    page.get_by_role("heading", name="Thank you for telling us").wait_for()
    follow(page, stack_db, reader)

    editor = newsroom.editor("Odile Perrin")
    record = Record([Entry("correction", "We wrote four cords.", "It burned five cords.")])
    body = newsroom.body(newsroom.text(AROUND.format(NOW)))
    newsroom.edit(story, by=editor, record=record, body=body)
    report = ErrorReport.objects.get(article=story)
    entry = Correction.objects.get(article=story)
    close_corrected(report, entry, editor, datetime.now(UTC))

    text_in_mail(stack_db, reader, "Corrected, thanks to you")
    news = text_in_mail(stack_db, reader, "Correction: ")
    wait_until_all_is_told(story)
    assert len(subjects_to(stack_db, reader)) == 3
    page.goto(address)
    expect(page.locator("article.entry-correction")).to_contain_text("It burned five cords.")
    stop = re.search(r"http\S+/follow/\S+/", news)
    assert stop is not None
    page.goto(stop[0])
    page.get_by_role("button", name="Stop all mail about this story").click()
    page.get_by_role("heading", name="No more mail about this story").wait_for()

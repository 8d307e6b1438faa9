"""Sign up, confirm, get a letter, give from it; the story is corrected, one click stops."""

import json
import re
import uuid
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from campaigns.models import Donation
from newsroom.letters import corrections, readying, results
from newsroom.letters.models import Letter, LetterState, Newsletter, Standing, Subscription
from newsroom.money import Money
from tests.articles import newsroom
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.journeys.test_a_reader_gives_on_a_phone import pay_at_checkout
from tests.reporting.made import correct
from tests.stack import Stack
from tests.waiting import wait_until

PATIENCE = 120


def mails(stack: Stack, to: str) -> list[str]:
    """The plain text of what came, the newest last."""
    found = []
    for mail in reversed(stack.mail.newest(to=to)):
        part = stack.mail.message(mail.id).get_body(("plain",))
        assert part is not None
        found.append(part.get_content())
    return found


def link(text: str, part: str) -> str:
    found = re.search(rf"https?://\S*{part}\S*", text)
    assert found, text
    return found[0]


def send(letter: Letter) -> None:
    now = datetime.now(UTC)
    readying.set_ready(letter, now, newsroom.editor(), now)
    sent = Letter.objects.filter(pk=letter.pk, state=LetterState.SENT)
    wait_until(sent.exists, PATIENCE, "the letter is sent")


def test_from_the_form_to_a_letter_to_a_gift_and_to_one_click_that_ends_it(
    stack_db: Stack, phone: Page
) -> None:
    the_default_campaign()
    mark = uuid.uuid4().hex[:8]
    campaign, email = a_campaign(), f"lea-{mark}@example.org"
    section = newsroom.section(f"Ferries {mark}", f"ferries-{mark}")
    story = newsroom.story(section, f"The ferry that left early {mark}")
    newsletter = Newsletter.objects.create(
        name=f"The Boat {mark}", slug=f"boat-{mark}", description="What happened on the water.",
        section=section,
    )  # fmt: skip

    phone.goto(stack_db.site_url + story.addresses.get(current=True).path)
    form = phone.locator(".sign-up")
    expect(form.get_by_role("heading")).to_have_text(newsletter.name)
    form.get_by_label("Your e-mail").fill(email)
    form.get_by_role("button", name="Sign up").click()
    expect(phone.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    wait_until(lambda: mails(stack_db, email), PATIENCE, "the mail that asks")
    phone.goto(link(mails(stack_db, email)[0], "/letters/confirm/"))
    phone.get_by_role("button", name="Yes, send them to me").click()
    expect(phone.get_by_role("heading", name="Welcome.")).to_be_visible()

    # Breaking news waits for no morning, whenever the tests run.
    body = [
        {"type": "text", "value": "<p>Good morning.</p>"},
        {"type": "stories", "value": {"stories": [story.pk]}},
        {"type": "campaign", "value": {"campaign": campaign.pk, "words": ""}},
    ]
    letter = Letter.objects.create(
        newsletter=newsletter, subject="The ferry", purpose="breaking", body=json.dumps(body)
    )
    send(letter)
    wait_until(lambda: len(mails(stack_db, email)) == 2, PATIENCE, "the letter")
    text = mails(stack_db, email)[1]
    links = re.findall(r"https?://\S+/letters/go/\S+", text)
    phone.goto(links[0])
    expect(phone.get_by_role("heading", name=story.title)).to_be_visible()
    phone.goto(links[-1])
    expect(phone).to_have_url(re.compile(rf"/give/{campaign.slug}/\?via=letter-{letter.pk}$"))
    phone.get_by_role("button", name=re.compile("^(Give|Continue|Donate)")).last.click()
    pay_at_checkout(phone, stack_db, email)
    gift = Donation.objects.get(campaign=campaign)
    assert gift.via == letter.via
    arrived = Donation.objects.filter(pk=gift.pk, received_at__isnull=False)
    wait_until(arrived.exists, PATIENCE, "the gift is here")
    shown = results.count(letter.pk)
    assert shown["gifts"] == [[gift.currency, 1, gift.amount]], Money(gift.amount, gift.currency)

    # The story was wrong: who got it is told once, and one click ends it.
    correct(story, "retraction")
    told = [text for text in mails(stack_db, email) if "Retraction" in text]
    assert told == []
    corrections.notice(datetime.now(UTC))
    wait_until(
        lambda: any("Retraction: " in text for text in mails(stack_db, email)), PATIENCE, "told"
    )
    corrections.notice(datetime.now(UTC))
    wait_until(
        Letter.objects.filter(correction__article=story, state=LetterState.SENT).exists,
        PATIENCE,
        "the correction is sent",
    )
    told = [text for text in mails(stack_db, email) if "Retraction: " in text]
    assert len(told) == 1
    phone.goto(link(told[0], "/letters/stop/"))
    phone.get_by_role("button", name="Yes, send it no more").click()
    expect(phone.get_by_role("heading", name="comes no more")).to_be_visible()
    active = Subscription.objects.filter(subscriber__email=email, standing=Standing.ACTIVE)
    assert not active.exists()

"""A reader signs in on a phone and comments; an editor with a passkey approves; the mail comes."""

import re
import uuid

from playwright.sync_api import Page

from newsroom import roles
from newsroom.branding.models import Branding
from newsroom.demo.mailbox import text_of
from tests.articles import newsroom
from tests.desk.people import person
from tests.stack import Stack
from tests.waiting import wait_until

CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
PATIENCE = 20


def text_in_mail(stack: Stack, to: str, about: str) -> str:
    """The plain text of the newest mail to an address whose subject has `about`."""

    def found() -> str:
        for caught in stack.mail.newest(to=to):
            if about in caught.subject:
                return text_of(stack.mail.message(caught.id), "plain")
        return ""

    return wait_until(found, PATIENCE, f"a mail about “{about}”")


def sign_in(page: Page, stack: Stack, email: str) -> None:
    """From the page that asks for the address to wherever it leads."""
    page.get_by_label("E-mail", exact=False).or_(page.get_by_label("Email")).first.fill(email)
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_url("**/login/code/confirm/**")
    code = CODE.search(text_in_mail(stack, email, "code"))
    assert code is not None
    page.get_by_label("Code").fill(code[0])
    page.get_by_role("button", name="Continue").click()


def hold_a_passkey(page: Page) -> None:
    """Give the browser an authenticator as a phone or a laptop has one built in."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def _appeal_and_win(phone: Page, desktop: Page, stack: Stack, mark: str) -> None:
    """From the account; whoever rejected it cannot decide, somebody else can."""
    phone.get_by_role("link", name="Ask for a second look").click()
    phone.get_by_label("Why was the decision wrong?").fill("It names nobody.")
    phone.get_by_role("button", name="Ask for a second look").click()
    phone.get_by_text("Your appeal waits: somebody else decides on it.").wait_for()
    phone.get_by_text("You asked for a second look: somebody else decides.").wait_for()
    desktop.goto(f"{stack.site_url}/desk/comments/queue/?state=appealed")
    desktop.get_by_role("link", name="decide, see its writer").click()
    desktop.get_by_role("button", name="Approve").click()
    desktop.get_by_text("You rejected it: somebody else decides on the appeal.").wait_for()
    desktop.goto(f"{stack.site_url}/account/logout/")
    desktop.get_by_role("button", name="Sign out").click()
    second = person(roles.STANDARDS_EDITOR)
    desktop.goto(f"{stack.site_url}/account/login/?next=/account/2fa/webauthn/add/")
    sign_in(desktop, stack, second.email)
    desktop.get_by_role("button", name="Add").click()
    desktop.wait_for_url("**/recovery-codes/**")
    desktop.goto(f"{stack.site_url}/desk/comments/queue/?state=appealed")
    desktop.get_by_role("link", name="decide, see its writer").click()
    desktop.get_by_text("It names nobody.").wait_for()
    desktop.get_by_role("button", name="Approve").click()
    desktop.get_by_text("Approved: it is shown under the story.").wait_for()


def test_a_comment_from_the_phone_to_the_desk_and_back_by_mail(
    stack_db: Stack, phone: Page, desktop: Page
) -> None:
    mark = uuid.uuid4().hex[:8]
    reader, words = f"ann-{mark}@example.org", f"I was on that ferry, {mark}."
    section = newsroom.section(f"Harbours {mark}", f"harbours-{mark}")
    story = newsroom.story(section, f"The ferry that left early {mark}", slug=f"ferry-{mark}")
    address = stack_db.site_url + story.addresses.get(current=True).path
    editor = person(roles.EDITOR)

    phone.goto(address)
    phone.locator("#comments").scroll_into_view_if_needed()
    phone.get_by_role("link", name="Sign in").last.click()
    sign_in(phone, stack_db, reader)
    phone.wait_for_url(f"{address}#comments")
    phone.get_by_label("Your comment").fill(words)
    phone.get_by_role("button", name="Send").click()
    phone.get_by_text("An editor reads your comment before it is shown").wait_for()
    phone.get_by_text("Yours, waiting for an editor").wait_for()

    hold_a_passkey(desktop)
    desktop.goto(f"{stack_db.site_url}/desk/comments/?state=held")
    sign_in(desktop, stack_db, editor.email)
    desktop.get_by_text("The desk opens once you have set up a second factor").wait_for()
    desktop.goto(f"{stack_db.site_url}/account/2fa/webauthn/add/")
    desktop.get_by_role("button", name="Add").click()
    desktop.wait_for_url("**/recovery-codes/**")
    desktop.goto(f"{stack_db.site_url}/desk/comments/?state=held")
    desktop.get_by_role("link", name=words).click()
    desktop.get_by_role("button", name="Approve").click()
    desktop.get_by_text("Approved: it is shown under the story.").wait_for()

    mail = text_in_mail(stack_db, reader, "comment")
    assert words in mail
    link = re.search(rf"{re.escape(address)}#comment-\d+", mail)
    assert link is not None
    phone.goto(link[0])
    phone.reload()  # the phone was on this page already
    phone.locator(".discussion > .comment", has_text=words).wait_for()

    # Without script from here: an answer, which the editor approves from the queue.
    phone.locator(".discussion > .comment", has_text=words).get_by_role(
        "link", name="Reply"
    ).click()
    phone.get_by_text("You answer").wait_for()
    phone.get_by_label("Your comment").fill(f"And it was full, {mark}.")
    phone.get_by_role("button", name="Send").click()
    phone.get_by_text("An editor reads your comment before it is shown").wait_for()
    desktop.goto(f"{stack_db.site_url}/desk/comments/queue/")
    desktop.get_by_role("listitem").filter(has_text=f"And it was full, {mark}.").get_by_role(
        "checkbox"
    ).check()
    desktop.get_by_role("button", name="Approve the chosen").click()
    desktop.get_by_text("1 comment is shown.").wait_for()
    phone.goto(f"{address}#comments")
    phone.reload()
    answer = phone.locator(".comment-reply", has_text=f"And it was full, {mark}.")
    answer.wait_for()

    # Another reader reports it, without an account; with one report wanted it comes back.
    Branding.objects.update_or_create(pk=Branding.load().pk, defaults={"comments_reports": 1})
    answer.get_by_role("link", name="Report").click()
    phone.get_by_label("Why should it not stand?").fill("It names my neighbour.")
    phone.get_by_role("button", name="Report").click()
    phone.get_by_text("When several readers report a comment").wait_for()
    desktop.goto(f"{stack_db.site_url}/desk/comments/queue/?state=reported")
    desktop.get_by_text("Reported: It names my neighbour.").wait_for()
    desktop.get_by_role("link", name="decide, see its writer").click()
    desktop.get_by_label("Reason, shown to the writer").fill("It names a private person.")
    desktop.get_by_role("button", name="Reject").click()
    desktop.get_by_text("Rejected: its writer sees the reason.").wait_for()
    phone.goto(f"{stack_db.site_url}/account/")
    phone.get_by_text("It names a private person.").wait_for()
    _appeal_and_win(phone, desktop, stack_db, mark)
    Branding.objects.update(comments_reports=3)
    phone.goto(address)
    phone.locator(".discussion > .comment", has_text=words).wait_for()
    phone.locator(".comment-reply", has_text=f"And it was full, {mark}.").wait_for()

"""A reader downloads everything, reads what stays, follows the link in the mail and is erased, at
Stripe too; then nothing anywhere names them: no table, no file, no log."""

import json
import re
import uuid
import zipfile

import requests
from django.utils import timezone
from playwright.sync_api import Page

from articles.comments import approve, write_comment
from articles.following import ask_to_follow
from newsroom.mail.models import OutboxMail
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.campaigns_made import a_campaign
from tests.comments.test_journey import sign_in, text_in_mail
from tests.pipeline import acts
from tests.pipeline import recurring_acts as monthly
from tests.privacy.everywhere import files_naming, tables_naming
from tests.reporting.made import report
from tests.stack import Stack
from tests.waiting import wait_until


def test_everything_is_downloaded_and_the_reader_is_erased(
    stack_db: Stack, desktop: Page, phone: Page
) -> None:
    mark = f"zq{uuid.uuid4().hex[:8]}"
    address, name = f"{mark}+gifts@example.org", f"Zora {mark.title()}"
    payer = {"email": address, "name": name}
    campaign = a_campaign()
    gift = acts.begin(stack_db, campaign, public_name=name, message=f"For {mark}.")
    assert acts.pay(stack_db, gift, **payer).status_code == 200
    first = monthly.give_monthly(stack_db, campaign, **payer)
    acts.wait_for_raised(campaign, 4500)
    recurring = monthly.recurring_of(first)
    acts.wait_for_quiet_inbox()
    story = newsroom.story(newsroom.section(f"Bays {mark[2:]}", f"bays-{mark[2:]}"), "The bay")

    desktop.goto(f"{stack_db.site_url}/account/data/")
    sign_in(desktop, stack_db, address)
    desktop.get_by_role("heading", name="Everything we hold about you").wait_for()
    reader = Reader.objects.get(email=address)
    reader.public_name = name
    reader.save()
    comment = write_comment(story, reader, f"{name} saw it.", timezone.now())
    approve(comment, newsroom.editor(), timezone.now())
    ask_to_follow(story, address, timezone.now(), reader=reader)
    report(story, f"Not so, says {name}.", sentence="", email=address)
    assert {
        "campaigns_donor", "campaigns_donation", "articles_comment", "articles_follow",
        "articles_errorreport", "articles_reportcontact", "readers_reader", "mail_outboxmail",
        "account_emailaddress",
    } <= tables_naming(mark)  # fmt: skip
    # Stripe's events were kept without those who pay.
    assert "campaigns_inboxevent" not in tables_naming(mark)

    desktop.reload()
    with desktop.expect_download() as started:
        desktop.get_by_role("link", name="Download everything").click()
    file = zipfile.ZipFile(started.value.path())
    held = json.loads(file.read("everything.json"))["data"]
    assert sorted(row["amount"] for row in held["gifts"]) == [2000, 2500]
    assert held["comments"][0]["text"] == f"{name} saw it."

    desktop.get_by_role("link", name="Erase me…").click()
    desktop.get_by_text("Recurring gifts end at once.").wait_for()
    desktop.get_by_text("That gifts were made: amount, day and campaign").wait_for()
    desktop.get_by_role("button", name="Send me the link").click()
    desktop.get_by_text("Nothing is erased until you open it").wait_for()
    link = re.search(r"http\S+/account/erase/\S+/", text_in_mail(stack_db, address, "Erase"))
    assert link
    # On another device, where nobody is signed in.
    phone.goto(link[0])
    phone.get_by_role("button", name="Yes, erase me").click()
    phone.get_by_role("heading", name="You are erased").wait_for(timeout=60_000)
    assert "last mail" in text_in_mail(stack_db, address, "erased")
    desktop.goto(f"{stack_db.site_url}/account/")
    desktop.wait_for_url("**/account/login/**")

    monthly.wait_for_state(recurring, "ended")
    acts.wait_for_quiet_inbox()
    customer = requests.get(
        f"{stack_db.sandbox_url}/v1/customers/{recurring.customer}",
        headers={"Authorization": f"Bearer {stack_db.env['STRIPE_SECRET_KEY']}"},
        timeout=10,
    ).json()
    assert customer == {"id": recurring.customer, "object": "customer", "deleted": True}
    # What comes of the gift later brings nothing back.
    acts.refund_at_stripe(stack_db, gift.payments.get().stripe_id, 500)
    acts.wait_for_raised(campaign, 4000)
    acts.wait_for_quiet_inbox()
    wait_until(
        lambda: not OutboxMail.objects.filter(state__in=["owed", "sending"]).exists(),
        acts.PATIENCE,
        "all mail is out",
    )
    assert tables_naming(mark) == set()
    logs = [stack_db.state / f"{each}.log" for each in ("site", "worker", "beat")]
    assert files_naming(mark, stack_db.state / "media", *logs) == set()
    # Of the whole books other tests on this stack may have left differences of their own making.
    verified = stack_db.manage("verify_rollups")
    assert verified.returncode == 0, verified.stderr

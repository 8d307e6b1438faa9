"""What `manage.py build_demo` promises: a whole newsroom with a true past, however often it is cut
off, and the same one when it is built again."""

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import psycopg
import pytest
import requests

from newsroom.demo import EDITOR, READER, STAFF, launch
from newsroom.demo.content import load
from newsroom.demo.content.blocks import Embed, Quoted, Related
from newsroom.engines.schema import CHECKOUT
from tests.stack import Stack
from tests.waiting import wait_until

if TYPE_CHECKING:
    from campaigns.models import Campaign

PATIENCE = 180
GIFTS = 25
CONTENT = load()
BUILD = ("build_demo", "--gifts", str(GIFTS), "--trickle", "1")


@pytest.fixture(scope="package")
def demo(stack: Stack) -> Stack:
    """Built by four runs: one killed while stories go out, two asked to end while gifts come, those
    of each month first."""
    _cut_off(stack, signal.SIGKILL, "SELECT count(*) FROM articles_version", 7)
    _cut_off(stack, signal.SIGTERM, "SELECT count(*) FROM campaigns_donation", 6)
    _cut_off(stack, signal.SIGTERM, "SELECT count(*) FROM campaigns_donation", 16)
    assert clock(stack)["real"]
    done = stack.manage(*BUILD)
    assert done.returncode == 0, done.stderr[-3000:]
    return stack


@pytest.fixture
def on_demo(demo: Stack, stack_db: Stack) -> Stack:
    """The built demo, with Django on its database."""
    return demo


def _cut_off(stack: Stack, how: signal.Signals, counting: str, enough: int) -> None:
    running = subprocess.Popen(
        [*launch.manage(), *BUILD],
        cwd=CHECKOUT,
        env=stack.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: _count(stack, counting) >= enough, PATIENCE, counting)
    finally:
        os.killpg(running.pid, how)
        running.wait(PATIENCE)
    assert running.returncode != 0


def _count(stack: Stack, counting: str) -> int:
    with psycopg.connect(stack.env["DATABASE_URL"]) as connection:
        row = connection.execute(counting).fetchone()
        return int(row[0]) if row else 0


def clock(stack: Stack) -> dict[str, object]:
    found: dict[str, object] = requests.get(f"{stack.sandbox_url}/sandbox/clock", timeout=10).json()
    return found


def campaign() -> "Campaign":
    from campaigns.models import Campaign

    return Campaign.objects.get(slug=CONTENT.campaign.slug)


def test_the_campaigns_show_milestones_a_result_a_card_and_a_partners_page(on_demo: Stack) -> None:
    from campaigns.models import Campaign, Reached
    from campaigns.progress import progress, with_total

    marks = [(line.amount, line.pays_for) for line in CONTENT.campaign.milestones]
    assert list(campaign().marks.values_list("amount", "words")) == marks
    winter = with_total().get(slug=CONTENT.finished.slug)
    shown = progress(winter)
    assert (shown.ended, shown.reached) == (True, True)
    assert shown.raised == sum(cheque.amount for cheque in CONTENT.finished.cheques)
    assert shown.donors == len(CONTENT.finished.cheques)
    goal = Reached.objects.get(campaign=winter, amount=winter.goal)
    assert goal.reached_at < winter.ends_at
    page = requests.get(on_demo.site_url + winter.get_absolute_url(), timeout=10).text
    assert "What happens with the money" in page
    card = wait_until(
        lambda: on_demo.mail.newest(to="family@marlowe.example"), PATIENCE, "the card"
    )
    assert card[0].subject.startswith("A gift in memory of Edith Marlowe")
    partner = requests.get(f"{on_demo.site_url}/demo/partner/", timeout=10).text
    assert f'campaign="{campaign().slug}"' in partner
    assert Campaign.objects.filter(is_default=True).get().gift_uses.exists()


def test_every_publication_is_on_the_record_once_at_its_own_moment(on_demo: Stack):
    from articles.models import Article, Change, Correction, Version

    for story in CONTENT.every_story:
        article = Article.objects.get(slug=story.slug)
        versions = list(Version.objects.filter(article=article).order_by("number"))
        assert len(versions) == 1 + len(story.edits)
        after = [v.published_at - versions[0].published_at for v in versions[1:]]
        assert [a.total_seconds() / 60 for a in after] == [e.minutes_after for e in story.edits]
        minor = [v.change == Change.MINOR for v in versions[1:]]
        assert minor == [edit.is_minor for edit in story.edits]
        entries = Correction.objects.filter(article=article).order_by("number")
        said = [(e.kind, e.was_wrong, e.is_right) for edit in story.edits for e in edit.entries]
        assert list(entries.values_list("kind", "was", "now")) == said
        assert article.first_published_at == versions[0].published_at
        assert article.pins.count() == len(story.keep_reading)
    signatures = set(Correction.objects.values_list("signature", flat=True))
    assert signatures <= {person.name for person in CONTENT.people}
    assert on_demo.manage("verify_record").returncode == 0


def test_comments_stand_as_they_were_decided_and_no_one_hears_twice(on_demo: Stack):
    from articles.models import Comment
    from newsroom.mail.models import OutboxMail

    states = Comment.objects.values_list("reader__email", "text", "state", "reason")
    assert sorted(states) == sorted(
        (c.email, c.text, c.state, c.reason) for c in CONTENT.every_comment
    )
    shown = [c for c in CONTENT.every_comment if c.state in ("approved", "reported")]
    # A reporter's own answer stands at once, and brings no letter to its writer.
    staff = "@thelandfast.example"
    approved = sum(not c.trusted and not c.email.endswith(staff) for c in shown)
    assert OutboxMail.objects.filter(kind="comment approved").count() == approved


def test_replies_stand_under_what_they_answer_one_reader_is_trusted_and_one_comment_came_back(
    on_demo: Stack,
):
    from articles.models import Comment, Commenter, CommentReport
    from articles.threads import discussion

    for said in (c for c in CONTENT.every_comment if c.answers):
        comment = Comment.objects.get(article__slug=said.story, text=said.text)
        answered = Comment.objects.get(article=comment.article, text__startswith=said.answers)
        assert comment.parent_id == (answered.parent_id or answered.pk)
    [trusted] = [c for c in CONTENT.every_comment if c.trusted]
    assert Commenter.objects.exclude(trusted_at=None).get().reader.email == trusted.email
    assert Comment.objects.get(text=trusted.text).decided_by is None
    [reported] = [c for c in CONTENT.every_comment if c.reports]
    reports = CommentReport.objects.order_by("pk")
    assert tuple(reports.values_list("reason", flat=True)) == reported.reports
    assert {report.settled for report in reports} == {False}
    page = discussion(Comment.objects.get(text=reported.text).article_id)
    assert page
    assert reported.text not in [comment.text for comment in page.comments]


def test_stories_show_an_embed_a_related_story_and_a_reader_quoted(on_demo: Stack):
    def read(slug: str) -> str:
        from articles.models import Address

        path = Address.objects.get(article__slug=slug, current=True).path
        return requests.get(on_demo.site_url + path, timeout=30).text

    for story in CONTENT.every_story:
        for block in story.body:
            match block:
                case Embed():
                    assert f'href="{block.url}"' in read(story.slug)
                case Related():
                    page = read(story.slug).split('<aside class="related-story"')[1]
                    assert block.line in page
                    assert f"/{block.story}/" in page.split("</aside>")[0]
                case Quoted():
                    quoted = read(story.slug).split('<figure class="reader-comment"')[1]
                    assert block.text in quoted.split("</figure>")[0]
                    assert block.name in quoted.split("</figure>")[0]


def test_reports_came_to_what_they_came_to_and_a_few_readers_follow(on_demo: Stack):
    from articles.models import ErrorReport, Follow
    from newsroom.demo.build.reports import FOLLOWERS
    from newsroom.mail.models import OutboxMail

    states = ErrorReport.objects.values_list("problem", "state", "article__slug")
    assert sorted(states) == sorted((r.problem, r.outcome, r.story) for r in CONTENT.reports)
    answered = [r for r in CONTENT.reports if r.email and r.outcome not in ("new", "held")]
    assert OutboxMail.objects.filter(kind="error report answered").count() == len(answered)
    following = Follow.objects.exclude(confirmed_at=None).values_list("email", flat=True)
    assert sorted(following) == sorted(FOLLOWERS)


def test_the_gifts_are_in_the_books_and_the_books_agree_with_stripe(on_demo: Stack):
    from campaigns.models import Donation, InboxEvent, LedgerEntry
    from campaigns.progress import progress, with_total
    from newsroom.mail.models import OutboxMail

    found = campaign()
    cheque = found.offline_gifts.get()
    assert (cheque.state, cheque.method, cheque.amount) == ("booked", "cheque", 25_000)
    donations = Donation.objects.filter(campaign=found).exclude(via="offline")
    on_its_way = donations.get(state="processing")
    assert progress(with_total().get(pk=found.pk)).on_its_way == on_its_way.amount
    donations = donations.exclude(pk=on_its_way.pk)
    assert donations.count() == GIFTS
    received = donations.filter(received_at__isnull=False)
    assert received.count() == GIFTS - 2
    refunded = donations.get(state="refunded")
    entries = LedgerEntry.objects.filter(campaign=found).exclude(kind__in=("match", "offline"))
    assert entries.count() == received.count() + 1
    match = found.matches.get()
    assert 0 < match.given <= match.cap
    raised = sum(d.amount for d in received) - refunded.amount + match.given + cheque.amount
    assert progress(with_total().get(pk=found.pk)).raised == raised
    assert all(found.starts_at <= entry.occurred_at for entry in entries)
    assert received.filter(started_at__lt=found.ends_at).count() == received.count()
    payments = received.values_list("payments__stripe_id", flat=True)
    keys = [f"receipt:{payment}" for payment in payments]
    assert OutboxMail.objects.filter(dedupe_key__in=keys).count() == received.count()
    assert not InboxEvent.objects.exclude(last_error="").filter(processed_at=None).exists()
    for command in ("verify_ledger", "reconcile"):
        done = on_demo.manage(command)
        assert done.returncode == 0, done.stderr + done.stdout
    assert clock(on_demo)["real"]


def test_people_give_each_month_and_their_renewals_came_as_the_clock_went_on(
    on_demo: Stack,
) -> None:
    from campaigns.models import RecurringDonation
    from newsroom.demo.build.regulars import REGULARS

    begun = RecurringDonation.objects.exclude(state="started")
    wait_until(lambda: begun.count() == len(REGULARS), 60, "all of them are known")
    wait_until(lambda: begun.filter(state="unpaid").count() == 1, 60, "one card fails")
    assert begun.filter(state="active").count() == len(REGULARS) - 1
    assert begun.filter(frequency="year").count() == 1
    oldest = begun.order_by("started_at")[0]
    paid = oldest.instalments.filter(state="paid")
    wait_until(lambda: paid.count() >= 7, 60, "each month has its gift")


def test_some_givers_have_a_tax_receipt_by_mail_and_the_one_given_back_is_cancelled(
    on_demo: Stack,
) -> None:
    from campaigns.models import ReceiptRequest, TaxReceipt
    from newsroom.mail.models import OutboxMail

    asked = ReceiptRequest.objects.filter(donation__received_at__isnull=False)
    wait_until(
        lambda: not asked.filter(due_at__isnull=False).exists(), 60, "the receipts are settled"
    )
    standing = TaxReceipt.objects.filter(cancellation=None)
    kept = asked.filter(donation__net__gt=0)
    assert standing.count() == kept.count() > 0
    assert OutboxMail.objects.filter(dedupe_key__startswith="tax-receipt:").count() == (
        TaxReceipt.objects.count()
    )
    assert not asked.exclude(problem="").exists()
    done = on_demo.manage("verify_receipts")
    assert done.returncode == 0, done.stderr + done.stdout


def test_payouts_are_the_sums_of_their_movements_and_the_bank_shows_them(on_demo: Stack):
    from campaigns.models import BankLine, Payout

    payouts = Payout.objects.filter(listed=True)
    assert payouts.count() > 3
    assert all(payout.equal for payout in payouts)
    lines = BankLine.objects.filter(undone=False)
    assert lines.filter(fate="unknown").count() == 1
    assert lines.filter(fate="matched").count() == lines.count() - 1 > 0


def test_the_campaign_is_a_month_old_with_three_weeks_to_go_and_on_every_story(on_demo: Stack):
    from django.utils import timezone

    from campaigns.models import Campaign
    from campaigns.progress import banner_campaign, progress

    found = campaign()
    assert banner_campaign() == found
    assert found.goal == 10_000_000
    assert progress(found).days_left in (20, 21)
    assert (timezone.now() - found.starts_at).days == 30
    assert Campaign.objects.get(is_default=True).slug == CONTENT.default_campaign.slug


def test_a_stranger_can_read_everything(on_demo: Stack):
    from articles.models import Address, Person, Section, StandingPage, Topic
    from newsroom.edge.language import language_prefix

    paths = ["/", "/corrections/", "/corrections/policy/", "/feed.atom"]
    paths += [f"/campaigns/{slug}/" for slug in (campaign().slug, CONTENT.default_campaign.slug)]
    paths += [f"/fr{path}" for path in paths]
    paths += Address.objects.values_list("path", flat=True)
    standing = StandingPage.objects.exclude(purpose="corrections-policy")
    paths += [
        f"{language_prefix(page.locale.language_code)}/{page.slug}/"
        for page in (*Section.objects.all(), *standing)
    ]
    paths += [each.get_absolute_url() for each in (*Person.objects.all(), *Topic.objects.all())]
    for path in paths:
        answer = requests.get(on_demo.site_url + path, timeout=30)
        assert answer.status_code == 200, path
    story = requests.get(on_demo.site_url + Address.objects.earliest("pk").path, timeout=30)
    picture = story.text.split('srcset="')[1].split(" ")[0]
    kind = requests.get(on_demo.site_url + picture, timeout=30).headers["Content-Type"]
    # The first that a browser is offered.
    assert kind == "image/avif"


def test_the_three_sign_ins_have_their_roles_and_the_reader_has_given(on_demo: Stack):
    from newsroom.account.giving import gifts_of
    from newsroom.readers.accounts import proven_addresses
    from newsroom.readers.models import Reader

    roles = {email: Reader.objects.get(email=email) for email in (READER, EDITOR, STAFF)}
    assert [who.groups.count() for who in roles.values()] == [0, 1, 1]
    assert roles[EDITOR].groups.get().name == "editor"
    assert roles[STAFF].groups.get().name == "administrator"
    assert roles[STAFF].has_perm("campaigns.view_analytics")
    assert not any(who.is_superuser for who in roles.values())
    assert all(proven_addresses(who) == [who.email] for who in roles.values())
    assert roles[EDITOR].person.slug == "maren-ostrander"
    assert {gift.frequency for gift in gifts_of(roles[READER])} == {"once", "month"}


def test_building_again_makes_nothing(on_demo: Stack):
    counted = [
        "articles_version", "articles_correction", "articles_comment", "articles_commentreport",
        "articles_commenter", "wagtailimages_image", "wagtailcore_revision", "campaigns_donation",
        "campaigns_offlinegift", "campaigns_ledgerentry", "mail_outboxmail", "audit_auditentry",
        "readers_reader",
    ]  # fmt: skip
    before = [_count(on_demo, f"SELECT count(*) FROM {table}") for table in counted]
    done = on_demo.manage(*BUILD)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout == ""
    assert [_count(on_demo, f"SELECT count(*) FROM {table}") for table in counted] == before


def test_without_site_and_worker_the_build_brings_the_gifts_in_itself(on_demo: Stack):
    from campaigns.models import Donation

    more = GIFTS + 4
    on_demo.stop_one("site")
    on_demo.stop_one("worker")
    try:
        done = on_demo.manage("build_demo", "--gifts", str(more), "--trickle", "0")
    finally:
        on_demo.start_site()
        on_demo.start_worker()
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Gifts made: {more} of {more}" in done.stdout
    received = Donation.objects.filter(campaign=campaign(), received_at__isnull=False)
    assert received.exclude(via="offline").count() == more - 2
    assert on_demo.manage("verify_ledger").returncode == 0


def test_without_a_sandbox_it_says_so_in_a_sentence(on_demo: Stack):
    lonely = on_demo.env | {"STRIPE_API_BASE": f"http://localhost:{launch.free_port()}"}
    done = subprocess.run(
        [*launch.manage(), "build_demo", "--gifts", "60"],
        cwd=CHECKOUT, env=lonely, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "The Stripe sandbox does not answer" in done.stderr
    assert "Traceback" not in done.stderr

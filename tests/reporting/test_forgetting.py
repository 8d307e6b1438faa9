"""An address is erased when somebody asks; what they reported stays, without it."""

from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command

from articles.following import ask_to_follow, forget_unconfirmed
from articles.models import Article, ErrorReport, Follow, ReportContact
from articles.reports import close_unchanged
from campaigns.models import Donation, Reminder, Tribute
from campaigns.reminders import set_reminder
from newsroom.account.forgetting import forget_address
from newsroom.mail.models import OutboxMail
from newsroom.mail.outbox import owe
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign
from tests.reporting.made import now, report

pytestmark = pytest.mark.django_db
WORDS = {"line": "x", "day": date(2026, 6, 3), "links": 1, "key_url": "https://n.example/"}


def test_forget_address_erases_it_from_reports_and_follows_and_from_nobody_else(
    story: Article,
) -> None:
    for name in ("ann", "ben"):
        report(story, f"Fifty, says {name}.", email=f"{name}@example.org")
        ask_to_follow(story, f"{name}@example.org", now())
    said = StringIO()
    call_command("forget_address", "Ann@Example.org", stdout=said)
    assert said.getvalue() == (
        "Erased from 1 reports, 1 followed stories, 0 reminders, 0 cards, 0 letters and "
        "0 other mails.\n"
    )
    assert [each.email for each in ReportContact.objects.all()] == ["ben@example.org"]
    assert [each.email for each in Follow.objects.all()] == ["ben@example.org"]
    assert ErrorReport.objects.count() == 2


def test_the_outbox_forgets_the_address_and_keeps_what_the_law_asks(
    story: Article, editor: Reader
) -> None:
    made = report(story, email="ann@example.org")
    close_unchanged(made, "It was forty.", editor, now())
    ask_to_follow(story, "ann@example.org", now())
    for kind in ("receipt", "comment approved", "sign-in"):
        owe(kind, f"{kind}:1", "Ann@example.org", "record_head", WORDS)
    call_command("forget_address", "ann@example.org", stdout=StringIO())
    kept = OutboxMail.objects.filter(to__iexact="ann@example.org")
    assert [mail.kind for mail in kept] == ["receipt"]
    forgotten = OutboxMail.objects.exclude(kind="receipt")
    assert {(mail.state, mail.text, mail.html) for mail in forgotten} == {("cancelled", "", "")}
    assert forgotten.count() == 4


def test_reminders_and_cards_that_wait_are_forgotten_and_the_gift_stays() -> None:
    campaign = a_campaign()
    set_reminder(campaign, "ann@example.org", now().date() + timedelta(days=3), now())
    set_reminder(campaign, "ben@example.org", now().date() + timedelta(days=3), now())
    gift = Donation.objects.create(
        campaign=campaign, attempt=uuid4(), amount=2500, currency="cad", started_at=now()
    )
    Tribute.objects.create(
        donation=gift, kind="memory", name="Ida", card_email="Ann@example.org", card_to="Ann"
    )
    found = forget_address("ann@example.org")
    assert (found.reminders, found.cards) == (1, 1)
    assert [each.email for each in Reminder.objects.all()] == ["ben@example.org"]
    kept = Tribute.objects.get()
    assert (kept.name, kept.card_email, kept.card_to) == ("Ida", "", "")


def test_an_address_that_never_confirmed_is_forgotten_in_the_outbox_too(story: Article) -> None:
    ask_to_follow(story, "ann@example.org", now())
    assert forget_unconfirmed(now() + timedelta(days=3)) == 1
    assert OutboxMail.objects.get().to == ""

"""Anybody may read on the campaign's page when its books were last compared, and how it went."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from campaigns import ledger
from campaigns.models import EntryKind, Match, Reconciliation
from tests.campaigns_made import a_campaign
from tests.money.test_ledger import NOON, an_entry

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)


def page(campaign) -> str:
    return " ".join(Client().get(campaign.get_absolute_url()).content.decode().split())


def given(campaign):
    """$30 by card, matched whole, and a cheque of $20 of which $5 were undone."""
    Match.objects.create(campaign=campaign, sponsor="Larch", cap=3000, starts_at=NOON)
    card = an_entry(campaign, 3000)
    card.charge_id = "ch_1"
    ledger.append([card])
    ledger.append([an_entry(campaign, 2000, kind=EntryKind.OFFLINE)])
    ledger.append([an_entry(campaign, -500, kind=EntryKind.OFFLINE_UNDONE)])
    assert list(ledger.recount()) == []


def test_the_page_says_that_the_books_are_equal_and_what_is_not_stripes() -> None:
    campaign = a_campaign()
    given(campaign)
    assert "The books" not in page(campaign)
    Reconciliation.objects.create(started_at=AT, finished_at=AT)
    shown = page(campaign)
    assert "checked against Stripe’s records: <strong>equal</strong>" in shown
    assert "$30 came by card and bank debit so far." in shown
    assert "$15 came by cheque, e-transfer or securities." in shown
    assert "$30 was added by sponsors" in shown
    assert 'datetime="2026-05-12T06:00:00-04:00"' in shown


def test_a_difference_is_not_hidden() -> None:
    campaign = a_campaign()
    given(campaign)
    Reconciliation.objects.create(started_at=AT, finished_at=AT)
    Reconciliation.objects.create(started_at=AT, finished_at=AT, differences=[{"what": "missing"}])
    # One that is under way says nothing yet.
    Reconciliation.objects.create(started_at=AT)
    assert "a difference was found" in page(campaign)
    # An hourly comparison of the last days does not make a whole one's difference go away.
    Reconciliation.objects.create(since=NOON, started_at=AT, finished_at=AT)
    assert "a difference was found" in page(campaign)

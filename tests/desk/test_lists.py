"""The lists of the desk: ledger, stray money, comparisons, inbox, audit log."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from campaigns import ledger
from campaigns.models import EntryKind, InboxEvent, LedgerEntry, Reconciliation
from newsroom.audit import log
from newsroom.audit.models import AuditEntry
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift, an_entry, goes_back
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 10, 16, tzinfo=UTC)


def test_the_ledger_is_filtered_by_campaign_and_kind(sign_in: SignIn) -> None:
    one, two = a_campaign(), a_campaign()
    goes_back(a_gift(one, 2500, NOW), 700, NOW)
    a_gift(two, 3000, NOW)
    client = sign_in("treasurer")

    def amounts(query: str = "") -> list[int]:
        return [e.amount for e in client.get(f"/desk/ledger/{query}").context["entries"]]

    assert amounts() == [3000, -700, 2500]
    assert amounts(f"?campaign={one.pk}") == [-700, 2500]
    assert amounts("?kind=refund") == [-700]
    assert amounts("?kind=nonsense") == [3000, -700, 2500]


def test_stray_money_is_shown_in_its_own_currency_and_counts_nowhere(sign_in: SignIn) -> None:
    stray = an_entry(None, 1500, NOW, kind=EntryKind.CHARGE)
    stray.currency = stray.settlement_currency = "jpy"
    ledger.append([stray])
    a_gift(a_campaign(), 2500, NOW)
    page = sign_in("treasurer").get("/desk/ledger/unattributed/")
    assert [entry for entry, *_ in page.context["rows"]] == [LedgerEntry.objects.get(campaign=None)]
    assert "1,500" in page.content.decode()


def test_comparisons_show_what_differed(sign_in: SignIn) -> None:
    difference = {"transaction": "txn_77", "what": "amount", "ours": 2500, "theirs": 2400}
    Reconciliation.objects.create(
        started_at=NOW, finished_at=NOW, compared=9, differences=[difference]
    )
    Reconciliation.objects.create(started_at=NOW, finished_at=NOW, compared=9)
    Reconciliation.objects.create(started_at=NOW)
    shown = sign_in("treasurer").get("/desk/reconciliations/").content.decode()
    for part in ("txn_77", "1 difference", ">equal<", "not finished"):
        assert part in shown, part


def an_event(number: int, **fields: object) -> InboxEvent:
    return InboxEvent.objects.create(
        stripe_id=f"evt_{number}",
        type="charge.succeeded",
        object_id=f"pi_{number}",
        payload={},
        created_at=NOW,
        **fields,
    )


def shown_events(client: Client, show: str = "") -> list[str]:
    page = client.get(f"/desk/inbox/?show={show}")
    return [event.stripe_id for event in page.context["events"]]


def test_events_that_failed_are_tried_again_one_or_all_and_it_is_written_down(
    sign_in: SignIn,
) -> None:
    an_event(1, processed_at=NOW, outcome="synced")
    an_event(2)
    later = NOW + timedelta(days=900)
    for number in (3, 4, 5):
        an_event(number, attempts=20, last_error="No such charge", next_attempt_at=later)
    client = sign_in("administrator")
    assert shown_events(client) == ["evt_5", "evt_4", "evt_3", "evt_2", "evt_1"]
    assert shown_events(client, "waiting") == ["evt_2"]
    assert shown_events(client, "failed") == ["evt_5", "evt_4", "evt_3"]
    assert shown_events(client, "nonsense") == shown_events(client)

    client.post("/desk/inbox/again/", {"event": InboxEvent.objects.get(stripe_id="evt_3").pk})
    assert shown_events(client, "failed") == ["evt_5", "evt_4"]
    client.post("/desk/inbox/again/", {"event": "failed"})
    assert shown_events(client, "failed") == []
    due = InboxEvent.objects.filter(processed_at=None, next_attempt_at__lt=later)
    assert due.count() == 4
    assert AuditEntry.objects.filter(verb="tried again").count() == 3


@pytest.mark.parametrize("event", ["", "x", "-1", "9" * 30, "١"])
def test_trying_nothing_again_changes_nothing(sign_in: SignIn, event: str) -> None:
    failed = an_event(1, attempts=20, last_error="No such charge")
    answer = sign_in("administrator").post("/desk/inbox/again/", {"event": event}, follow=True)
    assert "Nothing was waiting any more." in answer.content.decode()
    failed.refresh_from_db()
    assert failed.attempts == 20


def test_the_audit_log_is_searched_by_who_did_what_to_what(sign_in: SignIn) -> None:
    ana = Reader.objects.create_user("ana@newsroom.example", public_name="Ana Lund")
    campaign = a_campaign()
    log.record(ana, "changed", campaign, "Changed the goal", before=1)
    log.record(None, "added", campaign, "Added it")
    client = sign_in("publisher")

    def found(query: str = "") -> list[str]:
        return [e.summary for e in client.get(f"/desk/audit/{query}").context["entries"]]

    assert found() == ["Added it", "Changed the goal"]
    assert found("?who=ana@") == found("?who=ana%20l") == ["Changed the goal"]
    assert found("?verb=added") == ["Added it"]
    assert found(f"?target=campaigns.campaign:{campaign.pk}") == ["Added it", "Changed the goal"]
    assert found("?target=campaigns.donation") == []
    assert AuditEntry.verbs() == ["added", "changed"]


def test_no_audit_entry_no_verb(sign_in: SignIn) -> None:
    assert AuditEntry.verbs() == []
    assert "No act fits." in sign_in("publisher").get("/desk/audit/").content.decode()

"""The end of a soak: everything we kept against everything the sandbox and the post have.

Nothing here uses the rules it checks: the sandbox's file is read as it lies, and what a payment
must count for is worked out from its charges, refunds and disputes alone.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db.models import F, Q, Sum

from campaigns import ledger
from campaigns.models import (
    Campaign,
    CampaignTotal,
    Donation,
    Frequency,
    InboxEvent,
    LedgerEntry,
    Match,
    Payment,
)
from newsroom.mail.models import MailState, OutboxMail
from newsroom.mail.sending import message_id
from tests.soak import books_recurring
from tests.soak.post import Post

Thing = dict[str, Any]
NOTE = "waylight_donation"
TAKEN = ("needs_response", "under_review", "lost")
EXPLAINED = ("synced ", "expired ", "still open ", "not ours", "nothing to look at")


@dataclass
class Account:
    """What the sandbox has: objects by kind, and by what they belong to."""

    things: dict[str, list[Thing]]
    by_charge: dict[str, dict[str, list[Thing]]] = field(init=False)
    charges: dict[str, list[Thing]] = field(init=False)
    # Of which donation a PaymentIntent is: by our note on the charge, or on its subscription.
    notes: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.by_charge = {"refund": defaultdict(list), "dispute": defaultdict(list)}
        for kind, found in self.by_charge.items():
            for thing in self.things.get(kind, []):
                found[thing["charge"]].append(thing)
        self.charges = defaultdict(list)
        for charge in self.things.get("charge", []):
            if charge["status"] == "succeeded":
                self.charges[charge["payment_intent"]].append(charge)
        self.notes = {
            intent: (charges[0]["metadata"] or {}).get(NOTE, "")
            for intent, charges in self.charges.items()
        }
        invoices = {invoice["id"]: invoice for invoice in self.things.get("invoice", [])}
        for paid in self.things.get("invoice_payment", []):
            about = (invoices[paid["invoice"]]["parent"] or {}).get("subscription_details") or {}
            noted = (about.get("metadata") or {}).get(NOTE, "")
            self.notes[paid["payment"].get("payment_intent") or ""] = noted

    @classmethod
    def read(cls, file: Path) -> "Account":
        things: dict[str, list[Thing]] = defaultdict(list)
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as books:
            for kind, data in books.execute("SELECT type, data FROM objects ORDER BY seq"):
                things[kind].append(json.loads(data))
        return cls(things)

    def counts(self, charge: Thing) -> int:
        """What is left of a charge: itself, less what went back and stayed there."""
        refunds = self.by_charge["refund"][charge["id"]]
        disputes = self.by_charge["dispute"][charge["id"]]
        back = sum(r["amount"] for r in refunds if r["status"] not in ("failed", "canceled"))
        back += sum(d["amount"] for d in disputes if d["status"] in TAKEN)
        return max(0, int(charge["amount"]) - back)


def differences(account: Account, post: Post, in_flight: set[str]) -> Iterator[str]:
    """Every way in which the end is not right, each in a sentence. Nothing when all is well."""
    yield from _payments(account)
    yield from _transactions(account)
    yield from _donations(account)
    yield from _payment_states(account)
    yield from _sums()
    yield from _matches()
    yield from _inbox(account)
    yield from _mails(account, post, in_flight)
    yield from books_recurring.differences(account.things)


def _payments(account: Account) -> Iterator[str]:
    """Ledger = the sandbox's books, to the cent, for each payment, in the right campaign."""
    default = Campaign.objects.get(is_default=True)
    ours = dict(
        Payment.objects.annotate(
            net=Sum("entries__amount", filter=~Q(entries__kind="match"), default=0)
        ).values_list("stripe_id", "net")
    )
    donations = {str(d.attempt): d for d in Donation.objects.select_related("campaign").all()}
    charged = {e.charge_id: e.campaign_id for e in LedgerEntry.objects.filter(kind="charge")}
    for intent, charges in account.charges.items():
        wanted = sum(account.counts(charge) for charge in charges)
        if ours.get(intent) != wanted:
            yield f"{intent}: the ledger has {ours.get(intent)}, the sandbox {wanted}"
        for charge in charges:
            donation = donations.get(account.notes.get(intent, ""))
            at = datetime.fromtimestamp(charge["created"], UTC)
            campaign = donation.campaign if donation else None
            late = campaign is not None and campaign.ends_at is not None and at >= campaign.ends_at
            belongs = default.pk if late else campaign.pk if campaign else None
            if charged.get(charge["id"], "nowhere") != belongs:
                yield f"{charge['id']} counts for {charged.get(charge['id'])}, not {belongs}"
    for intent, net in ours.items():
        if net and intent not in account.charges:
            yield f"{intent}: the ledger has {net}, the sandbox nothing"


def _transactions(account: Account) -> Iterator[str]:
    theirs = {
        f"stripe:{t['id']}": (t["amount"], t["fee"], t["currency"], t["reporting_category"])
        for t in account.things.get("balance_transaction", [])
    }
    kept = LedgerEntry.objects.filter(source_key__startswith="stripe:").values_list(
        "source_key", "settlement_amount", "fee", "settlement_currency", "reporting_category"
    )
    ours = {key: tuple(rest) for key, *rest in kept}
    for key in sorted(set(theirs) | set(ours)):
        if theirs.get(key) != ours.get(key):
            yield f"{key}: ours {ours.get(key)}, the sandbox's {theirs.get(key)}"


def _donations(account: Account) -> Iterator[str]:
    """A donation says what became of it. Monthly ones are in `books_recurring`."""
    tried = {c["payment_intent"] for c in account.things.get("charge", []) if _by_bank(c)}
    sessions = {s["id"]: s for s in account.things.get("checkout.session", [])}
    for pk in Donation.objects.filter(next_look_at__isnull=False).values_list("pk", flat=True):
        yield f"donation {pk} still waits to be looked at"
    once = Donation.objects.filter(checkout_session__isnull=False, frequency=Frequency.ONCE)
    for donation in once:
        session = sessions[donation.checkout_session or ""]
        charges = account.charges.get(session["payment_intent"] or "", [])
        left = "failed" if session["payment_intent"] in tried else "expired"
        states = {_state(account, charge) for charge in charges} or {left}
        if donation.state not in states:
            yield f"donation {donation.pk} is {donation.state}, not {states}"


def _by_bank(charge: Thing) -> bool:
    return (charge["payment_method_details"] or {}).get("type") in ("acss_debit", "us_bank_account")


def _state(account: Account, charge: Thing) -> str:
    disputes = account.by_charge["dispute"][charge["id"]]
    if any(d["status"] in TAKEN for d in disputes):
        return "disputed"
    refunds = account.by_charge["refund"][charge["id"]]
    back = sum(r["amount"] for r in refunds if r["status"] != "failed")
    return "refunded" if back == charge["amount"] else "partly_refunded" if back else "received"


_DISPUTED = {
    "needs_response": "disputed",
    "under_review": "disputed",
    "lost": "dispute_lost",
    "won": "dispute_won",
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
}


def _payment_states(account: Account) -> Iterator[str]:
    """A payment says what its dispute came to, also where that moved no money."""
    known = dict(Payment.objects.values_list("stripe_id", "state"))
    for intent, (charge, *_more) in account.charges.items():
        disputes = account.by_charge["dispute"][charge["id"]]
        state = _DISPUTED.get(disputes[0]["status"], "") if disputes else ""
        back = _state(account, charge)
        wanted = state if state and back in ("received", "disputed") else back
        if known.get(intent) != wanted:
            yield f"{intent} is {known.get(intent)}, not {wanted}"


def _sums() -> Iterator[str]:
    """Total = sum of the ledger; and every other sum."""
    for total in CampaignTotal.objects.all():
        come_to = LedgerEntry.objects.filter(campaign=total.campaign_id).aggregate(s=Sum("amount"))
        if total.raised != (come_to["s"] or 0):
            yield f"campaign {total.campaign_id} shows {total.raised}, not {come_to['s']}"
    yield from map(str, ledger.recount())


def _matches() -> Iterator[str]:
    for match in Match.objects.filter(Q(given__gt=F("cap")) | Q(given__lt=0)):
        yield f"match {match.pk} gave {match.given} of {match.cap}"
    percents = dict(Match.objects.values_list("pk", "percent"))
    standing: dict[tuple[str, int | None], int] = defaultdict(int)
    net: dict[str, int] = defaultdict(int)
    entries = LedgerEntry.objects.exclude(charge_id="").values_list(
        "charge_id", "match_id", "amount"
    )
    for charge, match_id, amount in entries:
        if match_id:
            standing[charge, match_id] += amount
        else:
            net[charge] += amount
    for (charge, match_id), amount in standing.items():
        most = net[charge] * percents[match_id or 0] // 100
        if not 0 <= amount <= most:
            yield f"match {match_id} stands with {amount} for {charge}, at most {most}"


def _inbox(account: Account) -> Iterator[str]:
    known = {event["id"] for event in account.things.get("event", [])}
    for event in InboxEvent.objects.defer("payload"):
        if event.processed_at is None:
            yield f"{event.stripe_id} is not worked off ({event.attempts}): {event.last_error}"
        elif not event.outcome.startswith(EXPLAINED):
            yield f"{event.stripe_id} is not explained: {event.outcome!r}"
        if event.stripe_id not in known:
            yield f"{event.stripe_id} was never sent by the sandbox"


def _mails(account: Account, post: Post, in_flight: set[str]) -> Iterator[str]:
    """Every due mail sent; none twice but where the reply to DATA was lost."""
    keys = dict(OutboxMail.objects.values_list("dedupe_key", "state"))
    sent_back = {
        c["payment_intent"]
        for c in account.things.get("charge", [])
        if _by_bank(c) and c["status"] == "failed"
    }
    for intent in sent_back:
        if f"debit_failed:{intent}" not in keys:
            yield f"no letter was owed for the debit {intent}, which its bank sent back"
    attempts = {str(a) for a in Donation.objects.values_list("attempt", flat=True)}
    for intent in account.charges:
        ours = account.notes.get(intent) in attempts
        if ours and f"receipt:{intent}" not in keys:
            yield f"no receipt was owed for {intent}"
    names = set()
    for mail in OutboxMail.objects.defer("text", "html"):
        name = message_id(mail)
        names.add(name)
        copies = post.copies[name]
        if mail.state != MailState.SENT:
            yield f"mail {mail.dedupe_key} is {mail.state}: {mail.last_error}"
        if not copies:
            yield f"mail {mail.dedupe_key} never came"
        excused = name in post.unanswered or name in post.cut or mail.message_id in in_flight
        if copies > 1 and not excused:
            yield f"mail {mail.dedupe_key} came {copies} times"
    for name in set(post.copies) - names:
        yield f"the post has {name}, of which the outbox knows nothing"


def copies_of(post: Post) -> dict[str, int]:
    """How many further copies came, by why."""
    further = {name: count - 1 for name, count in post.copies.items() if count > 1}
    lost = sum(n for name, n in further.items() if name in post.unanswered)
    return {
        "further copies of a mail, its reply to DATA lost": lost,
        "further copies of a mail, its sender killed before it could note the reply": (
            sum(further.values()) - lost
        ),
    }

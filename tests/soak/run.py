"""One soak from beginning to end; `soak` gives the report."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import requests
from django.db import Error, connection
from django.db.models import Q
from django.utils import timezone

from campaigns.models import (
    Campaign,
    Donation,
    InboxEvent,
    Instalment,
    LedgerEntry,
    Match,
    RecurringChange,
    RecurringDonation,
)
from newsroom.mail.models import MailState, OutboxMail
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.soak import books
from tests.soak.chaos import STRIPE_FAULTS, Chaos, Rhythm
from tests.soak.living import Lives
from tests.soak.months import Months
from tests.soak.plan import gifts
from tests.soak.stack import SoakStack

# Longer than any month, and than a renewal that failed waits for its second try.
MONTH = 35 * 86_400
Say = Callable[[str], None]


@dataclass
class Report:
    """What a soak found. `differences` empty: nothing lost, nothing doubled."""

    seed: int
    gifts: int
    seconds: float = 0.0
    lives: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    found: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"Soak of {self.gifts:,} gifts, seed {self.seed}, {self.seconds:.0f} s", ""]
        for title, counts in (
            ("Lives", self.lives),
            ("Faults injected", self.faults),
            ("In the books", self.found),
        ):
            lines += [title, *(f"  {n:>9,}  {what}" for what, n in counts.items()), ""]
        lines += self.differences[:50]
        return "\n".join([*lines, f"{len(self.differences)} differences."])


def soak(
    stack: SoakStack,
    *,
    count: int,
    seed: int,
    rhythm: Rhythm,
    restart_database: Callable[[], str],
    deadline_after: timedelta,
    say: Say,
    patience: float = 1800,
) -> Report:
    """Run it on a started stack, on whose database this process's Django stands."""
    began = time.monotonic()
    report = Report(seed, count)
    campaigns, staff = _make_newsroom(count, deadline_after)
    lives = Lives(stack, gifts(count, seed, len(campaigns) - 2), campaigns, staff)
    chaos = Chaos(stack, seed, rhythm, restart_database)
    chaos.start()
    lives.start()
    wait = _Waiting(say, patience)
    begun = datetime.now(UTC)
    wait("gifts are given and go back", lambda: lives.alive)
    months = Months(lives, begun)
    months.pass_by(wait)
    say("Faults end; what is owed is worked off")
    chaos.stop()
    report.differences += [f"The soak itself: {each}" for each in chaos.failed + lives.failed]
    _work_off(stack, wait, "")
    _let_a_month_pass(stack, wait)
    # What no event told of and nobody looks at again: beat does this each hour.
    mended = _mend(stack, report)
    _let_it_settle(stack, wait)
    account = books.Account.read(stack.state / "sandbox.sqlite3")
    report.differences += books.differences(account, stack.post, chaos.in_flight)
    for command in ("verify_ledger", "reconcile"):
        done = stack.manage(command)
        if done.returncode:
            report.differences.append(f"{command}: {done.stderr[-500:]}")
    report.lives, report.seconds = lives.done, time.monotonic() - began
    report.faults = _faults(stack, chaos)
    report.found = _found(account, stack, mended)
    return report


def _make_newsroom(count: int, deadline_after: timedelta) -> tuple[list[Campaign], list[Reader]]:
    """Two campaigns with matches that run out on the way, one in US dollars, and last the one
    whose deadline passes on the way."""
    the_default_campaign()
    now = timezone.now()
    first, second = a_campaign(title="First"), a_campaign(title="Second")
    fields = {"starts_at": now - timedelta(days=1), "sponsor": "The Larch Fund"}
    Match.objects.create(campaign=first, cap=count * 700, percent=100, **fields)
    Match.objects.create(campaign=second, cap=count * 100, percent=50, **fields)
    Match.objects.create(campaign=second, cap=count * 200, percent=200, **fields)
    ends_at = (now + deadline_after).replace(microsecond=0)
    ending = a_campaign(title="Ending", ends_at=ends_at)
    staff = [Reader.objects.create(email=f"{name}@soak.example") for name in ("odile", "anand")]
    # Its donors pay by ACH.
    american = a_campaign(title="American", currency="usd", ends_at=None)
    return [first, second, american, ending], staff


class _Waiting:
    """Waits for a number to come to nothing, saying what for."""

    def __init__(self, say: Say, patience: float) -> None:
        self._say, self._patience = say, patience

    def __call__(self, what: str, left: Callable[[], int]) -> None:
        give_up, said = time.monotonic() + self._patience, 0.0
        while (count := _surely(left)) > 0:
            if time.monotonic() - said > 15:
                self._say(f"{what}: {count:,}")
                said = time.monotonic()
            if time.monotonic() > give_up:
                raise AssertionError(f"In vain: {what}, {count} left after {self._patience:g} s")
            # Counting what is left costs the sandbox more than to deliver some of it.
            time.sleep(1)


def _surely(ask: Callable[[], int]) -> int:
    """The answer; 1 while the database is being restarted."""
    try:
        return ask()
    except Error:
        connection.close()
        return 1


def _let_it_settle(stack: SoakStack, wait: _Waiting) -> None:
    """Every queue runs dry, in the order in which one fills the next."""

    _work_off(stack, wait, "")
    looks = Donation.objects.filter(next_look_at__isnull=False)
    # Nobody waits in a soak for what is planned hours ahead.
    looks.update(next_look_at=timezone.now())
    wait("donations of which nobody told are looked at", looks.count)
    undone = RecurringChange.objects.filter(done_at=None, refused="")
    wait("changes of monthly gifts are made", undone.count)
    unsent = OutboxMail.objects.filter(state__in=[MailState.OWED, MailState.SENDING])
    unsent.filter(state=MailState.OWED).update(next_attempt_at=timezone.now())
    wait("mails are sent", unsent.count)


def _let_a_month_pass(stack: SoakStack, wait: _Waiting) -> None:
    """Pages of payment that nobody paid are closed, monthly gifts renew, payouts are made."""
    url = f"{stack.sandbox_url}/sandbox/clock"
    requests.post(url, json={"advance": MONTH}, timeout=300).raise_for_status()
    _work_off(stack, wait, " of the month that passed")
    _let_it_settle(stack, wait)


def _work_off(stack: SoakStack, wait: _Waiting, which: str) -> None:
    def undelivered() -> int:
        answer = requests.get(f"{stack.sandbox_url}/sandbox/deliveries?limit=1", timeout=30)
        counts = answer.json()["counts"]
        return int(counts["pending"] + counts["held"])

    def events() -> int:
        return InboxEvent.objects.filter(processed_at=None).count()

    wait(f"webhooks{which} are delivered", undelivered)
    wait(f"events{which} are worked off", events)


def _mend(stack: SoakStack, report: Report) -> int:
    before = LedgerEntry.objects.count()
    done = stack.manage("reconcile")
    if done.returncode:
        report.differences.append(f"The first reconcile: {done.stderr[-500:]}")
    return LedgerEntry.objects.count() - before


def _faults(stack: SoakStack, chaos: Chaos) -> Counter[str]:
    url = f"{stack.sandbox_url}/sandbox/faults"
    injected = requests.get(url, timeout=30).json()["injected"]
    named = {f"Stripe: {name}": injected[name] for name in STRIPE_FAULTS}
    return Counter(named) + chaos.struck + stack.post.struck


def _found(account: books.Account, stack: SoakStack, mended: int) -> dict[str, int]:
    entries = LedgerEntry.objects
    ours = Q(payment__donation__isnull=False)
    return {
        "donations": Donation.objects.count(),
        "payments that succeeded at Stripe": len(account.charges),
        "balance transactions at Stripe": len(account.things["balance_transaction"]),
        "events at Stripe": len(account.things["event"]),
        "events in the inbox": InboxEvent.objects.count(),
        "ledger entries": entries.count(),
        "ledger entries no event told of, found by reconcile": mended,
        "ledger entries of money not ours": entries.exclude(ours).filter(campaign=None).count(),
        "monthly gifts": RecurringDonation.objects.count(),
        "renewals paid": Instalment.objects.filter(state="paid", donation__via="renewal").count(),
        "entries of matches": entries.filter(kind="match").count(),
        "cents raised": sum(c.total.raised for c in Campaign.objects.filter(total__isnull=False)),
        "mails sent": OutboxMail.objects.filter(state=MailState.SENT).count(),
        **books.copies_of(stack.post),
    }

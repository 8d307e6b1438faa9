"""The money's figures: an event's way to the ledger, a backlog, many writers at one campaign, the
ledger as it grows. In this process, against the stack's database and sandbox."""

import http.client
import multiprocessing
import os
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

import psutil
import requests
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from campaigns import gateway, inbox, sync
from campaigns.models import Campaign, Donation, InboxEvent, LedgerEntry
from tests.bench.load import Rates, ratios
from tests.bench.table import Row
from tests.campaigns_made import a_campaign
from tests.stack import Stack
from tests.waiting import wait_until

ROUNDS = max(5, int(os.environ.get("BENCH_ROUNDS", "5")))
LARGE = bool(os.environ.get("BENCH_LARGE"))
EVENTS_A_ROUND = 15
BACKLOG = 20_000 if LARGE else 2_000
EVENTS_A_PAYMENT = 5
WRITERS = (1, 2, 4, 8, 16)
GIFTS_A_ROUND = 32
FEW, MANY = 10_000, 2_000_000 if LARGE else 200_000
PAGE_EVERY = 0.05
QUIET_SECONDS = 10
DRAINED_SECONDS = 3600


def pay(stack: Stack, campaign: Campaign, count: int) -> list[str]:
    """So many gifts that Stripe has and we do not know of yet; the PaymentIntents."""
    now = timezone.now()
    donations = Donation.objects.bulk_create(
        Donation(
            attempt=uuid.uuid4(), campaign=campaign, amount=2500, currency=campaign.currency,
            started_at=now,
        )
        for _ in range(count)
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {stack.env['STRIPE_SECRET_KEY']}"}
    intents = []
    with requests.Session() as session:
        for donation in donations:
            made = session.post(
                f"{stack.sandbox_url}/v1/payment_intents",
                data={
                    "amount": 2500, "currency": campaign.currency, "confirm": "true",
                    "payment_method": "pm_card_visa",
                    "receipt_email": f"{donation.attempt.hex[:10]}@example.org",
                    f"metadata[{sync.METADATA_KEY}]": str(donation.attempt),
                },
                headers=headers,
                timeout=60,
            )  # fmt: skip
            made.raise_for_status()
            intents.append(str(made.json()["id"]))
    return intents


def tell(intents: Sequence[str], times: int = 1) -> None:
    """Events about each, as the webhook stores them."""
    now = timezone.now()
    InboxEvent.objects.bulk_create(
        (
            InboxEvent(
                stripe_id=f"evt_{uuid.uuid4().hex}", type="payment_intent.succeeded",
                object_id=intent, payload={"about": intent}, created_at=now,
            )
            for _ in range(times)
            for intent in intents
        ),
        batch_size=1000,
    )  # fmt: skip


def no_webhooks(stack: Stack) -> None:
    """What is measured is told by `tell`, not by the sandbox."""
    faults = {"never": {}}
    requests.post(f"{stack.sandbox_url}/sandbox/faults", json=faults, timeout=10)


def events_to_ledger(stack: Stack) -> list[Row]:
    """Processor time of an event from its row to the ledger, of this process alone and with the
    database's backend, against only asking Stripe about the same payments."""
    campaign = a_campaign()
    whole, own, asked = Rates(), Rates(), Rates()
    for number in range(ROUNDS + 1):
        intents = pay(stack, campaign, EVENTS_A_ROUND)
        fetched, _database = _cpu(lambda intents=intents: [*map(gateway.payment_facts, intents)])
        tell(intents)
        spent, database = _cpu(_work_off)
        if number:
            own.rounds.append(1000 * spent / EVENTS_A_ROUND)
            whole.rounds.append(1000 * (spent + database) / EVENTS_A_ROUND)
            asked.rounds.append(1000 * fetched / EVENTS_A_ROUND)
    return [
        _row("processor time of an event to the ledger : only its fetches", own, asked, 2.0),
        _row("the same, with the database's own", whole, asked),
    ]


def backlog(stack: Stack) -> list[Row]:
    """Events that gathered while no worker ran, drained while pages are read."""
    campaign = a_campaign()
    intents = pay(stack, campaign, BACKLOG // EVENTS_A_PAYMENT)
    path = f"/campaigns/{campaign.slug}/"
    quiet = _read_until(stack, path, _after(QUIET_SECONDS))
    tell(intents, EVENTS_A_PAYMENT)
    began = time.monotonic()
    stack.start_worker()
    from campaigns.tasks import drain_inbox

    for _worker in range(4):
        drain_inbox.delay()
    owed = InboxEvent.objects.filter(processed_at=None)
    give_up = _after(DRAINED_SECONDS)
    busy = _read_until(stack, path, lambda: not owed.exists() or give_up())
    drained = time.monotonic() - began
    wait_until(lambda: not owed.exists(), 60, "the backlog is drained")
    stack.stop_one("worker")
    booked = LedgerEntry.objects.filter(campaign=campaign).count()
    lost = len(intents) - booked
    before, during = _p99(quiet), _p99(busy)
    return [
        Row(f"backlog of {BACKLOG:,} events, {len(intents):,} payments", f"{drained:.0f} s"),
        Row("payments lost of it", str(lost), goal="0", met=lost == 0),
        Row(
            "99th percentile of a page while it drains : before",
            f"{during:.0f} ms",
            f"{before:.0f} ms",
            f"{during / before:.2f}",
            "≤ 2",
            during <= 2 * before,
        ),
    ]


def writers() -> list[Row]:
    """Gifts booked in a second by so many processes, all to one campaign and each to its own."""
    rows = []
    for count in WRITERS:
        one, own = Rates(), Rates()
        for number in range(ROUNDS + 1):
            together = _booked_a_second([a_campaign()] * count)
            apart = _booked_a_second([a_campaign() for _ in range(count)])
            if number:
                one.rounds.append(together)
                own.rounds.append(apart)
        ratio = ratios(one, own)
        rows.append(
            Row(
                f"gifts booked by {count} to one campaign : each to its own",
                _shown(one, "/s"),
                _shown(own, "/s"),
                _shown(ratio, "", 2),
            )
        )
    return rows


def grown() -> list[Row]:
    """One gift booked, and the pages that show sums, at few and at many ledger entries."""
    campaign = a_campaign(goal=10**9)
    client = Client(SERVER_NAME="localhost")
    path = f"/campaigns/{campaign.slug}/"
    acts: dict[str, Callable[[], object]] = {
        "a gift booked": lambda: _book(campaign),
        "progress.json": lambda: client.get(f"{path}progress.json"),
        "the campaign's page": lambda: client.get(path),
    }
    times = []
    for count in (FEW, MANY):
        _fill(campaign, count)
        times.append({name: _ms(act) for name, act in acts.items()})
    few, many = times
    return [
        _row(f"{name} at {MANY:,} ledger entries : at {FEW:,}", many[name], few[name], 1.3)
        for name in acts
    ]


# ------------------------------------------------------------------ beneath


def _work_off() -> None:
    while inbox.work_off():
        pass


def _cpu(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor time of this process and of its database backend."""
    connection.ensure_connection()
    backend = psutil.Process(connection.connection.info.backend_pid)
    database, began = sum(backend.cpu_times()[:2]), time.process_time()
    act()
    return time.process_time() - began, sum(backend.cpu_times()[:2]) - database


def _after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _read_until(stack: Stack, path: str, done: Callable[[], bool]) -> list[float]:
    """Milliseconds of each reading of a page, at a reader's pace."""
    taken = []
    page = http.client.HTTPConnection("127.0.0.1", stack.ports.site, timeout=60)
    while not done():
        began = time.perf_counter()
        # A version of its own each time: what is kept is not what is measured.
        page.request("GET", f"{path}?v={uuid.uuid4().hex}", headers={"Host": "localhost"})
        answer = page.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        taken.append(1000 * (time.perf_counter() - began))
        time.sleep(PAGE_EVERY)
    page.close()
    return taken


def _p99(taken: list[float]) -> float:
    return quantiles(taken, n=100)[98]


def _facts(donation: Donation, moment: datetime) -> gateway.PaymentFacts:
    """A card payment that succeeded, as Stripe tells of it."""
    name = donation.attempt.hex
    moved = gateway.Transaction(
        id=f"txn_{name}", amount=2500, currency="cad", fee=103, reporting_category="charge",
        created=moment,
    )  # fmt: skip
    charge = gateway.Charge(
        id=f"ch_{name}", amount=2500, currency="cad", status="succeeded", created=moment,
        method="card", email=f"{name[:10]}@example.org", name="A Donor", transaction=moved,
    )  # fmt: skip
    return gateway.PaymentFacts(
        id=f"pi_{name}", amount=2500, currency="cad", status="succeeded", created=moment,
        metadata={sync.METADATA_KEY: str(donation.attempt)}, charges=(charge,),
    )  # fmt: skip


def _booked_a_second(campaigns: list[Campaign]) -> float:
    """A process for each of `campaigns` books its share of the gifts; all begin at once."""
    now = timezone.now()
    shares = []
    for campaign in campaigns:
        made = Donation.objects.bulk_create(
            Donation(
                attempt=uuid.uuid4(), campaign=campaign, amount=2500, currency="cad",
                started_at=now,
            )
            for _ in range(GIFTS_A_ROUND // len(campaigns))
        )  # fmt: skip
        shares.append([_facts(donation, now) for donation in made])
    connection.close()
    fork = multiprocessing.get_context("fork")
    ready = fork.Barrier(len(shares) + 1)
    done = fork.Barrier(len(shares) + 1)

    def book(share: list[gateway.PaymentFacts]) -> None:
        connection.ensure_connection()
        ready.wait()
        for facts in share:
            with transaction.atomic():
                sync._write(facts, now)
        done.wait()
        os._exit(0)

    bred = [fork.Process(target=book, args=(share,)) for share in shares]
    for process in bred:
        process.start()
    ready.wait()
    began = time.perf_counter()
    done.wait()
    taken = time.perf_counter() - began
    for process in bred:
        process.join()
    return sum(map(len, shares)) / taken


def _book(campaign: Campaign) -> None:
    now = timezone.now()
    donation = Donation.objects.create(
        attempt=uuid.uuid4(), campaign=campaign, amount=2500, currency="cad", started_at=now
    )
    with transaction.atomic():
        sync._write(_facts(donation, now), now)


_FILL = """
WITH numbers AS (SELECT generate_series(%(first)s::bigint, %(last)s::bigint) AS n), donors AS (
    INSERT INTO campaigns_donor (email, name, language, stripe_customer)
    SELECT 'bench' || %(run)s || n || '@example.org', 'Donor ' || n, 'en', '' FROM numbers
    RETURNING id
), numbered AS (
    SELECT id, row_number() OVER () + %(first)s - 1 AS n FROM donors
), totals AS (
    INSERT INTO campaigns_donortotal (campaign_id, donor_id, net)
    SELECT %(campaign)s, id, 2500 FROM numbered
)
INSERT INTO campaigns_ledgerentry (source_key, kind, reporting_category, amount, currency, fee,
    settlement_amount, settlement_currency, occurred_at, campaign_id, charge_id{more})
SELECT 'bench:' || %(run)s || n, 'charge', 'charge', 2500, 'cad', 103, 2500, 'cad',
    %(now)s - n * interval '10 second', %(campaign)s, 'ch_' || %(run)s || n{values}
FROM numbered
"""


def _fill(campaign: Campaign, count: int) -> None:
    """Entries up to `count`, as if years of gifts had come; the sums follow."""
    known = LedgerEntry.objects.count()
    with transaction.atomic(), connection.cursor() as cursor:
        # Foreign keys are not looked up a million times.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE is_nullable = 'NO'"
            " AND column_default IS NULL AND table_name = 'campaigns_ledgerentry'"
        )
        more = [c for (c,) in cursor.fetchall() if c in ("fee_counted",)]
        cursor.execute(
            _FILL.format(
                more="".join(f", {c}" for c in more), values="".join(", 103" for _ in more)
            ),
            {
                "first": known + 1,
                "last": count,
                "run": uuid.uuid4().hex[:6],
                "campaign": campaign.pk,
                "now": datetime.now(UTC) - timedelta(hours=1),
            },
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_ledgerentry, campaigns_donor, campaigns_donortotal")


def _ms(act: Callable[[], object]) -> Rates:
    """Milliseconds of each of several times, after three to warm up."""
    taken = []
    for _ in range(3 * ROUNDS + 3):
        began = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - began))
    return Rates(taken[3:])


def _row(figure: str, this: Rates, reference: Rates, most: float | None = None) -> Row:
    ratio = this.middle / reference.middle
    return Row(
        figure,
        _shown(this, " ms", 1),
        _shown(reference, " ms", 1),
        f"{ratio:.2f}",
        f"≤ {most:g}" if most else "",
        ratio <= most if most else None,
    )


def _shown(found: Rates, unit: str, digits: int = 0) -> str:
    low, high = min(found.rounds), max(found.rounds)
    return f"{median(found.rounds):.{digits}f}{unit} ({low:.{digits}f}–{high:.{digits}f})"

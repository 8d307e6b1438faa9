"""What Celery runs: each task takes ids or nothing, and calls one rule."""

import logging
from datetime import timedelta

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from campaigns import (
    alarms,
    charts,
    digests,
    dunning,
    export,
    gateway,
    inbox,
    monthly_charts,
    recurring,
    recurring_changes,
    reminders,
    rollups,
    steps,
    sync,
    tributes,
    tries,
)
from campaigns.models import Donation, ReceiptRun
from campaigns.reconcile import reconcile, unfinished
from campaigns.tax import settling, verifying, yearly
from newsroom.readers.models import Reader

log = logging.getLogger(__name__)

RECENT = timedelta(days=3)
SWEEP = 50


@shared_task
def drain_inbox() -> None:
    """Work off the inbox until nothing is due."""
    nudge_done()
    while inbox.work_off():
        pass


@shared_task
def sweep_inbox() -> None:
    drain_inbox()


@shared_task
def look_at_donation(donation_id: int) -> None:
    sync.look_at(donation_id)


@shared_task
def sweep_payments() -> None:
    """Look at donations that should have been heard of by now."""
    due = Donation.objects.filter(next_look_at__lte=timezone.now()).order_by("next_look_at")
    for donation_id in list(due.values_list("pk", flat=True)[:SWEEP]):
        try:
            sync.look_at(donation_id)
        except gateway.GatewayError:
            # Its next look is planned already; the others need not wait for it.
            continue


@shared_task
def send_cards() -> None:
    tributes.send_cards(timezone.now())


@shared_task
def send_reminders() -> None:
    reminders.send_reminders(timezone.now())


@shared_task
def sweep_recurring() -> None:
    """Look at recurring donations nobody told of, and make changes that were left open."""
    recurring_changes.finish_what_is_open(timezone.now())
    recurring.look_at_what_is_due()


@shared_task
def look_at_recurring(subscription_id: str) -> None:
    recurring.sync_subscription(subscription_id)


@shared_task
def foresee_ending_cards() -> None:
    dunning.foresee_ending_cards(timezone.now().date())


@shared_task
def reconcile_recent() -> None:
    now = timezone.now()
    reconcile(now - RECENT)
    if unfinished(now):
        # The daily one was cut off: it goes on where it was.
        reconcile()


@shared_task
def reconcile_all() -> None:
    reconcile()


@shared_task(name="campaigns.tasks.settle_receipts")
def settle_receipts(donation_id: int) -> None:
    settling.settle(donation_id, timezone.now())


@shared_task
def sweep_receipts() -> None:
    """Receipts owed that nobody was asked to settle, and runs of a year that a worker left."""
    settling.sweep(timezone.now())
    yearly.go_on(timezone.now())


@shared_task
def go_on_with_receipts() -> None:
    """A stretch of the runs under way; then again, so that other work has its turn."""
    if yearly.go_on(timezone.now()):
        go_on_with_receipts.delay()


def run_receipts() -> None:
    """Wake a worker for a run that was begun; without a broker the sweeper takes it up."""
    try:
        go_on_with_receipts.delay()
    except (RedisError, OperationalError):
        log.warning("receipts: no worker nudged, left to the sweeper")


@shared_task
def ask_for_addresses(run_id: int, by_id: int) -> None:
    run, by = ReceiptRun.objects.get(pk=run_id), Reader.objects.get(pk=by_id)
    yearly.ask_for_addresses(run, by=by)


@shared_task
def write_export(export_id: int) -> None:
    export.work_off(export_id, timezone.now())


@shared_task
def sweep_exports() -> None:
    export.sweep(timezone.now())


def queue_export(export_id: int) -> None:
    """Ask a worker for the workbook; without a broker the sweeper writes it."""
    try:
        write_export.delay(export_id)
    except (RedisError, OperationalError):
        log.warning("export %s not queued, left to the sweeper", export_id)


@shared_task
def forget_receipts() -> None:
    verifying.forget(timezone.now())


@shared_task
def write_down_tries() -> None:
    tries.write_down(timezone.now())


@shared_task
def write_down_steps() -> None:
    steps.write_down(timezone.now())


@shared_task
def draw_charts() -> None:
    charts.draw_all(timezone.now())
    monthly_charts.draw_all(timezone.now())


@shared_task
def send_digests() -> None:
    """What staff wish to be told in the morning, and of a pace that fell."""
    digests.send(timezone.now())
    alarms.watch_pace(timezone.now())


@shared_task
def check_rollups() -> None:
    """Once a day, whenever that is asked."""
    if rollups.is_due(timezone.now()):
        rollups.check(timezone.now())


NUDGE = "inbox-nudged"


def nudge() -> None:
    """Wake a worker for the inbox, unless one has been woken and has not begun yet.

    A broker that is away costs the sweeper's few seconds, never an event.
    """
    try:
        if cache.add(NUDGE, 1, timeout=5):
            drain_inbox.delay()
    except (RedisError, OperationalError):
        log.warning("inbox: no worker nudged, left to the sweeper")


def nudge_done() -> None:
    try:
        cache.delete(NUDGE)
    except RedisError:
        log.warning("inbox: the nudge could not be taken back, it ends by itself")

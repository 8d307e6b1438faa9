"""What the work queue does for people's own data."""

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from campaigns import personal as giving
from newsroom.account import erasing


@shared_task
def erase(erasure_id: int) -> None:
    erasing.work_off(erasure_id, timezone.now())


@shared_task
def sweep_erasures() -> None:
    erasing.sweep(timezone.now())


@shared_task
def destroy_what_is_due() -> None:
    """Whatever stayed for a time and a reason, once the time is over."""
    now = timezone.now()
    giving.erase_what_is_due(timezone.localdate())
    erasing.forget_what_is_over(now)
    # With the addresses that signing in leaves in them.
    Session.objects.filter(expire_date__lt=now).delete()

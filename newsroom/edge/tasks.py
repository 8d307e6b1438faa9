"""What Celery runs for the edge."""

from celery import shared_task
from django.utils import timezone

from newsroom.edge import purges


@shared_task
def send_purges() -> None:
    """Send purges until none is due."""
    while purges.send_due():
        pass


@shared_task
def sweep_purges() -> None:
    """What no message told of."""
    send_purges()


@shared_task
def forget_purges() -> None:
    purges.forget_old(timezone.now())

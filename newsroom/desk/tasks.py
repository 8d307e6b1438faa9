"""What Celery runs for the desk."""

from celery import shared_task
from django.utils import timezone

from articles.purging import owe_closed_comments
from campaigns.purging import owe_turns
from newsroom.desk import expiry
from newsroom.desk.alarms import watch_health
from newsroom.desk.heartbeat import beat


@shared_task
def heartbeat() -> None:
    beat(timezone.now())


@shared_task
def look_at_certificate() -> None:
    if expiry.needed():
        expiry.look(timezone.now())


@shared_task
def turn_pages() -> None:
    """What readers see changed by the clock alone: campaigns, matches, comments that closed."""
    now = timezone.now()
    owe_turns(now)
    owe_closed_comments(now)


@shared_task
def watch_for_trouble() -> None:
    watch_health(timezone.now())

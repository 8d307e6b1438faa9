"""What Celery runs for the desk."""

from celery import shared_task
from django.utils import timezone

from newsroom.desk.heartbeat import beat


@shared_task
def heartbeat() -> None:
    beat(timezone.now())

"""What Celery runs for letters: each task takes ids or nothing, and calls one rule."""

from celery import shared_task
from django.utils import timezone

from newsroom.letters import signing_up


@shared_task
def tend_subscribers() -> None:
    signing_up.tend(timezone.now())

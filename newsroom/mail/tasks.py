"""The outbox's tasks: deliver one mail, and sweep up what nobody was asked to deliver."""

from celery import shared_task
from django.utils import timezone

from newsroom.mail import outbox


@shared_task
def deliver_mail(mail_id: int) -> None:
    outbox.deliver(mail_id, timezone.now())


@shared_task
def sweep_outbox() -> None:
    outbox.sweep(timezone.now())

"""The readers' tasks."""

from celery import shared_task
from django.utils import timezone

from newsroom.readers import accounts


@shared_task
def forget_unproven() -> None:
    accounts.forget_unproven(timezone.now())

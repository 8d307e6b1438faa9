"""The work queue: Celery on Redis, and what beat does when.

The broker may lose everything at any moment. PostgreSQL holds what is owed (inbox events,
outbox mail), so each tick below only looks there and goes on: a lost message costs a few
seconds, never an event or a mail.
"""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

app = Celery("newsroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """Celery leaves logging as Django's settings have it."""

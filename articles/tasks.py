"""What the work queue does for stories."""

from celery import shared_task

from articles.scheduling import publish_what_is_due


@shared_task(name="articles.tasks.publish_scheduled")
def publish_scheduled() -> None:
    publish_what_is_due()

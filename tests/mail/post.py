"""The postman of tests without a worker: what is due goes out over real SMTP, now."""

from datetime import timedelta

from django.utils import timezone

from newsroom.mail import outbox


def deliver_due() -> None:
    moment = timezone.now() + timedelta(seconds=1)
    for mail_id in list(outbox.due(moment).order_by("id").values_list("pk", flat=True)):
        outbox.deliver(mail_id, moment)

"""Nothing is lost with the broker: the sweeper finds what nobody was asked to deliver."""

import json
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from redis import Redis

from newsroom.mail import outbox
from newsroom.mail.models import MailState, OutboxMail
from tests.ground import Ground
from tests.mail.test_outbox import now, owed


def queued() -> list[int]:
    """Ids of the mails that wait in the broker, in order."""
    redis = Redis.from_url(django_settings.REDIS_URL)
    found = []
    for raw in reversed(redis.lrange("celery", 0, -1)):
        message = json.loads(raw)
        if message["headers"]["task"] == "newsroom.mail.tasks.deliver_mail":
            found.append(json.loads(message["headers"]["argsrepr"].replace("'", '"'))[0])
    return found


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_queued_when_its_transaction_commits_and_not_before() -> None:
    with transaction.atomic():
        mail = owed()
        assert queued() == []
    assert queued() == [mail.pk]


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_act_succeeds_and_the_sweeper_queues_it_later(
    process_ground: Ground,
) -> None:
    process_ground.stop_redis()
    try:
        with transaction.atomic():
            mail = owed()
        assert outbox.sweep(now()) == 0
    finally:
        process_ground.start_redis()
    assert queued() == []
    assert outbox.sweep(now()) == 1
    assert queued() == [mail.pk]


@pytest.mark.django_db
def test_a_mail_already_offered_is_not_queued_at_every_sweep() -> None:
    owed()
    moment = now()
    assert outbox.sweep(moment) == 1
    assert outbox.sweep(moment + timedelta(seconds=5)) == 0
    assert outbox.sweep(moment + outbox.OFFER) == 1


@pytest.mark.django_db
def test_a_mail_swept_up_can_still_be_delivered(server) -> None:
    mail, moment = owed(), now()
    outbox.sweep(moment)
    assert outbox.deliver(mail.pk, moment) == MailState.SENT


@pytest.mark.django_db
def test_the_mail_of_a_killed_worker_is_swept_up() -> None:
    mail, moment = owed(), now()
    outbox._claim(mail.pk, moment)
    assert outbox.sweep(moment + outbox.LEASE) == 1
    assert OutboxMail.objects.get(pk=mail.pk).state == MailState.OWED

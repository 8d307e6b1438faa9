"""What the stack promises pipeline and journey tests."""

import smtplib

import pytest
from django.conf import settings
from django.db import connection
from wagtail.models import Page

from newsroom.demo import launch
from tests.stack import Stack


def test_every_process_is_up(stack: Stack) -> None:
    assert launch.answers_well(f"{stack.site_url}/healthz")
    assert launch.listens(stack.ports.sandbox)


def test_the_test_writes_where_the_site_reads(stack_db: Stack) -> None:
    Page.objects.filter(depth=1).update(draft_title="of the stack")
    asked = "from wagtail.models import Page; print(Page.objects.get(depth=1).draft_title)"
    assert stack_db.manage("shell", "-v0", "-c", asked).stdout.strip() == "of the stack"
    assert stack_db.sandbox_url == settings.STRIPE_API_BASE


@pytest.mark.django_db
def test_plain_tests_stay_apart_from_the_stack(stack: Stack) -> None:
    assert connection.settings_dict["NAME"] != stack.ground.name
    assert Page.objects.get(depth=1).draft_title == "Root"


def test_a_killed_worker_can_be_started_again(stack_db: Stack) -> None:
    stack_db.kill_worker()
    stack_db.start_worker()
    assert "ready." in stack_db.log("worker", lines=10)


def test_redis_can_lose_everything(stack_db: Stack) -> None:
    stack_db.flush_redis()
    assert launch.answers_well(f"{stack_db.site_url}/readyz")


def test_mail_sent_to_the_stack_can_be_read(stack: Stack) -> None:
    with smtplib.SMTP("127.0.0.1", stack.ports.smtp) as connection_:
        connection_.sendmail("a@waylight.example", ["b@readers.example"], "Subject: hello\n\nhi\n")
    assert [mail.subject for mail in stack.mail.newest(to="b@readers.example")] == ["hello"]

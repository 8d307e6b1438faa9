"""What the stack promises pipeline and journey tests."""

import smtplib

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page
from wagtail.models import Page as WagtailPage

from newsroom.demo import launch
from tests.stack import Stack
from tests.waiting import wait_until


def test_every_process_is_up(stack: Stack) -> None:
    assert launch.answers_well(f"{stack.site_url}/healthz")
    assert launch.listens(stack.ports.sandbox)


def test_the_test_writes_where_the_site_reads(stack_db: Stack) -> None:
    WagtailPage.objects.filter(depth=1).update(draft_title="of the stack")
    asked = "from wagtail.models import Page; print(Page.objects.get(depth=1).draft_title)"
    assert stack_db.manage("shell", "-v0", "-c", asked).stdout.strip() == "of the stack"
    assert stack_db.sandbox_url == settings.STRIPE_API_BASE


@pytest.mark.django_db
def test_plain_tests_stay_apart_from_the_stack(stack: Stack) -> None:
    assert connection.settings_dict["NAME"] != stack.ground.name
    assert WagtailPage.objects.get(depth=1).draft_title == "Root"


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


def test_a_phone_sees_what_the_test_wrote(stack_db: Stack, phone: Page) -> None:
    answer = phone.goto(f"{stack_db.site_url}/readyz")
    assert answer is not None
    assert answer.status == 200
    # The database can be asked while a browser is open.
    assert WagtailPage.objects.filter(depth=1).exists()


def test_the_caught_mail_is_read_in_the_browser(stack_db: Stack, desktop: Page) -> None:
    with smtplib.SMTP("127.0.0.1", stack_db.ports.smtp) as connection_:
        connection_.sendmail("a@waylight.example", ["c@readers.example"], "Subject: code\n\n123\n")
    wait_until(lambda: stack_db.mail.newest(to="c@readers.example"), 10, "the message")
    desktop.goto(f"{stack_db.site_url}/demo/mail/?to=c@readers.example")
    desktop.get_by_role("link", name="code").click()
    assert "123" in desktop.locator("main").inner_text()

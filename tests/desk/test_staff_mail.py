"""Mail to staff: only what each wished, once whatever dies, and ended by one click."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client

from campaigns import alarms, digests, staff_mail
from campaigns.models import Alarm, Campaign, StaffMail
from campaigns.pace import Phase, Standing
from newsroom.desk.alarms import watch_health
from newsroom.mail.models import MailPicture, OutboxMail
from newsroom.mail.sending import compose
from newsroom.readers.models import Reader
from tests.articles.newsroom import section, story
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift
from tests.desk.people import SignIn, person
from tests.desk.test_monthly import Lives

pytestmark = pytest.mark.django_db

# A Monday; seven in the morning in Toronto is eleven.
MONDAY = datetime(2026, 5, 25, 11, 0, tzinfo=UTC)


def wishes(role: str, **kinds: bool) -> Reader:
    reader = person(role)
    StaffMail.objects.create(reader=reader, **kinds)
    return reader


def a_running_campaign() -> Campaign:
    campaign = a_campaign(
        title="Keep <us> going",
        goal=1_000_000,
        starts_at=MONDAY - timedelta(days=20),
        ends_at=MONDAY + timedelta(days=10),
    )
    a_gift(campaign, 123_45, MONDAY - timedelta(hours=20), article_id=story(section(), "Ice").pk)
    return campaign


def test_the_morning_line_goes_once_to_who_wished_it_from_seven_in_the_newsrooms_zone() -> None:
    a_running_campaign()
    told = wishes("fundraiser", daily=True)
    wishes("editor", weekly=False, daily=False)
    gone = wishes("treasurer", daily=True)
    Reader.objects.filter(pk=gone.pk).update(is_staff=False)
    assert digests.send(MONDAY - timedelta(minutes=1)) == 0
    with transaction.atomic():
        digests.send(MONDAY)
        transaction.set_rollback(True)  # the worker dies before it is committed
    assert not OutboxMail.objects.exists()
    assert digests.send(MONDAY) == 1
    assert digests.send(MONDAY + timedelta(hours=9)) == 0
    mail = OutboxMail.objects.get()
    assert mail.to == told.email
    assert "$123.45 yesterday" in mail.subject
    assert "Keep <us> going: $123.45 yesterday, $123.45 of $10,000 (1 %)." in mail.text
    assert "11 days left" in mail.text
    assert "Keep &lt;us&gt; going" in mail.html
    assert digests.send(MONDAY + timedelta(days=1)) == 1


def test_mondays_page_has_its_charts_as_pictures_beside_the_words() -> None:
    campaign = a_running_campaign()
    Lives(3, 8)
    wishes("fundraiser", weekly=True)
    assert digests.send(MONDAY - timedelta(days=1)) == 0
    assert digests.send(MONDAY) == 1
    assert digests.send(MONDAY + timedelta(hours=3)) == 0
    mail = OutboxMail.objects.get()
    names = {f"campaign{campaign.pk}", "monthly-cad"}
    assert set(MailPicture.objects.values_list("name", flat=True)) == names
    for name in names:
        assert f"cid:{name}" in mail.html
    assert mail.html.count('alt="Chart: ') == 2
    assert "The seven days brought $123.45" in mail.text
    assert "$123.45: Ice" in mail.text
    assert "Monthly giving:" in mail.text
    message = compose(mail).message()
    assert message.get_content_subtype() == "related"
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert {part["Content-ID"] for part in pictures} == {f"<{name}>" for name in names}
    assert all(part.get_payload(decode=True).startswith(b"\x89PNG") for part in pictures)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_ends_one_kind_of_mail_and_the_desk_page_has_it_again(sign_in: SignIn) -> None:
    client = sign_in("fundraiser")
    page = "/desk/mails-to-you/"
    assert client.get(page).status_code == 200
    assert not StaffMail.objects.exists(), "looking is no wish"
    assert client.post(page, {"daily": "on", "alerts": "on"}).status_code == 302
    wish = StaffMail.objects.get()
    assert (wish.daily, wish.weekly, wish.alerts) == (True, False, True)
    stop = staff_mail.stop_url(wish, "daily").removeprefix("http://").partition("/")[2]
    stranger = Client(enforce_csrf_checks=True)
    assert "Yes, end them" in stranger.get(f"/{stop}").content.decode()
    wish.refresh_from_db()
    assert wish.daily, "opening the link does nothing"
    for _twice in range(2):
        answer = stranger.post(f"/{stop}", {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "No more such mails" in answer.content.decode()
    wish.refresh_from_db()
    assert (wish.daily, wish.alerts) == (False, True)
    assert stranger.post(f"/mails/{wish.token}/reader/stop/").status_code == 404
    assert digests.send(MONDAY) == 0


STANDING = Standing(
    phase=Phase.OPEN,
    today=MONDAY.date(),
    raised=10,
    goal=1000,
    paced=500,
    ahead=-490,
    days_left=9,
    needed_a_day=100,
    raised_today=0,
    raised_yesterday=0,
    last_seven=7 * 74,
    seven_before=0,
)


@pytest.mark.parametrize(
    ("changed", "days", "fallen", "falls"),
    [
        ({}, 8, False, True),
        ({}, 7, False, False),
        ({"last_seven": 7 * 75}, 8, False, False),
        ({"last_seven": 7 * 99}, 8, True, True),
        ({"last_seven": 7 * 100}, 8, True, False),
        ({"raised": 1000}, 8, False, False),
        ({"phase": Phase.ENDED}, 8, False, False),
        ({"needed_a_day": None, "days_left": None}, 8, False, False),
    ],
)
def test_when_the_pace_has_fallen(changed: dict, days: int, fallen: bool, falls: bool) -> None:
    assert alarms.pace_fell(replace(STANDING, **changed), days, fallen=fallen) is falls


def test_a_pace_that_falls_is_told_once_until_it_had_recovered() -> None:
    campaign = a_running_campaign()
    wishes("fundraiser", alerts=True)
    wishes("editor", daily=True)
    assert alarms.watch_pace(MONDAY) == 1
    for hours in (1, 24, 48):
        assert alarms.watch_pace(MONDAY + timedelta(hours=hours)) == 0
    assert OutboxMail.objects.get().subject == "The pace has fallen: Keep <us> going"
    a_gift(campaign, 900_000, MONDAY + timedelta(days=2))
    assert alarms.watch_pace(MONDAY + timedelta(days=3)) == 0
    assert Alarm.objects.get().ended_at
    Campaign.objects.update(goal=9_000_000, ends_at=MONDAY + timedelta(days=30))
    assert alarms.watch_pace(MONDAY + timedelta(days=5)) == 1
    assert OutboxMail.objects.count() == 2


def test_something_that_breaks_is_told_once_to_who_may_see_the_health_page() -> None:
    told = wishes("treasurer", alerts=True)
    wishes("fundraiser", alerts=True)
    broken = watch_health(MONDAY)
    assert broken >= 1, "no worker has answered yet"
    assert watch_health(MONDAY) == 0
    assert {mail.to for mail in OutboxMail.objects.all()} == {told.email}
    assert "Something is broken: Queue, worker and beat" in set(
        OutboxMail.objects.values_list("subject", flat=True)
    )
    Alarm.objects.update(ended_at=MONDAY)
    assert watch_health(MONDAY + timedelta(minutes=59)) == 0, "what comes and goes is told of once"

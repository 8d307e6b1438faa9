"""Remind me later: one mail on the day, one click back, and the address is forgotten."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import reminders
from campaigns.models import Reminder
from newsroom.mail import outbox
from newsroom.mail.models import OutboxMail
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.giving.test_bad_input import OURS

pytestmark = pytest.mark.django_db

# A Wednesday at noon in Toronto.
NOW = datetime(2026, 6, 3, 16, tzinfo=UTC)


def a_running_campaign(**more):
    return a_campaign(starts_at=NOW - timedelta(days=9), **{"ends_at": None, **more})


def mails() -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(kind="reminder"))


def ask(campaign, email="ida@example.org", day=None, **more):
    soon = reminders.today(timezone.now()) + timedelta(days=1)
    fields = {"remind_email": email, "remind_day": day or soon.isoformat(), **more}
    return Client().post(f"/give/{campaign.slug}/remind/", fields, **OURS)


def test_the_days_offered_are_tomorrow_friday_next_week_and_the_first() -> None:
    offered = reminders.choices(a_running_campaign(), NOW)
    assert [(c.kind, c.day.isoformat()) for c in offered] == [
        ("tomorrow", "2026-06-04"),
        ("friday", "2026-06-05"),
        ("week", "2026-06-10"),
        ("month", "2026-07-01"),
    ]


def test_no_day_is_offered_twice_or_after_the_deadline() -> None:
    thursday = NOW + timedelta(days=1)
    campaign = a_running_campaign(ends_at=thursday + timedelta(days=3))
    offered = reminders.choices(campaign, thursday)
    assert [c.day.isoformat() for c in offered] == ["2026-06-05"]


def test_one_mail_goes_on_the_morning_of_the_day_and_then_nobody_knows_the_address() -> None:
    campaign = a_running_campaign()
    day = date(2026, 6, 5)
    reminders.set_reminder(campaign, "Ida@Example.org", day, NOW, amount=5000)
    assert reminders.send_reminders(datetime(2026, 6, 5, 11, 59, tzinfo=UTC)) == 0
    assert reminders.send_reminders(datetime(2026, 6, 5, 12, 0, tzinfo=UTC)) == 1
    assert reminders.send_reminders(datetime(2026, 6, 6, 12, 0, tzinfo=UTC)) == 0
    (mail,) = mails()
    assert mail.to == "ida@example.org"
    assert f"{campaign.give_url}?via=reminder&amount=5000" in mail.text
    assert not Reminder.objects.exclude(email="").exists()
    assert reminders.counts(campaign) == {"waiting": 0, "sent": 1}
    claimed = outbox._claim(mail.pk, timezone.now() + timedelta(minutes=1))
    assert claimed
    outbox._mark_sent(claimed, timezone.now())
    mail.refresh_from_db()
    assert (mail.to, mail.text) == ("", "")


def test_asked_twice_a_mailbox_gets_one_mail_on_the_later_choice() -> None:
    campaign = a_running_campaign()
    for day in (date(2026, 6, 5), date(2026, 6, 10)):
        reminders.set_reminder(campaign, "ida@example.org", day, NOW)
    assert reminders.send_reminders(datetime(2026, 6, 5, 15, tzinfo=UTC)) == 0
    assert reminders.send_reminders(datetime(2026, 6, 10, 15, tzinfo=UTC)) == 1


def test_a_campaign_that_closed_meanwhile_writes_nothing_and_forgets_all_the_same() -> None:
    campaign = a_running_campaign()
    reminders.set_reminder(campaign, "ida@example.org", date(2026, 6, 5), NOW)
    campaign.ends_at, campaign.after_end = NOW + timedelta(days=1), "closed"
    campaign.save()
    assert reminders.send_reminders(datetime(2026, 6, 5, 15, tzinfo=UTC)) == 0
    assert mails() == []
    assert not Reminder.objects.exclude(email="").exists()


def test_from_the_give_page_to_the_page_that_says_when_and_forgets_on_one_click() -> None:
    campaign = a_campaign()
    page = Client().get(campaign.give_url).content.decode()
    assert "Not today? Remind me later" in page
    answer = ask(campaign, amount="5000")
    assert answer.status_code == 303
    reminder = Reminder.objects.get()
    assert (reminder.email, reminder.amount) == ("ida@example.org", 5000)
    said = Client().get(answer["Location"])
    assert "Forget it, do not write" in said.content.decode()
    assert said["Referrer-Policy"] == "no-referrer"
    forget = f"/reminders/{reminder.token}/forget/"
    assert Client().get(forget).status_code == 200
    assert Reminder.objects.exists(), "mail programs open links by themselves"
    for _click in range(2):
        done = Client(enforce_csrf_checks=True).post(forget)
        assert "Nothing is kept" in done.content.decode()
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": ""}, "Enter the address"),
        ({"email": "not an address"}, "does not look like"),
        ({"email": "a@b.example, c@d.example"}, "does not look like"),
        ({"day": "yesterday"}, "Choose a day"),
        ({"day": "2020-01-01"}, "Choose one of the days"),
        ({"day": "2999-01-01"}, "Choose one of the days"),
        ({"email": "x" * 400 + "@example.org"}, "does not look like"),
        ({"email": "ida@example.org\x00"}, "does not look like"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_what_was_typed_stays(
    fields: dict[str, str], said: str
) -> None:
    answer = ask(a_campaign(), amount="5000", **fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'name="amount" value="5000"' in page
    assert not Reminder.objects.exists()


def test_a_day_after_the_deadline_is_refused() -> None:
    soon = timezone.now() + timedelta(days=3)
    campaign = a_campaign(ends_at=soon)
    late = (soon + timedelta(days=2)).date().isoformat()
    assert "over by then" in ask(campaign, day=late).content.decode()


def test_one_mailbox_and_one_visitor_are_asked_to_wait() -> None:
    campaign = a_campaign()
    assert [ask(campaign).status_code for _n in range(5)] == [303] * 4 + [429]
    others = [ask(campaign, f"reader{n}@example.org").status_code for n in range(3)]
    assert others[-1] == 429
    assert Reminder.objects.count() <= 6


def test_a_form_from_elsewhere_sets_nothing() -> None:
    campaign = a_campaign()
    fields = {"remind_email": "ida@example.org", "remind_day": "2026-06-05"}
    answer = Client().post(f"/give/{campaign.slug}/remind/", fields)
    assert answer.status_code == 403
    assert not Reminder.objects.exists()


def test_a_campaign_that_is_over_sends_the_reader_to_its_give_page() -> None:
    the_default_campaign()
    campaign = a_campaign(ends_at=timezone.now() - timedelta(days=1))
    answer = ask(campaign)
    assert (answer.status_code, answer["Location"]) == (303, campaign.give_url)
    assert not Reminder.objects.exists()


def test_who_types_anothers_address_learns_nothing_of_its_reminder_and_takes_nothing_back() -> None:
    campaign = a_campaign()
    first, second = (ask(campaign)["Location"].split("/")[-2] for _n in range(2))
    assert first != second
    Client().post(f"/reminders/{second}/forget/")
    (kept,) = Reminder.objects.all()
    assert kept.token == first


def test_whoever_asks_and_however_often_a_mailbox_gets_two_mails_in_thirty_days() -> None:
    day = date(2026, 6, 4)
    for n in range(6):
        now = NOW + timedelta(days=n)
        campaign = a_running_campaign()
        reminders.set_reminder(campaign, "ida@example.org", day + timedelta(days=n), now)
        reminders.send_reminders(now + timedelta(days=1))
    assert len(mails()) == 2
    assert not Reminder.objects.exclude(email="").exists()
    assert "ida@example.org" not in str(list(Reminder.objects.values()))
    later = NOW + timedelta(days=40)
    reminders.set_reminder(campaign, "ida@example.org", later.date() + timedelta(days=1), later)
    assert reminders.send_reminders(later + timedelta(days=1)) == 1
    assert Reminder.objects.exclude(mailbox="").count() == 1


def test_one_click_in_the_mail_and_no_reminder_comes_again_whoever_asks() -> None:
    campaign = a_running_campaign()
    reminder = reminders.set_reminder(campaign, "ida@example.org", date(2026, 6, 5), NOW)
    reminders.send_reminders(datetime(2026, 6, 5, 15, tzinfo=UTC))
    for _click in range(2):
        done = Client(enforce_csrf_checks=True).post(f"/reminders/{reminder.token}/forget/")
        assert "No more such mails" in done.content.decode()
    year = NOW + timedelta(days=365)
    for n in (1, 2):
        reminders.set_reminder(campaign, "IDA@example.org", (year + timedelta(days=n)).date(), year)
        assert reminders.send_reminders(year + timedelta(days=n)) == 0
    assert len(mails()) == 1

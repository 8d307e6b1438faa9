"""Remind me later: one mail on the day a reader chose, and the address is forgotten.

Nothing is confirmed first: one mailbox gets one mail for one campaign, whoever asks and however
often (the limits are the view's). When the mail is owed the address is emptied here, when it is
sent the outbox forgets it too; that somebody asked stays, for the count on the desk.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.models import Campaign, Reminder
from campaigns.models.campaign import AfterEnd
from campaigns.progress import in_words
from campaigns.tributes import latest_day
from newsroom.mail import outbox

KIND: Final = "reminder"
FURTHEST: Final = timedelta(days=62)
FRIDAY: Final = 4


class ReminderRefused(Exception):
    """No reminder can be set so; `field` names what to change, the text is for the reader."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Choice:
    """A day to be asked on; `kind` is tomorrow, friday, week or month."""

    kind: str
    day: date


def today(now: datetime) -> date:
    """The day it is in the newsroom's time zone."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def choices(campaign: Campaign, now: datetime) -> list[Choice]:
    """The days that are offered, each once and none after the deadline; the last of them may be
    the campaign's last day."""
    first = today(now)
    friday = first + timedelta(days=(FRIDAY - first.weekday()) % 7 or 7)
    month = first.replace(day=1) + timedelta(days=32)
    offered = {
        "tomorrow": first + timedelta(days=1),
        "friday": friday,
        "week": first + timedelta(days=7),
        "month": month.replace(day=1),
    }
    last = campaign.last_day.date() if campaign.last_day else date.max
    seen: set[date] = set()
    found = []
    for kind, day in offered.items():
        if day <= last and day not in seen:
            seen.add(day)
            found.append(Choice(kind, day))
    return sorted(found, key=lambda choice: choice.day)


def set_reminder(
    campaign: Campaign,
    email: str,
    day: date | None,
    now: datetime,
    *,
    amount: int | None = None,
    language: str = "en",
) -> Reminder:
    """Ask `email` again on `day`; in place of the day it chose before, if it waits already.
    Raises ReminderRefused."""
    email = email.strip().lower()
    if not email:
        raise ReminderRefused("email", _("Enter the address that we shall write to."))
    if not outbox.can_be_written_to(email):
        raise ReminderRefused("email", _("This does not look like an e-mail address."))
    if day is None:
        raise ReminderRefused("day", _("Choose a day."))
    if not today(now) < day <= today(now) + FURTHEST:
        raise ReminderRefused("day", _("Choose one of the days below."))
    if campaign.last_day and day > campaign.last_day.date():
        raise ReminderRefused("day", _("The campaign is over by then. Choose an earlier day."))
    if amount is not None and not campaign.minimum <= amount <= campaign.maximum:
        amount = None
    wish = {"day": day, "amount": amount, "language": language}
    reminder, _made = Reminder.objects.update_or_create(
        campaign=campaign, email=email, defaults=wish
    )
    return reminder


def send_reminders(now: datetime) -> int:
    """Owe the mails whose day has come and forget their addresses; how many were owed."""
    owed = 0
    due = Reminder.objects.exclude(email="").filter(day__lte=latest_day(now)).order_by("day")
    for number in list(due.values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            found = due.select_related("campaign").select_for_update(of=("self",), skip_locked=True)
            reminder = found.filter(pk=number).first()
            if reminder is not None:
                owed += _owe(reminder, now)
    return owed


def forget(token: str) -> bool:
    """Nothing is kept of this reminder; False when there is none (any more)."""
    return Reminder.objects.filter(token=token).delete()[0] > 0


def erase_address(email: str) -> int:
    """Nothing is kept of this address's reminders that wait; how many."""
    return Reminder.objects.filter(email__iexact=email.strip()).exclude(email="").delete()[0]


def counts(campaign: Campaign) -> dict[str, int]:
    """How many reminders were set and are not taken back: `waiting`, and `sent`."""
    return Reminder.objects.filter(campaign=campaign).aggregate(
        waiting=Count("pk", filter=~Q(email="")), sent=Count("pk", filter=Q(email=""))
    )


def _owe(reminder: Reminder, now: datetime) -> bool:
    campaign, email = reminder.campaign, reminder.email
    takes = campaign.is_open(now) or campaign.after_end == AfterEnd.GOES_ON
    if takes:
        with override(reminder.language):
            give = reverse("give_page", args=[campaign.slug])
            stop = reverse("reminder_forget", args=[reminder.token])
        amount = f"&amount={reminder.amount}" if reminder.amount else ""
        outbox.owe(
            KIND,
            f"reminder:{reminder.token}",
            email,
            "reminder",
            {
                "campaign": in_words(campaign, reminder.language),
                "asked_at": reminder.asked_at,
                "give_url": f"{settings.BASE_URL}{give}?via=reminder{amount}",
                "forget_url": f"{settings.BASE_URL}{stop}",
            },
            reminder.language,
            stop_url=f"{settings.BASE_URL}{stop}",
        )
    reminder.email, reminder.owed_at = "", now
    reminder.save(update_fields=["email", "owed_at"])
    return takes

"""Remind me later: one mail on the day a reader chose, and the address is forgotten.

Nothing is confirmed first, so whoever asks learns nothing of what an address asked before, and
changes none of it: each wish is a row with a token of its own. The newest of them for a campaign
is the one that is written; a mailbox gets at most `MOST` mails in `WINDOW`, whoever asks, and none
once its owner wanted no more. When the mail is owed the address is emptied here, when it is sent
the outbox forgets it too; that somebody asked stays, for the count on the desk.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.crypto import salted_hmac
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
MOST: Final = 2
WINDOW: Final = timedelta(days=30)


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
    """Ask `email` again on `day`, in place of what was chosen for this campaign before. Raises
    ReminderRefused."""
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
    return Reminder.objects.create(
        campaign=campaign, email=email, day=day, amount=amount, language=language
    )


def send_reminders(now: datetime) -> int:
    """Owe the mails whose day has come and forget their addresses; how many were owed."""
    over = Reminder.objects.filter(owed_at__lt=now - WINDOW, stopped_at=None)
    over.exclude(mailbox="").update(mailbox="")
    owed = 0
    waiting = Reminder.objects.exclude(email="")
    newer = waiting.filter(
        campaign=OuterRef("campaign"), email=OuterRef("email"), pk__gt=OuterRef("pk")
    )
    due = waiting.filter(~Exists(newer), day__lte=latest_day(now)).order_by("day")
    for number in list(due.values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            found = due.select_related("campaign").select_for_update(of=("self",), skip_locked=True)
            reminder = found.filter(pk=number).first()
            if reminder is not None:
                owed += _owe(reminder, now)
    return owed


def forget(token: str) -> bool:
    """Take back one wish, or, from the mail that was written for it, want no more such mails;
    False when there is none (any more)."""
    found = Reminder.objects.filter(token=token)
    stopped = found.filter(email="").update(stopped_at=Now())
    return bool(stopped) or found.delete()[0] > 0


def erase_address(email: str) -> int:
    """Nothing is kept of this address's reminders, but that it wants none; how many waited."""
    Reminder.objects.filter(mailbox=mailbox_of(email), stopped_at=None).update(mailbox="")
    return Reminder.objects.filter(email__iexact=email.strip()).exclude(email="").delete()[0]


def mailbox_of(email: str) -> str:
    """An address as it is kept once it was written to: nobody can read it back."""
    said = email.strip().lower()
    return salted_hmac("campaigns.reminders", said, algorithm="sha256").hexdigest()


def _may_be_written_to(mailbox: str, now: datetime) -> bool:
    of_it = Reminder.objects.filter(mailbox=mailbox)
    lately = of_it.filter(owed_at__gt=now - WINDOW).count()
    return lately < MOST and not of_it.filter(stopped_at__isnull=False).exists()


def counts(campaign: Campaign) -> dict[str, int]:
    """How many reminders were set and are not taken back: `waiting`, and `sent`."""
    return Reminder.objects.filter(campaign=campaign).aggregate(
        waiting=Count("email", filter=~Q(email=""), distinct=True),
        sent=Count("pk", filter=Q(email="")),
    )


def _owe(reminder: Reminder, now: datetime) -> bool:
    campaign, email = reminder.campaign, reminder.email
    mailbox = mailbox_of(email)
    takes = campaign.is_open(now) or campaign.after_end == AfterEnd.GOES_ON
    written = takes and _may_be_written_to(mailbox, now)
    if written:
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
    # What was chosen before it for the same campaign goes with it.
    Reminder.objects.filter(campaign=campaign, email=email, pk__lt=reminder.pk).delete()
    reminder.email, reminder.owed_at = "", now
    reminder.mailbox = mailbox if written else ""
    reminder.save(update_fields=["email", "owed_at", "mailbox"])
    return written

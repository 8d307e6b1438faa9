"""Mail to staff about the money: who wishes which, each owed once, ended by one click."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from campaigns.models import StaffMail
from newsroom.mail import outbox
from newsroom.mail.models import OutboxMail

KINDS: Final = ("daily", "weekly", "alerts")
KIND: Final = "staff figures"


def who(kind: str, needs: str) -> list[StaffMail]:
    """The wishes for mail of one kind of those who may still see what it tells."""
    wished = StaffMail.objects.filter(
        **{kind: True}, reader__is_active=True, reader__is_staff=True
    ).select_related("reader")
    return [wish for wish in wished.order_by("pk") if wish.reader.has_perm(needs)]


def owe(
    wish: StaffMail,
    kind: str,
    fact: str,
    template: str,
    context: Mapping[str, Any],
    pictures: Mapping[str, bytes] | None = None,
) -> OutboxMail | None:
    """Once for each fact and person, whatever dies meanwhile. The person's own address and
    language."""
    stop = stop_url(wish, kind)
    site = settings.BASE_URL.rstrip("/")
    more = {"stop_url": stop, "desk_url": site, "mails_url": site + reverse("campaigns_desk:mails")}
    return outbox.owe(
        KIND,
        f"{fact}:{wish.reader_id}",
        wish.reader.email,
        template,
        {**context, **more},
        wish.reader.language,
        stop_url=stop,
        pictures=pictures,
    )


def owed(wish: StaffMail, fact: str) -> bool:
    return OutboxMail.objects.filter(dedupe_key=f"{fact}:{wish.reader_id}").exists()


def stop_url(wish: StaffMail, kind: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse("staff_mail_stop", args=[wish.token, kind])


def stop(token: str, kind: str) -> bool:
    """End one kind of mail; False when nobody has that token. Twice is once."""
    return bool(StaffMail.objects.filter(token=token).update(**{kind: False}))

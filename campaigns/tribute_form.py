"""The part of the give form about whom a gift honours: fields, and words beside them."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import TributeKind
from campaigns.tributes import TributeWish
from newsroom.mail.outbox import can_be_written_to

CARD_FIELDS: Final = (
    "card_email",
    "card_to",
    "card_from",
    "card_words",
    "card_amount",
    "card_on",
)
TRIBUTE_FIELDS: Final = ("tribute", "tribute_name", *CARD_FIELDS)
LATEST: Final = timedelta(days=366)
LINK: Final = re.compile(r"(?i)https?:|www\.|://")


def add_tribute_fields(form: forms.Form) -> None:
    """Give `form` the fields; none is demanded of who wants no tribute."""
    form.fields |= {
        "tribute": forms.ChoiceField(
            label=gettext_lazy("In honour or in memory"),
            required=False,
            choices=[("", gettext_lazy("Neither")), *TributeKind.choices],
            widget=forms.RadioSelect,
        ),
        "tribute_name": forms.CharField(
            label=gettext_lazy("Of whom"), required=False, max_length=120
        ),
        "card_email": forms.CharField(
            label=gettext_lazy("E-mail address the card goes to"), required=False, max_length=320
        ),
        "card_to": forms.CharField(
            label=gettext_lazy("Their name"), required=False, max_length=120
        ),
        "card_from": forms.CharField(
            label=gettext_lazy("From whom"), required=False, max_length=120
        ),
        "card_words": forms.CharField(
            label=gettext_lazy("Your words"),
            required=False,
            max_length=500,
            widget=forms.Textarea,
        ),
        "card_amount": forms.BooleanField(
            label=gettext_lazy("The card says the amount"), required=False
        ),
        "card_on": forms.DateField(
            label=gettext_lazy("On which day"),
            required=False,
            input_formats=["%Y-%m-%d"],
            error_messages={"invalid": gettext_lazy("Enter a day like 2026-06-03.")},
        ),
    }


def wished_tribute(form: forms.Form, cleaned: Mapping[str, Any]) -> TributeWish | None:
    """What was typed as a wish; errors are put beside the fields. None when nothing was."""
    if any(name in form.errors for name in TRIBUTE_FIELDS):
        return None
    cleaned = dict(cleaned)  # `add_error` takes away what it is about
    kind, name = cleaned["tribute"], _one_line(cleaned["tribute_name"])
    card = any(cleaned.get(field) for field in CARD_FIELDS)
    if not kind and not name and not card:
        return None
    if not kind:
        form.add_error("tribute", _("Choose: in honour or in memory?"))
    if not name:
        form.add_error("tribute_name", _("Enter the name of the person."))
    if card:
        _check_card(form, cleaned)
    if any(field in form.errors for field in TRIBUTE_FIELDS):
        return None
    return TributeWish(
        kind=kind,
        name=name,
        card_email=cleaned["card_email"].strip().lower() if card else "",
        card_to=_one_line(cleaned["card_to"]),
        card_from=_one_line(cleaned["card_from"]) or cleaned.get("public_name", ""),
        card_words=cleaned["card_words"].strip(),
        shows_amount=cleaned["card_amount"],
        send_on=cleaned["card_on"],
    )


def _check_card(form: forms.Form, cleaned: Mapping[str, Any]) -> None:
    email = cleaned["card_email"].strip()
    if not email:
        form.add_error("card_email", _("Enter the address that the card goes to."))
    elif not can_be_written_to(email):
        form.add_error("card_email", _("This does not look like an e-mail address."))
    if not _one_line(cleaned["card_from"]) and not cleaned.get("public_name"):
        form.add_error("card_from", _("Say whom the card is from."))
    if any(LINK.search(cleaned[field]) for field in ("card_words", "card_to", "card_from")):
        form.add_error("card_words", _("A card carries words alone: please leave out the link."))
    today = timezone.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    day = cleaned["card_on"]
    if day and day < today:
        form.add_error("card_on", _("That day is over. Choose today or a later one."))
    elif day and day > today + LATEST:
        form.add_error("card_on", _("Choose a day within a year."))


def _one_line(text: str) -> str:
    return " ".join(text.split())

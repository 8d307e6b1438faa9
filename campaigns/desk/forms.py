"""Forms of the desk: amounts as people type money, deadlines as days."""

import re
import uuid
import zoneinfo
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import (
    AdminAutoHeightTextInput,
    AdminDateInput,
    SlugInput,
    SwitchInput,
)

from campaigns.models import Campaign, DonationState, EntryKind
from campaigns.models.campaign import CURRENCIES
from campaigns.planning import end_of, first_instant, last_day
from newsroom.money import AmountError, Money, check_step, parse_amount

MOST_AMOUNTS = 6
# Some 10 million million dollars: far above any goal, far below the column's end.
LARGEST = 10**15

# Wagtail's own way: while the address is empty, typing the title fills it in.
_FILLS_ADDRESS = {
    "data-controller": "w-sync",
    "data-action": (
        "focus->w-sync#check blur->w-sync#apply change->w-sync#apply keyup->w-sync#apply"
    ),
    "data-w-sync-target-value": "#id_slug",
}


def typed_amounts(text: str) -> Sequence[str]:
    """The amounts in one line as typed: parted by semicolons, else commas, else spaces.

    A comma with a space after it parts amounts; without one only where no other does, so that
    "25, 50, 1,000" and "25,50,100" both mean what they look like.
    """
    text = text.strip().strip(";,").strip()
    for parting in (r"[;\n]", r",\s+", r",", r"\s+"):
        if re.search(parting, text):
            return [part.strip() for part in re.split(parting, text) if part.strip()]
    return [text] if text else []


class CampaignForm(WagtailAdminModelForm):
    """A campaign as staff think of it; `clean` turns it into minor units and instants."""

    goal_typed = forms.CharField(label=_("Goal"), max_length=40)
    stretch_typed = forms.CharField(
        label=_("Stretch goal"),
        max_length=40,
        required=False,
        help_text=_("Spoken of once the goal is reached. Empty: none."),
    )
    first_day = forms.DateField(
        label=_("First day"),
        widget=AdminDateInput,
        help_text=_("Giving begins when this day begins in the time zone below."),
    )
    last_day = forms.DateField(
        label=_("Last day (“by …”)"),
        widget=AdminDateInput,
        required=False,
        help_text=_("Giving ends when this day is over in the time zone below. Empty: no end."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(z, z.replace("_", " ")) for z in sorted(zoneinfo.available_timezones())],
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    amounts_typed = forms.CharField(
        label=_("Amounts to choose from"),
        max_length=200,
        help_text=_("Such as: 25, 50, 100, 250. At most six."),
    )
    monthly_typed = forms.CharField(
        label=_("Amounts each month"),
        max_length=200,
        required=False,
        help_text=_("At most six. Empty: monthly giving is not offered."),
    )
    yearly_typed = forms.CharField(
        label=_("Amounts each year"),
        max_length=200,
        required=False,
        help_text=_("At most six. Empty: yearly giving is not offered."),
    )
    minimum_typed = forms.CharField(label=_("Smallest donation"), max_length=40)
    maximum_typed = forms.CharField(label=_("Largest donation"), max_length=40)

    class Meta:
        model = Campaign
        fields = [
            "title",
            "slug",
            "appeal",
            "stretch_words",
            "case",
            "thanks",
            "after_end",
            "outcome",
            "on_articles",
            "is_default",
        ]
        widgets = {
            "title": forms.TextInput(attrs=_FILLS_ADDRESS),
            "slug": SlugInput,
            "thanks": AdminAutoHeightTextInput(attrs={"rows": 3}),
            "on_articles": SwitchInput,
            "is_default": SwitchInput,
        }
        help_texts = {
            "stretch_words": _("Such as: a second photographer for the winter."),
            "after_end": _(
                "What the give page does then. Money that is under way comes in either way, and "
                "counts in the default campaign when it was asked for after the last day."
            ),
            "outcome": _("Shown on the campaign’s page once it is over."),
            "slug": _("The last part of the address: /campaigns/…/"),
            "on_articles": _(
                "One campaign at a time has the banner; switching it on here takes it from the "
                "one that had it."
            ),
            "is_default": _(
                "Gifts that come after a deadline go to the default campaign. There is always "
                "exactly one, and it has no end."
            ),
        }

    field_order = [
        "title",
        "slug",
        "appeal",
        "goal_typed",
        "stretch_typed",
        "stretch_words",
        "currency",
        "first_day",
        "last_day",
        "time_zone",
        "amounts_typed",
        "monthly_typed",
        "yearly_typed",
        "minimum_typed",
        "maximum_typed",
        "case",
        "thanks",
        "after_end",
        "outcome",
        "on_articles",
        "is_default",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaign = self.instance
        currency = campaign.currency
        self.initial |= {
            "currency": currency,
            "time_zone": campaign.time_zone,
            "amounts_typed": ", ".join(as_typed(a, currency) for a in campaign.amounts),
            "monthly_typed": ", ".join(as_typed(a, currency) for a in campaign.monthly_amounts),
            "yearly_typed": ", ".join(as_typed(a, currency) for a in campaign.yearly_amounts),
            "minimum_typed": as_typed(campaign.minimum, currency),
            "maximum_typed": as_typed(campaign.maximum, currency),
        }
        if campaign.pk:
            self.initial |= {
                "goal_typed": as_typed(campaign.goal, currency),
                "stretch_typed": (
                    as_typed(campaign.stretch_goal, currency) if campaign.stretch_goal else ""
                ),
                "first_day": campaign.starts_at.astimezone(campaign.zone).date(),
                "last_day": last_day(campaign.ends_at, campaign.zone),
            }

    def clean_goal_typed(self) -> int:
        return self._amount("goal_typed")

    def clean_stretch_typed(self) -> int | None:
        return self._amount("stretch_typed") if self.cleaned_data["stretch_typed"].strip() else None

    def clean_minimum_typed(self) -> int:
        return self._amount("minimum_typed")

    def clean_maximum_typed(self) -> int:
        return self._amount("maximum_typed")

    def clean_amounts_typed(self) -> list[int]:
        amounts = self._amounts("amounts_typed")
        if not amounts:
            raise ValidationError(_("Enter at least one amount."))
        return amounts

    def clean_monthly_typed(self) -> list[int]:
        return self._amounts("monthly_typed")

    def clean_yearly_typed(self) -> list[int]:
        return self._amounts("yearly_typed")

    def _amounts(self, name: str) -> list[int]:
        amounts = sorted({self._parse(text) for text in typed_amounts(self.cleaned_data[name])})
        if len(amounts) > MOST_AMOUNTS:
            raise ValidationError(_("Enter six amounts at most: more are harder to choose from."))
        return amounts

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._check_days(data)
        self._check_amounts(data)
        if self.errors:
            return data
        campaign = self.instance
        zone = zoneinfo.ZoneInfo(data["time_zone"])
        same_zone = campaign.pk is not None and campaign.time_zone == data["time_zone"]
        # A day left as it was keeps its instant: a start in mid-day must not move by itself.
        if not (same_zone and data["first_day"] == self.initial["first_day"]):
            campaign.starts_at = first_instant(data["first_day"], zone)
        if not (same_zone and data["last_day"] == self.initial["last_day"]):
            campaign.ends_at = end_of(data["last_day"], zone) if data["last_day"] else None
        campaign.goal = data["goal_typed"]
        campaign.stretch_goal = data["stretch_typed"]
        campaign.amounts = data["amounts_typed"]
        campaign.monthly_amounts = data["monthly_typed"]
        campaign.yearly_amounts = data["yearly_typed"]
        campaign.minimum = data["minimum_typed"]
        campaign.maximum = data["maximum_typed"]
        campaign.currency = data["currency"]
        campaign.time_zone = data["time_zone"]
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """Constraints on the default and the banner are left to `campaigns.planning`.

        It takes them from the campaign that had them, or refuses in a sentence.
        """
        return {*super()._get_validation_exclusions(), "is_default", "on_articles"}

    def _check_days(self, data: dict[str, Any]) -> None:
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        for name in ("first_day", "last_day"):
            day = data.get(name)
            if day and not 2000 <= day.year <= 2199:
                self.add_error(name, _("Enter a day between the years 2000 and 2199."))

    def _check_amounts(self, data: dict[str, Any]) -> None:
        least, most = data.get("minimum_typed"), data.get("maximum_typed")
        if least is None or most is None:
            return
        goal, stretch = data.get("goal_typed"), data.get("stretch_typed")
        if goal and stretch and stretch <= goal:
            self.add_error(
                "stretch_typed", _("The stretch goal must lie above the goal, or be left empty.")
            )
        if most < least:
            self.add_error("maximum_typed", _("The largest donation is below the smallest."))
            return
        for name in ("amounts_typed", "monthly_typed", "yearly_typed"):
            if any(not least <= amount <= most for amount in data.get(name) or []):
                self.add_error(
                    name, _("Every amount must lie between the smallest and the largest donation.")
                )
            for amount in data.get(name) or []:
                try:
                    check_step(Money(amount, data.get("currency") or self.instance.currency))
                except AmountError as error:
                    self.add_error(name, str(error))
                    break

    def _amount(self, name: str) -> int:
        return self._parse(self.cleaned_data[name])

    def _parse(self, text: str) -> int:
        """Minor units of what was typed, in the currency chosen beside it."""
        chosen = self.data.get(self.add_prefix("currency"), "")
        currency = chosen if chosen in dict(CURRENCIES) else self.instance.currency
        return amount_in(text, currency)


class RefundForm(forms.Form):
    """How much of a payment goes back. `key` makes the same form, sent twice, refund once."""

    amount = forms.CharField(label=_("Amount to give back"), max_length=40)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Kept in the audit log for ever: no names or addresses, please."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, left: Money, data: QueryDict | None = None) -> None:
        """`left` is what can still be given back."""
        initial = {"amount": as_typed(left.amount, left.currency), "key": uuid.uuid4()}
        super().__init__(data, initial=initial)
        self.left = left
        self.fields["amount"].help_text = gettext("At most %(left)s.") % {"left": left}

    def clean_amount(self) -> int:
        return amount_in(self.cleaned_data["amount"], self.left.currency)


class DonationFilter(forms.Form):
    q = forms.CharField(label=_("Find"), required=False, max_length=120)
    campaign = forms.ModelChoiceField(
        Campaign.objects.all(), label=_("Campaign"), required=False, empty_label=_("All campaigns")
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All states")),
            ("attention", _("needs attention")),
            *DonationState.choices,
        ],
    )


class LedgerFilter(forms.Form):
    campaign = forms.ModelChoiceField(
        Campaign.objects.all(), label=_("Campaign"), required=False, empty_label=_("All campaigns")
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *EntryKind.choices]
    )


def amount_in(text: str, currency: str) -> int:
    """Minor units of an amount as typed, above zero; raises ValidationError in a sentence."""
    try:
        amount = parse_amount(text, currency).amount
    except AmountError as error:
        raise ValidationError(str(error)) from error
    if amount <= 0:
        raise ValidationError(_("Enter an amount above zero."))
    if amount > LARGEST:
        raise ValidationError(_("That is more than there is."))
    return amount


def as_typed(amount: int, currency: str) -> str:
    """As a person would type it: "1,500", "25.50"; without the comma where it begins decimals."""
    major = Money(amount, currency).major
    whole = major == major.to_integral_value()
    grouped = f"{major.quantize(1):,}" if whole else f"{major:,}"
    return grouped.replace(",", "") if (get_language() or "en").startswith("fr") else grouped

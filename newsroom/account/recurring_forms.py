"""What a donor may change of a recurring gift, as typed."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from campaigns import recurring_changes
from campaigns.models import RecurringDonation
from campaigns.recurring_changes import PAUSES, ChangeRefused, Wish
from newsroom.money import AmountError, parse_amount

WHY_NOT_SAID = ""
REASONS = [
    (WHY_NOT_SAID, _("I would rather not say")),
    ("money", _("I cannot afford it now")),
    ("elsewhere", _("I give to something else now")),
    ("unhappy", _("I am not happy with your work")),
    ("once", _("I only wanted to give once")),
    ("other", _("Another reason")),
]


class ChangeForm(forms.Form):
    """One change of one recurring gift. `key` makes the same form, sent twice, one change."""

    what = ""
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, recurring: RecurringDonation, today: date, data: Any = None, **more: Any
    ) -> None:
        initial = {"key": uuid.uuid4(), **more.pop("initial", {})}
        super().__init__(data, initial=initial, auto_id=f"{self.what}-%s", **more)
        self.recurring, self.today = recurring, today

    def wish(self) -> Wish:
        """The valid form as a wish. Raises ChangeRefused."""
        raise NotImplementedError

    def read(self) -> Wish | None:
        """The wish, or None with the reason beside its field."""
        if not self.is_valid():
            if "key" in self.errors:
                self.add_error(None, _("Please send this form once more."))
            return None
        try:
            return self.wish()
        except ChangeRefused as refusal:
            self.add_error(next(iter(set(self.fields) - {"key"}), None), str(refusal))
            return None


class AmountForm(ChangeForm):
    what = "amount"
    amount = forms.CharField(
        label=_("New amount"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def clean_amount(self) -> int:
        try:
            return parse_amount(self.cleaned_data["amount"], self.recurring.currency).amount
        except AmountError as error:
            raise ValidationError(str(error)) from error

    def wish(self) -> Wish:
        return recurring_changes.change_amount(self.recurring, self.cleaned_data["amount"])


class DayForm(ChangeForm):
    what = "day"
    day = forms.DateField(
        label=_("Day of the next gift"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def wish(self) -> Wish:
        return recurring_changes.change_day(self.recurring, self.cleaned_data["day"], self.today)


class PauseForm(ChangeForm):
    what = "pause"
    months = forms.TypedChoiceField(label=_("For how long"), coerce=int)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["months"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            *((str(n), ngettext("%(n)d month", "%(n)d months", n) % {"n": n}) for n in PAUSES),
            ("0", _("until I resume it")),
        ]

    def wish(self) -> Wish:
        return recurring_changes.pause(self.recurring, self.cleaned_data["months"], self.today)


class CancelForm(ChangeForm):
    what = "cancel"
    reason = forms.ChoiceField(label=_("Why? (You need not say.)"), choices=REASONS, required=False)

    def wish(self) -> Wish:
        chosen = self.cleaned_data["reason"]
        return recurring_changes.cancel(self.recurring, chosen)


class ResumeForm(ChangeForm):
    what = "resume"

    def wish(self) -> Wish:
        return recurring_changes.resume(self.recurring)


class KeepForm(ChangeForm):
    what = "keep"

    def wish(self) -> Wish:
        return recurring_changes.keep(self.recurring)


FORMS: dict[str, type[ChangeForm]] = {
    form.what: form for form in (AmountForm, DayForm, PauseForm, CancelForm, ResumeForm, KeepForm)
}

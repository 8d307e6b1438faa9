"""Forms about donors: the filters of the list, which are also a segment's rules, and what staff
write down of one."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from campaigns.desk.forms import amount_in, as_typed
from campaigns.models import Campaign, Donor, DonorNote, Segment, ThankYouCall
from campaigns.models.campaign import CURRENCIES
from campaigns.segments import How, Rules, When

FOREVER = _("Kept in the audit log for ever: no names or addresses, please.")


class RulesForm(forms.Form):
    """Rules as staff think of them; `rules` is what was asked, after `is_valid`."""

    when = forms.ChoiceField(
        label=_("Gave"),
        required=False,
        choices=[
            (When.ANY, _("whenever")),
            (When.THIS_YEAR, _("this year")),
            (When.LAST_YEAR_NOT_THIS, _("last year, not this")),
            (When.SOME_YEAR_NOT_THIS, _("some year, not this")),
        ],
    )
    how = forms.ChoiceField(
        label=_("How"),
        required=False,
        choices=[
            (How.ANY, _("in any way")),
            (How.ONCE, _("never monthly or yearly")),
            (How.REGULAR, _("also monthly or yearly")),
            (How.RUNNING, _("monthly or yearly now")),
        ],
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.all(), label=_("Campaign"), required=False, empty_label=_("All campaigns")
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES, required=False)
    least_typed = forms.CharField(label=_("Gave at least"), max_length=40, required=False)
    most_typed = forms.CharField(label=_("Gave at most"), max_length=40, required=False)
    year = forms.IntegerField(
        label=_("In the year"), required=False, min_value=2000, max_value=2199
    )
    last_since = forms.DateField(label=_("Last gift since"), required=False, widget=AdminDateInput)
    last_until = forms.DateField(label=_("Last gift until"), required=False, widget=AdminDateInput)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("All languages")), *settings.LANGUAGES],
    )
    reachable = forms.BooleanField(label=_("May be written to"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        currency = data.get("currency") or default_currency()
        for name in ("least_typed", "most_typed"):
            if text := data.get(name):
                try:
                    data[name] = amount_in(text, currency)
                except ValidationError as error:
                    self.add_error(name, error)
        since, until = data.get("last_since"), data.get("last_until")
        if since and until and until < since:
            self.add_error("last_until", _("This day is before the other one."))
        return data

    @property
    def rules(self) -> Rules:
        asked = self.cleaned_data
        return Rules(
            currency=asked.get("currency") or default_currency(),
            least=asked.get("least_typed") or None,
            most=asked.get("most_typed") or None,
            year=asked.get("year"),
            last_since=asked.get("last_since"),
            last_until=asked.get("last_until"),
            campaign=asked["campaign"].pk if asked.get("campaign") else None,
            how=asked.get("how", ""),
            when=asked.get("when", ""),
            language=asked.get("language", ""),
            reachable=bool(asked.get("reachable")),
        )


class DonorFilter(RulesForm):
    q = forms.CharField(label=_("Find"), required=False, max_length=120)
    field_order = ["q"]


class SegmentForm(RulesForm):
    """A segment's name and its rules."""

    name = forms.CharField(label=_("Name"), max_length=80)
    field_order = ["name"]

    def __init__(self, *args: Any, segment: Segment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.segment = segment

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        others = Segment.objects.filter(name__iexact=name)
        if self.segment:
            others = others.exclude(pk=self.segment.pk)
        if others.exists():
            raise ValidationError(_("There is a segment of this name already."))
        return name


class DonorForm(forms.ModelForm):
    class Meta:
        model = Donor
        fields = ["name", "phone", "language", "no_calls", "no_appeals"]
        widgets = {"language": forms.Select(choices=settings.LANGUAGES)}


class NoteForm(forms.ModelForm):
    class Meta:
        model = DonorNote
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        labels = {"text": _("Write a note")}


class JoinForm(forms.Form):
    """Who is the same person: by the number in the address of the donor's page, or by e-mail."""

    other = forms.CharField(
        label=_("The other donor"),
        max_length=320,
        help_text=_("The e-mail address, or the number at the end of the donor’s page."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=FOREVER)

    def clean_other(self) -> Donor:
        text = self.cleaned_data["other"].strip()
        number = text.strip("/").rsplit("/", 1)[-1]
        found = Donor.objects.filter(joined_to=None)
        if number.isascii() and number.isdecimal() and len(number) < 19:
            donor = found.filter(pk=int(number)).first()
        else:
            donor = found.filter(email__iexact=text).first()
        if donor is None:
            raise ValidationError(_("There is no such donor."))
        return donor


class MoveForm(forms.Form):
    campaign = forms.ModelChoiceField(Campaign.objects.all(), label=_("To the campaign"))
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=FOREVER)


class CallForm(forms.ModelForm):
    """What became of a call. The note is about the gift's donor: not in the audit log."""

    class Meta:
        model = ThankYouCall
        fields = ["note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}


def default_currency() -> str:
    found = Campaign.objects.filter(is_default=True).values_list("currency", flat=True).first()
    return found or "cad"


def as_asked(rules: Rules) -> dict[str, Any]:
    """Rules as the form shows them."""
    asked = rules.as_json()
    for name in ("least", "most"):
        if (amount := asked.pop(name, None)) is not None:
            asked[f"{name}_typed"] = as_typed(amount, rules.currency)
    return asked

"""The give form: what people type, turned into a `GiftWish` or into words beside the field."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from campaigns import debits
from campaigns.attribution import origin_of
from campaigns.covering import fee_on, rate_of
from campaigns.giving import GiftWish, GivingError, check_amount
from campaigns.models import Campaign, Frequency
from campaigns.tax.forms import add_receipt_fields, wanted_receipt
from campaigns.tribute_form import LINK, TRIBUTE_FIELDS, add_tribute_fields, wished_tribute
from newsroom.money import AmountError, Money, decimals, parse_amount

OWN = "own"
CARD, BANK = "card", "bank"
# The field of each frequency's own presets.
AMOUNT_FIELDS = {
    Frequency.ONCE: "amount",
    Frequency.MONTH: "amount_month",
    Frequency.YEAR: "amount_year",
}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """One frequency the campaign offers: its radio buttons, `chosen` the ticked one."""

    frequency: Frequency
    field: str
    presets: list[Money]
    chosen: str
    picked: bool


class GiveForm(forms.Form):
    """How often, and how much: the campaign's presets for that (minor units) or what is typed.

    An amount that was typed wins over a preset that is still ticked: without script nothing
    unticks it.
    """

    use_required_attribute = False

    amount = forms.ChoiceField(label=_("Amount"), required=False, widget=forms.RadioSelect)
    frequency = forms.ChoiceField(
        label=_("How often"), required=False, choices=Frequency.choices, widget=forms.RadioSelect
    )
    amount_month = forms.ChoiceField(
        label=_("Amount each month"), required=False, widget=forms.RadioSelect
    )
    amount_year = forms.ChoiceField(
        label=_("Amount each year"), required=False, widget=forms.RadioSelect
    )
    own_amount = forms.CharField(label=_("Another amount"), required=False, max_length=60)
    public_name = forms.CharField(label=_("Name to show"), required=False, max_length=80)
    message = forms.CharField(
        label=_("Message"), required=False, max_length=280, widget=forms.Textarea
    )
    cover = forms.BooleanField(label=_("Cover the card’s fee"), required=False)
    source = forms.ChoiceField(
        label=_("From"),
        required=False,
        choices=[(CARD, _("Card")), (BANK, _("Bank account"))],
        widget=forms.RadioSelect,
    )
    form = forms.CharField(required=False, widget=forms.HiddenInput, max_length=60)
    first = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    via = forms.CharField(required=False, widget=forms.HiddenInput, max_length=60)
    # Filled in by first-story.js.
    came = forms.CharField(required=False, widget=forms.HiddenInput, max_length=60)
    device = forms.CharField(required=False, widget=forms.HiddenInput, max_length=60)
    arm = forms.CharField(required=False, widget=forms.HiddenInput, max_length=60)

    def __init__(self, campaign: Campaign, data: Mapping[str, Any] | None = None, **more: Any):
        super().__init__(data, **more)
        self.campaign = campaign
        self.offered = {
            Frequency.ONCE: campaign.amounts,
            Frequency.MONTH: _within(campaign, campaign.monthly_amounts),
            Frequency.YEAR: _within(campaign, campaign.yearly_amounts),
        }
        for frequency, name in AMOUNT_FIELDS.items():
            presets = [Money(amount, campaign.currency) for amount in self.offered[frequency]]
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(str(m.amount), m.show()) for m in presets] + [
                (OWN, str(_("Another amount")))
            ]
        self.presets = [Money(amount, campaign.currency) for amount in campaign.amounts]
        if not self.is_bound:
            self._choose(self.initial.pop("amount", ""))
        self.rate = rate_of(campaign.currency)
        self.banks = debits.offered(campaign.currency)
        add_tribute_fields(self)
        self.receipts = add_receipt_fields(self)
        self.fields["from"] = forms.CharField(
            required=False, widget=forms.HiddenInput, max_length=20
        )

    def _choose(self, asked: str) -> None:
        """Begin with the amount that the link asks for, else with the second preset of each."""
        minor = int(asked) if re.fullmatch(r"[1-9][0-9]{0,11}", asked, re.ASCII) else 0
        meant = Frequency(self.initial.get("frequency") or Frequency.ONCE)
        for frequency, presets in self.offered.items():
            if frequency == meant and minor in presets:
                self.initial[AMOUNT_FIELDS[frequency]] = str(minor)
            elif frequency == meant and self.campaign.minimum <= minor <= self.campaign.maximum:
                self.initial["own_amount"] = as_typed(Money(minor, self.campaign.currency))
            elif presets:
                self.initial[AMOUNT_FIELDS[frequency]] = str(presets[min(1, len(presets) - 1)])

    @property
    def _picked(self) -> Frequency:
        """How often, as far as it can be read."""
        said = str(self["frequency"].value() or "")
        return Frequency(said) if said in Frequency.values else Frequency.ONCE

    @property
    def zero(self) -> Money:
        """How no money is written: the scripts' sample."""
        return Money(0, self.campaign.currency)

    @property
    def from_bank(self) -> bool:
        """Whether the gift is to come from a bank account, which Checkout need not ask then."""
        return bool(self.banks) and self["source"].value() == BANK

    @property
    def rates(self) -> str:
        """What cards and bank accounts cost, as cover-fee.js reads it."""
        both = (self.rate, rate_of(self.campaign.currency, debit=True) if self.banks else None)
        return ";".join(f"{r.basis_points} {r.fixed} {r.most or 0}" for r in both if r)

    @property
    def places(self) -> int:
        return decimals(self.campaign.currency)

    @property
    def fee_example(self) -> tuple[Money, Money] | None:
        """The amount that is chosen as the page is shown, and what covering adds to it."""
        chosen = str(self[AMOUNT_FIELDS[self._picked]].value() or "")
        if self.rate is None or self["own_amount"].value() or not chosen.isdigit():
            return None
        minor, currency = int(chosen), self.campaign.currency
        rate = (rate_of(currency, debit=True) if self.from_bank else None) or self.rate
        return Money(minor, currency), Money(fee_on(minor, rate), currency)

    @property
    def tribute_errors(self) -> list[tuple[str, str]]:
        """The id of the field, and what is wrong with it."""
        return [
            (name.replace("_", "-"), str(error))
            for name in TRIBUTE_FIELDS
            for error in self.errors.get(name, [])
        ]

    @property
    def honours(self) -> bool:
        """Whether anything of a tribute was typed: its part of the form is open."""
        return any(self[name].value() for name in TRIBUTE_FIELDS)

    def clean_message(self) -> str:
        return _without_link(_one_line(self.cleaned_data["message"]))

    def clean_public_name(self) -> str:
        return _without_link(_one_line(self.cleaned_data["public_name"]))

    def rhythms(self) -> list[Rhythm]:
        """What the campaign offers, the first of them ticked unless another was chosen."""
        return [
            Rhythm(
                frequency,
                AMOUNT_FIELDS[frequency],
                [Money(amount, self.campaign.currency) for amount in amounts],
                str(self[AMOUNT_FIELDS[frequency]].value() or ""),
                frequency == self._picked,
            )
            for frequency, amounts in self.offered.items()
            if amounts or frequency == Frequency.ONCE
        ]

    def clean_frequency(self) -> Frequency:
        frequency = Frequency(self.cleaned_data["frequency"] or Frequency.ONCE)
        if frequency != Frequency.ONCE and not self.offered[frequency]:
            raise ValidationError(gettext("This campaign takes single gifts only."))
        return frequency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "frequency" not in self.errors and "own_amount" not in self.errors:
            name = AMOUNT_FIELDS[cleaned["frequency"]]
            # What is ticked for another frequency was not seen and is not meant.
            for other in {*AMOUNT_FIELDS.values()} - {name}:
                self.errors.pop(other, None)
            if name not in self.errors:
                cleaned["minor"] = self._minor(cleaned, name)
        cleaned["receipt"] = wanted_receipt(self, self.receipts, cleaned)
        cleaned["honours"] = wished_tribute(self, cleaned)
        return cleaned

    def _minor(self, cleaned: Mapping[str, Any], preset: str) -> int | None:
        typed, chosen = cleaned.get("own_amount", ""), cleaned.get(preset, "")
        field = "own_amount" if typed or chosen in ("", OWN) else preset
        try:
            minor = (
                parse_amount(typed, self.campaign.currency).amount
                if field == "own_amount"
                else int(chosen)
            )
            check_amount(self.campaign, minor)
        except (AmountError, GivingError) as error:
            self.add_error(field, ValidationError(str(error)))
            return None
        return minor

    def refuse_small(self, least: Money) -> None:
        """While cards are being tried out here, `least` is the least that is taken."""
        preset = AMOUNT_FIELDS[self.cleaned_data["frequency"]]
        field = "own_amount" if self.cleaned_data.get("own_amount") else preset
        sentence = _(
            "For a little while the smallest donation is %(amount)s: somebody is trying out stolen "
            "cards here. Please choose a larger amount, or come back in an hour."
        ) % {"amount": least}
        self.add_error(field, ValidationError(sentence))

    def wish(self) -> GiftWish:
        """The valid form as a wish."""
        cleaned = self.cleaned_data
        origin = origin_of(cleaned)
        rate = rate_of(self.campaign.currency, debit=True) if self.from_bank else self.rate
        covered = rate if cleaned["cover"] else None
        return GiftWish(
            amount=cleaned["minor"],
            for_fee=fee_on(cleaned["minor"], covered) if covered else 0,
            tribute=cleaned["honours"],
            frequency=cleaned["frequency"],
            from_bank=self.from_bank,
            form=_uuid(cleaned["form"]),
            public_name=cleaned["public_name"],
            message=cleaned["message"],
            article=origin.article,
            first_article=origin.first_article,
            via=origin.via,
            referrer=origin.referrer,
            device=origin.device,
            arm=origin.arm,
            language=(get_language() or "en")[:2],
            receipt=cleaned["receipt"],
        )


def _within(campaign: Campaign, amounts: list[int]) -> list[int]:
    return [amount for amount in amounts if campaign.minimum <= amount <= campaign.maximum]


def as_typed(money: Money) -> str:
    """As somebody would type it: "50", "75.25"."""
    major = money.major
    return str(major.quantize(1) if major == major.to_integral_value() else major)


def _without_link(text: str) -> str:
    """Words that everybody reads carry no advertisement."""
    if LINK.search(text):
        raise ValidationError(_("Please leave out the link: it would stand on a public page."))
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None

"""The give form: what people type, turned into a `GiftWish` or into words beside the field."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.attribution import origin_of
from campaigns.covering import fee_on, rate_of
from campaigns.giving import GiftWish, GivingError, check_amount
from campaigns.models import Campaign
from campaigns.tax.forms import add_receipt_fields, wanted_receipt
from campaigns.tribute_form import TRIBUTE_FIELDS, add_tribute_fields, wished_tribute
from newsroom.money import AmountError, Money, decimals, parse_amount

OWN = "own"


class GiveForm(forms.Form):
    """Amounts are the campaign's presets (in minor units) or what is typed.

    An amount that was typed wins over a preset that is still ticked: without script nothing
    unticks it.
    """

    use_required_attribute = False

    amount = forms.ChoiceField(label=_("Amount"), required=False, widget=forms.RadioSelect)
    own_amount = forms.CharField(label=_("Another amount"), required=False, max_length=60)
    public_name = forms.CharField(label=_("Name to show"), required=False, max_length=80)
    message = forms.CharField(
        label=_("Message"), required=False, max_length=280, widget=forms.Textarea
    )
    cover = forms.BooleanField(label=_("Cover the card’s fee"), required=False)
    form = forms.CharField(required=False, widget=forms.HiddenInput, max_length=60)
    first = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    via = forms.CharField(required=False, widget=forms.HiddenInput, max_length=60)

    def __init__(self, campaign: Campaign, data: Mapping[str, Any] | None = None, **more: Any):
        super().__init__(data, **more)
        self.campaign = campaign
        presets = [Money(a, campaign.currency) for a in campaign.amounts]
        self.presets = presets
        amount = self.fields["amount"]
        assert isinstance(amount, forms.ChoiceField)
        amount.choices = [(str(m.amount), m.show()) for m in presets] + [
            (OWN, str(_("Another amount")))
        ]
        if not self.is_bound:
            self._choose(self.initial.pop("amount", ""))
        self.rate = rate_of(campaign.currency)
        add_tribute_fields(self)
        self.receipts = add_receipt_fields(self)
        self.fields["from"] = forms.CharField(
            required=False, widget=forms.HiddenInput, max_length=20
        )

    def _choose(self, asked: str) -> None:
        """Begin with the amount that the link asks for, else with the second preset."""
        presets = [m.amount for m in self.presets]
        minor = int(asked) if re.fullmatch(r"[1-9][0-9]{0,11}", asked, re.ASCII) else 0
        if minor in presets:
            self.initial["amount"] = str(minor)
        elif self.campaign.minimum <= minor <= self.campaign.maximum:
            self.initial["own_amount"] = str(Money(minor, self.campaign.currency).major)
        elif presets:
            self.initial["amount"] = str(presets[min(1, len(presets) - 1)])

    @property
    def zero(self) -> Money:
        """How no money is written: the scripts' sample."""
        return Money(0, self.campaign.currency)

    @property
    def places(self) -> int:
        return decimals(self.campaign.currency)

    @property
    def fee_example(self) -> tuple[Money, Money] | None:
        """The amount that is chosen as the page is shown, and what covering adds to it."""
        chosen = str(self["amount"].value() or "")
        if self.rate is None or self["own_amount"].value() or not chosen.isdigit():
            return None
        minor, currency = int(chosen), self.campaign.currency
        return Money(minor, currency), Money(fee_on(minor, self.rate), currency)

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
        return _one_line(self.cleaned_data["message"])

    def clean_public_name(self) -> str:
        return _one_line(self.cleaned_data["public_name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "amount" not in self.errors and "own_amount" not in self.errors:
            cleaned["minor"] = self._minor(cleaned)
        cleaned["receipt"] = wanted_receipt(self, self.receipts, cleaned)
        cleaned["honours"] = wished_tribute(self, cleaned)
        return cleaned

    def _minor(self, cleaned: Mapping[str, Any]) -> int | None:
        typed, chosen = cleaned.get("own_amount", ""), cleaned.get("amount", "")
        field = "own_amount" if typed or chosen in ("", OWN) else "amount"
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
        field = "own_amount" if self.cleaned_data.get("own_amount") else "amount"
        sentence = _(
            "For a little while the smallest donation is %(amount)s: somebody is trying out stolen "
            "cards here. Please choose a larger amount, or come back in an hour."
        ) % {"amount": least}
        self.add_error(field, ValidationError(sentence))

    def wish(self) -> GiftWish:
        """The valid form as a wish."""
        cleaned = self.cleaned_data
        origin = origin_of(cleaned)
        covered = self.rate if cleaned["cover"] else None
        return GiftWish(
            amount=cleaned["minor"],
            for_fee=fee_on(cleaned["minor"], covered) if covered else 0,
            tribute=cleaned["honours"],
            form=_uuid(cleaned["form"]),
            public_name=cleaned["public_name"],
            message=cleaned["message"],
            article=origin.article,
            first_article=origin.first_article,
            via=origin.via,
            language=(get_language() or "en")[:2],
            receipt=cleaned["receipt"],
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None

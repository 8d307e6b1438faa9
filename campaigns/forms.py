"""The give form: what people type, turned into a `GiftWish` or into words beside the field."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.attribution import origin_of
from campaigns.giving import GiftWish, GivingError, check_amount
from campaigns.models import Campaign
from campaigns.tax.forms import add_receipt_fields, wanted_receipt
from newsroom.money import AmountError, Money, parse_amount

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
        if presets and not self.is_bound:
            self.initial.setdefault("amount", str(presets[min(1, len(presets) - 1)].amount))
        self.receipts = add_receipt_fields(self)
        self.fields["from"] = forms.CharField(
            required=False, widget=forms.HiddenInput, max_length=20
        )

    def clean_message(self) -> str:
        return _one_line(self.cleaned_data["message"])

    def clean_public_name(self) -> str:
        return _one_line(self.cleaned_data["public_name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "amount" not in self.errors and "own_amount" not in self.errors:
            cleaned["minor"] = self._minor(cleaned)
        cleaned["receipt"] = wanted_receipt(self, self.receipts, cleaned)
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

    def wish(self) -> GiftWish:
        """The valid form as a wish."""
        cleaned = self.cleaned_data
        origin = origin_of(cleaned)
        return GiftWish(
            amount=cleaned["minor"],
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

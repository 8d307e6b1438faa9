"""Forms of the desk about tax receipts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.desk.forms import amount_in, as_typed
from campaigns.models import ReceiptIssuer, ReceiptRequest, Scheme
from campaigns.tax import drawing, rules
from campaigns.tax.forms import AddressForm
from campaigns.tax.issuing import Terms

LARGEST_PICTURE = 2 * 1024 * 1024


class IssuerForm(forms.ModelForm):
    """What receipts say of the newsroom. The signature stays as it is unless a picture is sent."""

    signature_file = forms.FileField(
        label=_("Picture of the signature"),
        required=False,
        help_text=_("PNG or JPEG, dark on white or clear. Shown on receipts and nowhere else."),
    )

    class Meta:
        model = ReceiptIssuer
        fields = [
            "scheme",
            "legal_name",
            "address",
            "registration_number",
            "place",
            "signatory",
            "signatory_title",
        ]
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "legal_name": _("As the tax agency has it."),
            "address": _("As the tax agency has it."),
            "registration_number": _(
                "Canada: 123456789RR0001. United States: the EIN, 12-3456789."
            ),
            "place": _("Canada: the city, town or municipality where receipts are issued."),
            "signatory": _("Canada: who is authorized to acknowledge gifts."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        typed, scheme = cleaned.get("registration_number", ""), cleaned.get("scheme", "")
        cleaned["registration_number"] = rules.tidy_number(scheme, typed)
        if (
            typed
            and scheme != Scheme.NONE
            and not rules.is_number(scheme, cleaned["registration_number"])
        ):
            self.add_error("registration_number", _("This is not a number of that kind."))
        return cleaned

    def clean_signature_file(self) -> bytes | None:
        sent = self.cleaned_data["signature_file"]
        if not sent:
            return None
        if sent.size > LARGEST_PICTURE:
            raise ValidationError(_("Choose a picture of at most 2 MB."))
        try:
            return drawing.signature_from(sent.read())
        except drawing.NoPicture:
            raise ValidationError(_("This file is no picture. Choose a PNG or a JPEG.")) from None

    def issuer(self, before: ReceiptIssuer | None) -> ReceiptIssuer:
        new = ReceiptIssuer(**{name: self.cleaned_data[name] for name in self.Meta.fields})
        kept = before.signature if before else None
        new.signature = self.cleaned_data["signature_file"] or kept
        return new


class ReceiptForm(AddressForm):
    """Whom a receipt goes to and what else it says; amounts in `currency`."""

    advantage = forms.CharField(
        label=_("Given in return"),
        max_length=200,
        required=False,
        help_text=_("Such as: a mug. Empty when nothing was."),
    )
    advantage_typed = forms.CharField(label=_("Its value"), max_length=40, required=False)
    description = forms.CharField(
        label=_("What was given, if not money"), max_length=200, required=False
    )
    appraiser = forms.CharField(
        label=_("Name and address of the appraiser, if it was appraised"),
        max_length=300,
        required=False,
    )

    def __init__(self, scheme: str, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(scheme, *args, **kwargs)
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        words, typed = cleaned.get("advantage", ""), cleaned.get("advantage_typed", "")
        cleaned["advantage_value"] = 0
        if typed:
            try:
                cleaned["advantage_value"] = amount_in(typed, self.currency)
            except ValidationError as error:
                self.add_error("advantage_typed", error)
        if bool(words) != bool(typed):
            missing = "advantage_typed" if words else "advantage"
            self.add_error(missing, _("Say both what was given in return and its value."))
        return cleaned

    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(
            data["advantage"], data["advantage_value"], data["description"], data["appraiser"]
        )


class ReplaceForm(ReceiptForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Kept in the audit log for ever: no names or addresses, please."),
    )


class ReceiptFilter(forms.Form):
    q = forms.CharField(label=_("Find"), required=False, max_length=120)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), ("valid", _("valid")), ("cancelled", _("cancelled"))],
    )


class YearForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2199)


def typed_terms(request: ReceiptRequest | Terms, currency: str) -> dict[str, str]:
    """The initial values of a form for what is known already."""
    value = request.advantage_value
    return {
        "advantage": request.advantage,
        "advantage_typed": as_typed(value, currency) if value else "",
        "description": request.description,
        "appraiser": request.appraiser,
    }

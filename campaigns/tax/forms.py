"""What donors are asked for a tax receipt: on the give form, and by mail when it was left out."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import DonorAddress, Scheme
from campaigns.models.tax import ADDRESS_FIELDS
from campaigns.tax import issuers, rules

WANTED: Final = "tax_receipt"
RECEIPT_FIELDS: Final = (WANTED, *(f"receipt_{name}" for name in ADDRESS_FIELDS))
# https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill
AUTOFILL: Final = {
    "name": "name",
    "street": "address-line1",
    "unit": "address-line2",
    "city": "address-level2",
    "region": "address-level1",
    "postal_code": "postal-code",
    "country": "country-name",
}


def add_receipt_fields(form: forms.Form) -> str:
    """Give the form a checkbox and an address where the newsroom issues receipts; the scheme."""
    scheme = issuers.scheme_offered()
    if scheme:
        form.fields[WANTED] = forms.BooleanField(required=False)
        for name in _asked(scheme):
            field = forms.fields_for_model(DonorAddress, [name])[name]
            field.widget.attrs["autocomplete"] = AUTOFILL[name]
            form.fields[f"receipt_{name}"] = field
        if scheme == Scheme.CANADA:
            form.fields["receipt_country"].initial = "Canada"
    return scheme


def wanted_receipt(
    form: forms.Form, scheme: str, cleaned: Mapping[str, Any]
) -> dict[str, str] | None:
    """The address of a ticked form, with an error beside each field that is needed and empty;
    None where no receipt is wanted."""
    if not scheme or not cleaned.get(WANTED):
        return None
    address = {name: _line(cleaned.get(f"receipt_{name}", "")) for name in _asked(scheme)}
    for name in rules.needed_of_donor(scheme):
        if not address[name] and f"receipt_{name}" not in form.errors:
            form.add_error(f"receipt_{name}", _("Needed for a tax receipt."))
    return address


def _asked(scheme: str) -> tuple[str, ...]:
    return ADDRESS_FIELDS if scheme == Scheme.CANADA else ("name",)


def _line(text: str) -> str:
    return " ".join(text.split())


class AddressForm(forms.ModelForm):
    """A donor's name and address, complete enough for a receipt of `scheme`."""

    class Meta:
        model = DonorAddress
        fields = ADDRESS_FIELDS
        widgets = {
            name: forms.TextInput(attrs={"autocomplete": AUTOFILL[name]}) for name in ADDRESS_FIELDS
        }

    def __init__(self, scheme: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in cleaned.items():
            cleaned[name] = _line(value)
        for name in rules.needed_of_donor(self.scheme):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Needed for a tax receipt."))
        return cleaned

    def address(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ADDRESS_FIELDS}

"""Wagtail's form of a picture, with by what right it is shown (`WAGTAILIMAGES_IMAGE_FORM_BASE`)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput
from wagtail.images.forms import BaseImageForm

from articles.models import ImageRights
from articles.published_words import picture_keeps_its_file

_FIELDS = {"rights_holder": "holder", "rights_licence": "licence", "rights_expire": "expires_on"}


class PictureForm(BaseImageForm):
    rights_holder = forms.CharField(label=_("Rights holder"), required=False, max_length=160)
    rights_licence = forms.CharField(
        label=_("Licence"),
        required=False,
        max_length=200,
        help_text=_("Such as “CC BY 4.0” or “One use, by contract of May 2026”."),
    )
    rights_expire = forms.DateField(
        label=_("May be shown until"),
        required=False,
        widget=AdminDateInput,
        help_text=_("The last day. Left empty: there is no end."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            rights = ImageRights.objects.filter(image=self.instance.pk).first()
            for name, attribute in _FIELDS.items():
                self.fields[name].initial = getattr(rights, attribute, None)

    def clean_file(self) -> Any:
        if self.instance.pk and "file" in self.changed_data:
            raise forms.ValidationError(picture_keeps_its_file())
        return self.cleaned_data["file"]

    def _save_m2m(self) -> None:
        super()._save_m2m()
        # An upload by another form than this one says nothing of rights.
        if any(self.add_prefix(name) in self.data for name in _FIELDS):
            said = {attribute: self.cleaned_data[name] for name, attribute in _FIELDS.items()}
            ImageRights.objects.update_or_create(image=self.instance, defaults=said)

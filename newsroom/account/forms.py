"""The reader's public name and language."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsroom.readers.models import Reader


class PublicNameForm(forms.ModelForm):
    language = forms.ChoiceField(
        label=_("Language of our mails to you"), choices=settings.LANGUAGES, required=False
    )

    class Meta:
        model = Reader
        fields = ("public_name", "language")
        labels = {"public_name": _("Your public name")}
        help_texts = {"public_name": _("Shown beside your comments. Your address never is.")}
        widgets = {"public_name": forms.TextInput(attrs={"autocomplete": "name"})}

    def clean_language(self) -> str:
        """A form that does not say leaves it as it is."""
        return self.cleaned_data["language"] or self.instance.language

    def clean_public_name(self) -> str:
        name = " ".join(self.cleaned_data["public_name"].split())
        if "@" in name:
            raise forms.ValidationError(
                _("Please choose a name without “@”: an address would be shown to everybody.")
            )
        return name

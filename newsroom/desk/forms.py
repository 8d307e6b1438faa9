"""What the audit log is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsroom.audit.models import AuditEntry


class AuditFilter(forms.Form):
    who = forms.CharField(label=_("Who"), required=False, max_length=120)
    verb = forms.ChoiceField(label=_("Did"), required=False)
    target = forms.CharField(label=_("To"), required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].widget.attrs["placeholder"] = "campaigns.donation:42"
        verbs = [(verb, verb) for verb in AuditEntry.verbs()]
        self.fields["verb"].choices = [("", _("Anything")), *verbs]  # type: ignore[attr-defined]

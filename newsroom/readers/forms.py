"""The one form of signing in and signing up: an address."""

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newsroom.readers.accounts import find_or_open


class SignInForm(LoginForm):
    """allauth's form by code, with its limits; an address nobody had yet opens an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")

    def _clean_without_password(self, email: str | None, phone: str | None) -> dict[str, Any]:
        data = super()._clean_without_password(email, phone)
        if email and not self.errors:
            self.user = find_or_open(email, get_language() or "en")
        return data

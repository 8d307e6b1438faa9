"""The one form of signing in and signing up: an address."""

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import get_language

from newsroom.readers.accounts import find_or_open


class SignInForm(LoginForm):
    """allauth's form by code, with its limits; an address nobody had yet opens an account."""

    def _clean_without_password(self, email: str | None, phone: str | None) -> dict[str, Any]:
        data = super()._clean_without_password(email, phone)
        if email and not self.errors:
            self.user = find_or_open(email, get_language() or "en")
        return data

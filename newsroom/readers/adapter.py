"""allauth speaks through our outbox: its mails are owed like all others, and look like them."""

import uuid
from typing import Any, Final

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from django.template.loader import render_to_string
from django.utils.translation import get_language, override

from newsroom.mail.outbox import ACCOUNT_NOTICE, SIGN_IN, owe

_CODES: Final = {
    "account/email/login_code",
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
}


class AccountAdapter(DefaultAccountAdapter):
    """Codes go out as `mail/sign_in_code`, notices as `mail/account_notice` in allauth's words."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        language = self._language(context)
        if template_prefix in _CODES:
            owe(
                SIGN_IN,
                f"{SIGN_IN}:{uuid.uuid4()}",
                email,
                "sign_in_code",
                {
                    "code": context["code"],
                    "minutes": app_settings.LOGIN_BY_CODE_TIMEOUT // 60,
                },
                language,
            )
            return
        with override(language):
            subject = render_to_string(f"{template_prefix}_subject.txt", context)
            words = render_to_string(f"{template_prefix}_message.txt", context)
        owe(
            ACCOUNT_NOTICE,
            f"{ACCOUNT_NOTICE}:{uuid.uuid4()}",
            email,
            "account_notice",
            {"subject": subject.strip(), "words": words.strip()},
            language,
        )

    def _language(self, context: dict[str, Any]) -> str:
        user = context.get("user") or getattr(self.request, "user", None)
        return getattr(user, "language", "") or get_language() or "en"

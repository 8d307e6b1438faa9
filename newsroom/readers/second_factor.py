"""Nobody reaches the desk with a code from the mail alone: staff also use a second factor."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class SecondFactorMiddleware:
    """Stands before /desk/: no second factor set up, or not used in this session, no desk.

    Also before the desk's own form of signing in, which knows a password alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        desk = reverse("wagtailadmin_home")
        if not request.path_info.startswith(desk):
            return self.get_response(request)
        if request.path_info == reverse("wagtailadmin_login"):
            return redirect_to_login(_next_on_desk(request, desk), reverse("account_login"))
        if settings.STAFF_SECOND_FACTOR and request.user.has_perm("wagtailadmin.access_admin"):
            return self._ask(request) or self.get_response(request)
        return self.get_response(request)

    def _ask(self, request: HttpRequest) -> HttpResponse | None:
        """Where a second factor is still to be set up or used; None when nothing is missing."""
        if not is_mfa_enabled(request.user, SECOND_FACTORS):
            messages.warning(
                request,
                _("The desk opens once you have set up a second factor: a passkey or an app."),
            )
            return HttpResponseRedirect(reverse("mfa_index"))
        if not used_second_factor(request):
            methods = get_adapter().get_reauthentication_methods(request.user)
            ways = [way["url"] for way in methods if way["id"].startswith("mfa")]
            return redirect_to_login(request.get_full_path(), ways[0])
        return None


def used_second_factor(request: HttpRequest) -> bool:
    """Whether the person has used a second factor, or set one up, in this session."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


@receiver(authenticator_added)
def count_setting_up_as_using(
    request: HttpRequest, user: Any, authenticator: Authenticator, **_: object
) -> None:
    """Whoever has just set up a factor has shown that they hold it."""
    if authenticator.type in SECOND_FACTORS:
        record_authentication(
            request,
            user,
            method="mfa",
            id=authenticator.pk,
            type=authenticator.type,
            # So that the recovery codes are shown now, without a further code from the app.
            reauthenticated=True,
        )


def _next_on_desk(request: HttpRequest, desk: str) -> str:
    wanted = request.GET.get("next", "")
    return wanted if wanted.startswith(desk) else desk

"""Addresses of allauth that our readers do not need lead to those they do."""

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


def to_sign_in(request: HttpRequest) -> HttpResponse:
    wanted = get_next_redirect_url(request)
    sign_in = reverse("account_login")
    return redirect_to_login(wanted, sign_in) if wanted else HttpResponseRedirect(sign_in)


def to_account(request: HttpRequest, rest: str) -> HttpResponse:
    return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)

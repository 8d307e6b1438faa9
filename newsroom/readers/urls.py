"""Signing in and out under /account/: allauth's own pages, without those about passwords."""

from allauth.account import urls as account_urls
from allauth.mfa import urls as mfa_urls
from allauth.usersessions import urls as usersessions_urls
from django.urls import include, path

from newsroom.readers import views

urlpatterns = [
    # One form signs in and signs up, and nothing asks for a password.
    path("signup/", views.to_sign_in),
    path("login/code/", views.to_sign_in),
    path("password/<path:rest>", views.to_account),
    path("", include(account_urls)),
    path("2fa/", include(mfa_urls)),
    path("sessions/", include(usersessions_urls)),
]

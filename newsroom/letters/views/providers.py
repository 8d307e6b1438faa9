"""Anymail's addresses under one root, for `events` to look up."""

from django.urls import include, path

urlpatterns = [path("", include("anymail.urls"))]

"""Addresses of health for machines. The desk's own pages are registered in `wagtail_hooks.py`."""

from django.urls import path

from newsroom.desk import metrics, views

urlpatterns = [
    path("healthz", views.alive, name="healthz"),
    path("readyz", views.can_serve, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]

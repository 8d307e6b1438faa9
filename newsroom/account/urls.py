"""The reader's own page at /account/."""

from django.urls import path

from newsroom.account import views

urlpatterns = [
    path("", views.reader, name="reader_account"),
    path("follows/", views.follows, name="reader_follows"),
]

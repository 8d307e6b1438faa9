"""Addresses under `/desk/`, registered in `newsroom/letters/wagtail_hooks.py`."""

from django.urls import path, re_path

from newsroom.letters.desk import holds, letters

app_name = "letters_desk"
urlpatterns = [
    path("letter/<int:letter_id>/", letters.letter, name="letter"),
    path("letter/<int:letter_id>/test/", letters.test, name="test"),
    re_path(
        r"^letter/(?P<letter_id>\d+)/preview/(?P<form>light|dark|text)/$",
        letters.preview,
        name="preview",
    ),
    re_path(
        r"^letter/(?P<letter_id>\d+)/(?P<do>ready|agree|call-back|pause|resume)/$",
        letters.act,
        name="act",
    ),
    path("letter-corrections/", letters.owed, name="owed"),
    path("letter-providers/", letters.providers, name="providers"),
    path("held-addresses/", holds.index, name="holds"),
]

"""Where readers find letters. `urlpatterns` may carry a language's prefix; `machine_urlpatterns`
never do."""

from django.urls import path

from newsroom.letters.views import archive, clicks, events, preferences, signing_up

urlpatterns = [
    path("letters/", signing_up.newsletters, name="newsletters"),
    path("letters/asked/", signing_up.asked, name="letters_asked"),
    path("letters/confirm/<slug:token>/", signing_up.confirm, name="letters_confirm"),
    path("letters/mine/<slug:token>/", preferences.mine, name="letters_mine"),
    path("letters/stop/<slug:token>/", preferences.stop, name="letters_stop"),
    path("letters/<slug:slug>/embed/", signing_up.embed, name="letters_embed"),
    path("letters/<slug:slug>/", archive.newsletter, name="newsletter"),
    path("letters/<slug:slug>/<int:letter_id>/", archive.letter, name="letter"),
]

machine_urlpatterns = [
    path("letters/go/<int:letter_id>/<int:number>/", clicks.go, name="letter_link"),
    path("letters/bar/<int:campaign_id>-<slug:language>.png", clicks.bar, name="letter_bar"),
    path("mail/events/<slug:provider>/", events.events, name="mail_events"),
]

"""Addresses of the demo alone; the site mounts them at `/demo/` when it runs as the demo."""

from django.urls import path

from newsroom.demo import views

app_name = "demo"
urlpatterns = [
    path("partner/", views.partner, name="partner"),
    path("mail/", views.mail_list, name="mail"),
    path("mail/<slug:mail_id>/", views.mail_message, name="mail_message"),
    path("mail/<slug:mail_id>/html/", views.mail_html, name="mail_html"),
]

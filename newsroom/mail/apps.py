from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "newsroom.mail"
    label = "mail"

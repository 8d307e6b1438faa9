from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "newsroom.desk"
    label = "desk"

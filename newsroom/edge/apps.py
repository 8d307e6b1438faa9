from django.apps import AppConfig


class EdgeConfig(AppConfig):
    name = "newsroom.edge"
    label = "edge"

from django.apps import AppConfig


class EdgeConfig(AppConfig):
    name = "newsroom.edge"
    label = "edge"

    def ready(self) -> None:
        from newsroom.edge import tallies

        tallies.listen()

from django.apps import AppConfig


class ReadersConfig(AppConfig):
    name = "newsroom.readers"
    label = "readers"

    def ready(self) -> None:
        from newsroom.readers import personal

        personal.join()

from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self) -> None:
        from newsroom.catalogue import compile_what_changed

        compile_what_changed()
        # Every process (web, worker, command) must queue tasks to the same broker.
        from newsroom import celery  # noqa: F401

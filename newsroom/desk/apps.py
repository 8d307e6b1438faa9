from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DeskConfig(AppConfig):
    name = "newsroom.desk"
    label = "desk"

    def ready(self) -> None:
        from newsroom.desk import ticks
        from newsroom.desk.role_sync import sync_after_migrate

        post_migrate.connect(sync_after_migrate, dispatch_uid="sync_roles")
        ticks.listen()

"""The outbox on the desk."""

from wagtail import hooks

from newsroom.mail.desk import OutboxViewSet


@hooks.register("register_admin_viewset")
def outbox() -> OutboxViewSet:
    return OutboxViewSet()

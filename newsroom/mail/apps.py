from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "newsroom.mail"
    label = "mail"

    def ready(self) -> None:
        from newsroom.mail import personal

        personal.join()

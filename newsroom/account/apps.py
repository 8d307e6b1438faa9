from django.apps import AppConfig


class AccountConfig(AppConfig):
    name = "newsroom.account"
    # allauth has taken the label "account".
    label = "reader_account"

    def ready(self) -> None:
        from newsroom.account import giving, holding  # noqa: F401

        holding.join()

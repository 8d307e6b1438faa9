from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "newsroom.letters"
    label = "letters"

    def ready(self) -> None:
        """What mail providers report is heard, and what a newsletter's change makes old is
        purged with it."""
        from newsroom.letters import bounces, personal, purging

        bounces.join()
        purging.join()
        personal.join()

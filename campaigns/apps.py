from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        """What a change of a campaign makes old is purged with it."""
        from campaigns import personal, purging

        purging.join()
        personal.join()

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"

    def ready(self) -> None:
        """Join what models must not know: who witnesses publications, and the desk's form."""
        from articles import going_public, publishing

        going_public.witnessed_by(publishing.record_publication)

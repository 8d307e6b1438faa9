from django.apps import AppConfig
from django.db.models.signals import pre_save


class ArticlesConfig(AppConfig):
    name = "articles"

    def ready(self) -> None:
        """Join to the models what models must not know: who witnesses publications, the desk's
        form, and what follows when Wagtail moves or schedules a page."""
        from wagtail.models import Revision
        from wagtail.signals import (
            page_published,
            page_slug_changed,
            page_unpublished,
            post_page_move,
        )

        from articles import (
            going_public,
            navigation,
            personal,
            picture_keeping,
            preview,
            publishing,
            purging,
            removal_requests,
            removals,
            scheduling,
        )
        from articles.desk import story_form
        from articles.models import Article, FrontPage, Section, StandingPage

        going_public.witnessed_by(publishing.record_publication, removals.record_removal)
        removals.join()
        picture_keeping.join()
        purging.join()
        personal.join()
        page_published.connect(
            removal_requests.ask_for_expiry, sender=Article, dispatch_uid="ask_for_expiry"
        )
        story_form.join(Article)
        preview.join(Article)
        preview.frame_previews(Article, FrontPage, Section, StandingPage)
        for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
            signal.connect(navigation.forget, dispatch_uid="forget_navigation")
        post_page_move.connect(publishing.record_move, dispatch_uid="record_move")
        pre_save.connect(
            scheduling.check_when_scheduled, sender=Revision, dispatch_uid="check_when_scheduled"
        )

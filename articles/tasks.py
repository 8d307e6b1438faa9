"""What the work queue does for stories."""

from celery import shared_task
from django.utils import timezone

from articles import checking, following, heads, reports, tips
from articles.checks import links_in
from articles.links import check_outside
from articles.models import Article
from articles.scheduling import publish_what_is_due
from articles.versions import content_of


@shared_task(name="articles.tasks.publish_scheduled")
def publish_scheduled() -> None:
    publish_what_is_due()


@shared_task(name="articles.tasks.tell_followers")
def tell_followers(news_id: int) -> None:
    while following.tell(news_id, timezone.now()):
        pass


@shared_task(name="articles.tasks.sweep_news")
def sweep_news() -> None:
    for news_id in following.untold():
        tell_followers(news_id)


@shared_task(name="articles.tasks.forget_readers")
def forget_readers() -> None:
    """Addresses that no mail is owed to any more."""
    following.forget_unconfirmed(timezone.now())
    reports.forget_contacts(timezone.now())
    tips.destroy_what_is_due(timezone.localdate())


@shared_task(name="articles.tasks.publish_head")
def publish_head() -> None:
    """Once a day; every later tick finds the day's head told and the file whole."""
    heads.publish_head(timezone.now())


@shared_task(name="articles.tasks.check_record")
def check_record() -> None:
    moment = timezone.now()
    if checking.is_due(moment):
        checking.check_record(moment)


@shared_task(name="articles.tasks.check_links")
def check_links(article: int) -> None:
    """Ask other sites whether the links of the story's draft lead somewhere."""
    if story := Article.objects.filter(pk=article).first():
        draft = story.get_latest_revision_as_object()
        check_outside(url for _text, url in links_in(content_of(draft, files=False)))

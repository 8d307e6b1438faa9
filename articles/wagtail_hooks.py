"""Stories and their record on the desk, and Wagtail's pages answered by our views."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from articles import tasks
from articles.desk import tips
from articles.desk.comments import CommentViewSet
from articles.desk.correct_now import CorrectNowView, offer_correct_now
from articles.desk.corrections import CorrectionsViewSet
from articles.desk.overdue import say_overdue
from articles.desk.people import PersonViewSet, TopicViewSet
from articles.desk.picture_rights import PictureRightsMenuItem, PictureRightsView
from articles.desk.removals import (
    RemovalsViewSet,
    is_public_story,
    offer_removal,
    removal_button,
)
from articles.desk.reports import ReportsViewSet, offer_to_close
from articles.desk.section_removal import SectionRemoval, offer_section_removal
from articles.desk.translations import (
    BeginTranslation,
    LooksPanel,
    TranslationLooks,
    TranslationLooksItem,
)
from articles.going_public import Refused
from articles.models import Article, RemovalKind
from articles.removals import public_under
from articles.serving import serve_page

register_snippet(PersonViewSet)
register_snippet(TopicViewSet)

# What Wagtail offers and this newsroom does not use.
UNUSED = {"documents", "help"}


# After Wagtail's own check of view restrictions, which is at 0.
@hooks.register("before_serve_page", order=1)
def serve(
    page: Page, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]
) -> HttpResponse | None:
    return serve_page(page, request)


@hooks.register("register_admin_viewset")
def record_on_the_desk() -> list[ModelViewSet]:
    return [CorrectionsViewSet(), CommentViewSet(), ReportsViewSet(), RemovalsViewSet()]


hooks.register("after_edit_page", offer_to_close)
hooks.register("register_page_header_buttons", removal_button)


@hooks.register("register_admin_urls")
def pages_of_our_own() -> list[URLPattern]:
    return [
        path("pictures-rights/", PictureRightsView.as_view(), name="picture_rights"),
        path("sections/<int:pk>/remove/", SectionRemoval.as_view(), name="section_removal"),
        path("translations/", TranslationLooks.as_view(), name="translation_looks"),
        path("stories/<int:pk>/translate/", BeginTranslation.as_view(), name="begin_translation"),
    ]


@hooks.register("register_admin_menu_item")
def rights_in_the_menu() -> MenuItem:
    return PictureRightsMenuItem()


@hooks.register("register_admin_urls")
def tips_addresses() -> list[URLPattern]:
    return tips.urlpatterns


@hooks.register("register_admin_menu_item")
def tips_in_the_menu() -> MenuItem:
    return tips.menu_item()


@hooks.register("register_admin_menu_item")
def translations_in_the_menu() -> MenuItem:
    return TranslationLooksItem()


@hooks.register("construct_homepage_panels")
def translations_at_home(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(LooksPanel(request))


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def ask_after_links(request: HttpRequest, page: Page) -> None:
    """The answers are there when the form is opened next; a broker that is away costs no more."""
    if isinstance(page, Article):
        with suppress(OperationalError):
            tasks.check_links.delay(page.pk)


@hooks.register("construct_main_menu")
def hide_unused(request: HttpRequest, items: list[MenuItem]) -> None:
    items[:] = [item for item in items if item.name not in UNUSED]


@hooks.register("register_admin_urls")
def correct_now_address() -> list[URLPattern]:
    return [
        path("stories/<int:page_id>/correct-now/", CorrectNowView.as_view(), name="correct_now")
    ]


hooks.register("before_edit_page", offer_correct_now)
hooks.register("before_edit_page", say_overdue)


@hooks.register("insert_editor_js")
def scripts_of_the_story_form() -> str:
    """What the story's form gets: `words-first` waits for the editors, `what-changed` the panel,
    `clean-paste` what Google Docs and Word put on the clipboard."""
    names = ("words-first", "what-changed", "clean-paste")
    return format_html_join(
        "\n",
        '<script type="module" src="{}"></script>',
        ((static(f"js/desk/{name}.js"),) for name in names),
    )


@hooks.register("before_delete_page")
def keep_published_stories(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Offers the removal instead for a public story, and for a section with one that ever was;
    raises `Refused` for what else was ever public."""
    if is_public_story(page):
        return offer_removal(request, page, RemovalKind.DELETED)
    if offered := offer_section_removal(page):
        return offered
    _refuse_to_delete([page])
    return None


@hooks.register("before_unpublish_page")
def remove_on_the_record(request: HttpRequest, page: Page) -> HttpResponse | None:
    if is_public_story(page):
        return offer_removal(request, page, RemovalKind.UNPUBLISHED)
    return offer_section_removal(page) if public_under(page).exists() else None


@hooks.register("before_bulk_action")
def keep_published_stories_in_bulk(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> None:
    pages = [each for each in objects if isinstance(each, Page)]
    if action_type == "delete":
        _refuse_to_delete(pages)
    if action_type == "unpublish":
        for page in pages:
            if story := public_under(page).first():
                raise Refused(
                    _(
                        "“%(headline)s” is public: stories are removed from the site one by one, "
                        "each with its reason."
                    )
                    % {"headline": story.title},
                    story.pk,
                )


def _refuse_to_delete(pages: Iterable[Page]) -> None:
    for page in pages:
        under = Article.objects.filter(path__startswith=page.path)
        if story := under.filter(current_version__isnull=False).first():
            raise Refused(
                _(
                    "“%(headline)s” was published: it stays on the record and is not deleted. "
                    "Remove it from the site instead."
                )
                % {"headline": story.title},
                story.pk,
            )

"""A story's translations on the desk: the panel on its form, the page that begins one, and what
waits for a look because the story in the other language was corrected."""

from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.panels import Panel
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Locale

from articles.addresses import current_path
from articles.entries import compare_url
from articles.models import Article, TranslationLook
from articles.translations import (
    NotLinked,
    begin,
    languages_to_begin,
    link,
    linked,
    looked,
    open_looks,
    refuse_link,
    unlink,
)
from newsroom.furniture import acting
from newsroom.readers.models import Reader
from newsroom.watching import CountingItem

FIELD: Final = "translation"
MAY_SEE: Final = "articles.view_translationlook"
SHOWN: Final = 200


def field() -> forms.ModelChoiceField:
    """The form's field: which story this one is linked with."""
    return forms.ModelChoiceField(
        Article.objects.all(),
        label=gettext_lazy("This story in another language"),
        required=False,
        widget=AdminPageChooser(target_models=[Article]),
        help_text=gettext_lazy(
            "Readers of each find a link to the other once both are public. It changes as soon as "
            "you save, also a draft; nothing is asked about it."
        ),
    )


def initial(article: Article | None) -> int | None:
    """The id of the story that it is linked with."""
    if article is None:
        return None
    return linked(article).values_list("pk", flat=True).first()


def fault(article: Article, other: Article | None, user: Reader) -> str:
    """Why the editor cannot link the two; "" when nothing is in the way."""
    if other is None or other.translation_key == article.translation_key:
        return ""
    if not other.permissions_for_user(user).can_edit():
        return str(_("You may not edit that story, so you cannot link it."))
    others = linked(article) if article.pk else Article.objects.none()
    if article.pk and others.exists():
        return str(_("This story is linked already. Take that link away first, and save."))
    try:
        refuse_link(article, other)
    except NotLinked as refusal:
        return str(refusal)
    return ""


def keep(article: Article, other: Article | None, by: Reader | None) -> None:
    """Link, or take the link away, as the form says; a story not in the tree yet is made linked."""
    if not article.pk:
        if other:
            article.translation_key = other.translation_key
        return
    if other:
        link(article, other, by)
    else:
        unlink(article, by)


class TranslationPanel(Panel):
    """On the story's form: the field, what it is linked with, what waits for a look."""

    def get_form_options(self) -> dict[str, Any]:
        return {"fields": [FIELD]}

    class BoundPanel(Panel.BoundPanel):
        template_name = "articles/desk/translation_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            saved = self.instance.pk is not None
            context["field"] = self.form[FIELD]
            context["linked"] = list(linked(self.instance)) if saved else []
            context["looks"] = lines(open_looks(self.instance.pk)) if saved else []
            context["to_begin"] = languages_to_begin(self.instance) if saved else []
            return context


def lines(found: Any) -> list[dict[str, Any]]:
    """What the templates show of each look: the translation, the entry, where to compare."""
    shown = []
    for look in found[:SHOWN]:
        entry, original = look.correction, look.correction.article
        address = current_path(original)
        before = entry.before.number if entry.before else None
        shown.append(
            {
                "look": look,
                "translation": look.article,
                "entry": entry,
                "language": original.locale.get_display_name(),
                "headline": original.current_version.headline if original.current_version else "",
                "compare": compare_url(address, before, entry.after.number)
                if address and before
                else address,
            }
        )
    return shown


class _Page(WagtailAdminTemplateMixin, TemplateView):
    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]


class BeginTranslation(_Page):
    """Which language, then a draft that copies the story."""

    template_name = "articles/desk/begin_translation.html"
    page_title = gettext_lazy("Begin a translation")
    header_icon = "globe"

    @cached_property
    def article(self) -> Article:
        return get_object_or_404(Article, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.article.title

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.article.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        locale = Locale.objects.filter(language_code=request.POST.get("language", "")).first()
        if locale is None:
            raise Http404
        try:
            made = begin(self.article, locale, acting(request))
        except NotLinked as refusal:
            context = self.get_context_data(error=str(refusal))
            return self.render_to_response(context, status=422)
        messages.success(
            request, _("A draft with the story’s words: translate it, then publish it as a story.")
        )
        return redirect("wagtailadmin_pages:edit", made.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            story=self.article, to_begin=languages_to_begin(self.article), **kwargs
        )


class TranslationLooks(_Page):
    """GET lists what waits for a look; POST `look` says that somebody looked."""

    template_name = "articles/desk/translations.html"
    page_title = gettext_lazy("Translations to look at")
    header_icon = "globe"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get("look", "")
        if not (key.isascii() and key.isdigit() and len(key) <= 18):
            raise Http404
        look = get_object_or_404(TranslationLook, pk=int(key))
        if not look.article.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        looked(look, acting(request), timezone.now())
        messages.success(request, _("Done: it is off the list."))
        return redirect("translation_looks")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lines=lines(open_looks()), **kwargs)


class TranslationLooksItem(CountingItem):
    """Says how many translations wait for a look."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("Translations"),
            reverse("translation_looks"),
            icon_name="globe",
            name="translation-looks",
            order=242,
        )

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_SEE))

    def waiting(self) -> list[QuerySet[Any]]:
        return [open_looks()]


class LooksPanel(Component):
    """On the desk's home page while anything waits."""

    name = "translation-looks"
    order = 20
    template_name = "articles/desk/looks_panel.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        sees = self.request.user.has_perm(MAY_SEE)
        return {"lines": lines(open_looks()[:10]) if sees else []}

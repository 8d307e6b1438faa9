"""A section with public stories is to go: what becomes of them, asked on one page."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.models import Page

from articles.going_public import Leaving, Refused
from articles.models import Article, Ground, RemovalKind, Section
from articles.removals import public_under
from articles.section_removal import (
    Outcome,
    agree_to_all,
    move_stories,
    take_along,
    waiting_under,
)
from newsroom.furniture import NamedPage, acting

SHOWN = 10


def offer_section_removal(page: Page) -> HttpResponse | None:
    """To where it is asked what becomes of a section's stories; None for a page that has none on
    the record."""
    stories = Article.objects.filter(path__startswith=page.path, current_version__isnull=False)
    if not isinstance(page.specific, Section) or not stories.exists():
        return None
    return redirect("section_removal", page.pk)


class SectionRemoval(NamedPage, TemplateView):
    """POST `do`: "move" with `to`, "along" with `ground` and `reason`, or "agree"."""

    template_name = "articles/desk/section_removal.html"
    page_title = gettext_lazy("Remove a section")
    header_icon = "no-view"

    @cached_property
    def section(self) -> Section:
        return get_object_or_404(Section, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.section.title)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.section.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed, by = request.POST, acting(request)
        try:
            match typed.get("do"):
                case "move":
                    outcome = move_stories(self.section, self._target(typed.get("to", "")), by)
                    said = ngettext(
                        "%(n)d story moved, which its history says.",
                        "%(n)d stories moved, which their histories say.",
                        outcome.done,
                    )
                case "agree":
                    outcome = agree_to_all(self.section, by)
                    said = self._gone(outcome)
                case _:
                    ground, reason = typed.get("ground", ""), typed.get("reason", "")
                    why = Leaving(RemovalKind.UNPUBLISHED, ground, reason, by)
                    outcome = take_along(self.section, why)
                    said = self._gone(outcome)
        except Refused as refusal:
            context = self.get_context_data(error=str(refusal), typed=typed)
            return self.render_to_response(context, status=422)
        self._tell(request, outcome, said % {"n": outcome.done})
        if outcome.section_gone:
            return redirect("wagtailadmin_explore", self.section.get_parent().pk)
        return redirect("section_removal", self.section.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        section, user = self.section, self.request.user
        public = public_under(section).order_by("-first_published_at")
        waiting = waiting_under(section)
        return super().get_context_data(
            section=section,
            public=public.count(),
            others=Article.objects.child_of(section).count() - public.count(),
            some=[story.title for story in public[:SHOWN]],
            waiting=waiting.count(),
            can_agree=user.has_perm("articles.agree_removal")
            and waiting.exclude(asked_by=user.pk).exists(),
            sections=Section.objects.live()
            .filter(locale=section.locale_id)
            .exclude(pk=section.pk)
            .order_by("title"),
            grounds=Ground.choices,
            queue_url=reverse("removals_desk:index"),
            **kwargs,
        )

    def _target(self, key: str) -> Section:
        found = Section.objects.filter(pk=int(key)) if re.fullmatch(r"[0-9]{1,9}", key) else None
        # A section that is none is refused as this one itself would be.
        return (found.first() if found else None) or self.section

    def _gone(self, outcome: Outcome) -> str:
        return ngettext(
            "%(n)d story is off the site; its address says why.",
            "%(n)d stories are off the site; their addresses say why.",
            outcome.done,
        )

    def _tell(self, request: HttpRequest, outcome: Outcome, said: str) -> None:
        if outcome.done:
            messages.success(request, said)
        if outcome.section_gone:
            messages.success(request, _("The section is off the site."))
        elif outcome.waiting:
            messages.info(
                request,
                ngettext(
                    "%(n)d story waits for a second person, who agrees here: then it goes.",
                    "%(n)d stories wait for a second person, who agrees here: then all of it goes.",
                    outcome.waiting,
                )
                % {"n": outcome.waiting},
            )

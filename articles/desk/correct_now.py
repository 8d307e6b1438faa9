"""“Correct now”: the form of a live story that is locked by its scheduled change, over the words
that readers see. It can do one thing, publish; the scheduled change is then put on top again."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.action_menu import PageActionMenu, PublishMenuItem
from wagtail.admin.views.pages.edit import EditView
from wagtail.locks import ScheduledForPublishLock
from wagtail.models import Page

from articles.desk.moments import in_newsrooms_zone
from articles.models import Article
from articles.rescheduling import Rescheduled, reschedule, waiting_for


class PublishCorrection(PublishMenuItem):
    label = gettext_lazy("Publish the correction")


class CorrectionMenu(PageActionMenu):
    """One button."""

    def __init__(self, request: HttpRequest, **context: Any) -> None:
        super().__init__(request, **context)
        self.default_item = PublishCorrection()
        self.menu_items: list[Any] = []


class CorrectNowView(EditView):
    """Wagtail's editor over the live revision instead of the newest draft."""

    lock: Any

    def get_object(self) -> Article:
        story = self.real_page_record.specific
        if not isinstance(story, Article) or not waiting_for(story) or not story.live_revision:
            raise Http404
        live: Article = story.live_revision.as_object()
        return live

    def get_edit_url(self) -> str:
        return correct_now_url(self.page)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._open()
        messages.info(
            request,
            _(
                "These are the words that readers see. The change scheduled for %(moment)s stays "
                "scheduled: your correction is put into it as well."
            )
            % {"moment": in_newsrooms_zone(self.scheduled_revision.approved_go_live_at)},
        )
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._open()
        return super().post(request, *args, **kwargs)

    @property
    def action_name_and_method(self) -> tuple[str, Any]:
        return "publish", self.publish_action

    def publish_action(self) -> HttpResponse:
        """Publish the correction and put the scheduled change on it, both or neither."""
        self.page.go_live_at = None
        with transaction.atomic():
            story = Article.objects.select_for_update(of=("self",)).get(pk=self.page.pk)
            waiting = waiting_for(story)
            answer: HttpResponse = super().publish_action()
            if waiting:
                self._tell(reschedule(story, waiting, self.request.user))
        return answer

    def get_action_menu(self) -> CorrectionMenu:
        return CorrectionMenu(
            self.request, view="edit", page=self.page, lock=None, locked_for_user=False
        )

    def redirect_and_remain(self) -> HttpResponse:
        return redirect("wagtailadmin_pages:edit", self.page.pk)

    def _open(self) -> None:
        if not self.page_perms.can_publish():
            raise PermissionDenied
        # A lock that somebody set stays; the schedule's own is what this view is for.
        if isinstance(self.lock, ScheduledForPublishLock):
            self.lock, self.locked_for_user = None, False
        # Autosave would put these words over the scheduled draft.
        self.autosave_enabled = False

    def _tell(self, outcome: Rescheduled) -> None:
        if outcome.go_live_at:
            messages.info(
                self.request,
                _("The other change stays scheduled for %(moment)s, with your correction in it.")
                % {"moment": in_newsrooms_zone(outcome.go_live_at)},
            )
            return
        edit = messages.button(
            reverse("wagtailadmin_pages:edit", args=[self.page.pk]), _("Look at the draft")
        )
        if outcome.refusal:
            sentence = _("The scheduled change is not scheduled any more: %(reason)s") % {
                "reason": outcome.refusal
            }
            messages.warning(self.request, sentence, buttons=[edit])
            return
        for conflict in outcome.conflicts:
            messages.warning(
                self.request,
                _(
                    "Your correction is published. The scheduled change alters the same words: "
                    "readers now have “%(live)s”, it would say “%(draft)s”. It is not scheduled "
                    "any more; decide between them in the draft and schedule it again."
                )
                % {"live": conflict.live, "draft": conflict.draft},
                buttons=[edit],
            )


def correct_now_url(page: Page) -> str:
    """Where a live story is corrected while another change of it is scheduled."""
    return reverse("correct_now", args=[page.pk])


def offer_correct_now(request: HttpRequest, page: Page) -> None:
    """On the locked form of a live story with a scheduled change: say what can be done."""
    if request.method != "GET" or not isinstance(page, Article) or not page.live:
        return
    if request.path == correct_now_url(page):
        return
    # The form's page is a draft, which does not know what is live or scheduled now.
    story = Article.objects.get(pk=page.pk)
    if not waiting_for(story) or not story.permissions_for_user(request.user).can_publish():
        return
    messages.info(
        request,
        _("Readers see the story as it was until then. A mistake in it can be corrected at once."),
        buttons=[messages.button(correct_now_url(page), _("Correct now"))],
    )

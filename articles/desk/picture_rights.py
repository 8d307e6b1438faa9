"""Pictures whose right has ended or soon ends, with the stories that show them, on the desk."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from articles.models import Article, ImageRights
from articles.picture_removal import take_out
from articles.picture_rights import newsroom_day, shown_without_a_right, stories_showing_each
from newsroom.furniture import NamedPage, acting
from newsroom.watching import CountingItem

SOON: Final = timedelta(days=30)
MAY_SEE: Final = "articles.view_imagerights"
PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A picture; `stories` are the public ones that show it, each with whether the person may
    take it out there."""

    rights: ImageRights
    ended: bool
    stories: list[tuple[Article, bool]]


class PictureRightsView(NamedPage, View):
    """GET lists; POST `image` and `story` takes that picture out of that story."""

    page_title = gettext_lazy("Pictures’ rights")
    header_icon = "image"
    template_name = "articles/desk/picture_rights.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        page = self._page()
        context = self.get_context_data(lines=self._lines(page), page=page, soon=SOON.days)
        return self.render_to_response(context)

    def post(self, request: HttpRequest) -> HttpResponse:
        image, story_id = _key(request, "image"), _key(request, "story")
        rights = get_object_or_404(ImageRights, image=image)
        story = get_object_or_404(Article, pk=story_id)
        if not story.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        _version, kept = take_out(story, rights.image, by=acting(request))
        messages.success(request, _("The picture was taken out; the story’s history says why."))
        if kept and kept.refusal:
            sentence = _("The scheduled change is not scheduled any more: %(reason)s")
            messages.warning(request, sentence % {"reason": kept.refusal})
        return redirect("picture_rights")

    def _page(self) -> Any:
        """The page that `p` names; the first or the last for what names none."""
        ending = ending_by(newsroom_day(timezone.now()) + SOON)
        return Paginator(ending, PER_PAGE).get_page(self.request.GET.get("p"))

    def _lines(self, page: Any) -> list[Line]:
        today = newsroom_day(timezone.now())
        user = self.request.user
        showing = stories_showing_each([rights.image_id for rights in page])
        return [
            Line(
                rights,
                rights.expires_on < today,
                [
                    (story, story.permissions_for_user(user).can_publish())
                    for story in showing[rights.image_id]
                ],
            )
            for rights in page
        ]


def _key(request: HttpRequest, name: str) -> int:
    """A key as the form sends it; nine digits fit its column. Raises Http404."""
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Http404
    return int(text)


def ending_by(day: date) -> Any:
    """The rights that end on `day` or before, the earliest first."""
    ending = ImageRights.objects.filter(expires_on__lte=day).select_related("image")
    return ending.order_by("expires_on", "pk")


class PictureRightsMenuItem(CountingItem):
    """Says how many pictures are still shown without a right."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("Pictures’ rights"),
            reverse("picture_rights"),
            icon_name="image",
            name="picture-rights",
            order=260,
        )

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_SEE))

    def waiting(self) -> list[QuerySet[Any]]:
        return [shown_without_a_right(newsroom_day(timezone.now()))]

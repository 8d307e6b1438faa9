"""What a picture needs before readers see it: alt text, a credit, and a right that has not ended.

A picture that readers do not see yet is refused without them, whichever way it is published. One
that they already see stops nobody from correcting its story: the desk lists it until an editor
takes it out (`articles/picture_removal.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage
from wagtail.models import ReferenceIndex

from articles.going_public import Refused
from articles.models import Article, ImageRights
from articles.versions import Content


@dataclass(frozen=True, slots=True)
class Unfit:
    """A picture that must not be published as it is. `lacks` is "alt", "credit" or "right";
    `ended` is the right's last day."""

    image: int
    lacks: str
    ended: date | None = None


class UnfitPicture(Refused):
    """A picture that readers would see for the first time lacks something."""

    def __init__(self, sentence: str, unfit: Unfit) -> None:
        super().__init__(sentence)
        self.unfit = unfit


def pictures_in(content: Content) -> Iterator[Content]:
    """The pictures of a version's copy, the lead picture first."""
    if content["lead_image"]:
        yield content["lead_image"]
    yield from (
        block for block in content["body"] if block["kind"] == "image" and block.get("image")
    )


def unfit_pictures(content: Content, rights: dict[int, date], day: date) -> list[Unfit]:
    """What the pictures of `content` lack on `day`; `rights` are the last days, by picture.
    Pure."""
    found = []
    for shown in pictures_in(content):
        image, ends = shown["image"], rights.get(shown["image"])
        if not shown["alt"].strip():
            found.append(Unfit(image, "alt"))
        if not shown["credit"].strip():
            found.append(Unfit(image, "credit"))
        if ends and ends < day:
            found.append(Unfit(image, "right", ends))
    return found


def rights_of(content: Content) -> dict[int, date]:
    """The last days of the pictures of `content`, of those whose right ends. One query at most."""
    images = [shown["image"] for shown in pictures_in(content)]
    if not images:
        return {}
    ending = ImageRights.objects.filter(image__in=images, expires_on__isnull=False)
    return {image: day for image, day in ending.values_list("image", "expires_on") if day}


def refuse_unfit_pictures(content: Content, before: Content | None, moment: datetime) -> None:
    """Raise `UnfitPicture` for the first picture that lacks something at `moment` and did not
    lack it in `before`, what readers see now."""
    rights, day = rights_of(content), newsroom_day(moment)
    known = unfit_pictures(before, rights, day) if before else []
    for unfit in unfit_pictures(content, rights, day):
        if unfit not in known:
            raise UnfitPicture(_sentence(unfit), unfit)


def stories_showing(image: AbstractImage) -> "list[Article]":
    """The public stories with that picture, by headline."""
    return stories_showing_each([image.pk])[image.pk]


def stories_showing_each(images: Sequence[int]) -> "dict[int, list[Article]]":
    """The public stories with each of these pictures, by headline. Two queries."""
    using = ReferenceIndex.objects.filter(
        to_content_type=_image_kind(), to_object_id__in=[str(image) for image in images]
    ).values_list("object_id", flat=True)
    pages = {int(pk) for pk in using if str(pk).isdigit()}
    found = Article.objects.filter(pk__in=pages, live=True, current_version__isnull=False)
    showing: dict[int, list[Article]] = {image: [] for image in images}
    for story in found.select_related("current_version").order_by("title"):
        for image in {shown["image"] for shown in pictures_in(story.current_version.content)}:
            if image in showing:
                showing[image].append(story)
    return showing


def shown_without_a_right(day: date) -> QuerySet[ImageRights]:
    """The rights that ended before `day` of pictures that readers see."""
    shown = RawSQL(_SHOWN_WITHOUT_A_RIGHT, [day, _image_kind().pk])  # noqa: S611
    return ImageRights.objects.filter(pk__in=shown)


_SHOWN_WITHOUT_A_RIGHT: Final = """
SELECT rights.id FROM articles_imagerights rights
WHERE rights.expires_on < %s AND EXISTS (
    SELECT 1 FROM wagtailcore_referenceindex used
    JOIN articles_article story
        ON story.page_ptr_id = CASE WHEN used.object_id ~ '^[0-9]{1,9}$'
                               THEN used.object_id::integer END
    JOIN wagtailcore_page page ON page.id = story.page_ptr_id AND page.live
    JOIN articles_version version ON version.id = story.current_version_id
    WHERE used.to_content_type_id = %s AND used.to_object_id = rights.image_id::text
    AND (
        version.content -> 'lead_image' ->> 'image' = rights.image_id::text
        OR version.content -> 'body' @> jsonb_build_array(
            jsonb_build_object('kind', 'image', 'image', rights.image_id)
        )
    )
)
"""


def _image_kind() -> ContentType:
    return ContentType.objects.get_for_model(get_image_model())


def newsroom_day(moment: datetime) -> date:
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


def _sentence(unfit: Unfit) -> str:
    title = get_image_model().objects.filter(pk=unfit.image).values_list("title", flat=True).first()
    said: dict[str, Any] = {"title": title or unfit.image}
    match unfit.lacks:
        case "alt":
            return _("The picture “%(title)s” has no alt text: say what it shows.") % said
        case "credit":
            return _("The picture “%(title)s” has no credit: say whose it is.") % said
    said["day"] = date_format(unfit.ended, "DATE_FORMAT") if unfit.ended else ""
    return (
        _("The right to show the picture “%(title)s” ended on %(day)s: take another picture.")
        % said
    )

"""Taking a picture out of a public story once the right to show it has ended.

An editor does it, never the clock: the story gets a version of its own whose history says why.
"""

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.images.models import AbstractImage

from articles.corrections import Record, pending, set_pending
from articles.going_public import Refused
from articles.models import Article, ImageRights, Version
from articles.publishing import publish
from newsroom.audit import log
from newsroom.readers.models import Reader


def take_out(story: Article, image: AbstractImage, *, by: Reader) -> Version:
    """Publish `story` as readers see it now, without `image`, as a minor edit with its reason; a
    draft that was being written loses the picture too and is kept.

    Raises `Refused` when the story is not public or is locked by somebody else.
    """
    page = Article.objects.get(pk=story.pk)
    if not page.live:
        raise Refused(_("This story is not public."), story.pk)
    if page.locked and page.locked_by_id != by.pk:
        raise Refused(_("Somebody else has locked this story."), story.pk)
    rights = ImageRights.objects.filter(image=image).first()
    day = rights.expires_on if rights else None
    reason = (
        _("A picture was taken out: the right to show it ended on %(day)s.")
        % {"day": date_format(day, "DATE_FORMAT")}
        if day
        else _("A picture was taken out: we have no right to show it.")
    )
    draft = page.get_latest_revision_as_object() if page.has_unpublished_changes else None
    with transaction.atomic():
        _without(page, image)
        version = publish(page, by=by, record=Record(minor_reason=reason))
        if draft:
            said = pending(draft)
            draft = _onto(Article.objects.get(pk=page.pk), draft)
            _without(draft, image)
            set_pending(draft, said)
            draft.save_revision(user=by)
        log.record(by, "picture.taken_out", story, version.headline, image=image.pk)
    return version


def _onto(page: Article, draft: Article) -> Article:
    """The draft's words on what only the publication knows."""
    return page.with_content_json(draft.serializable_data())


def _without(article: Article, image: AbstractImage) -> None:
    if article.lead_image_id == image.pk:
        article.lead_image = None
        article.lead_image_alt = article.lead_image_caption = article.lead_image_credit = ""
    article.body = [
        {"type": block["type"], "value": block["value"], "id": block.get("id")}
        for block in article.body.get_prep_value()
        if not (block["type"] == "image" and block["value"].get("image") == image.pk)
    ]

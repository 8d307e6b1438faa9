"""Taking a picture out of a public story once the right to show it has ended.

An editor does it, never the clock: the story gets a version of its own whose history says why.
"""

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.images.models import AbstractImage
from wagtail.models import Revision

from articles.corrections import Record, pending, set_pending
from articles.going_public import Refused
from articles.models import Article, ImageRights, Version
from articles.publishing import publish
from articles.rescheduling import Rescheduled, schedule_again, waiting_for
from newsroom.audit import log
from newsroom.readers.models import Reader


def take_out(
    story: Article, image: AbstractImage, *, by: Reader
) -> tuple[Version, Rescheduled | None]:
    """Publish `story` as readers see it now, without `image`, as a minor edit with its reason; a
    draft that was being written loses the picture too and is kept, as is its schedule.

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
    # Both read first: publishing clears the schedule and makes what was said of them old.
    waiting = waiting_for(page)
    scheduled = Revision.objects.get(pk=waiting.revision) if waiting else None
    due = scheduled.as_object() if scheduled else None
    newest = page.has_unpublished_changes and (
        not scheduled or scheduled.pk != page.latest_revision_id
    )
    draft = page.get_latest_revision_as_object() if newest else None
    kept = None
    with transaction.atomic():
        _without(page, image)
        version = publish(page, by=by, record=Record(minor_reason=reason))
        if draft:
            _keep_draft(draft, image, by)
        if scheduled and due:
            revision = _keep_draft(due, image, scheduled.user)
            kept = schedule_again(revision, due.go_live_at, by)
        log.record(by, "picture.taken_out", story, version.headline, image=image.pk)
    return version, kept


def _keep_draft(draft: Article, image: AbstractImage, user: Reader | None) -> Revision:
    """The draft without the picture, with what was said of it, on what only the publication
    knows."""
    said = pending(draft)
    draft = Article.objects.get(pk=draft.pk).with_content_json(draft.serializable_data())
    _without(draft, image)
    set_pending(draft, said)
    return draft.save_revision(user=user, clean=False)


def _without(article: Article, image: AbstractImage) -> None:
    if article.lead_image_id == image.pk:
        article.lead_image = None
        article.lead_image_alt = article.lead_image_caption = article.lead_image_credit = ""
    article.body = [
        {"type": block["type"], "value": block["value"], "id": block.get("id")}
        for block in article.body.get_prep_value()
        if not (block["type"] == "image" and block["value"].get("image") == image.pk)
    ]

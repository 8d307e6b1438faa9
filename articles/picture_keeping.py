"""A picture that a version shows is kept: Wagtail would delete its files under published pages.

It counts for earlier versions too, which the history still shows. No index is needed now: somebody
deletes a picture now and then, and one pass over the versions answers.
"""

from typing import Any

from django.db.models import Q
from django.db.models.signals import pre_delete
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

from articles.going_public import Refused
from articles.models import Version


def join() -> None:
    """Refuse the deletion of what is shown, whichever way it is asked for through Django."""
    pre_delete.connect(
        _refuse_to_delete, sender=get_image_model(), dispatch_uid="refuse_to_delete_picture"
    )


def version_showing(image: AbstractImage) -> Version | None:
    """The newest version with that picture, as its lead picture or in its body."""
    shown = Q(content__contains={"lead_image": {"image": image.pk}}) | Q(
        content__contains={"body": [{"kind": "image", "image": image.pk}]}
    )
    return Version.objects.filter(shown).order_by("-published_at", "-pk").first()


def _refuse_to_delete(instance: AbstractImage, **_signal: Any) -> None:
    if version := version_showing(instance):
        raise Refused(
            _(
                "“%(title)s” is shown in “%(headline)s”, now or in its history: the picture stays "
                "on the record and is not deleted. Take it out of the story instead."
            )
            % {"title": instance.title, "headline": version.headline}
        )

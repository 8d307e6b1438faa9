"""A picture that a version shows is kept: Wagtail would delete its files under published pages.

It counts for earlier versions too, which the history still shows; not for those whose words two
people withheld, since a court's order may be about the picture: then it can go, and so do its files
at their addresses. No index is needed now: somebody deletes a picture now and then, and one pass
over the versions answers.
"""

from collections.abc import Container
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.db.models.signals import pre_delete
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

from articles.going_public import Refused
from articles.models import Version
from articles.removals import withheld_versions
from newsroom.edge import purges


def join() -> None:
    """Refuse the deletion of what is shown, whichever way it is asked for through Django."""
    image = get_image_model()
    pre_delete.connect(_refuse_to_delete, sender=image, dispatch_uid="refuse_to_delete_picture")
    pre_delete.connect(_owe_its_addresses, sender=image, dispatch_uid="purge_deleted_picture")


def version_showing(image: AbstractImage) -> Version | None:
    """The newest version that readers may see with that picture, leading it or in its body."""
    shown = Q(content__contains={"lead_image": {"image": image.pk}}) | Q(
        content__contains={"body": [{"kind": "image", "image": image.pk}]}
    )
    withheld: dict[int, Container[int]] = {}
    for version in Version.objects.filter(shown).order_by("-published_at", "-pk"):
        story = version.article_id
        if story not in withheld:
            withheld[story] = withheld_versions(story)
        if version.number not in withheld[story]:
            return version
    return None


def _refuse_to_delete(instance: AbstractImage, **_signal: Any) -> None:
    if version := version_showing(instance):
        raise Refused(
            _(
                "“%(title)s” is shown in “%(headline)s”, now or in its history: the picture stays "
                "on the record and is not deleted. Take it out of the story instead."
            )
            % {"title": instance.title, "headline": version.headline}
        )


def _owe_its_addresses(instance: AbstractImage, **_signal: Any) -> None:
    """Caches keep pictures for a year: they are told of each file that goes."""
    files = [instance.file.url, *(each.url for each in instance.renditions.all())]
    purges.owe(f"picture deleted:{instance.pk}", [urlsplit(each).path for each in files if each])

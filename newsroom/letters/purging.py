"""Which addresses a newsletter's change, or a letter that went out, makes old."""

import uuid
from typing import Any

from django.db.models.signals import post_save
from django.urls import reverse
from django.utils.translation import override

from newsroom.edge import purges
from newsroom.letters import offered
from newsroom.letters.models import Letter, Newsletter


def join() -> None:
    post_save.connect(_newsletter_changed, sender=Newsletter, dispatch_uid="purge_newsletter")


def letter_went_out(letter: Letter) -> None:
    """Its page and the archive are there from now on."""
    paths = _paths(letter.newsletter) | {letter_path(letter)}
    purges.owe(f"letter:{letter.pk}:{letter.state}", paths)


def letter_path(letter: Letter) -> str:
    """Where a sent letter stands on the web, in its own language."""
    with override(letter.newsletter.language):
        return reverse("letter", args=[letter.newsletter.slug, letter.pk])


def _newsletter_changed(instance: Newsletter, **_signal: Any) -> None:
    offered.forget()
    purges.owe(f"newsletter:{instance.pk}:{uuid.uuid4().hex}", {"/", *_paths(instance)})


def _paths(newsletter: Newsletter) -> set[str]:
    with override(newsletter.language):
        return {reverse("newsletters"), reverse("newsletter", args=[newsletter.slug])}

"""A newsletter's own page with its past letters, and each letter as it was sent."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.addresses import absolute
from newsroom.edge.headers import public
from newsroom.letters.models import Letter, LetterState, Newsletter
from newsroom.letters.models.letters import Purpose
from newsroom.letters.purging import letter_path
from newsroom.letters.views.signing_up import newsletter_at
from newsroom.paging import page_by_key

FRESH_SECONDS = 300
# What went out, or is on its way; appeals and corrections of one moment are in no archive.
_SHOWN = (LetterState.SENDING, LetterState.PAUSED, LetterState.SENT)
_ARCHIVED = (Purpose.NEWS, Purpose.BREAKING)


@require_safe
def newsletter(request: HttpRequest, slug: str) -> HttpResponse:
    """What it brings, the form, and its letters, newest first."""
    found = newsletter_at(slug)
    if found.language != get_language():
        raise Http404
    letters = Letter.objects.filter(
        newsletter=found, sealed_at__isnull=False, state__in=_SHOWN, purpose__in=_ARCHIVED
    ).defer("html", "text", "content", "body")
    slice_ = page_by_key(letters, request.GET.dict())
    context = {
        "newsletter": found,
        "offer": found if found.open else None,
        "letters": [(each, letter_path(each)) for each in _with(found, slice_.rows)],
        "page": slice_,
    }
    return public(request, render(request, "letters/newsletter.html", context), FRESH_SECONDS)


@require_safe
def letter(request: HttpRequest, slug: str, letter_id: int) -> HttpResponse:
    """A letter on the web, as it was sealed: the same words, none of its reader's own links."""
    found = (
        Letter.objects.select_related("newsletter")
        .defer("html", "text", "body")
        .filter(pk=letter_id, newsletter__slug=slug, sealed_at__isnull=False, state__in=_SHOWN)
        .first()
    )
    if found is None or found.newsletter.language != get_language():
        raise Http404
    context = {
        "letter": found,
        "newsletter": found.newsletter,
        "blocks": found.content,
        "canonical": absolute(request.path),
        "listed": found.purpose in _ARCHIVED,
    }
    return public(request, render(request, "letters/letter.html", context), FRESH_SECONDS)


def _with(newsletter: Newsletter, letters: Sequence[Letter]) -> Sequence[Letter]:
    for each in letters:
        each.newsletter = newsletter
    return letters

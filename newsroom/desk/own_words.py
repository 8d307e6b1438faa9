"""The newsroom's own texts in another language, on the desk: all that are in use, each beside what
it is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from articles.models import Person
from campaigns.models import Campaign, GiftUse, Match, Milestone, Question
from newsroom.audit import log
from newsroom.branding.models import Branding, OwnWords
from newsroom.furniture import acting, desk_page

MAY: Final = "branding.change_ownwords"
LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """`number` names the line's field in the form; `of` says where the text stands."""

    number: int
    of: str
    source: str
    said: str

    @property
    def rows(self) -> int:
        return min(12, 1 + len(self.source) // 90)


@permission_required(MAY)
def own_words(request: HttpRequest, language: str) -> HttpResponse:
    """GET lists what is in use, what lacks words first; POST keeps what was typed."""
    names = dict(settings.LANGUAGES)
    if language not in names or language == settings.LANGUAGE_CODE:
        raise Http404
    lines = in_use(language)
    if request.method == "POST":
        changed = _keep(request, language, lines)
        if changed:
            messages.success(request, _("Saved. Readers see it in a moment."))
        return redirect("own_words", language)
    page = desk_page(
        _("Own words in %(language)s") % {"language": names[language]},
        icon="globe",
        lines=sorted(lines, key=lambda line: bool(line.said)),
        language=language,
        left=sum(not line.said for line in lines),
        longest=LONGEST,
    )
    return render(request, "desk/own_words.html", page)


def in_use(language: str) -> list[Line]:
    """Every text of our own that readers see now, once."""
    known = dict(OwnWords.objects.filter(language=language).values_list("source", "said"))
    found = {text: of for of, text in reversed(list(_texts())) if text.strip()}
    return [
        Line(number, of, text, known.get(text, ""))
        for number, (text, of) in enumerate(reversed(found.items()))
    ]


def _texts() -> Iterator[tuple[str, str]]:
    branding = Branding.load()
    yield _("The newsroom"), branding.tagline
    yield _("The newsroom"), branding.about
    for campaign in Campaign.objects.order_by("-starts_at"):
        for name in ("title", "appeal", "case", "thanks", "stretch_words", "outcome"):
            yield campaign.title, getattr(campaign, name)
    for model, names in (
        (Milestone, ["words"]),
        (GiftUse, ["words"]),
        (Question, ["question", "answer"]),
    ):
        for thing in model.objects.select_related("campaign").order_by("-campaign", "pk"):
            for name in names:
                yield thing.campaign.title, getattr(thing, name)
    for match in Match.objects.select_related("campaign").order_by("-campaign", "pk"):
        yield match.campaign.title, match.sponsor
    for person in Person.objects.order_by("name"):
        yield person.name, person.role
        yield person.name, person.biography


def _keep(request: HttpRequest, language: str, lines: list[Line]) -> int:
    changed = 0
    with transaction.atomic():
        for line in lines:
            # The text itself comes along: the list may have changed since the page was made.
            if request.POST.get(f"source-{line.number}") != line.source.replace("\r\n", "\n"):
                continue
            said = (
                request.POST.get(f"said-{line.number}", "").replace("\r\n", "\n").strip()[:LONGEST]
            )
            if said == line.said:
                continue
            changed += 1
            if said:
                OwnWords.objects.update_or_create(
                    language=language, source=line.source, defaults={"said": said}
                )
            else:
                for row in OwnWords.objects.filter(language=language, source=line.source):
                    row.delete()
            row = Branding.load()
            log.record(acting(request), "change own words", row, f"{language}: {line.source[:120]}")
    return changed

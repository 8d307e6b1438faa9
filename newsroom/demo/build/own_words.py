"""What the demo newsroom says of itself in its other language: tagline, campaigns, people."""

from collections.abc import Iterator

from django.utils.translation import override

from campaigns.models import Campaign, Match
from newsroom.branding.models import Branding, OwnWords
from newsroom.demo.build.campaign import words_of
from newsroom.demo.content import DemoContent
from newsroom.demo.content.shapes import Campaign as Appeal

FIELDS = ("title", "appeal", "case", "thanks")


def say(content: DemoContent) -> None:
    """Make what is missing; what an editor changed since, in either language, stays."""
    language = content.french.language
    known = set(OwnWords.objects.filter(language=language).values_list("source", flat=True))
    for source, said in _pairs(content):
        if source not in known:
            known.add(source)
            OwnWords.objects.create(language=language, source=source, said=said)


def _pairs(content: DemoContent) -> Iterator[tuple[str, str]]:
    french, branding = content.french, Branding.load()
    if (branding.tagline, branding.about) == (content.newsroom.tagline, content.newsroom.about):
        yield branding.tagline, french.tagline
        yield branding.about, french.about
    for ours, theirs in (
        (content.campaign, french.campaign),
        (content.default_campaign, french.default_campaign),
    ):
        campaign, written = Campaign.objects.get(slug=ours.slug), words_of(ours)
        with override(french.language):
            said = words_of(theirs)
        for name in FIELDS:
            if getattr(campaign, name) == written[name]:
                yield written[name], said[name]
        yield from _case(ours, theirs)
        if ours.match and theirs.match and Match.objects.filter(sponsor=ours.match.sponsor):
            yield ours.match.sponsor, theirs.match.sponsor
    people = {person.slug: person for person in content.people}
    for slug, role, biography in french.people:
        yield people[slug].role, role
        yield people[slug].biography, biography


def _case(ours: Appeal, theirs: Appeal) -> Iterator[tuple[str, str]]:
    """Milestones, what a gift pays for, and answers, in their order."""
    for name in ("milestones", "gift_lines"):
        for line, said in zip(getattr(ours, name), getattr(theirs, name), strict=True):
            yield line.pays_for, said.pays_for
    for each, said in zip(ours.questions, theirs.questions, strict=True):
        yield each.question, said.question
        yield each.answer, said.answer
    if ours.stretch and theirs.stretch:
        yield ours.stretch.pays_for, theirs.stretch.pays_for

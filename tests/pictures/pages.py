"""The pages that are looked at: each once, in a state worth looking at, out of the demo's rows."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from articles.models import Article, Correction, Kind, Person, Removal, Topic, Version
from campaigns.desk import urls as desk_urls
from campaigns.models import Campaign, Donation, RecurringDonation
from newsroom.demo import EDITOR, READER, STAFF
from tests.pictures.shown import Shown


def public_pages() -> Iterator[Shown]:
    """What any reader may open, in English and, where the demo has it, in French."""
    for french in (False, True):
        language = "fr" if french else "en"
        with translation.override(language):
            for name, path in _public(language):
                yield Shown(f"{name}-{language}", path, None, french)


def _public(language: str) -> Iterator[tuple[str, str]]:
    stories = Article.objects.live().filter(locale__language_code=language)
    campaign = _campaign()
    yield "front", reverse("front")
    for name, story in _stories_worth_seeing(stories):
        yield f"story-{name}", story.url
    corrected = stories.filter(pk__in=_with_kind(Kind.CORRECTION)).first()
    if corrected:
        yield "history", f"{corrected.url}history/"
        numbers = Version.objects.filter(article=corrected).order_by("number")
        compared = f"{corrected.url}history/{numbers[0].number}-{numbers.reverse()[0].number}/"
        yield "compare", compared
        yield "compare-side", f"{compared}?view=side"
        yield "report", f"{corrected.url}report/"
        yield "follow", f"{corrected.url}follow/"
    section = stories[0].get_parent()
    yield "section", section.url
    yield "person", reverse("person", args=[Person.objects.order_by("pk")[0].slug])
    yield "topic", reverse("topic", args=[Topic.objects.order_by("pk")[0].slug])
    yield "corrections", reverse("corrections")
    yield "corrections-policy", reverse("corrections_policy")
    yield "search", reverse("search") + ("?q=glace" if language == "fr" else "?q=ice")
    yield "search-nothing", reverse("search") + "?q=xylophone"
    yield "campaign", reverse("campaign", args=[campaign.slug])
    yield "give", reverse("give_page", args=[campaign.slug])
    ended = Campaign.objects.filter(ends_at__lt=timezone.now()).order_by("-ends_at").first()
    if ended:
        yield "campaign-ended", reverse("campaign", args=[ended.slug])
    yield "embed", reverse("embed", args=[campaign.slug])
    yield "sign-in", reverse("account_login")
    yield "not-found", reverse("front") + "no-such-page/"
    if language == "en":
        removed = Removal.objects.order_by("-pk").select_related("article").first()
        if removed and removed.article:
            yield "removed", removed.article.url
        yield "gallery", "/gallery/"


def staff_pages() -> Iterator[Shown]:
    """The desk and the reader's account, in English; the desk's main screens in French too."""
    for name, path in _account():
        yield Shown(f"account-{name}", path, READER)
    for name, path in _desk_of_editors():
        yield Shown(f"desk-{name}", path, EDITOR)
    for name, path in _desk_of_giving():
        yield Shown(f"giving-{name}", path, STAFF)


def _account() -> Iterator[tuple[str, str]]:
    yield "page", reverse("reader_account")
    yield "sessions", reverse("mfa_index")


def _desk_of_editors() -> Iterator[tuple[str, str]]:
    story = Article.objects.live().filter(pk__in=_with_kind(Kind.CORRECTION)).first()
    yield "home", reverse("wagtailadmin_home")
    if story:
        yield "story", reverse("wagtailadmin_pages:edit", args=[story.pk])
        yield "removal", reverse("wagtailadmin_pages:unpublish", args=[story.pk])
    yield "lists", reverse("wagtailadmin_explore_root")


def _desk_of_giving() -> Iterator[tuple[str, str]]:
    """Every page of the desk's giving that takes no row, and one of each that takes one."""
    campaign = _campaign()
    ones: dict[str, int | None] = {
        "campaign_id": campaign.pk,
        "donation_id": _newest(Donation.objects.exclude(donor=None)),
        "recurring_id": _newest(RecurringDonation.objects.all()),
    }
    for pattern in desk_urls.urlpatterns:
        names = list(pattern.pattern.converters)
        if any(ones.get(each) is None for each in names):
            continue
        address = f"{desk_urls.app_name}:{pattern.name}"
        yield pattern.name, reverse(address, kwargs={each: ones[each] for each in names})


def _newest(rows: "QuerySet[Any]") -> int | None:
    return rows.order_by("-pk").values_list("pk", flat=True).first()


def _campaign() -> Campaign:
    running = Campaign.objects.filter(ends_at__gt=timezone.now())
    return running.order_by("-on_articles", "ends_at")[0]


def _with_kind(kind: Kind) -> list[int]:
    return list(Correction.objects.filter(kind=kind).values_list("article_id", flat=True))


def _stories_worth_seeing(stories: "QuerySet[Article]") -> Iterator[tuple[str, Article]]:
    """A story for each state it can be in, none twice."""
    seen: set[int] = set()
    states = [(kind.value, {"pk__in": _with_kind(kind)}) for kind in Kind]
    states += [("developing", {"developing": True}), ("plain", {})]
    for name, wanted in states:
        story = stories.filter(**wanted).exclude(pk__in=seen).first()
        if story:
            seen.add(story.pk)
            yield name, story

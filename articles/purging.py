"""Which addresses a change makes old, and that the purge of them is owed with it.

Models announce (`join` listens to their saves, inside the change's transaction), so that no way of
changing what readers see is forgotten. Lists are purged by their first page; what is further back,
and a story's headline under another story's Keep reading, is kept by no cache in front for longer
than ten seconds (`edge/headers.py`). Our own page cache forgets everything at each change.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_save

from articles.addresses import language_of
from articles.entries import compare_url
from articles.models import (
    Address,
    Article,
    Comment,
    CommentState,
    ErrorReport,
    Person,
    Removal,
    Topic,
    Version,
)
from newsroom.branding.models import Branding, OwnWords
from newsroom.branding.own_words import forget as forget_own_words
from newsroom.edge import purges
from newsroom.edge.language import language_prefix
from newsroom.edge.models import Purge
from newsroom.readers.models import Reader

# How many of a story's comparisons are purged, the newest first; older ones have not changed.
COMPARISONS: Final = 30
# When something stands on every page, so many of the newest stories are purged.
NEWEST_STORIES: Final = 200
# How long after its moment a turn that nobody saw (no beat ran) is still made up for.
TURN_WINDOW: Final = timedelta(hours=1)
# What a reader's name is put together from (`Reader.name_shown`).
_NAMES: Final = {"public_name", "first_name", "last_name"}


def join() -> None:
    """Called once, when the app is ready."""
    from wagtail.signals import (
        page_published,
        page_slug_changed,
        page_unpublished,
        post_page_move,
    )

    post_save.connect(_version_made, sender=Version, dispatch_uid="purge_version")
    post_save.connect(_removal_made, sender=Removal, dispatch_uid="purge_removal")
    post_save.connect(_comment_saved, sender=Comment, dispatch_uid="purge_comment")
    post_delete.connect(_comment_gone, sender=Comment, dispatch_uid="purge_comment_gone")
    post_save.connect(_report_saved, sender=ErrorReport, dispatch_uid="purge_report")
    pre_save.connect(_note_the_name, sender=Reader, dispatch_uid="purge_reader_before")
    post_save.connect(_reader_saved, sender=Reader, dispatch_uid="purge_reader")
    for sender in (Person, Topic):
        post_save.connect(_listed_saved, sender=sender, dispatch_uid=f"purge_{sender.__name__}")
        post_delete.connect(_listed_saved, sender=sender, dispatch_uid=f"purge_{sender}_gone")
    post_save.connect(_branding_saved, sender=Branding, dispatch_uid="purge_branding")
    for signal in (post_save, post_delete):
        signal.connect(_own_words_changed, sender=OwnWords, dispatch_uid="purge_own_words")
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(_page_changed, dispatch_uid="purge_page")


def owe_for_story(article: int, key: str, *contents: dict[str, Any]) -> None:
    """Owe all that shows the story: itself, its translations, the lists it stands or stood in.
    `contents` are the versions' copies before and after (`articles/versions.py`)."""
    purges.owe(key, story_paths(article, *contents))


def story_paths(article: int, *contents: dict[str, Any]) -> Iterator[str]:
    """Every address, old ones too, of the story and of what belongs to it, and of the lists."""
    held = list(Address.objects.filter(article=article).values_list("path", flat=True))
    newest = (
        Version.objects.filter(article=article)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
        or 0
    )
    quotes = max((_quotes(content) for content in contents), default=0)
    for path in held:
        yield path
        yield from (
            f"{path}{end}" for end in ("history/", "comments/", "report/", "follow/", "tell/")
        )
        yield from (f"{path}card/{number}.png" for number in (newest, newest - 1) if number)
        for quote in range(1, quotes + 1):
            yield f"{path}quote/{quote}/"
            yield f"{path}quote/{newest}-{quote}.png"
        first = max(1, newest - COMPARISONS)
        yield from (compare_url(path, number, number + 1) for number in range(first, newest))
        if newest > 2:
            yield compare_url(path, 1, newest)
    key = Article.objects.filter(pk=article).values("translation_key")
    others = Address.objects.filter(article__translation_key__in=key, current=True)
    yield from others.exclude(article=article).values_list("path", flat=True)
    for content in contents:
        yield from _listed_in(content)
    yield from list_paths({language_of(path) for path in held})


def list_paths(languages: Iterable[str]) -> Iterator[str]:
    """The first pages of what lists stories and entries, in these languages."""
    of_a_language = ("", "feed.atom", "feed.json", "corrections/")
    of_its_record = ("corrections/feed.atom", "corrections/feed.json")
    for language in languages:
        prefix = language_prefix(language)
        yield from (
            f"{prefix}/{end}" for end in (*of_a_language, *(of_its_record if prefix else ()))
        )
    yield from (
        "/corrections/feed.atom",
        "/corrections/feed.json",
        "/corrections/log.json",
        "/sitemap.xml",
        "/news-sitemap.xml",
    )


def every_page() -> Iterator[str]:
    """What stands on all pages has changed: the pages around the stories and the newest stories."""
    from wagtail.models import Page

    languages = [code for code, _name in settings.LANGUAGES]
    yield from list_paths(languages)
    around = Page.objects.live().exclude(pk__in=Article.objects.values("pk"))
    for page in around.specific():
        yield from _of_a_page(page)
    yield from newest_stories()


def newest_stories() -> list[str]:
    """The current addresses of the newest public stories."""
    newest = Version.objects.filter(number=1).order_by("-published_at", "-article")
    ids = list(newest.values_list("article", flat=True)[:NEWEST_STORIES])
    return list(
        Address.objects.filter(article__in=ids, current=True).values_list("path", flat=True)
    )


def owe_closed_comments(now: datetime) -> None:
    """Stories whose comments closed of themselves (`Branding.comments_days`) before `now`."""
    days = Branding.load().comments_days
    if not days:
        return
    closed = now - timedelta(days=days)
    due = Version.objects.filter(
        number=1, published_at__gt=closed - TURN_WINDOW, published_at__lte=closed
    ).values_list("article", flat=True)
    owe_once({f"comments-closed:{days}:{article}": story_page(article) for article in due})


def owe_once(turns: dict[str, list[str]]) -> None:
    """Owe what was not owed under its key yet; asked every few seconds for the same turns."""
    known = set(Purge.objects.filter(key__in=turns).values_list("key", flat=True))
    for key, paths in turns.items():
        if key not in known:
            purges.owe(key, paths)


def story_page(article: int) -> list[str]:
    """The story's own pages that show its comments."""
    held = Address.objects.filter(article=article).values_list("path", flat=True)
    return [path for each in held for path in (each, f"{each}comments/")]


def _listed_in(content: dict[str, Any]) -> Iterator[str]:
    """The section, topics and people of a version's copy."""
    section = content["section"]["url"]
    yield section
    yield from (f"{section}{end}" for end in ("feed.atom", "feed.json"))
    yield from (f"{section}corrections.{form}" for form in ("atom", "json"))
    for code, _name in settings.LANGUAGES:
        prefix = language_prefix(code)
        yield from (f"{prefix}/topics/{each['slug']}/" for each in content["topics"])
        for each in [*content["bylines"], *content["credits"]]:
            yield f"{prefix}/people/{each['slug']}/"


def _quotes(content: dict[str, Any]) -> int:
    return sum(1 for block in content["body"] if block["kind"] == "pull_quote")


def _of_a_page(page: Any) -> Iterator[str]:
    from articles.models import Section

    url = page.url
    if url:
        yield url
        if isinstance(page, Section):
            yield from (f"{url}{end}" for end in ("feed.atom", "feed.json"))


def _version_made(instance: Version, created: bool, **_signal: Any) -> None:
    if not created:
        return
    before = Version.objects.filter(article=instance.article_id, number=instance.number - 1)
    owe_for_story(
        instance.article_id,
        f"version:{instance.pk}",
        instance.content,
        *before.values_list("content", flat=True),
    )


def _removal_made(instance: Removal, created: bool, **_signal: Any) -> None:
    if not created:
        return
    versions = Version.objects.filter(article=instance.article_id).order_by("-number")
    contents = list(versions.values_list("content", flat=True)[:1])
    paths = [*story_paths(instance.article_id, *contents)]
    if instance.version:
        paths += _all_comparisons(instance.article_id, instance.version.number)
    purges.owe(f"removal:{instance.pk}", paths)


def _all_comparisons(article: int, number: int) -> Iterator[str]:
    """Every comparison that shows the version of that number."""
    numbers = list(Version.objects.filter(article=article).values_list("number", flat=True))
    for path in Address.objects.filter(article=article).values_list("path", flat=True):
        for other in numbers:
            if other != number:
                yield compare_url(path, min(other, number), max(other, number))


def _comment_saved(instance: Comment, created: bool, **_signal: Any) -> None:
    # A new one that waits for an editor is seen by nobody.
    if created and instance.state != CommentState.APPROVED:
        return
    purges.owe(f"comment:{instance.pk}:{uuid4()}", _pages_of(instance))


def _comment_gone(instance: Comment, **_signal: Any) -> None:
    purges.owe(f"comment-gone:{instance.pk}:{uuid4()}", _pages_of(instance))


def _pages_of(comment: Comment) -> list[str]:
    """The story's pages, and the one that quotes the comment to whoever reports it."""
    held = Address.objects.filter(article=comment.article_id).values_list("path", flat=True)
    quoted = [f"{each}comments/{comment.pk}/report/" for each in held]
    return [*story_page(comment.article_id), *quoted]


def _report_saved(instance: ErrorReport, **_signal: Any) -> None:
    """Beside the entry stands since when it was known; the corrections page counts how long."""
    entry = instance.correction
    if entry is None:
        return
    held = Address.objects.filter(article=instance.article_id).values_list("path", flat=True)
    section = entry.after.content["section"]["url"]
    of_the_section = (f"{section}corrections.{form}" for form in ("atom", "json"))
    languages = [code for code, _name in settings.LANGUAGES]
    purges.owe(f"report:{instance.pk}:{uuid4()}", [*held, *list_paths(languages), *of_the_section])


def _note_the_name(instance: Reader, update_fields: Any = None, **_signal: Any) -> None:
    instance._name_before = None  # type: ignore[attr-defined]
    if instance.pk and (update_fields is None or _NAMES & set(update_fields)):
        before = Reader.objects.filter(pk=instance.pk).first()
        instance._name_before = before and before.name_shown  # type: ignore[attr-defined]


def _reader_saved(instance: Reader, **_signal: Any) -> None:
    """A public name stands beside each comment."""
    before = instance._name_before  # type: ignore[attr-defined]
    if before is None or before == instance.name_shown:
        return
    theirs = Comment.objects.filter(reader=instance, state=CommentState.APPROVED).order_by()
    stories = theirs.values_list("article", flat=True).distinct()[:NEWEST_STORIES]
    if paths := [path for story in stories for path in story_page(story)]:
        purges.owe(f"reader:{instance.pk}:{uuid4()}", paths)


def _listed_saved(instance: Person | Topic, **_signal: Any) -> None:
    path = instance.get_absolute_url()
    languages = (code for code, _name in settings.LANGUAGES)
    name = type(instance).__name__.lower()
    purges.owe(
        f"{name}:{instance.pk}:{uuid4()}", [f"{language_prefix(code)}{path}" for code in languages]
    )


def _branding_saved(instance: Branding, created: bool, **_signal: Any) -> None:
    # Whoever first asks for the newsroom's name makes its row, and changes nothing.
    if created:
        return
    purges.owe(f"newsroom:{uuid4()}", every_page())


def _own_words_changed(**_signal: Any) -> None:
    forget_own_words()
    purges.owe(f"own-words:{uuid4()}", every_page())


def _page_changed(instance: Model, **_signal: Any) -> None:
    """A page of the tree. A story's words are a version's matter; what stands around them (pins,
    whether comments are open) is not."""
    if isinstance(instance, Article):
        versions = Version.objects.filter(article=instance.pk).order_by("-number")
        contents = list(versions.values_list("content", flat=True)[:1])
        owe_for_story(instance.pk, f"story:{instance.pk}:{uuid4()}", *contents)
    else:
        purges.owe(f"page:{instance.pk}:{uuid4()}", [*_of_a_page(instance), *every_page()])

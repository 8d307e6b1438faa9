"""One story in several languages: which stories are linked, linking them, and who must look when
one of them is corrected.

A story and its translations share Wagtail's `translation_key` (docs/decisions/0007). The link
stands around a story as its comments do: it is no word of it, changing it asks for nothing and
makes no version, and who changed it is in the audit log.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page

from articles.addresses import absolute
from articles.going_public import Refused
from articles.models import Address, Article, Correction, FrontPage, TranslationLook
from articles.purging import owe_for_story
from newsroom.audit import log
from newsroom.readers.models import Reader

LANGUAGE_NAMES: Final = dict(settings.LANGUAGES)


# What belongs to the first story's own life.
_NOT_COPIED: Final = ["retracted_body", "expire_at", "expire_reason"]


class NotLinked(Refused):
    """These two stories cannot be linked, or no translation can be begun here."""


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in `language`. `url` is relative to the site; `name` is the language's own."""

    language: str
    url: str
    headline: str = ""
    published_at: datetime | None = None

    @property
    def absolute_url(self) -> str:
        return absolute(self.url)

    @property
    def name(self) -> str:
        return LANGUAGE_NAMES.get(self.language, self.language)


def linked(article: Article) -> "QuerySet[Article]":
    """The stories that say the same in other languages, drafts included."""
    same = Article.objects.filter(translation_key=article.translation_key).exclude(pk=article.pk)
    return same.select_related("locale").order_by("locale__language_code")


def public_alternates(article: str) -> ArraySubquery:
    """For an annotation: the public translations of the story whose outer column is `article`
    ("" for the story's own row), for `read_alternates`. Removed stories are not among them."""
    before = f"{article}__" if article else ""
    public = Address.objects.filter(
        current=True,
        article__live=True,
        article__current_version__isnull=False,
        article__translation_key=OuterRef(f"{before}translation_key"),
    ).exclude(article=OuterRef(article or "pk"))
    return ArraySubquery(
        public.order_by("article__locale__language_code").values(
            known=JSONObject(
                language=F("article__locale__language_code"),
                url=F("path"),
                headline=F("article__current_version__headline"),
                published_at=F("article__first_published_at"),
            )
        )
    )


def read_alternates(rows: list[dict[str, str]]) -> list[Alternate]:
    """What `public_alternates` found."""
    return [
        Alternate(
            row["language"],
            row["url"],
            row["headline"],
            parse_datetime(row["published_at"]) if row["published_at"] else None,
        )
        for row in rows
    ]


def refuse_link(article: Article, other: Article) -> None:
    """Raises `NotLinked` where `article` and `other` cannot be one story in two languages."""
    if article.locale_id == other.locale_id:
        raise NotLinked(
            _("“%(headline)s” is in the same language as this story. Choose one in another.")
            % {"headline": other.title}
        )
    for one, its_other in ((article, other), (other, article)):
        if one.pk is None:
            continue
        between = linked(one).filter(locale=its_other.locale_id).exclude(pk=its_other.pk).first()
        if between:
            raise NotLinked(
                _("“%(headline)s” is linked with “%(other)s” already. Take that link away first.")
                % {"headline": one.title, "other": between.title}
            )


def link(article: Article, other: Article, by: Reader | None) -> None:
    """Make both, saved in the tree, one story in two languages. Raises `NotLinked`."""
    refuse_link(article, other)
    if article.translation_key == other.translation_key:
        return
    with transaction.atomic():
        Page.objects.filter(pk=article.pk).update(translation_key=other.translation_key)
        article.translation_key = other.translation_key
        owe_for_story(article.pk, f"linked:{article.pk}:{uuid4()}")
        log.record(by, "link translation", article, f"“{article.title}” – “{other.title}”")


def unlink(article: Article, by: Reader | None) -> None:
    """Let `article` be a story of its own."""
    others = list(linked(article))
    if not others:
        return
    with transaction.atomic():
        # While the others are still found by it.
        owe_for_story(article.pk, f"unlinked:{article.pk}:{uuid4()}")
        article.translation_key = uuid4()
        Page.objects.filter(pk=article.pk).update(translation_key=article.translation_key)
        ours, theirs = [article.pk], [other.pk for other in others]
        for looking, corrected in ((ours, theirs), (theirs, ours)):
            TranslationLook.objects.filter(
                article__in=looking, correction__article__in=corrected, looked_at=None
            ).delete()
        log.record(by, "unlink translation", article, f"“{article.title}”")


def languages_to_begin(article: Article, locale: Locale | None = None) -> list[Locale]:
    """The languages of the site in which this story is not yet, not even as a draft; of them only
    `locale` when one is given."""
    taken = [article.locale_id, *linked(article).values_list("locale", flat=True)]
    front = FrontPage.objects.filter(locale=OuterRef("pk"), live=True)
    found = Locale.objects.filter(Exists(front)).exclude(pk__in=taken)
    return list(found.filter(pk=locale.pk) if locale else found)


def begin(article: Article, locale: Locale, by: Reader) -> Article:
    """A draft in `locale` that copies `article` and is linked with it: a new story, with no past.
    Raises `NotLinked`."""
    if not languages_to_begin(article, locale):
        raise NotLinked(
            _("This story is there in %(language)s already, or the site has no such pages.")
            % {"language": LANGUAGE_NAMES.get(locale.language_code, locale.language_code)}
        )
    section = article.get_parent()
    place = section.get_translation_or_none(locale)
    if place is None:
        raise NotLinked(
            _(
                "The section “%(section)s” has no %(language)s section yet. Make one under that "
                "language’s front page and link the two, then begin the translation."
            )
            % {
                "section": section.title,
                "language": LANGUAGE_NAMES.get(locale.language_code, locale.language_code),
            }
        )
    if not place.permissions_for_user(by).can_add_subpage():
        raise NotLinked(_("You may not write stories in that section."))
    with transaction.atomic():
        made: Article = article.copy_for_translation(locale, exclude_fields=_NOT_COPIED)
        Page.objects.filter(pk=made.pk).update(owner=by)
        log.record(by, "begin translation", made, f"“{article.title}”")
    return made


def owe_looks(article: int, entries: list[Correction], moment: datetime) -> None:
    """The story has these new entries: its translations, drafts too, are to be looked at. Call it
    in the entries' transaction."""
    others = linked(Article.objects.get(pk=article))
    TranslationLook.objects.bulk_create(
        TranslationLook(article=other, correction=entry, owed_at=moment)
        for other in others
        for entry in entries
    )


def open_looks(article: int | None = None) -> "QuerySet[TranslationLook]":
    """What waits for a look, oldest first: of one story, or of all."""
    found = TranslationLook.objects.filter(looked_at=None)
    if article is not None:
        found = found.filter(article=article)
    return found.select_related(
        "article__locale",
        "correction__before",
        "correction__after",
        "correction__article__locale",
        "correction__article__current_version",
    )


def looked(look: TranslationLook, by: Reader, moment: datetime) -> None:
    """Somebody looked; whether the translation was then corrected is on its own record."""
    with transaction.atomic():
        done = TranslationLook.objects.filter(pk=look.pk, looked_at=None)
        if done.update(looked_at=moment, looked_by=by):
            log.record(by, "look at translation", look.article, f"entry {look.correction_id}")

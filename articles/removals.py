"""Taking a story off the site and withholding a version: never silently, never alone.

`record_removal` surrounds every save that makes a public story private, whoever saves it;
`remove` is the way for code and the desk. The database's own trigger stands behind both.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import pre_save
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, PageViewRestriction

from articles.chain import hold_the_chain, new_salt, seal_removal
from articles.going_public import Leaving, Refused
from articles.models import REMOVING, Article, Ground, Removal, RemovalKind, Version
from newsroom.audit import log
from newsroom.readers.models import Reader

ALONE: Final = timedelta(days=1)


def needs_second_person(article: int, moment: datetime) -> bool:
    """Whether a story was first published more than a day before `moment`."""
    first = Version.objects.filter(article=article, number=1).values_list("published_at", flat=True)
    return any(moment - published_at > ALONE for published_at in first)


def remove(article: Article, why: Leaving) -> Removal:
    """Take a public story off the site. Raises `Refused`; then nothing is changed."""
    with transaction.atomic():
        page = Article.objects.get(pk=article.pk)
        if not page.live:
            raise Refused(_("This story is not on the site."), page.pk)
        page.leaving = why
        page.unpublish(set_expired=why.kind == RemovalKind.EXPIRED, user=why.by)
        removal = _acts(page.pk).first()
        assert removal is not None
        log.record(
            why.by,
            "removed",
            page,
            f"{removal.get_kind_display()}: {why.reason}"[:300],
            removal=removal.pk,
            agreed_by=why.agreed_by.pk if why.agreed_by else None,
        )
    return removal


@contextmanager
def record_removal(article: Article) -> Iterator[None]:
    """Surround the save of a page that is not live. Raises `Refused` when readers have the story
    and nobody says why they lose it."""
    if not _is_public(article.pk):
        yield
        return
    why = article.leaving
    if why is None:
        raise Refused(
            _(
                "This story is public. To take it off the site, say why under “Remove from the "
                "site”: readers are told at its address."
            ),
            article.pk,
        )
    now = timezone.now()
    if why.kind not in REMOVING or not why.reason.strip() or why.ground not in Ground.values:
        raise Refused(_("Say why the story is taken off the site."), article.pk)
    if why.agreed_by is None and needs_second_person(article.pk, now):
        raise Refused(
            _("This story has been public for more than a day: a second person has to agree."),
            article.pk,
        )
    with transaction.atomic():
        hold_the_chain()
        _append(article.pk, why, now)
        yield
    article.leaving = None


def record_return(article: Article, by: Reader | None) -> None:
    """Write down that a removed story is published again; the chain must be held."""
    if article.pk and open_removal(article.pk):
        _append(article.pk, Leaving(RemovalKind.RETURNED, "", "", by), timezone.now())


def open_removal(article: int) -> Removal | None:
    """The removal that keeps a story off the site, None for one that was never removed or came
    back."""
    last = _acts(article).first()
    return last if last and last.kind in REMOVING else None


def withhold(version: Version, why: Leaving) -> Removal:
    """Take a version's words out of the history, or with kind `lifted` give them back.

    Raises `Refused` for the version readers are shown, and without a second person. Of a removed
    story the last version may be withheld: its headline still stands at its address.
    """
    lifting = why.kind == RemovalKind.LIFTED
    with transaction.atomic():
        hold_the_chain()
        story = Article.objects.get(pk=version.article_id)
        if not lifting and story.live and story.current_version_id == version.pk:
            raise Refused(
                _(
                    "This is the version readers see, which cannot be withheld: correct the story "
                    "first, or remove it from the site."
                ),
                story.pk,
            )
        if (version.number in withheld_versions(story.pk)) != lifting:
            raise Refused(_("That has been done already."), story.pk)
        if why.by is None or why.agreed_by is None or why.by.pk == why.agreed_by.pk:
            raise Refused(_("A second person has to agree to this."), story.pk)
        if not why.reason.strip() or why.ground not in Ground.values:
            raise Refused(_("Say on what ground."), story.pk)
        removal = _append(story.pk, why, timezone.now(), version)
        log.record(
            why.by,
            str(why.kind),
            version,
            why.reason[:300],
            removal=removal.pk,
            agreed_by=why.agreed_by.pk,
        )
    return removal


def withheld_versions(article: int) -> dict[int, Removal]:
    """The versions of a story whose words are withheld, by number."""
    acts = Removal.objects.filter(article=article, version__isnull=False)
    found = acts.select_related("version").order_by("number")
    last = {act.version.number: act for act in found if act.version}
    return {number: act for number, act in last.items() if act.kind == RemovalKind.WITHHELD}


def refuse_withheld_words(article: int, words_hash: str) -> None:
    """Raise `Refused` when a publication would bring back the words of a withheld version. Words of
    the last version that is not withheld itself are there already: nothing comes back."""
    withheld = withheld_versions(article)
    last = Version.objects.filter(article=article).order_by("-number") if withheld else ()
    if any(each.number not in withheld and each.words_hash == words_hash for each in last[:1]):
        return
    for number, act in withheld.items():
        if act.version and act.version.words_hash == words_hash:
            raise Refused(
                _(
                    "These are the words of version %(number)s, which are withheld: change them, "
                    "or let a second person agree to show them again."
                )
                % {"number": number},
                article,
            )


def headline_of(article: Article) -> str:
    """The headline as readers see it; without it where the version that had it is withheld."""
    version = article.current_version
    if version is None:
        return article.title
    # The version that readers see cannot be withheld.
    if not article.live and version.number in withheld_versions(article.pk):
        return withheld_headline()
    return version.headline


def withheld_headline() -> str:
    """What stands where a withheld headline stood."""
    return _("A story whose headline is withheld")


def removal_lines(article: int) -> list[Removal]:
    """When a story went from the site and came back, newest first."""
    return list(_acts(article))


def join() -> None:
    """Refuse what would take stories from readers past `Article.save`."""
    pre_save.connect(_refuse_to_hide, sender=Page, dispatch_uid="refuse_to_hide")
    for model in Page.__subclasses__():
        if model is not Article:
            pre_save.connect(_refuse_to_hide, sender=model, dispatch_uid=f"hide_{model.__name__}")
    pre_save.connect(
        _refuse_to_restrict, sender=PageViewRestriction, dispatch_uid="refuse_to_restrict"
    )


def public_under(page: Page) -> "QuerySet[Article]":
    """The public stories at and under a page of the tree."""
    found: QuerySet[Article] = Article.objects.filter(
        path__startswith=page.path, live=True, current_version__isnull=False
    )
    return found


def _refuse_to_hide(instance: Page, raw: bool = False, **_signal: Any) -> None:
    if raw or instance.live or not instance.pk:
        return
    if not Page.objects.filter(pk=instance.pk, live=True).exists():
        return
    if story := public_under(instance).first():
        raise Refused(
            _(
                "“%(headline)s” is public here. Remove the stories from the site or move them to "
                "another section first: each says to its readers why."
            )
            % {"headline": story.title},
            story.pk,
        )


def _refuse_to_restrict(instance: PageViewRestriction, raw: bool = False, **_s: Any) -> None:
    if not raw and (story := public_under(instance.page).first()):
        raise Refused(
            _(
                "“%(headline)s” is public: it cannot be kept from some readers only. Remove it "
                "from the site, and say why."
            )
            % {"headline": story.title},
            story.pk,
        )


def _append(
    article: int, why: Leaving, moment: datetime, version: Version | None = None
) -> Removal:
    removal = Removal.objects.create(
        article_id=article,
        number=Removal.objects.filter(article=article).count() + 1,
        kind=why.kind,
        version=version,
        ground=why.ground,
        reason=why.reason.strip(),
        happened_at=moment,
        asked_by=why.by,
        agreed_by=why.agreed_by,
        salt=new_salt(),
    )
    seal_removal(removal)
    return removal


def _acts(article: int) -> "QuerySet[Removal]":
    return Removal.objects.filter(article=article, version__isnull=True).order_by("-number")


def _is_public(article: int) -> bool:
    return Article.objects.filter(pk=article, live=True, current_version__isnull=False).exists()

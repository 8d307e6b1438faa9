"""Publishing a story: its words, its version, its entries, its links in the chain and its address
are written in one transaction, or none of them is.

`record_publication` runs inside every save of a live article, whoever saves it. `publish` is the
way for code; the desk goes through Wagtail's own action to the same place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page

from articles.addresses import absolute, settle_address
from articles.chain import hold_the_chain, new_salt, seal
from articles.corrections import Entry, Record, Shape, judge, pending, set_pending
from articles.embargo import refuse_before_embargo
from articles.following import owe_news
from articles.going_public import Publication, Refused
from articles.models import Article, Change, Correction, Version
from articles.picture_rights import refuse_unfit_pictures
from articles.published_words import witnessed
from articles.removals import record_return, refuse_withheld_words
from articles.rescheduling import carried_over
from articles.retractions import refuse_body_taken_away
from articles.search_index import index_story
from articles.shapes import shape_of, shape_of_version
from articles.signing import public_name
from articles.tallies import count_up
from articles.translations import owe_looks
from articles.versions import Content, content_of, render_body
from newsroom.branding.models import Branding
from newsroom.readers.models import Reader


def publish(
    article: Article,
    *,
    by: Reader | None,
    moment: datetime | None = None,
    record: Record | None = None,
) -> Version:
    """Publish the draft `article` (saved in the tree) as it stands in memory.

    `moment` (aware, default now) is when readers get it: the version's `published_at`, the
    entries' `issued_at` where they have none, the first publication's day. `record` says what
    changed; without it the record kept with the draft counts. Returns the version that is then
    current: an earlier one when nothing changed. Raises `SilentEdit`, `ValueError` when `moment`
    is before the last version's.
    """
    try:
        with transaction.atomic():
            if record is not None:
                set_pending(article, record)
            revision = article.save_revision(user=by)
            action = PublishPageRevisionAction(revision, user=by)
            action.object.publication = Publication(by=by, moment=moment)
            action.execute(skip_permission_checks=True)
    finally:
        _bring_up_to_date(article)
    return Version.objects.get(pk=article.current_version_id)


@contextmanager
def record_publication(article: Article) -> Iterator[None]:
    """Surround the save of a live article: judge its words against the last version, then write
    version, entries, seals and address. Raises `SilentEdit`; then nothing is saved."""
    with transaction.atomic():
        hold_the_chain()
        last = _last_version(article)
        article.current_version = last
        # Before the row is saved: the database lets no removed story back without it.
        record_return(article, _publisher(article))
        yield
        # What the row says now counts, not what a partly saved instance holds in memory.
        saved = article if article.saved_whole else Article.objects.get(pk=article.pk)
        try:
            _write(article, saved, last)
        except Refused as refusal:
            refusal.article = article.pk
            raise


def judge_scheduled(article: Article, moment: datetime) -> None:
    """Refuse now (with a `Refused`) what would be refused when the draft `article` goes live at
    `moment`: its editor has left by then. Writes nothing."""
    refuse_before_embargo(article, moment)
    last = _last_version(article)
    content = content_of(article, files=False)
    try:
        if last:
            shape = shape_of(content)
            first = _first_moment(article)
            judge(shape_of_version(last), shape, pending(article), moment, first)
            refuse_withheld_words(article.pk, shape.words_hash)
        refuse_body_taken_away(article.pk, content, pending(article))
        refuse_unfit_pictures(content, last.content if last else None, moment)
    except Refused as refusal:
        refusal.article = article.pk
        raise


def record_move(instance: Page, **_signal: Any) -> None:
    """A live story that was moved stands in another section: that goes on the record too, for
    itself or for each story that moved along with its section."""
    moved = Article.objects.filter(path__startswith=instance.path, live=True)
    with transaction.atomic():
        for article in moved.iterator():
            with carried_over(article):
                article.save()


def _write(article: Article, saved: Article, last: Version | None) -> None:
    moment = _moment(article, last)
    refuse_before_embargo(saved, moment)
    record = pending(saved)
    by = _publisher(article)
    first = _first_moment(saved)
    first_moment = first or moment
    path = settle_address(saved, first_moment, saved.slug, moment)
    content = content_of(saved)
    shape = shape_of(content)
    before = shape_of_version(last) if last else None
    change = judge(before, shape, record, moment, first)
    refuse_withheld_words(saved.pk, shape.words_hash)
    if change is None:
        witnessed(article.pk)
        if article.pending_record:
            _keep(article, last, pending_record={})
        return
    refuse_unfit_pictures(content, last.content if last else None, moment)
    refuse_body_taken_away(saved.pk, content, record)
    version = _append_version(saved, last, change, content, shape, record, moment, by, path)
    entries = [] if last is None else _append_entries(version, last, record, moment, by)
    seal(version, entries)
    index_story(version, first_moment)
    if entries:
        count_up(entries)
        owe_news(version)
        owe_looks(saved.pk, entries, moment)
    _keep(
        article,
        version,
        pending_record={},
        first_published_at=first_moment,
        last_published_at=moment,
    )


def _append_version(
    article: Article,
    last: Version | None,
    change: Change,
    content: Content,
    shape: Shape,
    record: Record,
    moment: datetime,
    by: Reader | None,
    path: str,
) -> Version:
    return Version.objects.create(
        article_id=article.pk,
        number=last.number + 1 if last else 1,
        published_at=moment,
        published_by=by,
        change=change,
        minor_reason=record.minor_reason.strip() if last else "",
        headline=content["headline"],
        dek=content["dek"],
        content=content,
        body_html=render_body(article, absolute(path)),
        words_hash=shape.words_hash,
        layout_hash=shape.layout_hash,
        salt=new_salt(),
    )


def _append_entries(
    version: Version, before: Version, record: Record, moment: datetime, by: Reader | None
) -> list[Correction]:
    issuer = Reader.objects.filter(pk=record.by).first() if record.by else by
    number = Correction.objects.filter(article=version.article_id).count()
    return [
        Correction.objects.create(
            article_id=version.article_id,
            number=number + nth,
            kind=entry.kind,
            was=entry.was.strip(),
            now=entry.now.strip(),
            issued_at=_to_the_minute(entry.issued_at or moment),
            noticed_at=entry.noticed_at,
            issued_by=issuer,
            # Where nobody is named the newsroom itself signs.
            signature=public_name(issuer) or Branding.load().name,
            before=before,
            after=version,
            supersedes=_superseded(version, entry),
            salt=new_salt(),
        )
        for nth, entry in enumerate(record.entries, start=1)
    ]


def _superseded(version: Version, entry: Entry) -> Correction | None:
    if not entry.supersedes:
        return None
    return Correction.objects.filter(article=version.article_id, pk=entry.supersedes).first()


def _last_version(article: Article) -> Version | None:
    return Version.objects.filter(article=article.pk).order_by("-number").first()


def _first_moment(article: Article) -> datetime | None:
    return (
        Version.objects.filter(article=article.pk, number=1)
        .values_list("published_at", flat=True)
        .first()
    )


def _moment(article: Article, last: Version | None) -> datetime:
    given = article.publication.moment if article.publication else None
    if last is None:
        return given or timezone.now()
    if given and given < last.published_at:
        raise ValueError("A version cannot be published before the one it follows.")
    return given or max(timezone.now(), last.published_at)


def _publisher(article: Article) -> Reader | None:
    """Who publishes: as told, else whose request of the desk this is, else whose revision."""
    if article.publication:
        return cast("Reader | None", article.publication.by)
    if user := get_active_log_context().user:
        return user
    return article.live_revision.user if article.live_revision else None


def _to_the_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _keep(article: Article, version: Version | None, **fields: object) -> None:
    fields["current_version"] = version
    Article.objects.filter(pk=article.pk).update(**fields)
    for name, value in fields.items():
        setattr(article, name, value)


def _bring_up_to_date(article: Article) -> None:
    """Tell the caller's instance what the publication did to the row, and leave its words be."""
    names = (
        "live",
        "has_unpublished_changes",
        "expired",
        "first_published_at",
        "last_published_at",
        "live_revision_id",
        "latest_revision_id",
        "current_version_id",
        "pending_record",
    )
    row = Article.objects.values(*names).get(pk=article.pk)
    for name, value in row.items():
        setattr(article, name, value)

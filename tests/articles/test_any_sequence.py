"""Whatever is done to stories, in whatever order: the record is whole, every change of words has
its explanation, nothing is explained that did not change, and what went from readers says so."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page, Revision

from articles.corrections import Entry, Record, set_pending
from articles.going_public import Leaving, Refused
from articles.models import (
    Article,
    Change,
    Correction,
    Kind,
    Removal,
    RemovalKind,
    Section,
    Version,
)
from articles.published_words import check_now
from articles.publishing import publish
from articles.removals import open_removal, withheld_versions, withhold
from articles.scheduling import publish_what_is_due
from articles.verifying import verify_record
from tests.articles import newsroom
from tests.articles.test_published_words import as_in_a_new_transaction

pytestmark = pytest.mark.django_db

WORDS = ("It burned four cords.", "It burned five cords.", "The ice went out.", "It  burned.")

said = st.sampled_from(
    [
        Record(),
        Record(minor_reason="Spelling."),
        Record([Entry(Kind.CORRECTION, "We said four.", "It was five.")]),
        Record(
            [Entry(Kind.UPDATE, "", "It is out."), Entry(Kind.CLARIFICATION, "", "Ours.")],
            "Style.",
        ),
        Record([Entry(Kind.RETRACTION, "", "We withdraw this story.")]),
    ]
)
bodies = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(
    lambda words: newsroom.body(*(newsroom.text(each) for each in words))
)
places = st.integers(0, 1)


def edit(story: Article, body: str, record: Record) -> None:
    story.body = body
    publish(story, by=None, record=record)


def draft(story: Article, body: str) -> None:
    story.body = body
    story.save_revision()


def save(story: Article, body: str) -> None:
    story.body = body
    story.save()


def revert(story: Article, back: int) -> None:
    revisions = list(Revision.page_revisions.filter(object_id=str(story.pk)).order_by("pk"))
    revisions[-1 - back % len(revisions)].publish()


def schedule(story: Article, body: str, record: Record) -> None:
    story.body = body
    story.go_live_at = timezone.now() + timedelta(days=1)
    set_pending(story, record)
    story.save_revision().publish()


def let_time_pass() -> None:
    past = timezone.now() - timedelta(seconds=1)
    for revision in Revision.objects.filter(approved_go_live_at__isnull=False):
        Revision.objects.filter(pk=revision.pk).update(
            approved_go_live_at=past,
            content=revision.content | {"go_live_at": past.isoformat()},
        )
    publish_what_is_due()


def rewrite_past_the_site(story: Article) -> None:
    as_in_a_new_transaction()
    Page.objects.filter(pk=story.pk).update(title="By hand")
    check_now()


def republish(story: Article, record: Record) -> None:
    publish(story, by=None, record=record)


def withhold_or_lift(story: Article, number: int) -> None:
    versions = list(story.versions.order_by("number"))
    version = versions[number % len(versions)]
    lifted = version.number in withheld_versions(story.pk)
    kind = RemovalKind.LIFTED if lifted else RemovalKind.WITHHELD
    two = (newsroom.editor(), newsroom.editor())
    withhold(version, Leaving(kind, "law", "By order of a court.", *two))


Step = Callable[[list[Article], list[Section]], None]


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """One thing done to one of two stories."""
    which, body, record = draw(places), draw(bodies), draw(said)
    act = draw(
        st.sampled_from(
            [
                lambda story, _to: edit(story, body, record),
                lambda story, _to: edit(story, body, record),
                lambda story, _to: draft(story, body),
                lambda story, _to: save(story, body),
                lambda story, _to: revert(story, len(body)),
                lambda story, _to: schedule(story, body, record),
                lambda _story, _to: let_time_pass(),
                lambda story, to: story.move(to, "last-child"),
                lambda story, _to: newsroom.unpublish(story),
                lambda story, _to: newsroom.unpublish(story),
                lambda story, _to: story.unpublish(),
                lambda story, _to: republish(story, record),
                lambda story, _to: withhold_or_lift(story, len(body)),
                lambda _story, to: to.unpublish(),
                lambda story, _to: rewrite_past_the_site(story),
            ]
        )
    )
    to = draw(places)

    def step(stories: list[Article], sections: list[Section]) -> None:
        act(
            Article.objects.get(pk=stories[which].pk),
            Section.objects.get(pk=sections[to].pk),
        )

    return step


@given(done=st.lists(steps(), min_size=1, max_size=12))
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_is_done_every_change_of_words_is_explained_and_nothing_else(
    db: None, done: list[Step]
) -> None:
    # Each sequence on its own newsroom.
    undone = transaction.atomic()
    undone.__enter__()
    try:
        sections = [newsroom.section("Energy", "energy"), newsroom.section("Water", "water")]
        stories = [newsroom.story(sections[0], body=newsroom.body(newsroom.text(WORDS[0])))]
        stories.append(newsroom.story(sections[1], "Ice"))
        for step in done:
            with suppress(Refused), transaction.atomic():
                step(stories, sections)
                check_now()
        assert list(verify_record()) == []
        for story in stories:
            every_change_is_explained(story)
            readers_have_what_the_record_says(story)
    finally:
        transaction.set_rollback(True)
        undone.__exit__(None, None, None)


def readers_have_what_the_record_says(story: Article) -> None:
    row = Article.objects.get(pk=story.pk)
    address = row.addresses.get(current=True).path
    page = Client().get(address)
    assert (page.status_code == 200) == row.live == (open_removal(row.pk) is None)
    assert row.live or page.status_code in (410, 451)
    assert not row.live or row.current_version.number not in withheld_versions(row.pk)
    history = Client().get(f"{address}history/").content.decode()
    for act in Removal.objects.filter(article=row.pk, version=None):
        assert act.reason in history


def every_change_is_explained(story: Article) -> None:
    versions = list(Version.objects.filter(article=story.pk).order_by("number"))
    assert versions[0].change == Change.FIRST
    assert not versions[0].entries.exists()
    for before, after in pairwise(versions):
        entries = list(after.entries.all())
        if before.words_hash != after.words_hash:
            assert entries or (after.change == Change.MINOR and after.minor_reason)
        else:
            assert all(entry.kind == Kind.RETRACTION for entry in entries)
            assert entries or before.layout_hash != after.layout_hash
        assert bool(entries) == (after.change == Change.EXPLAINED)
    known = Correction.objects.filter(article=story.pk)
    assert known.count() == sum(version.entries.count() for version in versions)

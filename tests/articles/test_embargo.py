"""A story under embargo is not published before its moment, whoever tries and however."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Workflow

from articles.embargo import Embargoed
from articles.models import Article, Section
from articles.publishing import publish
from articles.scheduling import publish_what_is_due
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.desk_form import create, errors, save, typed

TORONTO = ZoneInfo("America/Toronto")


def local(moment: datetime, between: str = "T") -> str:
    return f"{timezone.localtime(moment, TORONTO):%Y-%m-%d{between}%H:%M}"


@pytest.fixture
def tomorrow() -> datetime:
    return (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)


def test_publishing_before_the_embargo_ends_is_refused_beside_its_field(
    desk: Client, energy: Section, tomorrow: datetime
) -> None:
    data = typed("Ice", "One.", slug="ice", embargo_until=local(tomorrow))
    refused = errors(create(desk, energy, data))
    assert list(refused) == ["embargo_until"]
    assert "under embargo until" in str(refused)
    assert "America/Toronto" in str(refused)
    assert not Article.objects.filter(slug="ice", live=True).exists()


def test_a_draft_under_embargo_is_saved_and_keeps_its_moment_in_the_newsrooms_zone(
    desk: Client, energy: Section, tomorrow: datetime
) -> None:
    ice = newsroom.draft(energy, "Ice", slug="ice")
    assert errors(save(desk, ice, typed("Ice", slug="ice", embargo_until=local(tomorrow)))) == {}
    kept = Article.objects.get(pk=ice.pk).get_latest_revision_as_object()
    assert kept.embargo_until == tomorrow


def test_it_may_be_scheduled_for_the_moment_the_embargo_ends_and_not_a_minute_earlier(
    desk: Client, energy: Section, tomorrow: datetime
) -> None:
    early = local(tomorrow - timedelta(minutes=1), " ")
    data = typed("Ice", slug="ice", embargo_until=local(tomorrow), go_live_at=early)
    assert list(errors(create(desk, energy, data))) == ["embargo_until"]
    data["go_live_at"] = local(tomorrow, " ")
    assert errors(create(desk, energy, data)) == {}
    assert Article.objects.get(slug="ice").scheduled_revision is not None


def test_no_other_way_publishes_it_either(
    desk: Client, energy: Section, editor: Reader, tomorrow: datetime
) -> None:
    ice = newsroom.draft(energy, "Ice", slug="ice", embargo_until=tomorrow)
    with pytest.raises(Embargoed):
        publish(ice, by=editor)
    revision = ice.save_revision(user=editor)
    with pytest.raises(Embargoed):
        revision.publish()
    state = Workflow.objects.get().start(ice, editor)
    with pytest.raises(Embargoed):
        state.current_task_state.task.specific.on_action(
            state.current_task_state, editor, "approve"
        )
    answer = desk.post(f"/desk/bulk/wagtailcore/page/publish/?id={ice.pk}", follow=True)
    assert "under embargo until" in answer.content.decode()
    # A clock that runs ahead of the embargo's: the schedule says now, the embargo tomorrow.
    past = timezone.now() - timedelta(seconds=1)
    type(revision).objects.filter(pk=revision.pk).update(approved_go_live_at=past)
    publish_what_is_due()
    fresh = Article.objects.get(pk=ice.pk)
    assert (fresh.live, fresh.versions.count()) == (False, 0)


def test_a_change_of_a_live_story_waits_for_its_embargo_too(
    energy: Section, tomorrow: datetime
) -> None:
    ice = newsroom.story(energy, "Ice", slug="ice")
    with pytest.raises(Embargoed):
        newsroom.edit(ice, title="Ices", embargo_until=tomorrow)
    assert ice.versions.count() == 1


def test_once_the_embargo_is_over_the_story_goes_out(energy: Section) -> None:
    over = timezone.now() - timedelta(minutes=1)
    ice = newsroom.draft(energy, "Ice", slug="ice", embargo_until=over)
    assert publish(ice, by=None).number == 1


def test_nobody_outside_the_desk_sees_a_draft_by_its_link(energy: Section) -> None:
    ice = newsroom.draft(energy, "Ice under embargo", slug="ice")
    for path in ("view_draft/", "edit/preview/", "edit/"):
        answer = Client().get(f"/desk/pages/{ice.pk}/{path}")
        assert answer.status_code == 302
        assert "Ice under embargo" not in answer.content.decode()
    assert ice.url is None

"""Queries put together once answer what the same queryset would."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import connection
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from campaigns.models import Campaign
from campaigns.progress import with_total
from newsroom.prepared import Prepared
from tests.campaigns_made import a_campaign


@pytest.mark.django_db
def test_rows_of_values_are_those_of_the_queryset() -> None:
    made = [a_campaign(goal=goal) for goal in (100, 200)]
    asked = Prepared(
        lambda slug: Campaign.objects.filter(slug=slug).values("goal", s=F("slug")), str
    )
    for campaign in made:
        assert asked.all(campaign.slug) == [{"goal": campaign.goal, "s": campaign.slug}]
    assert asked.all("nobody") == []


@pytest.mark.django_db
def test_instances_come_with_what_was_selected_and_annotated_in_one_query() -> None:
    now = datetime.now(UTC)
    made = a_campaign(goal=5_000)
    asked = Prepared(
        lambda moment, most: with_total().filter(
            Q(ends_at=None) | Q(ends_at__gt=moment), goal__lte=most
        )[:1],
        datetime,
        int,
    )
    asked.first(now, 5_000)
    with CaptureQueriesContext(connection) as asked_for:
        found = asked.first(now, 5_000)
        assert found == made
        assert found.open_match is None
        assert getattr(found, "total", None) is None
    assert len(asked_for) == 1
    assert asked.first(now, 4_999) is None
    assert asked.first(now + timedelta(days=21), 5_000) is None


@pytest.mark.django_db
def test_what_was_found_can_be_changed_and_saved() -> None:
    made = a_campaign()
    found = Prepared(lambda pk: Campaign.objects.filter(pk=pk)[:1], int).first(made.pk)
    found.title = "Another"
    found.save()
    made.refresh_from_db()
    assert made.title == "Another"


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection() -> None:
    made = a_campaign()
    asked = Prepared(lambda pk: Campaign.objects.filter(pk=pk).values_list("slug"), int)
    asked.all(made.pk)
    found: list[list[tuple[str]]] = []

    def ask() -> None:
        found.append(asked.all(made.pk))
        connection.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[(made.slug,)]] * 4


@pytest.mark.django_db
def test_a_value_that_the_query_does_not_hand_on_is_refused() -> None:
    asked = Prepared(lambda pk: Campaign.objects.filter(goal__gt=pk > 3), int)
    with pytest.raises(ValueError, match="does not hand on"):
        asked.all(1)

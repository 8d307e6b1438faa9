"""What the tests' own ground promises to every other test."""

import os
import subprocess
import sys

import pytest
from django.core.cache import cache
from django.db import connection, connections
from wagtail.models import Page

from newsroom.engines.schema import CHECKOUT


@pytest.mark.django_db
def test_a_migrated_database_is_there() -> None:
    assert Page.objects.filter(depth=1).count() == 1
    assert connection.settings_dict["NAME"].startswith(f"test_{os.getpid()}_")


@pytest.mark.parametrize("time", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_a_committed_change_is_gone_for_the_next_test(time: str) -> None:
    assert connection.in_atomic_block is False
    assert list(Page.objects.filter(depth=1).values_list("title", flat=True)) == ["Root"]
    Page.objects.filter(depth=1).update(title=f"changed by the {time}")


@pytest.mark.django_db
def test_wagtails_root_survives_a_test_with_transactions() -> None:
    assert Page.objects.get(depth=1).title == "Root"


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_what_a_test_committed() -> None:
    Page.objects.filter(depth=1).update(title="seen from outside")
    asked = "from wagtail.models import Page; print(Page.objects.get(depth=1).title)"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", asked],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "seen from outside"


@pytest.mark.parametrize("time", ["first", "second"])
def test_redis_is_empty_for_each_test(time: str) -> None:
    assert cache.get("kept") is None
    cache.set("kept", time)


@pytest.mark.django_db(transaction=True)
def test_an_open_connection_elsewhere_does_not_stop_the_restoring() -> None:
    other = connections["default"].copy()
    other.ensure_connection()
    assert other.connection is not None

"""Every test runs on real PostgreSQL and Redis; see tests/ground.py for where they come from.

The environment is set here, before Django reads its settings: each test process has a database
and a Redis of its own. `@pytest.mark.django_db` rolls back as usual;
`@pytest.mark.django_db(transaction=True)` gets a new copy of the template afterwards, since our
append-only tables refuse TRUNCATE and a flush would take Wagtail's root pages along.
"""

import os
from collections.abc import Iterator

import psutil
import pytest

from tests import ground

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _given(name: str) -> str:
    """A server given by the person, kept from the first process on (workers inherit ours)."""
    kept = f"WAYLIGHT_TEST_{name}"
    return os.environ.setdefault(kept, os.environ.get(f"{name}_URL", ""))


def _stand_on(chosen: ground.Ground) -> None:
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "DATABASE_URL": chosen.database_url,
            "REDIS_URL": chosen.redis_url,
            "WAYLIGHT_ENV": "test",
            "WAYLIGHT_STATE_DIR": str(ground.STATE),
            "WAYLIGHT_MEDIA_ROOT": str(ground.STATE / "media" / chosen.name),
            "WAYLIGHT_SECRET_KEY": "the key of the tests and of nothing else",
            "WAYLIGHT_MAIL_CATCHER_DIR": str(ground.STATE / "mail" / chosen.name),
            "STRIPE_SECRET_KEY": "sk_test_waylight",
            "STRIPE_WEBHOOK_SECRETS": "whsec_of_the_tests",
        }
    )


HERE = ground.ground_for(
    "plain", WORKER * 2, database_url=_given("DATABASE"), redis_url=_given("REDIS")
)
_stand_on(HERE)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read the settings, so that pytest-django sets Django up; xdist's controller runs no test."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    from django.conf import settings

    settings.INSTALLED_APPS  # noqa: B018


def pytest_xdist_auto_num_workers() -> int:
    """`-n auto` means real cores: browsers and servers of the tests want theirs too."""
    return max(1, min(4, psutil.cpu_count(logical=False) or 1))


@pytest.fixture(scope="session", autouse=True)
def redis_of_this_process() -> Iterator[None]:
    ground.sweep(HERE.server_url)
    HERE.start_redis()
    yield
    HERE.stop_redis()


@pytest.fixture(autouse=True)
def empty_redis(redis_of_this_process: None) -> Iterator[None]:
    """Counters, caches and queued tasks of one test are not another's."""
    yield
    HERE.empty_redis()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: object) -> Iterator[None]:
    from django.db import connections
    from django.test import TransactionTestCase

    def restore(_test: object) -> None:
        connections.close_all()
        HERE.make_database()

    HERE.make_database()
    flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = restore
    yield
    TransactionTestCase._fixture_teardown = flush
    connections.close_all()
    HERE.drop_database()

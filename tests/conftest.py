"""Every test runs on real PostgreSQL and Redis; see tests/ground.py for where they come from.

The environment is set before Django reads its settings: each test process has a database and a
Redis of its own. `@pytest.mark.django_db` rolls back as usual;
`@pytest.mark.django_db(transaction=True)` gets a new copy of the template afterwards, since our
append-only tables refuse TRUNCATE and a flush would take Wagtail's root pages along.
"""

import os
from collections.abc import Iterator

import psutil
import pytest
from hypothesis import HealthCheck, settings

from tests import ground

pytest_plugins = ["tests.stack", "tests.browser"]

# How fast a machine is decides no test (`make bench` measures): neither by Hypothesis' deadline
# for one example nor by its wish to draw examples quickly.
settings.register_profile("waylight", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("waylight")

GROUND = pytest.StashKey[ground.Ground]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Stand this process on its ground and read the settings; pytest-django then sets Django up.

    xdist's controller runs no test, and its workers inherit its environment: it stays as it was.
    """
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    chosen = ground.ground_for("plain", number=2 * worker_number())
    config.stash[GROUND] = chosen
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "DATABASE_URL": chosen.database_url,
            "REDIS_URL": chosen.redis_url,
            "WAYLIGHT_ENV": "test",
            "WAYLIGHT_STATE_DIR": str(ground.STATE),
            "WAYLIGHT_MEDIA_ROOT": str(ground.STATE / "media" / chosen.name),
            "WAYLIGHT_MAIL_CATCHER_DIR": str(ground.STATE / "mail" / chosen.name),
            "WAYLIGHT_SECRET_KEY": "the key of the tests and of nothing else",
            "STRIPE_SECRET_KEY": "sk_test_waylight",
            "STRIPE_WEBHOOK_SECRETS": "whsec_of_the_tests",
        }
    )
    from django.conf import settings

    settings.INSTALLED_APPS  # noqa: B018


def pytest_xdist_auto_num_workers() -> int:
    """`-n auto` means real cores: browsers and servers of the tests want theirs too."""
    return max(1, min(4, psutil.cpu_count(logical=False) or 1))


def worker_number() -> int:
    """0 for the first xdist worker, and without xdist."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session", autouse=True)
def process_ground(request: pytest.FixtureRequest) -> Iterator[ground.Ground]:
    """This process's Redis started, and what killed processes left behind taken away."""
    chosen = request.config.stash[GROUND]
    ground.sweep(chosen.server_url)
    chosen.start_redis()
    yield chosen
    chosen.stop_redis()


@pytest.fixture(autouse=True)
def empty_redis(process_ground: ground.Ground) -> Iterator[None]:
    """Counters, caches and queued tasks of one test are not another's."""
    yield
    process_ground.empty_redis()


@pytest.fixture(autouse=True)
def language_of_the_site(process_ground: ground.Ground) -> Iterator[None]:
    """Django's test client leaves a thread in the language of its last page."""
    from django.utils import translation

    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, process_ground: ground.Ground) -> Iterator[None]:
    """A copy of the template for this process, copied again after tests with transactions."""
    from django.db import connections
    from django.test import TransactionTestCase

    def restore(_test: object) -> None:
        connections.close_all()
        process_ground.make_database()

    process_ground.make_database()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield
    connections.close_all()
    process_ground.drop_database()

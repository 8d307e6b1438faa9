from collections.abc import Iterator

import pytest

from tests.mail.servers import MailServer, mail_server
from tests.sandbox.running import KEY, Running


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("proof") / "state.sqlite3").start()
    yield running
    running.stop()


@pytest.fixture
def stripe_is(sandbox_process: Running, settings) -> Running:
    """A sandbox that nobody told where the site is: it sends no event by itself."""
    sandbox_process.control("POST", "reset", {"endpoints": True}).raise_for_status()
    settings.STRIPE_API_BASE = sandbox_process.url
    settings.STRIPE_SECRET_KEY = KEY
    return sandbox_process


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    """A real mail server, and the site set to use it."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.host, running.port
        yield running

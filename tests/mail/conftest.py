from collections.abc import Iterator

import pytest

from tests.mail.servers import MailServer, mail_server


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    """A real mail server, and the site set to use it."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.host, running.port
        yield running

"""A published story, a reader who says something, and an editor who decides.

Imports wait for the fixtures: this file is read before Django has its settings.
"""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.mail.conftest import server

if TYPE_CHECKING:
    from articles.models import Article
    from newsroom.readers.models import Reader

__all__ = ["server"]

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def story(db: None) -> "Article":
    from tests.articles import newsroom

    return newsroom.story(newsroom.section(), "The ferry that left early")


@pytest.fixture
def reader(db: None) -> "Reader":
    from newsroom.readers.models import Reader

    return Reader.objects.create_user("ann@example.org", public_name="Ann of the Quay")


@pytest.fixture
def writer(reader: "Reader") -> Client:
    """The reader's browser."""
    client = Client()
    client.force_login(reader, backend=BACKEND)
    return client


@pytest.fixture
def editor(db: None) -> "Reader":
    from tests.articles import newsroom

    return newsroom.editor()


@pytest.fixture
def desk(editor: "Reader", settings: Any) -> Client:
    """The editor's browser; the second factor has tests of its own."""
    settings.STAFF_SECOND_FACTOR = False
    client = Client()
    client.force_login(editor, backend=BACKEND)
    return client

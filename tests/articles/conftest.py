"""An editor at the desk, signed in; the second factor has tests of its own.

Imports wait for the fixtures: this file is read before Django has its settings.
"""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:
    from articles.models import Section
    from newsroom.readers.models import Reader


@pytest.fixture(autouse=True)
def no_navigation_of_another_test() -> None:
    from articles.navigation import forget

    forget()


@pytest.fixture
def energy(db: None) -> "Section":
    from tests.articles import newsroom

    return newsroom.section()


@pytest.fixture
def editor(db: None) -> "Reader":
    from tests.articles import newsroom

    return newsroom.editor()


@pytest.fixture
def desk(editor: "Reader", settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    client = Client()
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    return client

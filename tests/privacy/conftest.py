"""A story, its newsroom, and people of each role at the desk.

Imports wait for the fixtures: this file is read before Django has its settings.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.comments.conftest import desk, editor, story
from tests.mail.conftest import server

__all__ = ["desk", "editor", "server", "story"]


@pytest.fixture
def sign_in_as(db: None, settings: Any) -> Callable[[str], Client]:
    """The second factor has tests of its own."""
    from tests.desk.people import signed_in

    settings.STAFF_SECOND_FACTOR = False
    return signed_in

"""A newsletter, and a mail server that takes what is owed."""

from typing import TYPE_CHECKING

import pytest

from tests.mail.conftest import server

if TYPE_CHECKING:
    from newsroom.letters.models import Newsletter

__all__ = ["server"]


@pytest.fixture
def newsletter(db: None) -> "Newsletter":
    from tests.letters.made import a_newsletter

    return a_newsletter()

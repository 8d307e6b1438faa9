"""Sections of stories to search in.

Imports wait for the fixtures: this file is read before Django has its settings.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from articles.models import Section


@pytest.fixture(autouse=True)
def no_navigation_of_another_test() -> None:
    from articles.navigation import forget

    forget()


@pytest.fixture
def energy(db: None) -> "Section":
    from tests.articles import newsroom

    return newsroom.section()

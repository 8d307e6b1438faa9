"""A published story, an editor at the desk, and a mail server that takes what is owed.

Imports wait for the fixtures: this file is read before Django has its settings.
"""

from typing import TYPE_CHECKING

import pytest

from tests.comments.conftest import desk, editor
from tests.desk.conftest import sign_in
from tests.mail.conftest import server

if TYPE_CHECKING:
    from articles.models import Article

__all__ = ["desk", "editor", "server", "sign_in"]


@pytest.fixture
def story(db: None) -> "Article":
    from tests.articles import newsroom

    return newsroom.story(
        newsroom.section(),
        "The ferry that left early",
        body=newsroom.body(
            newsroom.text(
                "The ferry left Barlow Spit at “nine sharp”, the harbour master said.",
                "It carried <b>forty</b> people. Nobody counted the dogs.",
            )
        ),
    )

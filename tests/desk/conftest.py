"""Signing in at the desk. Django is imported in the fixtures: it is not set up yet above."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.desk.people import SignIn


@pytest.fixture
def sign_in(db: None, settings: "Settings") -> "SignIn":
    """`sign_in("treasurer")` gives that role's client, past the second factor."""
    from tests.desk.people import signed_in

    settings.STAFF_SECOND_FACTOR = False
    return signed_in

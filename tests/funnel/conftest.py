"""Signing in at the desk, as the desk's own tests do."""

from tests.desk.conftest import sign_in

__all__ = ["sign_in"]

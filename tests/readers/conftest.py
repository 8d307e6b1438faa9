from tests.mail.conftest import server

__all__ = ["server"]

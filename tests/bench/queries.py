"""How many SQL queries a page takes once the process is warm."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bench.load import UNKEPT

WARM_UP = 2


def queries_of(path: str) -> int:
    """Counted in this process past the page cache; raises AssertionError when the page does not
    answer 200."""
    path += UNKEPT
    client = Client(SERVER_NAME="localhost")
    for _ in range(WARM_UP):
        assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)

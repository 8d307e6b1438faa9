"""What a browser says of where a form came from."""

import pytest
from django.test import RequestFactory

from newsroom.edge.origin import Came, came


@pytest.mark.parametrize("origin", ["https://[", "null", "https://elsewhere.example"])
def test_an_origin_that_is_no_address_of_ours_is_elsewhere(origin: str) -> None:
    request = RequestFactory().post("/", headers={"Origin": origin})
    assert came(request) is Came.FROM_ELSEWHERE

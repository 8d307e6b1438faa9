"""Pages of long lists, without counting the list."""

from collections.abc import Callable
from typing import Final, TypeVar

from django.http import Http404, HttpRequest

Item = TypeVar("Item")

PER_PAGE: Final = 30
# Beyond this nobody reads on; robots who guess numbers get a plain 404.
LAST_PAGE: Final = 2_000


def page_number(request: HttpRequest) -> int:
    """`?page=`, 1 when absent. Raises Http404 for what is no page's number."""
    text = request.GET.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= LAST_PAGE):
        raise Http404
    return int(text)


def page_of(
    read: Callable[[int, int], list[Item]], number: int, per_page: int = PER_PAGE
) -> tuple[list[Item], bool]:
    """The page's items and whether more follow; `read(count, offset)` gives them.

    Raises Http404 for a page past the last."""
    found = read(per_page + 1, (number - 1) * per_page)
    if not found and number > 1:
        raise Http404
    return found[:per_page], len(found) > per_page

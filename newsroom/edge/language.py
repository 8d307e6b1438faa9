"""Which language a page is in: its address says so, and nothing else."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import get_language


class LanguageByAddress(LocaleMiddleware):
    """Django's own, without its `Vary: Accept-Language`.

    The default language has no prefix and every other one has, so what a browser prefers never
    changes a page; with the header, caches would keep a copy for each preference.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", get_language() or "en")
        return response

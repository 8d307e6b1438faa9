"""Which language a page is in: its address says so, and nothing else."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import get_language


def language_prefix(language: str | None = None) -> str:
    """ "" for the site's main language, else such as "/fr"; of the active language by default."""
    language = language or get_language() or settings.LANGUAGE_CODE
    return "" if language == settings.LANGUAGE_CODE else f"/{language}"


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

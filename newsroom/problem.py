"""Problems as JSON for machines: application/problem+json (RFC 9457)."""

from http import HTTPStatus

from django.http import JsonResponse


def problem(status: int, detail: str) -> JsonResponse:
    """A problem document; `detail` is a sentence that says what to do."""
    return JsonResponse(
        {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        },
        status=status,
        content_type="application/problem+json",
    )

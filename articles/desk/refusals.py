"""What the record does not allow, told to the editor wherever on the desk it was tried."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin import messages

from articles.going_public import Refused
from articles.published_words import as_refusal


class RefusalMiddleware:
    """A refusal that no form caught (bulk actions, workflow, moves) becomes a message on the
    story's own form; nothing was saved."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        refusal = exception if isinstance(exception, Refused) else as_refusal(exception)
        if refusal is None or not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        messages.error(request, str(refusal))
        if refusal.article:
            return redirect("wagtailadmin_pages:edit", refusal.article)
        return redirect("wagtailadmin_home")

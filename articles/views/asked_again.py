"""Forms on pages that hold no token: taken from our own pages, else asked once more with one.

Decision 0006 says why; `newsroom/edge/origin.py` says where a form came from.
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from newsroom.edge.headers import uncached
from newsroom.edge.origin import Came, came

MAX_FORM_BYTES: Final = 64 * 1024

View = Callable[..., HttpResponse]


def takes_forms(names: Collection[str]) -> Callable[[View], View]:
    """The view's POSTs may come from our own pages, or from the page with a token that shows what
    the fields `names` held. 413 when a form is larger than any of ours can be."""

    def guard(view: View) -> View:
        with_token = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method != "POST":
                return view(request, *args, **kwargs)
            if _too_large(request):
                return uncached(HttpResponse(status=413))
            if came(request) is Came.FROM_US:
                return view(request, *args, **kwargs)
            if "csrfmiddlewaretoken" in request.POST:
                return with_token(request, *args, **kwargs)
            fields = [(name, value) for name in names for value in request.POST.getlist(name)]
            context = {"fields": fields, "action": request.path}
            return uncached(render(request, "asked_again.html", context, status=403))

        return guarded

    return guard


def _too_large(request: HttpRequest) -> bool:
    length = request.headers.get("Content-Length") or "0"
    return not length.isdigit() or int(length) > MAX_FORM_BYTES

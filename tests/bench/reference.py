"""What a page is measured against: the same bytes from a bare Django view on the same server.

    WAYLIGHT_BENCH_PAGES=<folder> WAYLIGHT_BENCH_MIDDLEWARE=none|project \\
        python -m granian tests.bench.reference:application --interface wsgi

The folder holds `article` and `progress`, as the site gave them.
"""

import os
import uuid
from pathlib import Path

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

_STORE = """
INSERT INTO campaigns_inboxevent (stripe_id, type, object_id, payload, created_at, processed_at,
    outcome, attempts, last_error)
VALUES (%s, %s, %s, %s, %s, NULL, '', 0, '')
ON CONFLICT (stripe_id) DO NOTHING RETURNING id
"""


def _page(name: str) -> bytes:
    return (Path(os.environ["WAYLIGHT_BENCH_PAGES"]) / name).read_bytes()


ARTICLE, PROGRESS = _page("article"), _page("progress")


def article(request: HttpRequest) -> HttpResponse:
    return _answer(ARTICLE, "text/html; charset=utf-8")


def progress(request: HttpRequest) -> HttpResponse:
    return _answer(PROGRESS, "application/json")


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    """Store the body as it is, in the row the webhook writes; nothing read, nothing verified."""
    name = f"ref_{uuid.uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            [name, "payment_intent.succeeded", name, request.body.decode(), timezone.now()],
        )
        cursor.fetchone()
    return _answer(b'{"received": true}', "application/json")


def _answer(content: bytes, kind: str) -> HttpResponse:
    # Without middleware nobody counts the bytes, and the server would send them in chunks.
    return HttpResponse(content, content_type=kind, headers={"Content-Length": len(content)})


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()
# allauth asks for its middleware when it is set up; the handler reads the list afterwards.
if os.environ["WAYLIGHT_BENCH_MIDDLEWARE"] == "none":
    settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__

# Middleware looks up addresses of the site.
from newsroom.urls import urlpatterns as _site  # noqa: E402

urlpatterns = [
    path("article", article),
    path("progress", progress),
    path("insert", insert),
    *_site,
]
application = WSGIHandler()

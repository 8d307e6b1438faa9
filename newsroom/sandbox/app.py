"""The sandbox as one ASGI application: Stripe's API, the hosted pages, the control calls."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from . import api, control, desk, pages, portal_pages, webhooks
from .browser import OwnPagesOnly
from .sender import Background
from .settings import Settings
from .state import Sandbox
from .version import API_VERSION

_API_METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH"]


def make_app(settings: Settings) -> Starlette:
    logging.basicConfig(level=logging.INFO if settings.verbose else logging.WARNING)
    sandbox = Sandbox.open(settings.state, frozenset({settings.key}), settings.base_url)
    if settings.webhook_url:
        with sandbox.store.transaction():
            webhooks.ensure(sandbox, settings.webhook_url, settings.webhook_secret)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        background = Background(sandbox)
        task = asyncio.create_task(background.run())
        yield
        task.cancel()
        await background.stop()
        sandbox.store.close()

    async def stripe_api(request: Request) -> Response:
        return await api.answer(sandbox, request)

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "api_version": API_VERSION})

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/v1/{path:path}", stripe_api, methods=_API_METHODS),
            *control.routes(sandbox),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
            *pages.routes(sandbox),
            *portal_pages.routes(sandbox),
            *desk.routes(sandbox),
        ],
        middleware=[Middleware(OwnPagesOnly)],
        lifespan=lifespan,
    )


def app_from_environment() -> Starlette:
    """What the server's worker calls, with the settings `python -m newsroom.sandbox` left it."""
    return make_app(Settings.from_environment(os.environ))

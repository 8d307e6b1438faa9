"""The Billing Portal's page, as a customer sees it."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from . import entry, portal
from .errors import ApiError
from .pages import read_form, refused, render
from .state import JsonDict, Sandbox


class PortalPages:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def show(self, request: Request) -> Response:
        session_id = request.path_params["session_id"]
        try:
            typed = await read_form(request) if request.method == "POST" else None
            with self._sandbox.store.transaction():
                session = portal.of(self._sandbox, session_id)
                if typed is None:
                    return self._page(session, done=request.query_params.get("done", ""))
                return self._act(session, typed)
        except ApiError as refusal:
            return refused(refusal)

    def _act(self, session: JsonDict, typed: Mapping[str, str]) -> Response:
        if "subscription" in typed:
            portal.cancel(self._sandbox, session, typed["subscription"])
            done = "cancelled"
        else:
            try:
                portal.change_card(self._sandbox, session, typed)
            except entry.EntryRefused as refusal:
                return self._page(session, typed, refusal.problems, status=422)
            done = "card"
        away = portal.leads_to(session) or f"/p/session/{session['id']}?done={done}"
        return RedirectResponse(away, 303)

    def _page(
        self,
        session: JsonDict,
        typed: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
        status: int = 200,
        done: str = "",
    ) -> Response:
        return render(
            "portal.html",
            status,
            leads_to=portal.leads_to(session),
            session=session,
            alive=portal.alive(self._sandbox, session),
            only=session["flow"]["type"] if session["flow"] else "",
            typed=typed or {},
            problems=problems or {},
            done=done,
        )


def routes(sandbox: Sandbox) -> list[Route]:
    pages = PortalPages(sandbox)
    return [Route("/p/session/{session_id}", pages.show, methods=["GET", "POST"])]

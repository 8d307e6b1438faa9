"""The pages a person sees: hosted Checkout, 3-D Secure, the receipt, and the sandbox's own desk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from . import bank_entry, checkout, checkout_modes, currencies, entry, invoices, payments
from .api import LARGEST_BODY
from .browser import policy
from .errors import ApiError, InvalidRequest
from .state import JsonDict, Sandbox

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["money"] = lambda amount, currency: currencies.shown(amount, currency)


def render(
    template: str, status: int = 200, *, leads_to: str | None = None, **values: Any
) -> Response:
    page = _templates.get_template(template).render(values)
    return HTMLResponse(page, status, {"Content-Security-Policy": policy(leads_to)})


async def read_form(request: Request) -> dict[str, str]:
    """A posted form. Raises InvalidRequest."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise InvalidRequest("The form is too large.")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError as error:
        raise InvalidRequest("The form could not be read.") from error


class HostedPages:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def pay(self, request: Request) -> Response:
        session_id = request.path_params["session_id"]
        try:
            typed = await read_form(request) if request.method == "POST" else None
            with self._sandbox.store.transaction():
                session = checkout.current(self._sandbox, session_id)
                if typed is not None:
                    return self._try_to_pay(session, typed)
                if session["status"] != "open":
                    return _closed(session)
                if "card" not in session["payment_method_types"]:
                    return RedirectResponse(f"/c/pay/{session_id}/bank", 303)
                return self._form(session)
        except checkout.NotOpen as closed:
            return _closed(closed.session)
        except ApiError as refusal:
            return refused(refusal)

    def _try_to_pay(self, session: JsonDict, typed: Mapping[str, str]) -> Response:
        if session["status"] != "open":
            return _closed(session)
        try:
            checked = entry.read(self._sandbox, session, typed)
        except entry.EntryRefused as refusal:
            return self._form(session, typed, refusal.problems, status=422)
        tried = checkout.pay(self._sandbox, session["id"], checked)
        return self._after(tried, session["id"], typed)

    def _after(
        self, tried: payments.Attempt, session_id: str, typed: Mapping[str, str]
    ) -> Response:
        session = checkout.current(self._sandbox, session_id)
        if tried.status == "succeeded":
            return RedirectResponse(checkout.success_address(session), 303)
        if tried.status == "requires_action":
            return RedirectResponse(tried.intent["next_action"]["redirect_to_url"]["url"], 303)
        return self._form(session, typed, status=402)

    def _form(
        self,
        session: JsonDict,
        typed: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        failure = None
        intent = checkout_modes.intent_of(self._sandbox, session)
        if intent is not None and not problems:
            failure = (intent["last_payment_error"] or {}).get("message")
        return render(
            "checkout.html",
            status,
            leads_to=session["success_url"],
            session=session,
            items=checkout.line_items(self._sandbox, session)["data"],
            known_email=entry.known_email(self._sandbox, session),
            typed=typed or {},
            problems=problems or {},
            failure=failure,
            bank_page=f"/c/pay/{session['id']}/bank" if checkout.debit_of(session) else None,
        )

    async def pay_by_bank(self, request: Request) -> Response:
        """The bank page: an account's numbers and the payer's agreement to the debit."""
        session_id = request.path_params["session_id"]
        try:
            typed = await read_form(request) if request.method == "POST" else None
            with self._sandbox.store.transaction():
                session = checkout.current(self._sandbox, session_id)
                if session["status"] != "open":
                    return _closed(session)
                if checkout.debit_of(session) is None:
                    return RedirectResponse(f"/c/pay/{session_id}", 303)
                if typed is None:
                    return self._bank_form(session)
                try:
                    checked = bank_entry.read(self._sandbox, session, typed)
                except entry.EntryRefused as refusal:
                    return self._bank_form(session, typed, refusal.problems, status=422)
                checkout.pay_by_bank(self._sandbox, session_id, checked)
                return RedirectResponse(checkout.success_address(session), 303)
        except ApiError as refusal:
            return refused(refusal)

    def _bank_form(
        self,
        session: JsonDict,
        typed: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        kind = str(checkout.debit_of(session))
        return render(
            "bank.html",
            status,
            leads_to=session["success_url"],
            session=session,
            kind=kind,
            parts=bank_entry.PARTS[kind],
            accounts=bank_entry.listed(kind),
            known_email=entry.known_email(self._sandbox, session),
            typed=typed or {},
            problems=problems or {},
        )

    async def authenticate(self, request: Request) -> Response:
        """3-D Secure: the bank's own page, with the two things that can happen there."""
        intent_id = request.path_params["intent_id"]
        try:
            typed = await read_form(request) if request.method == "POST" else None
            with self._sandbox.store.transaction():
                intent = self._sandbox.fetch(intent_id, "payment_intent", "payment", "intent")
                begun = checkout_modes.session_of(self._sandbox, intent_id)
                session = checkout.current(self._sandbox, begun["id"]) if begun else None
                if intent["status"] != "requires_action" or (
                    session is not None and session["status"] != "open"
                ):
                    return render("message.html", 409, kind="no_authentication")
                if typed is None:
                    leads_to = session["success_url"] if session else None
                    return render("authenticate.html", leads_to=leads_to, intent=intent)
                passed = typed.get("answer") == "complete"
                if session is None:
                    tried = payments.authenticate(self._sandbox, intent, passed=passed)
                    invoice = invoices.of_intent(self._sandbox, intent_id)
                    if invoice is not None and invoice["status"] == "open":
                        invoices.after(self._sandbox, invoice, tried)
                    return render("message.html", kind=f"authentication_{tried.status}")
                tried = checkout.authenticate(self._sandbox, session["id"], passed=passed)
                if tried.status == "succeeded":
                    return RedirectResponse(checkout.success_address(session), 303)
                return RedirectResponse(session["url"], 303)
        except ApiError as refusal:
            return refused(refusal)

    async def invoice(self, request: Request) -> Response:
        """The hosted invoice: what is due, and the way to confirm it where a bank asks for that."""
        try:
            found = self._sandbox.fetch(request.path_params["invoice_id"], "invoice", "invoice")
        except ApiError as refusal:
            return refused(refusal)
        intent = invoices.intent_of(self._sandbox, found)
        waits = intent is not None and intent["status"] == "requires_action"
        confirm = f"/authenticate/{intent['id']}" if intent and waits else None
        return render("invoice.html", invoice=found, confirm=confirm)

    async def receipt(self, request: Request) -> Response:
        try:
            charge = self._sandbox.fetch(request.path_params["charge_id"], "charge", "charge")
        except ApiError as refusal:
            return refused(refusal)
        return render("receipt.html", charge=charge)


def _closed(session: JsonDict) -> Response:
    complete = session["status"] == "complete"
    return render(
        "message.html",
        200 if complete else 410,
        kind=session["status"],
        back=checkout.success_address(session) if complete else session["cancel_url"],
    )


def refused(refusal: ApiError) -> Response:
    return render("message.html", refusal.status, kind="refused", message=refusal.message)


def routes(sandbox: Sandbox) -> list[Route]:
    hosted = HostedPages(sandbox)
    return [
        Route("/c/pay/{session_id}", hosted.pay, methods=["GET", "POST"]),
        Route("/c/pay/{session_id}/bank", hosted.pay_by_bank, methods=["GET", "POST"]),
        Route("/authenticate/{intent_id}", hosted.authenticate, methods=["GET", "POST"]),
        Route("/i/{invoice_id}", hosted.invoice),
        Route("/receipts/{charge_id}", hosted.receipt),
    ]

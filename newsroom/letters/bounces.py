"""What mail providers report of our mail: it came back, or its reader called it spam.

Anymail reads each provider's webhook and checks its secret; here is what follows. Mail that came
back for good holds the address, for receipts as for letters. A complaint ends every letter at once
and never a receipt. Reports of the same thing change nothing further.
"""

import json
import logging
from datetime import datetime
from typing import Any, Final

from anymail.signals import tracking
from django.utils import timezone

from newsroom.letters import signing_up
from newsroom.letters.consent import suppress_all
from newsroom.letters.models import Fate, Recipient, Subscriber, Why
from newsroom.mail import holds
from newsroom.mail.addresses import normal

log = logging.getLogger(__name__)

# A mailbox that is full or a server that is away today: providers try again by themselves.
_PASSING: Final = ("soft", "transient", "deferred", "temporary", "mailbox full", "mailboxfull")


def join() -> None:
    tracking.connect(_heard, dispatch_uid="letters_tracking")


def is_hard(kind: str, reason: str, said: str) -> bool:
    """Whether mail to this address can never arrive. `kind` and `reason` are Anymail's words for
    the event, `said` the provider's own."""
    if kind == "rejected":
        return reason in ("invalid", "bounced")
    if kind != "bounced" or reason in ("timed_out", "blocked", "spam"):
        return False
    return not any(word in said.lower() for word in _PASSING)


def came_back(address: str, said: str, moment: datetime, message_id: str = "") -> None:
    """Hold the address, and note it with the letter it was, if it was one."""
    holds.hold(address, said, moment)
    _noted(address, message_id, fate=Fate.BOUNCED, why=said[:120])


def complained(address: str, moment: datetime, message_id: str = "") -> None:
    """No more letters, whatever they are."""
    subscriber = Subscriber.objects.filter(email__iexact=normal(address)).first()
    if subscriber is None:
        suppress_all(address, Why.COMPLAINT, moment)
    else:
        signing_up.unsubscribe_all(subscriber, moment, "complaint", Why.COMPLAINT)
    _noted(address, message_id, complained_at=moment)


def _heard(event: Any, esp_name: str, **_signal: Any) -> None:
    if not event.recipient:
        return
    moment = event.timestamp or timezone.now()
    said = str(event.description or event.mta_response or event.reject_reason or "")
    raw = json.dumps(event.esp_event, default=str) if event.esp_event else ""
    kind, message_id = str(event.event_type), str(event.message_id or "")
    if kind == "complained":
        complained(event.recipient, moment, message_id)
    elif kind == "unsubscribed":
        _unsubscribed(event.recipient, moment)
    elif is_hard(kind, str(event.reject_reason or ""), f"{said} {_types_in(raw)}"):
        came_back(event.recipient, said or kind, moment, message_id)
    else:
        return
    log.info("mail provider %s reported %s", esp_name, kind)


def _types_in(raw: str) -> str:
    """The provider's own word for the kind of bounce (Postmark's `Type`, SES' `bounceType`)."""
    try:
        event = json.loads(raw)
    except ValueError:
        return ""
    if not isinstance(event, dict):
        return ""
    bounce = event.get("bounce")
    of_ses = bounce.get("bounceType", "") if isinstance(bounce, dict) else ""
    return f"{event.get('Type', '')} {of_ses} {event.get('severity', '')}"


def _unsubscribed(address: str, moment: datetime) -> None:
    subscriber = Subscriber.objects.filter(email__iexact=normal(address)).first()
    if subscriber is not None:
        signing_up.unsubscribe_all(subscriber, moment, "provider", Why.UNSUBSCRIBED)


def _noted(address: str, message_id: str, **values: object) -> None:
    """With the letter of that message, or else the last one that went to the address."""
    found = Recipient.objects.filter(
        subscriber__email__iexact=normal(address), sent_at__isnull=False
    )
    own = found.filter(provider_id=message_id) if message_id else found.none()
    last = (own if message_id and own.exists() else found).order_by("-sent_at").first()
    if last is not None:
        Recipient.objects.filter(pk=last.pk).update(**values)

"""The account itself: its addresses, passkeys and sessions, and how it is erased."""

import json
from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _
from wagtail.models import ModelLogEntry

from newsroom.personal import ACCOUNT, Holding, Person, Row, register
from newsroom.readers.models import Reader


def join() -> None:
    """Called once, when the app is ready."""
    register(
        Holding("account", _("Your account"), _account, _erase_account, order=ACCOUNT),
        Holding("addresses", _("Your addresses"), _addresses),
        Holding("passkeys", _("Passkeys and second steps"), _authenticators),
        Holding("sessions", _("Where you are signed in"), _sessions),
    )


def _account(person: Person) -> Iterator[Row]:
    for reader in Reader.objects.filter(pk=person.reader):
        yield {
            "address": reader.email,
            "public name": reader.public_name,
            "first name": reader.first_name,
            "last name": reader.last_name,
            "language": reader.language,
            "opened": reader.date_joined.isoformat(),
            "last signed in": reader.last_login.isoformat() if reader.last_login else None,
        }


def _addresses(person: Person) -> Iterator[Row]:
    for each in EmailAddress.objects.filter(user=person.reader) if person.reader else ():
        yield {"address": each.email, "proven": each.verified, "primary": each.primary}


def _authenticators(person: Person) -> Iterator[Row]:
    for each in Authenticator.objects.filter(user=person.reader) if person.reader else ():
        yield {
            "kind": each.type,
            "made": each.created_at.isoformat(),
            "last used": each.last_used_at.isoformat() if each.last_used_at else None,
        }


def _sessions(person: Person) -> Iterator[Row]:
    for each in UserSession.objects.filter(user=person.reader) if person.reader else ():
        yield {
            "network address": each.ip,
            "browser": each.user_agent,
            "begun": each.created_at.isoformat(),
        }


def _erase_account(person: Person) -> int:
    """The account with all that hangs on it, and every session that names it or its addresses."""
    _end_sessions(person)
    if person.reader is None:
        return 0
    kind = ContentType.objects.get_for_model(Reader)
    named = ModelLogEntry.objects.filter(content_type=kind, object_id=str(person.reader))
    named.update(label="", data={})
    reader = Reader.objects.filter(pk=person.reader).first()
    if reader is None:
        return 0
    try:
        with transaction.atomic():
            reader.delete()
    except ProtectedError:
        _blank(reader)
    return 1


def _blank(reader: Reader) -> None:
    """Who once worked here has signed what only grows: the row stays, without the person."""
    with transaction.atomic():
        EmailAddress.objects.filter(user=reader).delete()
        Authenticator.objects.filter(user=reader).delete()
        UserSession.objects.filter(user=reader).delete()
        reader.email = f"erased-{reader.pk}@erased.invalid"
        reader.public_name = reader.first_name = reader.last_name = ""
        reader.is_active = False
        reader.set_unusable_password()
        reader.save()


def _end_sessions(person: Person) -> None:
    """A session's words can be read only one by one; a worker has the time."""
    own = str(person.reader)
    for session in Session.objects.iterator(chunk_size=500):
        held = session.get_decoded()
        words = json.dumps(held, default=str).lower()
        if held.get("_auth_user_id") == own or any(each in words for each in person.addresses):
            session.delete()

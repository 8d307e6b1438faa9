"""E-mail addresses: one way to write each down, and the keyed hash by which we know one that is
forgotten."""

import hmac
from hashlib import sha256
from typing import Final

from django.conf import settings

# Who runs the mailboxes of these domains; every other domain is its own provider.
_PROVIDERS: Final = {
    "google": {"gmail.com", "googlemail.com"},
    "microsoft": {"outlook.com", "hotmail.com", "hotmail.ca", "live.com", "live.ca", "msn.com"},
    "yahoo": {"yahoo.com", "yahoo.ca", "ymail.com", "rocketmail.com", "aol.com"},
    "apple": {"icloud.com", "me.com", "mac.com"},
    "proton": {"proton.me", "protonmail.com", "pm.me"},
    "bell": {"bell.net", "sympatico.ca"},
    "videotron": {"videotron.ca", "videotron.qc.ca"},
}
_BY_DOMAIN: Final = {domain: name for name, domains in _PROVIDERS.items() for domain in domains}
OTHER: Final = "other"


def normal(address: str) -> str:
    """`address` without spaces around it, in small letters, its domain in ASCII (IDNA), so that
    one mailbox has one spelling. What is no address is given back as it can be."""
    address = address.strip().lower()
    local, at, domain = address.rpartition("@")
    if not at:
        return address
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


def key_of(address: str) -> str:
    """The keyed hash of an address (HMAC-SHA-256, `WAYLIGHT_ADDRESS_KEY`): the same for each
    spelling, and no way back from it without guessing the address and having the key."""
    key = settings.ADDRESS_KEY.encode()
    return hmac.new(key, normal(address).encode(), sha256).hexdigest()


def provider_of(address: str) -> str:
    """Who runs the mailbox, as far as its domain says; `other` where nobody large does."""
    return _BY_DOMAIN.get(normal(address).rpartition("@")[2], OTHER)

"""A head of the record as one signed line, which anybody can keep and check.

    waylight-record-head 1 <site> <day> <links> <head> <public key> <signature>

separated by single spaces: the site's address, the day in the newsroom's zone as YYYY-MM-DD, the
number of links of the chain, the newest link's `site_hash`, the Ed25519 public key, and the
signature over everything before its space, in UTF-8. Hash, key and signature are hexadecimal.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

FORM: Final = "waylight-record-head 1"


class BadLine(ValueError):
    """It is no head's line, or not signed by the key it names; the text says which."""


@dataclass(frozen=True, slots=True)
class HeadLine:
    """What a line says. `site_hash` is 64 zeros while the chain has no link."""

    site: str
    day: date
    sequence: int
    site_hash: str
    key: str


def public_key(secret: str) -> str:
    """The public half of a key given as 64 hexadecimal digits."""
    return _private(secret).public_key().public_bytes_raw().hex()


def signed(site: str, day: date, sequence: int, site_hash: str, secret: str) -> str:
    """The line, signed with `secret`."""
    said = f"{FORM} {site} {day:%Y-%m-%d} {sequence} {site_hash} {public_key(secret)}"
    return f"{said} {_private(secret).sign(said.encode()).hex()}"


def read(line: str) -> HeadLine:
    """What `line` says, its signature checked against the key in it. Raises BadLine.

    Whether that key is the newsroom's is for the caller to ask.
    """
    said, _space, signature = line.strip().rpartition(" ")
    parts = said.split(" ")
    if len(parts) != 7 or " ".join(parts[:2]) != FORM:
        raise BadLine(f"This is no head of a record: {line.strip()[:80]}")
    site, day, sequence, site_hash, key = parts[2:]
    try:
        head = HeadLine(site, date.fromisoformat(day), int(sequence), site_hash, key)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(signature), said.encode()
        )
    except InvalidSignature:
        raise BadLine(f"The head of {day} is not signed by the key it names.") from None
    except ValueError:
        raise BadLine(f"This head cannot be read: {line.strip()[:80]}") from None
    return head


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))

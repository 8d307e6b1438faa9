"""Whether a domain is set up so that its mail arrives: SPF, DKIM, DMARC, reverse names, TLS.

What large providers ask of senders (Google's and Yahoo's rules of February 2024; RFC 7208, 6376,
7489). `judge` is pure: DNS records in, findings out.
"""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import dns.exception
import dns.resolver
import dns.reversename

GOOD: Final = "good"
WRONG: Final = "wrong"
UNKNOWN: Final = "unknown"
SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Records:
    """What DNS says. None where nobody answered, empty where there is nothing. `dkim` is by the
    selector that was asked; `reverse` the names of the server's addresses that lead back."""

    spf: Sequence[str] | None = ()
    dkim: Sequence[str] | None = ()
    dmarc: Sequence[str] | None = ()
    reverse: Sequence[str] | None = ()
    tls: bool | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    state: str
    said: str


def judge(domain: str, letters_domain: str, selector: str, found: Records) -> list[Finding]:
    """One finding a part. `domain` sends receipts, `letters_domain` letters."""
    return [
        _spf(found.spf),
        _dkim(selector, found.dkim),
        _dmarc(found.dmarc),
        _aligned(domain, letters_domain),
        _reverse(found.reverse),
        _tls(found.tls),
    ]


def look_up(domain: str, selector: str, server: str, resolver: dns.resolver.Resolver) -> Records:
    """Ask DNS for the domain's records and for the names of the mail server's addresses."""
    return Records(
        spf=_texts(domain, "v=spf1", resolver),
        dkim=_texts(f"{selector}._domainkey.{domain}", "", resolver) if selector else None,
        dmarc=_texts(f"_dmarc.{domain}", "v=DMARC1", resolver),
        reverse=_reverse_names(server, resolver) if server else None,
    )


def speaks_tls(host: str, port: int) -> bool | None:
    """Whether the mail server takes STARTTLS, or TLS from the first byte on port 465."""
    context = ssl.create_default_context()
    try:
        if port == 465:
            with smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context):
                return True
        with smtplib.SMTP(host, port, timeout=SECONDS) as server:
            server.ehlo()
            return server.has_extn("starttls")
    except (OSError, smtplib.SMTPException):
        return None


def _spf(found: Sequence[str] | None) -> Finding:
    if found is None:
        return Finding("SPF", UNKNOWN, "DNS did not answer.")
    if len(found) != 1:
        said = "There is no record." if not found else "There are several: receivers ignore all."
        return Finding("SPF", WRONG, said)
    if found[0].rstrip().endswith("+all"):
        return Finding("SPF", WRONG, "It lets everybody send: end it with ~all or -all.")
    return Finding("SPF", GOOD, found[0])


def _dkim(selector: str, found: Sequence[str] | None) -> Finding:
    if found is None:
        said = "DNS did not answer." if selector else "Name the selector: --selector."
        return Finding("DKIM", UNKNOWN, said)
    if not any("p=" in each and not each.rstrip().endswith("p=") for each in found):
        return Finding("DKIM", WRONG, f"There is no key at {selector}._domainkey.")
    return Finding("DKIM", GOOD, f"A key is at {selector}._domainkey.")


def _dmarc(found: Sequence[str] | None) -> Finding:
    if found is None:
        return Finding("DMARC", UNKNOWN, "DNS did not answer.")
    if len(found) != 1 or not any(
        part.strip() in ("p=none", "p=quarantine", "p=reject") for part in found[0].split(";")
    ):
        return Finding("DMARC", WRONG, "There is no policy: at least v=DMARC1; p=none.")
    return Finding("DMARC", GOOD, found[0])


def _aligned(domain: str, letters_domain: str) -> Finding:
    same = letters_domain == domain or letters_domain.endswith(f".{domain}")
    if not same and not domain.endswith(f".{letters_domain}"):
        said = f"Letters come from {letters_domain}, receipts from {domain}: two reputations."
        return Finding("From", WRONG, said)
    return Finding("From", GOOD, f"Receipts from {domain}, letters from {letters_domain}.")


def _reverse(found: Sequence[str] | None) -> Finding:
    if found is None:
        return Finding("PTR", UNKNOWN, "No address of the mail server is known.")
    if not found:
        return Finding("PTR", WRONG, "The server's addresses have no name that leads back to them.")
    return Finding("PTR", GOOD, ", ".join(found))


def _tls(found: bool | None) -> Finding:
    if found is None:
        return Finding("TLS", UNKNOWN, "The mail server did not answer.")
    said = "The mail server takes TLS." if found else "The mail server speaks in the clear."
    return Finding("TLS", GOOD if found else WRONG, said)


def _texts(name: str, begins: str, resolver: dns.resolver.Resolver) -> list[str] | None:
    try:
        answer = resolver.resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException:
        return None
    found = [b"".join(each.strings).decode(errors="replace") for each in answer]
    return [each for each in found if each.startswith(begins)]


def _reverse_names(server: str, resolver: dns.resolver.Resolver) -> list[str] | None:
    try:
        addresses = [each.address for each in resolver.resolve(server, "A", lifetime=SECONDS)]
    except dns.exception.DNSException:
        return None
    found = []
    for address in addresses:
        try:
            pointer = dns.reversename.from_address(address)
            for name in resolver.resolve(pointer, "PTR", lifetime=SECONDS):
                back = resolver.resolve(name.target, "A", lifetime=SECONDS)
                if address in [each.address for each in back]:
                    found.append(str(name.target).rstrip("."))
        except dns.exception.DNSException:
            continue
    return found

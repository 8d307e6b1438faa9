"""`manage.py check_mail`: whether our domain is set up so that mail arrives."""

import sys
from argparse import ArgumentParser
from email.utils import parseaddr
from typing import Any

import dns.resolver
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from newsroom.mail import domain

_MARKS = {domain.GOOD: "good", domain.WRONG: "WRONG", domain.UNKNOWN: "?"}


class Command(BaseCommand):
    help = (
        "Look up SPF, DKIM, DMARC, the mail server's reverse name and TLS for the domain that mail "
        "comes from. Ends with 1 when something is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--selector", default="", help="DKIM's, as the provider names it")
        parser.add_argument("--nameserver", default="", help="another one, as address or a:port")

    def handle(self, *args: Any, **options: Any) -> None:
        name, letters = (_domain(each) for each in _senders())
        if not name:
            raise CommandError("WAYLIGHT_MAIL_FROM has no address.")
        resolver = _resolver(options["nameserver"])
        by_smtp = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
        server = settings.EMAIL_HOST if by_smtp else ""
        wrong = False
        for each in dict.fromkeys((name, letters)):
            self.stdout.write(each)
            found = domain.look_up(each, options["selector"], server, resolver)
            tls = domain.speaks_tls(server, settings.EMAIL_PORT) if server else None
            records = domain.Records(found.spf, found.dkim, found.dmarc, found.reverse, tls)
            for finding in domain.judge(name, letters, options["selector"], records):
                self.stdout.write(f"  {_MARKS[finding.state]:5} {finding.what}: {finding.said}")
                wrong = wrong or finding.state == domain.WRONG
        self.stdout.write(
            "Letters carry List-Unsubscribe and List-Unsubscribe-Post (RFC 8058): have the "
            "provider sign both by DKIM. Keep complaints below 0.1 % and never at 0.3 %."
        )
        if wrong:
            sys.exit(1)


def _senders() -> tuple[str, str]:
    return settings.DEFAULT_FROM_EMAIL, settings.LETTERS_FROM_EMAIL


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2].lower()


def _resolver(nameserver: str) -> dns.resolver.Resolver:
    if not nameserver:
        return dns.resolver.Resolver()
    address, _colon, port = nameserver.partition(":")
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [address]
    resolver.port = int(port or 53)
    return resolver

"""Consent to letters is a record: what was agreed to, in which words, where and when.

Only a yes that somebody said counts (express consent): giving money is none. Where a newsroom is
a registered charity in Canada, whose fundraising mail the anti-spam law (CASL, S.C. 2010, c. 23,
and its regulations, s. 3 (g)) exempts, it may import readers by implied consent, which runs out
two years after the gift; that is a setting, and off (`WAYLIGHT_IMPLIED_CONSENT`, docs/letters.md).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from newsroom.branding.models import Branding
from newsroom.letters.models import Act, Consent, Newsletter, Suppression, Why
from newsroom.mail.addresses import key_of

# CASL s. 10 (10): an existing non-business relationship of a gift lasts two years.
IMPLIED_FOR: Final = timedelta(days=730)

# Where somebody may say yes.
SOURCES: Final = (
    "article", "front", "thanks", "letters", "embed", "account", "import", "preferences",
)  # fmt: skip


def wording(newsletters: Iterable[Newsletter], language: str) -> str:
    """What stands beside the button, in full: it goes into the record as it was shown."""
    branding = Branding.load()
    with override(language):
        return _(
            "Send me %(names)s by e-mail. I can stop at any time by one click. Sender: %(sender)s."
        ) % {
            "names": ", ".join(each.name for each in newsletters),
            "sender": branding.legal_name or branding.name,
        }


def give(
    email: str,
    newsletter: Newsletter,
    source: str,
    moment: datetime,
    *,
    words: str = "",
    proof: str = "",
    until: datetime | None = None,
) -> Consent:
    """Record a yes: implied where it runs out at `until`, else express."""
    return Consent.objects.create(
        address_key=key_of(email),
        newsletter=newsletter,
        act=Act.GIVEN,
        express=until is None,
        source=source,
        wording=words,
        proof=proof,
        moment=moment,
        until=until,
    )


def withdraw(
    email: str, newsletter: Newsletter, source: str, moment: datetime, why: str = Why.UNSUBSCRIBED
) -> None:
    """Record a no, and keep the address off the newsletter by its hash."""
    Consent.objects.create(
        address_key=key_of(email),
        newsletter=newsletter,
        act=Act.WITHDRAWN,
        source=source,
        moment=moment,
    )
    Suppression.objects.get_or_create(
        address_key=key_of(email), newsletter=newsletter, defaults={"why": why, "since": moment}
    )


def suppress_all(email: str, why: str, moment: datetime) -> None:
    """No letter at all goes to this address, by its hash."""
    Suppression.objects.get_or_create(
        address_key=key_of(email), newsletter=None, defaults={"why": why, "since": moment}
    )


def unsuppress(email: str, newsletters: Iterable[Newsletter]) -> None:
    """Its owner said yes anew."""
    known = Suppression.objects.filter(address_key=key_of(email))
    known.filter(newsletter=None).delete()
    known.filter(newsletter__in=list(newsletters)).delete()


def record_of(email: str) -> list[Consent]:
    """All that this address said yes or no to, oldest first."""
    found = Consent.objects.filter(address_key=key_of(email)).select_related("newsletter")
    return list(found.order_by("moment", "pk"))

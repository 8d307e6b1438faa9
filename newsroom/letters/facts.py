"""What is true of one recipient at the moment of sending, in two small queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from newsroom.letters.models import APPEALS, Letter, Purpose
from newsroom.letters.rules import Facts, Limits, day_begins
from newsroom.mail.addresses import key_of

_WHO = """
SELECT s.email, s.token, s.zone, t.token, t.standing, t.consent_until
FROM letters_subscriber s
LEFT JOIN letters_subscription t ON t.subscriber_id = s.id AND t.newsletter_id = %(newsletter)s
WHERE s.id = %(subscriber)s
"""
_FACTS = """
SELECT
  EXISTS (SELECT 1 FROM letters_suppression x WHERE x.address_key = %(key)s
          AND (x.newsletter_id IS NULL OR x.newsletter_id = %(newsletter)s)),
  EXISTS (SELECT 1 FROM mail_addresshold h WHERE h.address_key = %(key)s),
  count(*) FILTER (WHERE l.purpose = ANY(%(appeals)s)),
  count(*) FILTER (WHERE l.purpose <> ALL(%(at_once)s)),
  %(campaign)s::bigint IS NOT NULL AND EXISTS (
    SELECT 1 FROM campaigns_donor o JOIN campaigns_donation d ON d.donor_id = o.id
    WHERE lower(o.email) = %(email)s AND d.campaign_id = %(campaign)s
      AND d.state IN ('processing', 'received', 'partly_refunded', 'disputed')),
  %(correction)s::bigint IS NOT NULL AND EXISTS (
    SELECT 1 FROM letters_recipient r2 JOIN letters_letter l2 ON l2.id = r2.letter_id
    WHERE r2.subscriber_id = %(subscriber)s AND l2.correction_id = %(correction)s
      AND l2.id <> %(letter)s AND r2.fate IN ('accepted', 'sending'))
FROM letters_recipient r JOIN letters_letter l ON l.id = r.letter_id
WHERE r.subscriber_id = %(subscriber)s AND r.sent_at >= %(day)s
"""
_AT_ONCE: Final = [Purpose.BREAKING.value, Purpose.CORRECTION.value]
_APPEALS: Final = [each.value for each in APPEALS]


@dataclass(frozen=True, slots=True)
class Known:
    """Where it goes, the reader's two tokens, and the facts."""

    email: str
    mine: str
    stop: str
    facts: Facts


def facts_of(subscriber: int | None, letter: Letter, limits: Limits, now: datetime) -> Known | None:
    """None for an address that was forgotten."""
    asked = {"newsletter": letter.newsletter_id, "subscriber": subscriber}
    with connection.cursor() as cursor:
        cursor.execute(_WHO, asked)
        who = cursor.fetchone()
        if who is None:
            return None
        email, mine, zone, stop, standing, consent_until = who
        cursor.execute(
            _FACTS,
            asked
            | {
                "key": key_of(email),
                "email": email,
                "appeals": _APPEALS,
                "at_once": _AT_ONCE,
                "campaign": letter.campaign_id,
                "correction": letter.correction_id,
                "letter": letter.pk,
                "day": day_begins(zone, limits, now),
            },
        )
        suppressed, held, appeals, letters, gave, told = cursor.fetchone()
    facts = Facts(
        active=standing == "active",
        suppressed=suppressed,
        held=held,
        consent_until=consent_until,
        gave=gave,
        appeals_today=appeals,
        letters_today=letters,
        told=told,
        zone=zone,
    )
    return Known(email, mine, stop or "", facts)

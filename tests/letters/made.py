"""Newsletters and their readers, in few words."""

import re
from datetime import UTC, datetime
from itertools import count
from typing import Any

from newsroom.letters import signing_up
from newsroom.letters.models import Newsletter, Subscriber
from newsroom.mail.models import OutboxMail

_numbers = count(1)
FROM_US = {"Sec-Fetch-Site": "same-origin"}


def now() -> datetime:
    return datetime.now(UTC)


def a_newsletter(name: str = "The Morning Boat", **fields: Any) -> Newsletter:
    defaults = {"slug": f"letter-{next(_numbers)}", "description": "What happened on the water."}
    return Newsletter.objects.create(name=name, **defaults | fields)


def a_reader(email: str, *newsletters: Newsletter, language: str = "en") -> Subscriber:
    """Somebody who asked for these and confirmed; the mail that asked is taken away."""
    moment = now()
    made = signing_up.ask(email, newsletters, "letters", moment, language=language)
    signing_up.confirm(made.subscriptions.first().asked_token, moment)
    OutboxMail.objects.filter(kind=signing_up.TO_CONFIRM).delete()
    return Subscriber.objects.get(pk=made.pk)


def path_in(text: str, part: str) -> str:
    """The first address in `text` that holds `part`, without its host."""
    found = re.search(rf"https?://[^/\s]+(\S*{part}\S*)", text)
    assert found, text
    return found[1]

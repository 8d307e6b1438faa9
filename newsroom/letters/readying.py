"""From draft to its way: tested, set to a time, agreed to by a second person, paused, resumed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from articles.links import states_of
from newsroom.audit import log as audit
from newsroom.letters import sending
from newsroom.letters.composing import compose
from newsroom.letters.models import Letter, LetterState, Purpose
from newsroom.letters.rendering import MINE, MOST_BYTES, STOP, addresses, render
from newsroom.mail import outbox
from newsroom.readers.models import Reader

TEST: str = "letter test"


class NotReady(Exception):
    """The letter cannot go out so; the text is the sentence for staff."""


@dataclass(frozen=True, slots=True)
class Look:
    """What stands in the way of sending (`faults`), and what is worth a look (`doubts`)."""

    faults: list[str]
    doubts: list[str]
    readers: int


def look(letter: Letter, now: datetime) -> Look:
    """Whether it can go out as it is now: its words, its size, its links, its campaign."""
    faults, doubts = [], []
    blocks = compose(letter, now)
    if not blocks:
        faults.append(_("The letter is empty: add stories or words."))
    if letter.is_appeal or letter.purpose == Purpose.THANKS:
        if letter.campaign_id is None:
            faults.append(_("An appeal and its thanks name their campaign."))
        elif letter.is_appeal and not letter.campaign.is_open(now):  # type: ignore[union-attr]
            faults.append(_("The campaign of this appeal takes no gifts now."))
    if render(letter, blocks).size >= MOST_BYTES:
        faults.append(_("The mail is larger than 100 kB: large providers would cut it off."))
    # An address of ours is looked up in the language of its page.
    with override(letter.newsletter.language):
        states = states_of(addresses(blocks))
    for url, state in states.items():
        if state in ("broken", "removed"):
            faults.append(_("A link leads nowhere: %(url)s") % {"url": url})
        elif state != "good":
            doubts.append(_("No answer from %(url)s") % {"url": url})
    if not letter.preheader:
        doubts.append(
            _("The line beside the subject is empty: mail programs show the newsletter’s.")
        )
    return Look(faults, doubts, sending.audience(letter))


def set_ready(letter: Letter, at: datetime, by: Reader, now: datetime) -> Letter:
    """Let it go out `at` that moment (now, when it is past); above the size that the newsroom
    set, once a second person agreed. Raises NotReady."""
    seen = look(letter, now)
    if seen.faults:
        raise NotReady(" ".join(seen.faults))
    if at > now + timedelta(days=366):
        raise NotReady(_("That is more than a year away."))
    with transaction.atomic():
        letter = _locked(letter)
        if letter.state != LetterState.DRAFT:
            raise NotReady(_("It is no draft any more."))
        many = seen.readers > settings.LETTERS_SECOND_PERSON
        letter.state = LetterState.WAITING if many else LetterState.SCHEDULED
        letter.scheduled_at, letter.ready_by, letter.agreed_by = max(at, now), by, None
        letter.save(update_fields=["state", "scheduled_at", "ready_by", "agreed_by"])
        audit.record(by, "readied", letter, "Set a letter to go out", readers=seen.readers)
    if letter.state == LetterState.SCHEDULED and letter.scheduled_at <= now:
        sending.begin(letter.pk, now)
    return letter


def agree(letter: Letter, by: Reader, now: datetime) -> Letter:
    """The second person's yes. Raises NotReady for the first one."""
    with transaction.atomic():
        letter = _locked(letter)
        if letter.state != LetterState.WAITING:
            raise NotReady(_("It does not wait for anybody."))
        if letter.ready_by_id == by.pk:
            raise NotReady(_("You made it ready: somebody else agrees."))
        letter.state, letter.agreed_by = LetterState.SCHEDULED, by
        letter.save(update_fields=["state", "agreed_by"])
        audit.record(by, "agreed", letter, "Agreed to a letter")
    if letter.scheduled_at is not None and letter.scheduled_at <= now:
        sending.begin(letter.pk, now)
    return letter


def call_back(letter: Letter, by: Reader) -> Letter:
    """A draft again, while nobody got it. Raises NotReady."""
    with transaction.atomic():
        letter = _locked(letter)
        if letter.state not in (LetterState.WAITING, LetterState.SCHEDULED):
            raise NotReady(_("It is on its way already; it can be paused."))
        letter.state, letter.scheduled_at = LetterState.DRAFT, None
        letter.ready_by = letter.agreed_by = None
        letter.save(update_fields=["state", "scheduled_at", "ready_by", "agreed_by"])
        audit.record(by, "called back", letter, "Called a letter back")
    return letter


def pause(letter: Letter, by: Reader) -> None:
    """No further mail goes out from this moment on."""
    _switch(letter, LetterState.SENDING, LetterState.PAUSED, by, "paused", "Paused a letter")


def resume(letter: Letter, by: Reader) -> None:
    _switch(letter, LetterState.PAUSED, LetterState.SENDING, by, "resumed", "Resumed a letter")
    sending.nudge(letter.pk)


def send_test(letter: Letter, to: str, moment: datetime) -> None:
    """The letter as it is now, to one of us; its links count nothing. Raises NotReady."""
    if not outbox.can_be_written_to(to):
        raise NotReady(_("This does not look like an e-mail address."))
    rendered = render(letter, compose(letter, moment))
    text, html = rendered.personal(STOP, MINE)
    outbox.owe_written(
        TEST,
        f"letter-test:{letter.pk}:{moment.isoformat()}",
        to,
        (_("[Test] %(subject)s") % {"subject": letter.subject}, text, html),
        letter.newsletter.language,
    )


def _switch(
    letter: Letter, before: LetterState, after: LetterState, by: Reader, verb: str, summary: str
) -> None:
    with transaction.atomic():
        if Letter.objects.filter(pk=letter.pk, state=before).update(state=after):
            audit.record(by, verb, letter, summary)


def _locked(letter: Letter) -> Letter:
    return (
        Letter.objects.select_related("newsletter")
        .select_for_update(of=("self",))
        .get(pk=letter.pk)
    )

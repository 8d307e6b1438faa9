"""The record's head, told each day to places outside the database.

Who holds the database could cut the chain's end or write it whole anew. Therefore its head goes
each day, as one signed line, into the corrections feeds, into the mail of those who answer for
the record, and into a file that the backup takes along: any of these shows it.
"""

import fcntl
import logging
import os
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from articles.addresses import absolute
from articles.chain import START, hold_the_chain
from articles.head_lines import public_key, signed
from articles.models import RecordHead, Seal
from newsroom.mail.outbox import owe
from newsroom.readers.models import Reader

log = logging.getLogger(__name__)

FILE_NAME: Final = "record-heads.txt"
KEY_PATH: Final = "/corrections/record-key.json"
# A feed fetched once a week misses no head.
SHOWN_IN_FEEDS: Final = 7
MAIL_KIND: Final = "record head"


class HeadLost(Exception):
    """The chain no longer contains a head told earlier: nothing is told over it."""


def publish_head(moment: datetime) -> RecordHead:
    """Tell the head of `moment`'s day, once: the day's head whoever asks and however often.

    Row and mails are one transaction; the file, written after it, is given whatever lines it
    lacks. Raises HeadLost, and OSError when the file cannot be written.
    """
    day = timezone.localtime(moment).date()
    with transaction.atomic():
        hold_the_chain()
        head = RecordHead.objects.filter(day=day).first() or _new_head(day)
    append_missing(
        heads_file(), list(RecordHead.objects.order_by("day").values_list("line", flat=True))
    )
    return head


def heads_file() -> Path:
    return Path(settings.RECORD_HEADS_DIR) / FILE_NAME


def append_missing(file: Path, lines: list[str]) -> int:
    """Add those of `lines` that the file lacks, on the disk before this returns; how many.

    What stands in it is never touched: it may know of heads the database has lost.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        opened.seek(0)
        kept = opened.read()
        there = set(kept.decode(errors="replace").splitlines())
        missing = [line for line in lines if line not in there]
        if not missing:
            return 0
        # A line that a full disk cut short stays alone.
        torn = bool(kept) and not kept.endswith(b"\n")
        opened.write((b"\n" if torn else b"") + "".join(f"{each}\n" for each in missing).encode())
        opened.flush()
        os.fsync(opened.fileno())
    return len(missing)


def file_lacks_last_head() -> bool:
    """Whether the file has not got, or cannot be read for, the last head that was told."""
    last = RecordHead.objects.values_list("line", flat=True).first()
    if last is None:
        return False
    try:
        return last not in heads_file().read_text(errors="replace").splitlines()
    except OSError:
        return True


def recent_lines() -> list[str]:
    """The last signed lines, newest first, for the feeds."""
    return list(RecordHead.objects.values_list("line", flat=True)[:SHOWN_IN_FEEDS])


def this_key() -> str:
    """The public key that signs now."""
    return public_key(settings.RECORD_KEY)


def who_is_told() -> list[Reader]:
    """Staff whose role sees the heads of the record."""
    role = Q(
        groups__permissions__codename="view_recordhead",
        groups__permissions__content_type__app_label="articles",
    )
    staff = Reader.objects.filter(is_active=True, is_staff=True)
    return list(staff.filter(role | Q(is_superuser=True)).distinct().order_by("pk"))


def _new_head(day: date) -> RecordHead:
    last = Seal.objects.order_by("-sequence").values_list("sequence", "site_hash").first()
    sequence, site_hash = last or (0, START)
    _refuse_if_lost()
    line = signed(settings.BASE_URL, day, sequence, site_hash, settings.RECORD_KEY)
    head = RecordHead.objects.create(day=day, sequence=sequence, site_hash=site_hash, line=line)
    for reader in who_is_told():
        owe(
            MAIL_KIND,
            f"record-head:{day}:{reader.pk}",
            reader.email,
            "record_head",
            {"line": line, "day": day, "links": sequence, "key_url": absolute(KEY_PATH)},
            reader.language,
        )
    log.info("head of the record told: %s links=%s", day, sequence)
    return head


def _refuse_if_lost() -> None:
    before = RecordHead.objects.exclude(sequence=0).first()
    if before is None:
        return
    if not Seal.objects.filter(sequence=before.sequence, site_hash=before.site_hash).exists():
        raise HeadLost(
            f"The chain no longer contains the head told on {before.day}: run verify_record."
        )

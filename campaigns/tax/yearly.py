"""The receipts of a year, donor by donor: for every gift of the year that has none yet.

A run is a row. Each donor is one transaction that issues the donor's receipts and moves the row's
`reached`, so a killed worker's run goes on where it stood, and two workers never do one donor
twice. Monthly and yearly gifts are receipted here unless the donor asked for one each.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from campaigns.models import (
    Donor,
    DonorAddress,
    LedgerEntry,
    ReceiptKind,
    ReceiptRequest,
    ReceiptRun,
    ReceiptStanding,
    RequestMode,
    RunState,
    TaxReceipt,
)
from campaigns.models.ledger import GIFTS
from campaigns.tax import issuers, kept, letters, rules
from campaigns.tax.issuing import issue
from campaigns.tax.kept import Kept
from campaigns.tax.rules import NotIssued
from campaigns.tax.settling import cancel_stale, issue_single, not_receipted
from newsroom.audit import log as audit
from newsroom.money import Money
from newsroom.readers.models import Reader

log = logging.getLogger(__name__)

# Gifts by cheque are dated in their campaign's time zone.
A_ZONE_AWAY = timedelta(days=1)
# How many donors one task takes up before it lets others have the worker.
STRETCH = 200


class CannotRun(Exception):
    """The run cannot begin, pause or go on; the text is a sentence for staff."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """A donor whose gifts of the year have no receipt, for want of `what`."""

    donor: Donor
    money: list[Money]
    what: str


def start(year: int, *, by: Reader, moment: datetime) -> ReceiptRun:
    """Begin the run of `year`, or take up a finished one for the gifts that came since."""
    if missing := rules.missing_of_issuer(issuers.current()):
        raise CannotRun(rules.in_words(missing))
    this_year = moment.astimezone(ZoneInfo(settings.TIME_ZONE)).year
    if not 2000 <= year <= this_year:
        raise CannotRun(_("Choose a year that has begun."))
    fresh = {
        "state": RunState.RUNNING,
        "reached": 0,
        "done": 0,
        "issued": 0,
        "lacking": 0,
        "problem": "",
        "donors": unreceipted(year).count(),
        "started_at": moment,
        "started_by": by,
        "finished_at": None,
    }
    with transaction.atomic():
        run, made = ReceiptRun.objects.get_or_create(year=year, defaults=fresh)
        run = ReceiptRun.objects.select_for_update().get(pk=run.pk)
        if not made:
            if run.state != RunState.DONE:
                raise CannotRun(_("The run of this year is under way."))
            for name, value in fresh.items():
                setattr(run, name, value)
            run.save()
        audit.record(by, "started", run, f"Started the tax receipts of {year}")
    return run


def unreceipted(year: int, after: int = 0) -> QuerySet[Donor]:
    """Donors by id with a gift of `year` that no receipt covers; some of what it finds may have
    gone back since, and at the year's ends be another year's."""
    zone = ZoneInfo(settings.TIME_ZONE)
    gifts = LedgerEntry.objects.filter(
        donation__donor=OuterRef("pk"),
        kind__in=GIFTS,
        occurred_at__gte=datetime(year, 1, 1, tzinfo=zone) - A_ZONE_AWAY,
        occurred_at__lt=datetime(year + 1, 1, 1, tzinfo=zone) + A_ZONE_AWAY,
    )
    covered = ReceiptStanding.objects.filter(charge_id=OuterRef("charge_id"))
    return Donor.objects.filter(Exists(gifts.exclude(Exists(covered))), pk__gt=after).order_by("pk")


def pause(run: ReceiptRun, *, by: Reader) -> None:
    _switch(run, RunState.RUNNING, RunState.PAUSED, by, "paused")


def resume(run: ReceiptRun, *, by: Reader) -> None:
    _switch(run, RunState.PAUSED, RunState.RUNNING, by, "resumed")


def _switch(run: ReceiptRun, before: str, after: str, by: Reader, verb: str) -> None:
    with transaction.atomic():
        if ReceiptRun.objects.filter(pk=run.pk, state=before).update(state=after, problem=""):
            audit.record(by, verb, run, f"{verb.capitalize()} the tax receipts of {run.year}")


def go_on(moment: datetime, donors: int = STRETCH) -> bool:
    """Take up every run that is under way, for so many donors each; whether one is not done."""
    running = ReceiptRun.objects.filter(state=RunState.RUNNING)
    for run_id in list(running.values_list("pk", flat=True)):
        for _donor in range(donors):
            if not step(run_id, moment):
                break
    return running.exists()


def step(run_id: int, moment: datetime) -> bool:
    """One donor of a run, in one transaction. False when there is nothing to go on with."""
    with transaction.atomic():
        run = ReceiptRun.objects.select_for_update().get(pk=run_id)
        if run.state != RunState.RUNNING:
            return False
        donor = unreceipted(run.year, run.reached).first()
        if missing := rules.missing_of_issuer(issuers.current()):
            run.state, run.problem = RunState.PAUSED, rules.in_words(missing)[:300]
        elif donor is None:
            run.state, run.finished_at = RunState.DONE, moment
            log.info("receipts of %s: done, %d issued", run.year, run.issued)
        else:
            issued, lacks = of_donor(donor, run.year, moment)
            run.reached = donor.pk
            run.done += 1
            run.issued += len(issued)
            run.lacking += lacks
        run.save()
        return run.state == RunState.RUNNING


def of_donor(donor: Donor, year: int, moment: datetime) -> tuple[list[TaxReceipt], bool]:
    """Issue one donor's receipts of `year`, one for each currency, and one for each gift that
    is property or had something in return. The second value says that something was lacking.

    Call inside a transaction.
    """
    donor = Donor.objects.select_for_update(no_key=True).get(pk=donor.pk)
    gifts = kept.of_donor(donor.pk)
    if not any(gift.received_on.year == year for gift in gifts.values()):
        return [], False
    cancel_stale(gifts)
    requests = ReceiptRequest.objects.filter(donation__in={g.donation for g in gifts.values()})
    known = {request.pk: request for request in requests.select_for_update().order_by("pk")}
    owed = _owed(gifts, known, year)
    address = DonorAddress.objects.filter(pk=donor.pk).first()
    if address is None:
        asked = [request for request in known.values() if request.name]
        address = _address_from(asked[-1]) if asked else DonorAddress(name=donor.name)
    issued: list[TaxReceipt] = []
    lacks = False
    for alone in [gift for gift in owed if _stands_alone(gift, known)]:
        owed.remove(alone)
        request = known.get(alone.donation) or ReceiptRequest(donation_id=alone.donation)
        try:
            issued.append(_single(alone, request, address, donor, moment))
        except NotIssued:
            lacks = True
    for currency in sorted({gift.currency for gift in owed}):
        together = [gift for gift in owed if gift.currency == currency]
        try:
            issued.append(_together(together, address, donor, moment))
        except NotIssued:
            lacks = True
    return issued, lacks


def _owed(gifts: dict[str, Kept], known: dict[int, ReceiptRequest], year: int) -> list[Kept]:
    def wanted(gift: Kept) -> bool:
        request = known.get(gift.donation)
        return (
            gift.received_on.year == year
            and gift.amount > 0
            and not gift.held
            and not (request and request.withheld)
        )

    return [gift for gift in not_receipted(gifts).values() if wanted(gift)]


def _stands_alone(gift: Kept, known: dict[int, ReceiptRequest]) -> bool:
    request = known.get(gift.donation)
    return gift.in_kind or bool(request and (request.description or request.advantage_value))


def _address_from(request: ReceiptRequest) -> DonorAddress:
    return DonorAddress(**request.as_typed())


def _single(
    gift: Kept,
    request: ReceiptRequest,
    address: DonorAddress,
    donor: Donor,
    moment: datetime,
) -> TaxReceipt:
    for name, value in address.as_typed().items():
        if not getattr(request, name):
            setattr(request, name, value)
    with transaction.atomic():
        receipt = issue_single(gift, request, donor, moment)
        _followed([gift])
    return receipt


def _together(
    gifts: list[Kept], address: DonorAddress, donor: Donor, moment: datetime
) -> TaxReceipt:
    with transaction.atomic():
        receipt = issue(
            gifts,
            address=address,
            donor=donor,
            moment=moment,
            kind=ReceiptKind.YEARLY,
            language=donor.language,
        )
        _followed(gifts)
    return receipt


def _followed(gifts: list[Kept]) -> None:
    """From now on these gifts' receipts follow the ledger, asked for or not."""
    for donation in {gift.donation for gift in gifts}:
        request, made = ReceiptRequest.objects.get_or_create(
            donation_id=donation, defaults={"mode": RequestMode.YEARLY, "due_at": None}
        )
        if not made and request.problem:
            ReceiptRequest.objects.filter(pk=request.pk).update(problem="")


def lacking(year: int, after: int = 0, limit: int = 50) -> Iterator[Lacking]:
    """Donors with gifts of `year` that no receipt covers, by id, from `after` on."""
    issuer = issuers.current()
    scheme = issuer.scheme if issuer else ""
    found = 0
    for donor in unreceipted(year, after).iterator(chunk_size=200):
        if found == limit:
            return
        gifts = kept.of_donor(donor.pk)
        requests = ReceiptRequest.objects.in_bulk({g.donation for g in gifts.values()})
        owed = _owed(gifts, requests, year)
        if not owed:
            continue
        address = DonorAddress.objects.filter(pk=donor.pk).first() or DonorAddress(name=donor.name)
        what = rules.missing_of_donor(scheme, address)
        if any(g.in_kind and not _described(g, requests) for g in owed):
            what.append(rules.what_was_given())
        if what:
            found += 1
            yield Lacking(donor, _sums(owed), rules.in_words(what))


def _described(gift: Kept, known: dict[int, ReceiptRequest]) -> bool:
    request = known.get(gift.donation)
    return bool(request and request.description)


def _sums(gifts: list[Kept]) -> list[Money]:
    sums: dict[str, int] = {}
    for gift in gifts:
        sums[gift.currency] = sums.get(gift.currency, 0) + gift.amount
    return [Money(amount, currency) for currency, amount in sorted(sums.items())]


def ask_for_addresses(run: ReceiptRun, *, by: Reader) -> int:
    """Ask each donor who lacks something, by one mail a year; how many were written to. Cut off
    and begun again it asks those who are left."""
    asked = 0
    for lack in lacking(run.year, limit=10**9):
        if lack.donor.email:
            with transaction.atomic():
                asked += letters.ask_for_address(
                    lack.donor, run.year, ", ".join(m.show(lack.donor.language) for m in lack.money)
                )
    audit.record(by, "asked for addresses", run, f"Asked {asked} donors for their address")
    return asked


def after_address(donor: Donor, moment: datetime) -> list[TaxReceipt]:
    """The donor's receipts of the years whose runs are over: their address came late."""
    issued: list[TaxReceipt] = []
    for year in ReceiptRun.objects.filter(state=RunState.DONE).values_list("year", flat=True):
        with transaction.atomic():
            # The run first and then the donor, as `step` does: neither waits for the other.
            ReceiptRun.objects.select_for_update().get(year=year)
            new, _lacks = of_donor(donor, year, moment)
            ReceiptRun.objects.filter(year=year).update(
                issued=F("issued") + len(new),
                lacking=Greatest(F("lacking") - int(bool(new)), Value(0)),
            )
        issued += new
    return issued

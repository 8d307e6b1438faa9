"""What to do today: what a letter like the last one would bring, read from the kept sums."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Sum

from campaigns.models import Campaign, OriginDay
from campaigns.pace import Standing


@dataclass(frozen=True, slots=True)
class LastLetter:
    """What was begun from the newest letter that brought any; minor units, `day` its first gift's.

    `closes` is what of the gap to the pace one like it would close, in per cent; None without one.
    """

    via: str
    day: date
    net: int
    gifts: int
    closes: int | None = None


def last_letter(campaign: Campaign, standing: Standing) -> LastLetter | None:
    """The letter whose first gift came last. One query."""
    row = (
        OriginDay.objects.filter(campaign=campaign, dimension="via", value__startswith="letter")
        .values("value")
        .annotate(begun=Min("day"), got=Sum("received"), back=Sum("reversed"), number=Sum("gifts"))
        .filter(number__gt=0)
        .order_by("-begun", "-value")
        .first()
    )
    if row is None or row["got"] <= row["back"]:
        return None
    net = row["got"] - row["back"]
    gap = 0 if standing.reached else standing.behind or 0
    closes = min(100, net * 100 // gap) if gap > 0 else None
    return LastLetter(row["value"], row["begun"], net, row["number"], closes)

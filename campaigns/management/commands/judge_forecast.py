"""How well the forecast would have done in this newsroom's finished campaigns."""

from collections import defaultdict
from statistics import fmean, median
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.forecast import forecast, last_curve, pinball, straight_line
from campaigns.forecasting import PROVEN_AFTER, pasts

DAYS_LEFT = (28, 21, 14, 7, 3, 1)
QUANTILES = (0.1, 0.5, 0.9)


class Command(BaseCommand):
    help = (
        "Goes through every finished campaign, tells the forecast only what was recorded so many "
        "days before the deadline, and compares with the end and with two simpler ways."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found: dict[int, list[tuple[bool, float, float, float, float]]] = defaultdict(list)
        campaigns = set()
        for campaign, left, known, end in pasts(timezone.now(), DAYS_LEFT):
            said = forecast(known, seed=campaign.pk)
            if said is None or end <= 0:
                continue
            campaigns.add(campaign.pk)
            straight = straight_line(known)
            curve = last_curve(known, known.curves[0]) if known.curves else straight
            guesses = dict(zip(QUANTILES, (said.low, said.median, said.high), strict=True))
            found[left].append(
                (
                    said.low <= end <= said.high,
                    abs(said.median - end) / end,
                    abs(straight - end) / end,
                    abs(curve - end) / end,
                    pinball(end, guesses) / end,
                )
            )
        if not campaigns:
            self.stdout.write("No campaign has ended yet that says anything of forecasts.")
            return
        self.stdout.write(f"{len(campaigns)} finished campaigns. Median error of the end:")
        self.stdout.write("days left  campaigns  forecast  straight  last curve  in the band  loss")
        for left, rows in sorted(found.items(), reverse=True):
            within, error, straight_error, curve_error, loss = zip(*rows, strict=True)
            self.stdout.write(
                f"{left:>9}  {len(rows):>9}  {median(error):>8.1%}  {median(straight_error):>8.1%}"
                f"  {median(curve_error):>10.1%}  {fmean(within):>11.0%}  {fmean(loss):.4f}"
            )
        if len(campaigns) < PROVEN_AFTER:
            self.stdout.write(f"Fewer than {PROVEN_AFTER}: unproven here.")

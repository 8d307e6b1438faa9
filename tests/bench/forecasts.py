"""How right the forecast is, on 200 campaigns that never were."""

from collections.abc import Iterator
from statistics import fmean, median

from tests.bench.table import Row
from tests.forecast.judging import Judged, judge
from tests.forecast.worlds import a_world

WORLDS = 200
EARLIER = 10
GONE = (0.25, 0.5, 0.75, 0.9)


def forecasts() -> Iterator[Row]:
    """One row for each share of the campaign that has gone by."""
    worlds = [a_world(9000 + n) for n in range(WORLDS + EARLIER)]
    for share in GONE:
        judged = [
            found
            for n in range(EARLIER, len(worlds))
            if (
                found := judge(
                    worlds[n], max(4, int(len(worlds[n].days) * share)), worlds[n - EARLIER : n]
                )
            )
        ]
        yield _row(share, judged)


def _row(share: float, judged: list[Judged]) -> Row:
    within = fmean(each.within for each in judged)
    loss = fmean(each.loss for each in judged)
    straight = fmean(each.straight_loss for each in judged)
    return Row(
        f"forecast, {share:.0%} gone, {len(judged)} campaigns: in the band; median error; loss",
        f"{within:.0%}; {median(j.error for j in judged):.1%}; {loss:.4f}",
        f"straight line {median(j.straight_error for j in judged):.1%}; {straight:.4f}",
        f"{loss / straight:.2f}",
        "72–88 % in the band",
        0.72 <= within <= 0.88,
    )

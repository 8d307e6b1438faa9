"""A story goes viral: `make spike`, about two minutes.

From quiet to as many requests as one core can send, within a second, for a minute: 80 of a
hundred for the story, 15 for `progress.json`, 4 for the give page; meanwhile donors go on giving,
one after the other, through the whole pipeline. Printed: answers other than 200, how long opening
a Checkout took against the quiet minute before, and how far the bar ran behind the books.
"""

import json
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median
from urllib.request import urlopen

from tests.bench.__main__ import _stack, _write
from tests.bench.load import MOST_SECONDS, Failed, Target, rate
from tests.stack import Stack

QUIET_SECONDS = 20.0
STORM_SECONDS = float(os.environ.get("SPIKE_SECONDS", "60"))
SHARES = {"story": 80, "progress": 15, "give": 4}
SLOWER_AT_MOST = 2.0
OLD_AT_MOST = 10.0
LOOK_EVERY = 0.25


@dataclass
class Watched:
    """What was seen in one stretch of time: seconds each."""

    checkouts: list[float] = field(default_factory=list)
    behind: list[float] = field(default_factory=list)
    refused: int = 0


def main() -> int:
    """Print what happened; 1 when anything failed or passed its bound."""
    with _stack() as stack:
        made, _events = _write(stack)
        campaign = _campaign_of(made.progress)
        paths = {"story": made.story, "progress": made.progress, "give": made.give}
        print(f"Quiet, {QUIET_SECONDS:g} s", flush=True)
        quiet = _watch(stack, campaign, made.progress, lambda: time.sleep(QUIET_SECONDS))
        print(f"The storm, {STORM_SECONDS:g} s", flush=True)
        answers: list[float] = []
        loud = _watch(stack, campaign, made.progress, lambda: answers.extend(_storm(stack, paths)))
    return _report(quiet, loud, answers)


def _campaign_of(progress: str):  # type: ignore[no-untyped-def]
    from campaigns.models import Campaign

    return Campaign.objects.get(slug=progress.rstrip("/").split("/")[-2])


def _watch(stack: Stack, campaign, progress: str, meanwhile: Callable[[], None]) -> Watched:  # type: ignore[no-untyped-def]
    """Donors give and the bar is looked at while `meanwhile` lasts."""
    seen, over = Watched(), threading.Event()
    parts = [
        threading.Thread(target=_give, args=(stack, campaign, seen, over)),
        threading.Thread(target=_look, args=(stack, campaign, progress, seen, over)),
    ]
    for part in parts:
        part.start()
    try:
        meanwhile()
    finally:
        over.set()
        for part in parts:
            part.join()
    return seen


def _give(stack: Stack, campaign, seen: Watched, over: threading.Event) -> None:  # type: ignore[no-untyped-def]
    import requests

    from tests.pipeline import acts

    while not over.is_set():
        began = time.perf_counter()
        try:
            donation = acts.begin(stack, campaign)
        except (AssertionError, requests.RequestException):
            seen.refused += 1
            continue
        seen.checkouts.append(time.perf_counter() - began)
        acts.pay(stack, donation)
    _close()


def _look(stack: Stack, campaign, progress: str, seen: Watched, over: threading.Event) -> None:  # type: ignore[no-untyped-def]
    """How long ago the books last said what the bar says now."""
    from tests.pipeline import acts

    since: dict[int, float] = {}
    while not over.wait(LOOK_EVERY):
        since.setdefault(acts.raised(campaign), time.monotonic())
        try:
            with urlopen(f"{stack.site_url}{progress}", timeout=20) as answer:  # noqa: S310
                shown = json.load(answer)["raised"]
        except OSError:
            seen.refused += 1
            continue
        later = [moment for total, moment in since.items() if total > shown]
        seen.behind.append(time.monotonic() - min(later) if later else 0.0)
    _close()


def _close() -> None:
    from django.db import connection

    connection.close()


def _storm(stack: Stack, paths: dict[str, str]) -> list[float]:
    """Requests answered in each second or so; -1 for a stretch in which one was not a 200."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_send, (stack.ports.site, paths, STORM_SECONDS))


def _send(port: int, paths: dict[str, str], seconds: float) -> list[float]:
    asked = []
    for name, share in SHARES.items():
        head = f"GET {paths[name]} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
        asked += [head] * share
    # Spread evenly: every seventh or so is for the bar.
    order = cycle(asked[number * 37 % len(asked)] for number in range(len(asked)))
    target, answered = Target(port, lambda: next(order)), []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            answered.append(rate(target, MOST_SECONDS))
        except (Failed, OSError):
            answered.append(-1.0)
    return answered


def _report(quiet: Watched, loud: Watched, answers: list[float]) -> int:
    failed = sum(each < 0 for each in answers) + loud.refused
    slower = median(loud.checkouts) / median(quiet.checkouts)
    behind = max(loud.behind)
    good = [each for each in answers if each >= 0]
    print(
        f"{median(good):,.0f} requests/s answered ({min(good):,.0f} to {max(good):,.0f})\n"
        f"{failed} failures\n"
        f"opening a Checkout: {median(quiet.checkouts) * 1000:.0f} ms quiet, "
        f"{median(loud.checkouts) * 1000:.0f} ms in the storm: {slower:.1f} × "
        f"(goal ≤ {SLOWER_AT_MOST:g}); {len(loud.checkouts)} gifts meanwhile\n"
        f"the bar behind the books: {behind:.1f} s at most (goal ≤ {OLD_AT_MOST:g})"
    )
    return 1 if failed or slower > SLOWER_AT_MOST or behind > OLD_AT_MOST else 0


if __name__ == "__main__":
    sys.exit(main())

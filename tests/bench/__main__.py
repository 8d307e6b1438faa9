"""Measure and print: `python -m tests.bench`, some minutes.

`BENCH_LARGE=1` measures the money at ten times the size (half an hour more). `BENCH_CLONE=1` also
times `make demo` on a clean clone (some minutes more). `BENCH_ROUNDS` (5 at least) and
`BENCH_SECONDS` (3 at most) say how long each speed is measured.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psutil

from tests import ground
from tests.bench import clone, memory
from tests.bench.forecasts import forecasts
from tests.bench.letters import letters
from tests.bench.load import UNKEPT, Rates, Target, get, post, ratios, take_turns
from tests.bench.servers import references
from tests.bench.table import Row, table
from tests.stack import Stack, sweep_stacks

ROUNDS = max(5, int(os.environ.get("BENCH_ROUNDS", "5")))
SECONDS = float(os.environ.get("BENCH_SECONDS", "1.5"))
ARTICLE_QUERIES = 8
MEMORY_MIB = 600
SERVED_SECONDS = 90


def main() -> int:
    """Print every figure; 0 however slow they are."""
    rows, noise = [], {}
    with _stack() as stack:
        _say("A small newsroom is written")
        made, events = _write(stack)
        pages = _keep_pages(stack, made.story, made.progress)
        rows += _queries(made)
        rows += _memory(stack)
        # What they would work off takes the same two cores from page and reference alike.
        for name in ("beat", "worker"):
            stack.stop_one(name)
        with references(stack, pages) as (bare, dressed):
            site = stack.ports.site
            rows += _speed(
                "article, kept page",
                {
                    "this": get(site, made.story),
                    "bare view": get(bare, "/article"),
                },
                {"bare view": 0.9},
                noise,
            )
            rows += _speed(
                "article, made anew",
                {
                    "this": get(site, made.story + UNKEPT),
                    "bare view": get(bare, "/article"),
                    "bare view with our middleware": get(dressed, "/article"),
                },
                {"bare view with our middleware": 0.08},
                noise,
            )
            rows += _speed(
                "progress.json, made anew",
                {
                    "this": get(site, made.progress + UNKEPT),
                    "bare view": get(bare, "/progress"),
                },
                {},
                noise,
            )
            rows += _speed(
                "progress.json",
                {
                    "this": get(site, made.progress),
                    "bare view": get(bare, "/progress"),
                    "bare view with our middleware": get(dressed, "/progress"),
                },
                {"bare view": 0.8},
                noise,
            )
            rows += _speed(
                "webhook to its 200",
                {
                    "this": post(site, "/stripe/webhook/", events),
                    "bare view with one INSERT": post(bare, "/insert", events),
                },
                {"bare view with one INSERT": 0.7},
                noise,
            )
        _say("A letter goes to many")
        rows += letters(stack)
        rows += _money(stack)
        rows += _record()
    _say("The forecast is judged")
    rows += forecasts()
    if os.environ.get("BENCH_CLONE"):
        rows += _clone()
    print(f"\n{table(rows)}\n")
    print(f"{ROUNDS} rounds of {SECONDS:g} s, taking turns; median (lowest–highest).")
    print(f"{psutil.cpu_count()} cores; noise, as spread of the references around their median:")
    for name, spread in noise.items():
        print(f"  {name}: {spread:.0%}")
    return 0


@contextmanager
def _stack() -> Iterator[Stack]:
    sweep_stacks()
    # As in production; the tests keep none.
    os.environ["WAYLIGHT_PAGE_CACHE_MIB"] = "32"
    stack = Stack(ground.ground_for("bench", number=14))
    try:
        _say("Site, worker, beat, sandbox and catcher are started")
        stack.start()
        yield stack
    finally:
        from django.db import connections

        connections.close_all()
        stack.stop()
        ground.stop_unless_used()


def _write(stack: Stack):  # type: ignore[no-untyped-def]
    """Stand Django on the stack's database, make what is measured there."""
    os.environ.update(
        stack.env | {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "WAYLIGHT_LOG_LEVEL": "WARNING"}
    )
    import django

    django.setup()
    from tests.bench.made import Events, make_newsroom

    return make_newsroom(), Events(stack.env["STRIPE_WEBHOOK_SECRETS"])


def _keep_pages(stack: Stack, article: str, progress: str) -> Path:
    """What the site answers, for the references to answer the same."""
    folder = stack.state / "pages"
    folder.mkdir(exist_ok=True)
    for name, path in (("article", article), ("progress", progress)):
        with urlopen(f"{stack.site_url}{path}", timeout=20) as answer:  # noqa: S310
            (folder / name).write_bytes(answer.read())
    return folder


def _queries(made) -> list[Row]:  # type: ignore[no-untyped-def]
    from tests.bench.made import COMMENTS, CORRECTIONS
    from tests.bench.queries import queries_of

    many = queries_of(made.story)
    few = queries_of(made.plain_story)
    rows = [
        Row(
            f"queries: article with {CORRECTIONS} corrections, {COMMENTS} comments",
            str(many),
            goal=f"≤ {ARTICLE_QUERIES}",
            met=many <= ARTICLE_QUERIES,
        ),
        Row(
            "queries: article with none",
            str(few),
            goal=f"≤ {ARTICLE_QUERIES}",
            met=few <= ARTICLE_QUERIES,
        ),
    ]
    others = {
        "front": "/",
        "section": made.section,
        "corrections": "/corrections/",
        "give": made.give,
        "campaign": made.campaign,
        "progress.json": made.progress,
    }
    rows += [Row(f"queries: {name}", str(queries_of(path))) for name, path in others.items()]
    return rows


def _money(stack: Stack) -> list[Row]:
    from tests.bench import money
    from tests.bench.exporting import exporting
    from tests.bench.reconciling import reconciling

    money.no_webhooks(stack)
    _say("Events go to the ledger")
    rows = money.events_to_ledger(stack)
    _say(f"{money.BACKLOG:,} events gather and are worked off")
    rows += money.backlog(stack)
    _say("Many write to one campaign")
    rows += money.writers()
    _say(f"The ledger grows to {money.MANY:,} entries")
    rows += money.grown()
    _say("Long books are compared")
    return [*rows, *reconciling(), *exporting()]


def _record() -> list[Row]:
    from tests.bench.record import comparison, entries_grow
    from tests.bench.verifying import verifying

    _say("Versions are compared; 50,000 entries are written")
    return [*comparison(), *verifying(), *entries_grow()]


def _memory(stack: Stack) -> list[Row]:
    try:
        parts = memory.of_stack(stack)
    except psutil.AccessDenied:
        return [Row("memory (PSS)", "not readable by this account")]
    return _parts("memory at rest", parts)


def _parts(figure: str, parts: dict[str, float]) -> list[Row]:
    whole = sum(parts.values())
    rows = [Row(f"{figure}: {name}", f"{size:.0f} MiB") for name, size in parts.items()]
    goal = f"≤ {MEMORY_MIB} MiB"
    return [*rows, Row(f"{figure}: whole", f"{whole:.0f} MiB", "", "", goal, whole <= MEMORY_MIB)]


def _speed(
    figure: str, targets: dict[str, Target], goals: dict[str, float], noise: dict[str, float]
) -> list[Row]:
    """A row for each reference; its spread goes into `noise`."""
    _say(f"{figure}: {ROUNDS} rounds")
    measured = take_turns(targets, ROUNDS, SECONDS)
    this = measured.pop("this")
    rows = []
    for name, reference in measured.items():
        noise[f"{figure}, {name}"] = reference.spread
        ratio = ratios(this, reference)
        goal = goals.get(name)
        rows.append(
            Row(
                f"{figure} : {name}",
                str(this),
                str(reference),
                _ratio(ratio),
                f"≥ {goal:g}" if goal else "",
                ratio.middle >= goal if goal else None,
            )
        )
    return rows


def _ratio(found: Rates) -> str:
    return f"{found.middle:.3f} ({min(found.rounds):.3f}–{max(found.rounds):.3f})"


def _clone() -> list[Row]:
    _say("A clean clone runs `make demo`")
    stranger = clone.measure()
    goal = f"≤ {SERVED_SECONDS} s"
    return [
        Row(
            "clean clone to front page served",
            f"{stranger.served:.0f} s",
            goal=goal,
            met=stranger.served <= SERVED_SECONDS,
        ),
        Row("clean clone to demo built whole", f"{stranger.built:.0f} s"),
        *_parts("memory of that demo", stranger.memory),
    ]


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

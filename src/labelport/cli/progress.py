"""How far a long work has come: a bar on a terminal, NDJSON events for machines, nothing elsewhere."""

import sys
from collections.abc import Callable
from time import monotonic

import click
import msgspec

from labelport.app.context import Progress

WIDTH = 30
EVERY = 0.1
"""Seconds between two drawings of the bar."""
SELDOM = 0.5
"""Seconds between two events; the last of a step always comes."""
_KEY = "labelport.bar"


def telling(*, as_json: bool) -> Callable[[Progress], None]:
    """Return what is to be told of progress."""
    if as_json:
        return Events()
    bar = Bar(is_terminal=sys.stderr.isatty())
    context = click.get_current_context(silent=True)
    if context is not None:
        context.meta[_KEY] = bar
    return bar


def event(kind: str, **about: object) -> None:
    """Write an event as a line of JSON on the standard error."""
    click.echo(msgspec.json.encode({"event": kind, **about}).decode(), err=True)


def clear() -> None:
    """Take the bar away, so that what comes next begins on a line of its own."""
    context = click.get_current_context(silent=True)
    if context is not None and isinstance(bar := context.meta.get(_KEY), Bar):
        bar.clear()


class Events:
    """Writes events, not too many."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Begin now."""
        self._clock = clock
        self._last: Progress | None = None
        self._told = clock()

    def __call__(self, progress: Progress) -> None:
        """Write an event, if it is time or the end."""
        now = self._clock()
        if progress != self._last and (progress.done == progress.total or now - self._told >= SELDOM):
            self._told, self._last = now, progress
            event("progress", **msgspec.structs.asdict(progress))


class Bar:
    """A bar that draws over itself."""

    def __init__(self, *, is_terminal: bool, clock: Callable[[], float] = monotonic) -> None:
        """Begin now."""
        self._on, self._clock = is_terminal, clock
        self._began = clock()
        self._step, self._drawn, self._seen = "", 0.0, False

    def __call__(self, progress: Progress) -> None:
        """Draw, if it is time."""
        now = self._clock()
        if progress.step != self._step:
            self._step, self._began, self._drawn = progress.step, now, 0.0
        if self._on and now - self._drawn >= EVERY:
            self._drawn, self._seen = now, True
            click.echo(f"\r\x1b[K{line(progress, now - self._began)}", nl=False, err=True, color=True)

    def clear(self) -> None:
        """Erase what was drawn."""
        if self._seen:
            click.echo("\r\x1b[K", nl=False, err=True, color=True)
        self._seen = False


def line(progress: Progress, seconds: float) -> str:
    """Return the text of a bar: how much of how much, how fast, how long to go."""
    rate = progress.done / seconds if seconds else 0.0
    speed = f"  {rate:,.0f}/s" if rate >= 1 else ""
    if not progress.total:
        return f"{progress.step} {progress.done:,} {progress.unit}{speed}"
    filled = "━" * round(progress.done / progress.total * WIDTH)
    left = f"  {(progress.total - progress.done) / rate:,.0f} s left" if rate >= 1 else ""
    counts = f"{progress.done:,} of {progress.total:,} {progress.unit}"
    return f"{progress.step} {filled:╌<{WIDTH}} {counts}{speed}{left}"

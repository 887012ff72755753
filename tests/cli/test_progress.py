"""Progress: a bar for people, events for machines."""

import json
from itertools import count

import pytest

from labelport.app.context import Progress
from labelport.cli.progress import WIDTH, Bar, Events, line


def test_a_bar_tells_how_much_how_fast_and_how_long() -> None:
    said = line(Progress("export", 250, 1000), 5.0)
    assert said == f"export {'━' * 8:╌<{WIDTH}} 250 of 1,000 tasks  50/s  15 s left"


def test_work_of_unknown_length_is_counted() -> None:
    assert line(Progress("import", 1500, unit="records"), 0.0) == "import 1,500 records"


def test_a_bar_is_drawn_on_a_terminal_only(capsys: pytest.CaptureFixture[str]) -> None:
    ticks = count()
    for is_terminal in (False, True):
        bar = Bar(is_terminal=is_terminal, clock=lambda: float(next(ticks)))
        bar(Progress("export", 1, 2))
        bar.clear()
        assert bool(capsys.readouterr().err) is is_terminal


def test_a_bar_leaves_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    ticks = count()
    bar = Bar(is_terminal=True, clock=lambda: float(next(ticks)))
    bar(Progress("export", 1, 2))
    bar.clear()
    assert capsys.readouterr().err.endswith("\r\x1b[K")


def test_events_are_few_and_the_last_always_comes(capsys: pytest.CaptureFixture[str]) -> None:
    events = Events(clock=lambda: 0.0)
    for done in range(1, 1001):
        events(Progress("export", done, 1000))
    said = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    assert [one["done"] for one in said] == [1000]

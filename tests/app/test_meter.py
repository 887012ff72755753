import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import FrameType

import pytest

from labelport.app.meter import Meter


class Break(BaseException):
    """Stands for Ctrl-C: raised between any two instructions of the main thread."""


@pytest.fixture
def broken() -> Iterator[None]:
    """The process's alarm raises a break."""

    def come(_number: int, _frame: FrameType | None) -> None:
        raise Break

    before = signal.signal(signal.SIGALRM, come)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("broken")
def test_a_meter_that_is_broken_off_anywhere_can_be_abandoned(tmp_path: Path) -> None:
    """With queues that a lock guards, one of these rounds waits for ever for a lock that stayed taken."""
    for i in range(1000):
        meter = Meter()
        with pytest.raises(Break):
            write_for_ever(meter, tmp_path / "file", broken_after=1e-5 * (1 + i % 200))
        signal.setitimer(signal.ITIMER_REAL, 20)
        meter.abandon()
        signal.setitimer(signal.ITIMER_REAL, 0)


def write_for_ever(meter: Meter, path: Path, broken_after: float) -> None:
    file = meter.open(path, "cache", from_start=True)
    signal.setitimer(signal.ITIMER_REAL, broken_after)
    for i in count():
        meter.put(file, [b"some bytes"])
        if i % 50 == 0:
            meter.wait()

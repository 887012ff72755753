"""Run as a process of its own: works on an export, and ends itself by SIGKILL at one line of one phase.

The phases are told by the functions that work is in. Without a phase the export runs to its end and every line counts.
"""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from tests.spaces import Space

PHASES = {
    "exports.run": "between",
    "delivery.deliver": "between",
    "delivery.Work.run": "between",
    "reads.Reader.rows": "read",
    "lanes.Lane.write": "encode",
    "assembly.Assembly.add": "put",
    "assembly.Assembly.take": "assemble",
    "assembly.Assembly.mark": "assemble",
    "assembly.Assembly.finish": "assemble",
    "delivery.put_tree": "deliver",
    "folder.Folder.seal": "seal",
    "zip.Zip.seal": "seal",
}
DRAWN = ("read", "encode", "put", "assemble", "deliver", "seal")
Trace = Callable[[FrameType, str, Any], Any]


class Trap:
    """Counts the lines of each phase; ends the process at one of them. What follows the seal belongs to it."""

    def __init__(self, phase: str | None, line: int) -> None:
        self.counts: Counter[str] = Counter()
        self._phase, self._line = phase, line
        self._stack: list[str] = []
        self._sealed = False

    def __call__(self, frame: FrameType, event: str, _: object) -> Trace | None:
        """Follow a function that was called, if it is of a phase."""
        code = frame.f_code
        phase = PHASES.get(f"{Path(code.co_filename).stem}.{code.co_qualname}")
        if phase is not None:
            self._stack.append(phase)
            self._sealed |= phase == "seal"
            return self._entered
        return self._inside if self._stack else None

    def _entered(self, frame: FrameType, event: str, _: object) -> Trace:
        if event == "return":
            self._stack.pop()
        elif event == "line":
            self._count(frame)
        return self._entered

    def _inside(self, frame: FrameType, event: str, _: object) -> Trace:
        if event == "line":
            self._count(frame)
        return self._inside

    def _count(self, frame: FrameType) -> None:
        phase = "seal" if self._sealed else self._stack[-1]
        self.counts[phase] += 1
        if phase == self._phase and self.counts[phase] == self._line:
            where = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_qualname}"
            print(f"{phase} {where}", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)


def main(folder: str, export: str, workers: str, phase: str = "", line: str = "0") -> None:
    """Run the export with a trap."""
    space = Space(Path(folder), workers=int(workers))
    job = space.work.export(export)
    trap = Trap(phase or None, int(line))
    sys.settrace(trap)
    job.wait_till_done()
    sys.settrace(None)
    print(msgspec.json.encode(trap.counts).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Run as a process of its own: works on exports, each in a child that ends itself by SIGKILL at one line of one phase.

The phases are told by the functions that work is in. Without a phase the export runs to its end and every line counts.
Each line of the input is a run, as a JSON list: where its output goes, and what `work` takes. Its answer is the child's
exit status, as `os.wait` has it. The children are forked before any workspace is open, so they load nothing again.
"""

import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from labelport.registry import format_named, formats
from tests.spaces import Space

PHASES = {
    "exports.run": "between",
    "delivery.deliver": "between",
    "delivery.Work.run": "between",
    "reads.Reader.rows": "read",
    "lanes.Lane.write": "encode",
    "assembly.Assembly.add": "put",
    "files.Files.copy": "put",
    "assembly.Assembly.take": "assemble",
    "assembly.Assembly.mark": "assemble",
    "assembly.Assembly.finish": "assemble",
    "putting.put_tree": "deliver",
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
        is_inside = self._stack and (self._stack[-1] != "between" or self._sealed)
        return self._inside if is_inside else None

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


def main() -> None:
    """Work on each run that is asked for, in a child of its own."""
    for name in formats():
        format_named(name)
    for line in sys.stdin:
        output, *asked = msgspec.json.decode(line, type=list[Any])
        if (child := os.fork()) == 0:
            file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(file, 1)
            os.dup2(file, 2)
            _end(*asked)
        print(os.waitpid(child, 0)[1], flush=True)


def _end(*asked: Any) -> None:
    """Work on an export, and end the process."""
    try:
        work(*asked)
    except BaseException:  # noqa: BLE001  it is told by the output and the status
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


def work(folder: str, export: str, workers: int, phase: str = "", line: int = 0) -> None:
    """Run the export with a trap."""
    space = Space(Path(folder), workers=workers)
    job = space.work.export(export)
    trap = Trap(phase or None, line)
    sys.settrace(trap)
    job.wait_till_done()
    sys.settrace(None)
    print(msgspec.json.encode(trap.counts).decode())


if __name__ == "__main__":
    main()

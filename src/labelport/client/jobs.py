"""An export job as the SDK shows it: waited for, measured, and read from any line or byte."""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, Protocol

import msgspec

from labelport import api
from labelport.errors import RequestError


class Asking(Protocol):
    """The part of a transport that a job needs."""

    def ask(self, operation: api.Operation[api.Q, api.A], question: api.Q) -> api.A:
        """Return the answer."""

    def lines(self, question: api.StreamLines) -> Iterator[bytes]:
        """Yield lines of a finished export."""


class StreamType(Enum):
    """What a job leaves to read: its rows, or what it skipped."""

    RESULT = "RESULT"
    ERRORS = "ERRORS"


class ExportJob:
    """An export, found again by its id at any time."""

    def __init__(self, transport: Asking, export: api.Export) -> None:
        """Watch an export."""
        self._transport, self._export = transport, export

    @property
    def uid(self) -> str:
        """The export's id."""
        return self._export.id

    @property
    def status(self) -> str:
        """Its status when last looked at."""
        return self._export.status

    @property
    def export(self) -> api.Export:
        """The export as the history has it."""
        return self._export

    @property
    def result(self) -> api.Result:
        """What was written, skipped and lost; of a failed export, its error."""
        return msgspec.json.decode(self._export.result, type=api.Result)

    def wait_till_done(self, timeout_seconds: float | None = None) -> None:
        """Return when the export is done; raises what made it fail.

        Raises `OverdueError`, a `TimeoutError`, when the time is over; calling it again goes on from there. None waits
        as long as it takes.
        """
        if self._export.status not in ("done", "done_with_skips"):
            self._export = self._transport.ask(api.RUN_EXPORT, api.RunExport(self.uid, timeout_seconds))

    def has_result(self) -> bool:
        """Whether there are rows."""
        return bool(self._totals(StreamType.RESULT).lines)

    def has_errors(self) -> bool:
        """Whether something was skipped."""
        return bool(self._totals(StreamType.ERRORS).lines)

    def get_total_lines(self, stream_type: StreamType = StreamType.RESULT) -> int:
        """Return how many lines the stream has."""
        return self._totals(stream_type).lines

    def get_total_file_size(self, stream_type: StreamType = StreamType.RESULT) -> int:
        """Return how many bytes the stream has."""
        return self._totals(stream_type).bytes

    def get_buffered_stream(self, stream_type: StreamType = StreamType.RESULT) -> "BufferedStream":
        """Return the rows to read; raises `ValueError` before the export is done."""
        return BufferedStream(self._transport, self.uid, stream_type, self._totals(stream_type))

    def _totals(self, stream_type: StreamType) -> api.Totals:
        if self._export.status not in ("done", "done_with_skips"):
            raise RequestError(f"export {self.uid!r} is {self._export.status}: call `wait_till_done()` first")
        return self._transport.ask(api.GET_TOTALS, api.GetTotals(self.uid, stream_type.value))


class Line:
    """A row of a stream: its text and what it says."""

    def __init__(self, data: bytes) -> None:
        """Hold a line."""
        self.json_str = data.decode()

    @property
    def json(self) -> Any:  # noqa: ANN401  whatever JSON holds
        """The row as plain values."""
        return msgspec.json.decode(self.json_str)


class BufferedStream:
    """The rows of an export from some line or byte on; iterating again reads again."""

    def __init__(self, transport: Asking, export: str, stream_type: StreamType, totals: api.Totals) -> None:
        """Begin at the first line."""
        self._transport, self._totals = transport, totals
        self._question = api.StreamLines(export, stream_type.value)

    def with_line(self, line: int) -> "BufferedStream":
        """Begin at a line, counted from 0; raises `ValueError` past the end."""
        if not 0 <= line <= self._totals.lines:
            raise ValueError(f"line {line} is past the end: there are {self._totals.lines}")
        self._question = msgspec.structs.replace(self._question, line=line, offset=None)
        return self

    def with_offset(self, offset: int) -> "BufferedStream":
        """Begin at a byte; raises `ValueError` past the end. Inside a line, its rest comes first."""
        if not 0 <= offset <= self._totals.bytes:
            raise ValueError(f"offset {offset} is past the end: there are {self._totals.bytes} bytes")
        self._question = msgspec.structs.replace(self._question, offset=offset, line=0)
        return self

    def start(self, stream_handler: Callable[[Line], None]) -> None:
        """Call a function with every line."""
        for line in self:
            stream_handler(line)

    def __iter__(self) -> Iterator[Line]:
        """Yield every line."""
        for data in self._transport.lines(self._question):
            yield Line(data)

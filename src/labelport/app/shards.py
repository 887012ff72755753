"""The work on one shard: selected tasks, read at the cut, through every format of the request."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from labelport.app.classmap import Classes
from labelport.app.copies import Copies
from labelport.app.files import MEDIA
from labelport.app.growing import Growing
from labelport.app.items import item
from labelport.app.lanes import Lane
from labelport.app.splitting import Splitting
from labelport.errors import LabelportError, RequestError
from labelport.kit.format import Context, Document, File, Row
from labelport.model.export import ExportRequest
from labelport.model.ontology import LabelClass
from labelport.registry import format_named
from labelport.store import names
from labelport.store.exports import ExportRow
from labelport.store.reads import Found, Reader, Run
from labelport.store.store import Store

AT_TIMES = 500
"""Progress is told once in so many tasks."""


class Output(Protocol):
    """Where a shard's rows and files go."""

    items: Growing
    skipped: Growing

    def add(self, format_: str, found: Row | File, task: int) -> None:
        """Append a row of a task to its section, or put a file of it."""

    def copy(self, path: str, found: Iterable[bytes], task: int) -> None:
        """Put a copy of a task's medium."""


class Job:
    """An export at work on its shards."""

    def __init__(self, store: Store, row: ExportRow) -> None:
        """Make the lanes and the reader of an export."""
        self.row, self.request = row, row.request
        self.classes = classes_of(store, row.log, row.request, row.cut)
        self.lanes = lanes(row.request, self.classes)
        self.reader = Reader(store.db, row.log, row.request, base=row.base, cut=row.cut)
        self._splitting = Splitting(self.request.split, store.db, row.log, row.cut) if self.request.split else None
        by_class = any(lane.format.locate for lane in self.lanes)
        places: Literal["fixed", "by class"] = "by class" if by_class else "fixed"
        self._copies = Copies(store, row, self._splitting, places=places) if self.request.media != "none" else None
        self._fragments = [lane.fragment for lane in self.lanes]

    def layout(self) -> dict[str, tuple[Document, ...]]:
        """Return the documents of every format, by the names under which rows are added to them."""
        return {key: documents for lane in self.lanes for key, documents in lane.layout().items()}

    def run(self, run: Run, out: Output, progress: Callable[[int], None] = lambda _: None) -> None:
        """Write one shard."""
        wanted = [fragment for fragment in self._fragments if fragment]
        lines = any(lane.needs_lines for lane in self.lanes)
        for count, found in enumerate(self.reader.rows(run, wanted, lines=lines), 1):
            if found.fault:
                self._skip(found, found.fault, out)
            else:
                self._write(found, out)
            if count % AT_TIMES == 0:
                progress(count)

    def reckoning(self) -> bytes:
        """Return the accounts so far, and start new ones."""
        accounts = {lane.name: lane.settle() for lane in self.lanes}
        return msgspec.json.encode(accounts | ({MEDIA: self._copies.settle()} if self._copies else {}))

    def _write(self, found: Found, out: Output) -> None:
        fragments = iter(found.fragments)
        part = self._splitting.part(found) if self._splitting else ""
        written = False
        for lane in self.lanes:
            try:
                lane.write(found, self._line, next(fragments) if lane.fragment else (), part, out.add)
            except Exception as e:  # noqa: BLE001  the shard's loop: one task must not sink the export
                lane.fail(found, e)
                self._report(found, lane.name, f"failed: {e}", out)
            else:
                written = True
        if written:
            medium = None
            if self._copies:
                places = tuple(dict.fromkeys(lane.place(found.stored.path, part) for lane in self.lanes))
                medium = self._copies.copy(found, part, places, out.copy)
            out.items.add(item(found, part, medium))

    def _line(self, found: Found) -> bytes:
        """Return a task's line, which is read now where the shard was read without."""
        if found.stored.line:
            return found.stored.line
        number = found.stored.number
        again = next(self.reader.rows(Run(number - 1, number, 1)))
        if again.fault:
            raise LabelportError(again.fault)
        return again.stored.line

    def _skip(self, found: Found, reason: str, out: Output) -> None:
        for lane in self.lanes:
            lane.skip(found, reason)
            self._report(found, lane.name, reason, out)

    def _report(self, found: Found, format_: str, reason: str, out: Output) -> None:
        stored = found.stored
        out.skipped.add(
            msgspec.json.encode({"format": format_, "task": stored.id, "number": stored.number, "reason": reason})
        )


def classes_of(store: Store, log: int, request: ExportRequest, cut: int) -> Classes:
    """Return what a request makes of the classes at a cut; raises `RequestError` where two would be taken for one."""
    return Classes(names.classes(store.db, log, cut), request.class_map)


def lanes(request: ExportRequest, classes: Classes) -> list[Lane]:
    """Return a lane for each format of a request; raises `RequestError` where a format cannot take its options."""
    return [
        Lane(name, format_named(name), context(name, request, classes.delivered), request, classes)
        for name in request.formats
    ]


def context(name: str, request: ExportRequest, classes: tuple[LabelClass, ...]) -> Context:
    """Return what a format knows before the first record; which frames are wanted may depend on the record's video."""
    options = _options(name, format_named(name).options, request.options.get(name, {}))
    parts = tuple(request.split.shares) if request.split else ()
    return Context(
        classes, options, "all" if request.frames == "all" else "keyframes", parts, media=request.media != "none"
    )


def _options(name: str, kind: type[msgspec.Struct] | None, given: Mapping[str, object]) -> dict[str, object]:
    if kind is None:
        if given:
            raise RequestError(f"format {name!r} takes no options, not {', '.join(map(repr, sorted(given)))}")
        return {}
    known: Sequence[str] = kind.__struct_fields__
    if extra := sorted(set(given) - set(known)):
        raise RequestError(f"format {name!r} has no option {extra[0]!r}; it has {', '.join(map(repr, known))}")
    try:
        return msgspec.structs.asdict(msgspec.convert(given, kind, strict=False))
    except msgspec.ValidationError as e:
        raise RequestError(f"format {name!r}: {e}") from e

"""One format within an export: which way a task takes through it, and the account of it.

A task whose bytes can be joined is spliced; any other is decoded, fitted to what the format carries, and encoded.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice

import msgspec

from labelport.app.classmap import Classes
from labelport.app.envelopes import root
from labelport.app.reckoning import Account
from labelport.app.shape import WORDS, Shape
from labelport.app.shelf import Shelf
from labelport.errors import IntegrityError, LossError, RequestError
from labelport.fidelity import Ledger, fit, forecast, revise
from labelport.kit.count import units
from labelport.kit.format import FILES, Borrowed, Context, Document, File, Format, Lost, Made, Row, Section, Unit
from labelport.model.export import ExportRequest
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.store.reads import Found

Add = Callable[[str, Row | File, int], None]
Line = Callable[[Found], bytes]
AT_ONCE = 2000
"""Rows of one task that are made before the first is written; a task that fails within them leaves nothing."""
_decode = msgspec.json.Decoder(Record).decode
_kinds = msgspec.json.Decoder(dict[str, int]).decode


class Lane:
    """A format at work."""

    def __init__(
        self,
        name: str,
        format_: Format,
        context: Context,
        request: ExportRequest,
        classes: Classes,
        shelf: Shelf | None = None,
    ) -> None:
        """Decide once what does not depend on the task; without a shelf, there are no media to look at."""
        self.name, self.format, self.context = name, format_, context
        self.shape = Shape(classes, request.frames, format_.carries)
        self._account = Account()
        self._spliced: Counter[tuple[str, ...]] = Counter()
        self._in_folders = format_.parts == "folders"
        self._parts = context.parts if context.parts and self._in_folders else ("",)
        self._root = root(request)
        self.folder = self._root + (f"{name}/" if len(request.formats) > 1 else "")
        self._on_loss = request.on_loss
        self._is_sampled = request.frames not in WORDS
        plain = request.frames == "keyframes" and request.on_loss == "convert"
        self._splice = format_.splice if plain else None
        if format_.encode is None:
            raise RequestError(f"format {name!r} can only be imported")
        self._encoder = format_.encode
        self.fragment = _fragment(name, format_) if self._splice else None
        self._borrows = format_.borrows
        self._drawn = frozenset(f"kind:{one}" for one in format_.carries.kinds)
        self._holds = _countable(format_, context)
        self._found = format_.found if request.verify == "deep" else None
        self._copies = request.media != "none"
        self._located: str | None = None
        self._shelf = shelf if format_.looks else None

    @property
    def needs_lines(self) -> bool:
        """Whether it cannot do with fragments alone."""
        return self.fragment is None or self._copies or not self.shape.is_idle

    def layout(self) -> dict[str, tuple[Document, ...]]:
        """Return its documents in the delivery: one set, or one for each part of a split."""
        found = self.format.documents(self.context) if self.format.documents else ()
        return {
            self._sheet(part): tuple(
                msgspec.structs.replace(document, path=self._prefix(part) + document.path) for document in found
            )
            for part in self._parts
        }

    def folder_of(self, sheet: str) -> str:
        """Return what the paths of a set of its documents, and of the files beside them, begin with."""
        return self._prefix(sheet.partition("/")[2])

    def once(self) -> Iterator[File]:
        """Yield the files that depend on no task, in each part of a split."""
        for part in self._parts:
            for file in self.format.once(self.context) if self.format.once else ():
                yield msgspec.structs.replace(file, path=self._prefix(part) + file.path)

    def last(self, made: Callable[[str], Sequence[Made]]) -> Iterator[File]:
        """Yield the files that tell of the finished documents, in each part of a split."""
        if self.format.last is None:
            return
        for part in self._parts:
            prefix = self._prefix(part)
            found = [
                msgspec.structs.replace(one, path=one.path.removeprefix(prefix)) for one in made(self._sheet(part))
            ]
            for file in self.format.last(found, self._context(part)):
                yield msgspec.structs.replace(file, path=prefix + file.path)

    def write(self, found: Found, line: Line, fragments: tuple[bytes | None, ...], part: str, add: Add) -> None:
        """Write a task into its part, by whichever way it can take; what does not fit is counted."""
        self._located = None
        made = self._joined(found, fragments, part)
        if made is None:
            self._encode(found, line(found), part, add)
        else:
            self._add(made, found.stored.number, part, add)
            self._spliced[found.kinds] += 1

    def place(self, path: str, part: str) -> str:
        """Return where the copy of the medium lies of the task that was just written, by its path."""
        if self._located is not None:
            return self._prefix(part) + self._located
        if self.format.place is None:
            return f"{self._root}media/{part}/{path}" if part else f"{self._root}media/{path}"
        return self._prefix(part) + self.format.place(path, self._context(part))

    def settle(self) -> Account:
        """Return the account so far, and begin a new one."""
        if tasks := self._spliced.total():
            ledger = forecast(self._held(), self.format.carries, "convert")
            expected = {section: tasks if unit == "task" else ledger.written for section, unit in self._holds}
            self._enter(ledger, expected, tasks)
            self._account.find(tasks, ledger.written)
            self._spliced.clear()
        account, self._account = self._account, Account()
        return account

    def fail(self, found: Found, error: Exception) -> None:
        """Note that a task could not be written; what is not the task's fault is raised again."""
        if isinstance(error, LossError | IntegrityError | OSError):
            raise error
        self.skip(found, f"failed: {error or type(error).__name__}")

    def skip(self, found: Found, reason: str) -> None:
        """Note that a task is not written."""
        self._account.select(found.stored.annotations)
        self._account.skip(found.stored.id, found.stored.annotations, reason)

    def _joined(self, found: Found, fragments: tuple[bytes | None, ...], part: str) -> tuple[Row | File, ...] | None:
        """Return a task made of stored bytes; None where it has to be encoded."""
        if self._splice is None or None in fragments or self.shape.changes(found):
            return None
        objects = self._borrowable(found.kinds, self._borrows) if self._borrows else 0
        if objects is None:
            return None
        stored = msgspec.structs.replace(found.stored, fragments=fragments) if fragments else found.stored
        made = self._splice(stored, self._context(part))
        if made is None:
            return None
        items = tuple(made)
        if self._borrows:
            self._account.expect(FILES, self._borrows.files(stored, objects))
        return items

    def _borrowable(self, kinds: tuple[str, ...], borrows: Borrowed) -> int | None:
        """Return how many objects labels hold that are carried; None where they cannot be made of borrowed bytes."""
        objects = 0
        for text in kinds:
            held = _kinds(text)
            if not borrows.unless.isdisjoint(held):
                return None
            for kind in self._drawn.intersection(held):
                objects += held[kind] - held.get(kind.replace("kind:", "unclassified:"), 0)
        return objects

    def _encode(self, found: Found, line: bytes, part: str, add: Add) -> None:
        """Write a task from its decoded record, all or nothing: a long run is made once in vain before."""
        ledger = Ledger()
        record = _decode(line)
        context = self._context(part, record)
        if self.shape.changes(found):
            record = self.shape.shaped(record, ledger)
        record = fit(record, self.format.carries, self._on_loss, ledger)
        self._located = self.format.locate(record, context) if self.format.locate else None
        made = iter(self._encoder(record, context))
        first = list(islice(made, AT_ONCE))
        if len(first) == AT_ONCE:
            for _ in made:
                pass
            first, made = [], iter(self._encoder(record, context))
        self._add(self._told(chain(first, made), record, ledger), record.number, part, add)
        expected = {section: units(record, unit) for section, unit in self._holds}
        if self.format.count is not None:
            expected |= self.format.count(record, context)
        self._enter(ledger, expected, 1)
        self._account.find(*self._returned(record, context, ledger))

    def _context(self, part: str, record: Record | None = None) -> Context:
        """Return what the format knows before a record of a part."""
        context = msgspec.structs.replace(self.context, part=part) if part else self.context
        if self._is_sampled and record is not None:
            context = msgspec.structs.replace(context, frames=self.shape.wanted(record))
        if self._shelf is not None and record is not None:
            context = msgspec.structs.replace(context, medium=partial(self._shelf.open, record.asset))
        return context

    def _returned(self, record: Record, context: Context, ledger: Ledger) -> tuple[int, int]:
        """Return how many records and annotations a reader finds: what drawing dropped is not there."""
        if self._found is None:
            return 1, ledger.written
        records, held = self._found(record, context)
        return records, held - ledger.undrawn

    def _told(self, made: Iterable[Row | File | Lost], record: Record, ledger: Ledger) -> Iterator[Row | File]:
        """Yield what goes into files; count what drawing lost."""
        for item in made:
            if isinstance(item, Lost):
                try:
                    revise(ledger, item, self.format.carries, self._on_loss)
                except LossError as e:
                    raise LossError(f"task {record.name!r}: {e}") from e
            else:
                yield item

    def _held(self) -> Counter[str]:
        """Return what the labels of all spliced tasks hold, counted together."""
        labels: Counter[str] = Counter()
        for kinds, tasks in self._spliced.items():
            for text in kinds:
                labels[text] += tasks
        held: Counter[str] = Counter()
        for text, count in labels.items():
            for name, times in _kinds(text).items():
                held[name] += times * count
        return held

    def _enter(self, ledger: Ledger, expected: Mapping[str, int], tasks: int) -> None:
        """Put so many tasks on the account, with what became of all they hold."""
        self._account.write(tasks, ledger.selected, ledger.written, ledger.skipped)
        self._account.lose(ledger.losses(self.name))
        for section, count in expected.items():
            self._account.expect(section, count)

    def _add(self, items: Iterable[Row | File], task: int, part: str, add: Add) -> None:
        """Put what was made of a task where its part of the split is."""
        sheet = self._sheet(part)
        for item in items:
            if isinstance(item, File):
                add(sheet, msgspec.structs.replace(item, path=self._prefix(part) + item.path), task)
            else:
                add(sheet, item, task)

    def _sheet(self, part: str) -> str:
        return f"{self.name}/{part}" if part and self._in_folders else self.name

    def _prefix(self, part: str) -> str:
        return f"{self.folder}{part}/" if part and self._in_folders else self.folder


def _fragment(name: str, format_: Format) -> tuple[str, int] | None:
    """Return the name and version of the fragments that a format splices."""
    if format_.borrows is not None:
        return format_.borrows.of, format_named(format_.borrows.of).version
    return (name, format_.version) if format_.fragment else None


def _countable(format_: Format, context: Context) -> tuple[tuple[str, Unit], ...]:
    """Return what the elements of each section are, or what whole files are where there are no documents."""
    documents = format_.documents(context) if format_.documents else ()
    there = {part.name for document in documents for part in document.parts if isinstance(part, Section)} or {FILES}
    return tuple((section, unit) for section, unit in format_.holds.items() if section in there)

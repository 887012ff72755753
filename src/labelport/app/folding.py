"""Fold: a full delivery and deltas, in order, become the full delivery of the last cut, byte for byte."""

import heapq
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

import msgspec

from labelport.api import FoldDeliveries, Folded
from labelport.app.assembly import Assembly
from labelport.app.classmap import Classes
from labelport.app.context import App, Progress
from labelport.app.copies import MISSING
from labelport.app.delivered import SKIPPED, TOMBSTONES, Delivery
from labelport.app.elements import elements
from labelport.app.envelopes import Wrap, envelope
from labelport.app.files import LINES
from labelport.app.growing import chunks, write_whole
from labelport.app.lanes import Lane
from labelport.app.parsing import Parsed
from labelport.app.places import MANIFEST, check, claimed
from labelport.app.putting import put_tree
from labelport.app.reckoning import Account
from labelport.app.shards import lanes
from labelport.app.stage import ITEMS, MEDIUM
from labelport.errors import IntegrityError, NotFoundError, RequestError
from labelport.kit.format import Document, File, Row, Section
from labelport.model.export import ExportRequest, FileEntry, Manifest, Skip, Tally
from labelport.model.record import Tombstone

Numbered = tuple[int, bytes]
Listed = tuple[Delivery, FileEntry]
T = TypeVar("T")


def fold(app: App, ask: FoldDeliveries) -> Folded:
    """Apply the deltas; raises `RequestError` where they do not follow each other."""
    check(ask.to)
    scratch = Path(mkdtemp(prefix=".labelport-fold-", dir=app.store.folder))
    try:
        base = Delivery(ask.base)
        for i, address in enumerate(ask.deltas):
            delta = Delivery(address)
            _check_follows(base, delta)
            folder = scratch / str(i)
            with closing(_Fold(base, delta, folder)) as one:
                manifest = one.run()
            last = i == len(ask.deltas) - 1
            write_whole(folder / MANIFEST, msgspec.json.encode(manifest))
            put_tree(claimed(ask.to if last else str(folder / "out"), app.new_id()), folder)
            app.progress(Progress("fold", i + 1, len(ask.deltas), unit="deltas"))
            base = Delivery(ask.to if last else str(folder / "out"))
    finally:
        shutil.rmtree(scratch)
    tasks = sum(1 for _ in base.items())
    return Folded(ask.to, base.manifest.cut, tasks, base.manifest.files)


class _Fold:
    """One delta on one base."""

    def __init__(self, base: Delivery, delta: Delivery, folder: Path) -> None:
        self.base, self.delta = base, delta
        self.lanes, self._old_lanes = _lanes(delta.manifest), _lanes(base.manifest)
        layouts = {key: (lane, found) for lane in self.lanes for key, found in lane.layout().items()}
        self._folders = [(lane.folder_of(key), key) for key, (lane, _) in layouts.items()]
        documents = {key: found for key, (_, found) in layouts.items()}
        self.assembly = Assembly(folder, documents, media=delta.manifest.request.media)

    def run(self) -> Manifest:
        """Write the folded files; return their manifest."""
        for lane in self.lanes:
            for file in lane.once():
                self.assembly.files.put(file)
        self._files()
        for old, lane in zip(self._old_lanes, self.lanes, strict=True):
            for (sheet, documents), earlier in zip(lane.layout().items(), old.layout().values(), strict=True):
                for was, document in zip(earlier, documents, strict=True):
                    self._document(lane, sheet, was, document)
        for path, growing, section in (
            ("items.csv", self.assembly.items, ITEMS),
            (SKIPPED, self.assembly.skipped, LINES),
        ):
            for _, row in self._merged(*(_listed(one, path, section) for one in (self.base, self.delta))):
                growing.add(row)
        last = (file for lane in self.lanes for file in lane.last(self.assembly.made))
        return self._manifest(self.assembly.finish(last=last, wrap=self._wrap()).sha256)

    def close(self) -> None:
        """Let go of every file."""
        self.assembly.close()

    def _request(self) -> ExportRequest:
        """Return the request of the full delivery."""
        return msgspec.structs.replace(self.delta.manifest.request, since=self.base.manifest.request.since)

    def _wrap(self) -> Wrap:
        now = self.delta.manifest
        return envelope(self._request(), cut=now.cut, base=self.base.manifest.base, root=now.root)

    def _manifest(self, files: str) -> Manifest:
        old, new = self.base.manifest, self.delta.manifest
        skips, lost = self._skips()
        selected = self.assembly.items.elements + lost
        return msgspec.structs.replace(
            new,
            request=self._request(),
            base=old.base,
            tallies=tuple(self._tally(lane.name, skips, selected) for lane in self.lanes),
            skips=tuple(skips),
            losses=None,
            files=files,
            media=None,
            removed=0,
            folded=True,
        )

    def _skips(self) -> tuple[list[Skip], int]:
        """Return the skip report, from the folded list of what was skipped, and how many tasks no format has."""
        accounts = {lane.name: Account() for lane in self.lanes}
        path = self.assembly.tree / SKIPPED
        lines = elements(chunks(path), LINES) if path.exists() else ()
        skipped = (msgspec.json.decode(line, type=_Skipped) for line in lines)
        lost = 0
        for _, told in groupby(skipped, key=lambda one: one.number):
            each = list(told)
            lost += len(each) == len(self.lanes)
            for one in each:
                accounts[one.format].skip(one.task, 0, one.reason)
        return [skip for name, account in accounts.items() for skip in account.skip_report(name)], lost

    def _tally(self, name: str, skips: Sequence[Skip], selected: int) -> Tally:
        """Return what is known of a format: its tasks, and the rows in its files."""
        skipped = sum(skip.count for skip in skips if skip.format == name)
        return Tally(name, selected, selected - skipped, skipped, None, None, None, self.assembly.counts(name))

    def _document(self, lane: Lane, sheet: str, was: Document, document: Document) -> None:
        number = lane.format.number
        if number is None:
            raise RequestError(f"format {lane.name!r} cannot be folded")
        old, new = Parsed(self.base, was), Parsed(self.delta, document)
        for section in document.parts:
            if isinstance(section, Section):
                name = section.name
                pair = (((number(name, item), item) for item in one.section(section)) for one in (old, new))
                for task, item in self._merged(*pair):
                    self.assembly.add(sheet, Row(name, item), task)

    def _files(self) -> None:
        """Take over the files that are of one task: of the base those untouched and kept, and those of the delta."""
        untouched = _untouched(_listed_files(self.base), self._touched())
        for task, (delivery, entry) in heapq.merge(
            untouched, _listed_files(self.delta), self._kept(), key=lambda one: one[0]
        ):
            if entry.media:
                self.assembly.copy(entry.path, delivery.chunks(entry.path), task)
            else:
                file = File(entry.path, b"".join(delivery.chunks(entry.path)))
                self.assembly.add(self._sheet(entry.path), file, task)

    def _sheet(self, path: str) -> str:
        """Return which sheet a file is of: its format's, or its part's of a split."""
        for folder, sheet in self._folders:
            if path.startswith(folder):
                return sheet
        raise IntegrityError(f"file {path!r} is of none of the formats")

    def _kept(self) -> Iterator[tuple[int, Listed]]:
        """Yield the media of the base that the delta names and does not bring; raises `IntegrityError` without them."""
        named = (
            (int(row[0]), row[MEDIUM]) for row in self.delta.items() if len(row) > MEDIUM and _is_path(row[MEDIUM])
        )
        brought = (task for task, (_, entry) in _listed_files(self.delta) if entry.media)
        there = groupby((one for one in _listed_files(self.base) if one[1][1].media), key=lambda one: one[0])
        task, files = next(there, (None, ()))
        for number, path in _untouched(named, brought):
            while task is not None and task < number:
                task, files = next(there, (None, ()))
            if task != number:
                raise IntegrityError(f"{self.base.address!r} lacks {path!r}, which the delta keeps: export all of it")
            yield from files

    def _merged(self, old: Iterator[Numbered], new: Iterator[Numbered]) -> Iterator[Numbered]:
        """Yield what is old and untouched and what is new, in order of task numbers."""
        return heapq.merge(_untouched(old, self._touched()), new, key=lambda one: one[0])

    def _touched(self) -> Iterator[int]:
        """Yield the numbers of the tasks that the delta writes, skips or removes, in order."""
        written = (int(row[0]) for row in self.delta.items())
        skipped = (number for number, _ in _listed(self.delta, SKIPPED, LINES))
        return heapq.merge(written, skipped, (gone.number for gone in _tombstones(self.delta)))


def _untouched(old: Iterator[tuple[int, T]], touched: Iterator[int]) -> Iterator[tuple[int, T]]:
    gone = next(touched, None)
    for number, item in old:
        while gone is not None and gone < number:
            gone = next(touched, None)
        if gone != number:
            yield number, item


def _listed_files(delivery: Delivery) -> Iterator[tuple[int, Listed]]:
    """Yield the files that are of one task, in order of task numbers."""
    for entry in delivery.entries():
        if entry.task is not None:
            yield entry.task, (delivery, entry)


def _is_path(medium: str) -> bool:
    """Whether a cell of the list of tasks names a copy of a medium."""
    return medium != "" and not medium.startswith(MISSING)


def _lanes(manifest: Manifest) -> list[Lane]:
    return lanes(manifest.request, Classes(manifest.classes, None))


def _listed(delivery: Delivery, path: str, section: Section) -> Iterator[Numbered]:
    """Yield the lines of a list with their task numbers; a list that is not there is empty."""
    try:
        found = elements(delivery.chunks(path), section)
        if section.quoted:
            next(found)
            for row in found:
                yield int(row[: row.index(b",")]), row
            return
        for line in found:
            yield msgspec.json.decode(line, type=_Numbered).number, line
    except NotFoundError:
        return


class _Skipped(msgspec.Struct, frozen=True):
    format: str
    task: str
    number: int
    reason: str


class _Numbered(msgspec.Struct, frozen=True):
    number: int


def _tombstones(delta: Delivery) -> Iterator[Tombstone]:
    for line in elements(delta.chunks(TOMBSTONES), LINES):
        yield msgspec.json.decode(line, type=Tombstone)


def _check_follows(base: Delivery, delta: Delivery) -> None:
    """Raise `RequestError` where the delta is none, or is not one of this base."""
    old, new = base.manifest, delta.manifest
    if new.base is None:
        raise RequestError(f"{delta.address!r} is a full delivery, not a delta")
    if new.base != old.cut:
        raise RequestError(f"{delta.address!r} begins at change {new.base}, {base.address!r} ends at {old.cut}")
    if _plain(old.request) != _plain(new.request):
        raise RequestError(f"{delta.address!r} was made for another request than {base.address!r}")


def _plain(request: ExportRequest) -> ExportRequest:
    return msgspec.structs.replace(request, since=None, at=None)

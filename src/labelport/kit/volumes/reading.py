"""Volumes read back: deliveries of ours by their index, other folders as scans with the segmentations beside them."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from labelport.errors import Fault, InvalidError
from labelport.kit import native
from labelport.kit.format import BROKEN, Blob, Counted, Input, Item, Reject
from labelport.kit.label_volume import Voxels, combined, pack
from labelport.kit.legend import FOREGROUND, classes_of
from labelport.kit.volumes import pairs
from labelport.kit.volumes.codec import Codec
from labelport.kit.volumes.grids import match
from labelport.kit.volumes.index import LEGEND, VOLUMES, Legend, Row, Volume
from labelport.model.asset import Asset
from labelport.model.geometry import Segment
from labelport.model.label import Annotation, Label, Target
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.shapes.grid import grid_of_series

MASKS = "masks"
"""The id of a label that the index does not name."""
_legend = msgspec.json.Decoder(Legend)
_row = msgspec.json.Decoder(Row)


def decode(inputs: Iterable[Input], codec: Codec) -> Iterator[Item]:
    """Yield the classes, then the records, each behind its label volumes."""
    files = {given.path: given for given in inputs}
    indexed = [path.removesuffix(VOLUMES) for path in sorted(files) if path.rpartition("/")[2] == VOLUMES]
    for folder in indexed:
        try:
            found = _legend.decode(files[folder + LEGEND].read()) if folder + LEGEND in files else None
        except BROKEN as e:
            yield Reject(folder + LEGEND, "$", (Fault("$", str(e)),), records=0)
            continue
        if found is None:
            yield Reject(folder + VOLUMES, "$", (Fault("$", f"lacks {LEGEND!r} beside it"),), records=0)
            continue
        yield Ontology(classes_of(found.kind, found.classes))
        yield from _Reader(found, folder, files, codec).records(files[folder + VOLUMES])
    rest = {path: file for path, file in files.items() if not any(path.startswith(folder) for folder in indexed)}
    yield from pairs.decode(rest, codec)


class _Reader:
    """Reads one delivery."""

    def __init__(self, legend: Legend, folder: str, files: Mapping[str, Input], codec: Codec) -> None:
        self._codec = codec
        self._legend, self._folder, self._files = legend, folder, files

    def records(self, index: Input) -> Iterator[Item]:
        """Yield each record behind its blobs, and the counts."""
        tasks = held = 0
        for number, line in native.lines(index):
            tasks += 1
            try:
                row = _row.decode(line)
            except BROKEN as e:
                yield Reject(index.path, f"line {number}", (native.fault(e),))
                continue
            held += sum(len(volume.parts) for volume in row.volumes)
            yield from self._record(row)
        yield Counted(index.path, tasks, held)

    def _record(self, row: Row) -> Iterator[Item]:
        marks: dict[str, list[Annotation]] = {} if row.state == "unlabelled" else {MASKS: []}
        for files in _together(row.volumes):
            try:
                blob, found = self._marks(row, files)
            except InvalidError as e:
                lost = sum(len(volume.parts) for volume in files)
                yield Reject(files[0].file, row.name, e.faults, lost, records=0)
                continue
            if blob is not None:
                yield blob
            marks.setdefault(files[0].label or MASKS, []).extend(found)
        yield _record(row, marks)

    def _marks(self, row: Row, files: list[Volume]) -> tuple[Blob | None, list[Annotation]]:
        """Return the label volume of files that lie on one series together, and what is in it."""
        parts = [part for volume in files for part in volume.parts]
        if not parts:
            return None, []
        if len(files) == 1:
            voxels = self._read(row, files[0])
            values = [part.values for part in parts]
        else:
            shape = self._read(row, files[0]).shape
            voxels, values = combined((self._read(row, volume) != 0 for volume in files), shape)
        blob = Blob(pack(voxels))
        series = files[0].series
        marks = []
        for place, (part, own) in enumerate(zip(parts, values, strict=True)):
            class_ = FOREGROUND.number if self._legend.kind == "binary" else part.class_
            name = part.annotation or f"{row.task}/{series}/{place}"
            marks.append(Annotation(name, class_=class_, geometry=Segment(blob.sha256, own), on=Target(series=series)))
        return blob, marks

    def _read(self, row: Row, volume: Volume) -> Voxels:
        """Return the voxels of a file, which lie where its series does and are as many as the index says."""
        path = self._folder + volume.file
        if path not in self._files:
            raise InvalidError("a volume", [Fault("$.file", f"{volume.file!r} is missing")])
        series = next((one for one in row.series if one.id == volume.series), None)
        grid = grid_of_series(series) if series else None
        if grid is None:
            raise InvalidError("a volume", [Fault("$.series", f"{volume.series!r} has no grid")])
        found = self._codec.read(self._files[path])
        match(path, found.grid, grid)
        voxels = found.layers[0]
        for part in volume.parts:
            there = sum(int((voxels == value).sum()) for value in part.values)
            if there != part.voxels:
                raise InvalidError("a volume", [Fault("$.voxels", f"{part.voxels} in the index, {there} in {path!r}")])
        return voxels


def _record(row: Row, marks: Mapping[str, list[Annotation]]) -> Record:
    """Return a record with what was found of each label; that of no name is there where nothing else is."""
    named = {name: found for name, found in marks.items() if found or name != MASKS} or marks
    labels = tuple(Label(name, source="import", annotations=tuple(found)) for name, found in named.items())
    return Record(str(row.task), row.name, Asset(row.name, "volume", series=row.series), labels=labels)


def _together(volumes: Iterable[Volume]) -> Iterator[list[Volume]]:
    """Yield the files of one series that belong together: those that a split has put into a folder."""
    found: dict[tuple[str | None, str, str], list[Volume]] = {}
    for volume in volumes:
        folder, _, name = volume.file.rpartition("/")
        alone = not name.startswith(("instance-", "category-"))
        found.setdefault((volume.label, volume.series, volume.file if alone else folder), []).append(volume)
    yield from found.values()

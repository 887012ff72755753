"""Masks as tracks: a key frame for each, and one where an object leaves.

A faulty row costs its object, a faulty picture its frame. Regions to ignore are counted, and told as not read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec
import numpy as np

from labelport.errors import Fault, InvalidError, RequestError
from labelport.formats.mots import index, rows
from labelport.formats.mots.folders import Folder, folders
from labelport.kit import png, sequences
from labelport.kit.format import Counted, Input, Item, Reject, Unread, refused
from labelport.kit.native import foreign
from labelport.kit.sequences import LABELS
from labelport.model.geometry import Mask
from labelport.model.label import Label, Track
from labelport.model.record import Record
from labelport.shapes import rle
from labelport.shapes.presence import keyframes

LABEL = "mots"


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, then a record for each video."""
    files = {given.path: given for given in foreign(inputs)}
    found = list(folders(files))
    if files and not found:
        raise RequestError("no masks of MOTS among the files: expected gt.txt, or pictures in a folder of instances")
    videos = [one for one in found if isinstance(one, Folder)]
    yield sequences.ontology(one.names for one in videos)
    yield from (one for one in found if isinstance(one, Reject))
    used: set[str] = set()
    for folder in videos:
        used |= folder.used
        yield from _Video(folder, files).items()
    used |= {one.file for one in found if isinstance(one, Reject)}
    yield from (Unread(path, "$", 1) for path in sorted(files.keys() - used))


class _Video:
    """Reads one video."""

    def __init__(self, folder: Folder, files: Mapping[str, Input]) -> None:
        self._folder, self._files = folder, files
        self._masks: dict[int, dict[int, Mask]] = defaultdict(dict)
        self._classes: dict[int, int] = {}
        self._faults: dict[int, list[Fault]] = defaultdict(list)
        self._unread: Counter[str] = Counter()

    def items(self) -> Iterator[Item]:
        """Yield the record, what was rejected, what was not read, and the counts."""
        folder = self._folder
        for line, text in enumerate(folder.lines, 1):
            if text.strip():
                self._row(text, line)
        for path in folder.pictures:
            try:
                self._picture(path)
            except InvalidError as e:
                yield msgspec.structs.replace(refused(self._files[path], e), record=folder.asset.id, records=0)
        tracks, first = self._label()
        asset = folder.asset
        if first is not None:
            asset = msgspec.structs.replace(
                asset, height=asset.height or first.height, width=asset.width or first.width
            )
        yield Record(asset.id, asset.id, asset, labels=(tracks,))
        for faults in self._faults.values():
            yield Reject(folder.about, asset.id, tuple(faults), 1, 0)
        yield from (Unread(folder.about, path, times) for path, times in sorted(self._unread.items()))
        yield Counted(folder.about, 1, len(self._masks.keys() | self._faults.keys()))

    def _row(self, text: str, line: int) -> None:
        row = rows.parse(text)
        if isinstance(row, str):
            self._faults[rows.number_of(text)].append(sequences.fault(line, row))
        elif reason := self._take(row.frame - self._folder.base, row.number, row.class_, row.mask):
            self._faults[row.number].append(sequences.fault(line, reason))

    def _picture(self, path: str) -> None:
        pixels = png.read(self._files[path].read())
        if pixels.ndim != 2:
            raise InvalidError("a picture", [Fault("$", "has colours, where one number a pixel is expected")])
        height, width = pixels.shape
        frame = self._folder.frame(path)
        for number in np.unique(pixels[pixels > 0]).tolist():
            mask = Mask(height, width, rle.write(rle.encode(pixels == number)))
            if reason := self._take(frame, number, index.class_of(number), mask):
                self._faults[number].append(Fault(path, reason))

    def _take(self, frame: int, number: int, class_: int, mask: Mask) -> str:
        """Take up an object in a frame (from 0); return what is wrong with it, or nothing."""
        if index.is_ignored(class_, self._folder.names):
            self._unread["regions to ignore"] += 1
            return ""
        reason = self._reason(frame, number, class_, mask)
        if not reason:
            self._masks[number][frame] = mask
        return reason

    def _reason(self, frame: int, number: int, class_: int, mask: Mask) -> str:
        asset = self._folder.asset
        if class_ not in self._folder.names:
            return f"{class_} is no class of {LABELS}"
        if frame < 0:
            return f"is in frame {frame + self._folder.base}, before the first"
        if (asset.height or mask.height, asset.width or mask.width) != (mask.height, mask.width):
            return f"is of {mask.height} x {mask.width} pixels, and the video of {asset.height} x {asset.width}"
        if self._classes.setdefault(number, class_) != class_:
            return f"is a row of {number} with another class"
        if frame in self._masks[number]:
            return f"is a second row of {number} in its frame"
        return ""

    def _label(self) -> tuple[Label, Mask | None]:
        """Return the tracks, and one mask of theirs."""
        sound = {number: masks for number, masks in sorted(self._masks.items()) if number not in self._faults}
        tracks = (Track(f"track-{number}", class_=self._folder.names[self._classes[number]]) for number in sound)
        moves = (
            keyframe
            for number, masks in sound.items()
            for keyframe in keyframes(
                f"track-{number}",
                {frame: (mask, False) for frame, mask in sorted(masks.items())},
                self._folder.asset.frames,
            )
        )
        first = next((mask for masks in sound.values() for mask in masks.values()), None)
        return Label(LABEL, tracks=tuple(tracks), keyframes=tuple(moves)), first

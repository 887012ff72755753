"""Rows as tracks: a key frame for each row, and one where a track leaves.

A row without an id (0 or less) is an object in one frame, with its confidence. A faulty row costs its track. Visibility
below one half is `occluded`; the figure itself has no place, and is told as not read, as are rows that are not to be
considered.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite

from labelport.errors import Fault, RequestError
from labelport.formats.mot import classes
from labelport.kit.format import Counted, Input, Item, Reject, Unread
from labelport.kit.native import foreign
from labelport.model.asset import Asset
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Keyframe, Label, Target, Track
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes.presence import ends

ROWS = "gt.txt"
LABEL = "mot"


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, then a record for each `gt.txt`."""
    files = {given.path: given for given in foreign(inputs)}
    sequences = [path for path in files if path.rpartition("/")[2] == ROWS]
    if not sequences:
        raise RequestError(f"no {ROWS} of MOTChallenge among the files")
    named = {path: classes.read(_text(files, f"{path.removesuffix(ROWS)}labels.txt")) for path in sequences}
    names = dict.fromkeys(name for those in named.values() for name in those.values())
    yield Ontology(tuple(LabelClass(number, name) for number, name in enumerate(names, 1)))
    used = set(sequences)
    for path in sequences:
        folder = path.rpartition("/")[0].removesuffix("gt").removesuffix("/")
        about = f"{folder}/seqinfo.ini" if folder else "seqinfo.ini"
        used |= {about, f"{path.removesuffix(ROWS)}labels.txt"}
        yield from _Sequence(files[path], named[path], _settings(_text(files, about)), folder).items()
    yield from (Unread(path, "$", 1) for path in sorted(files.keys() - used))


class _Sequence:
    """Reads one video."""

    def __init__(self, file: Input, names: Mapping[int, str], about: Mapping[str, str], folder: str) -> None:
        self._file, self._names, self._about = file, names, about
        self._id = about.get("name") or folder or "video"
        self._faults: dict[int, list[Fault]] = defaultdict(list)
        self._rows: dict[int, dict[int, tuple[Box, bool, str | None]]] = defaultdict(dict)
        self._single: list[Annotation] = []
        self._unread: Counter[str] = Counter()
        self._counted: set[int] = set()

    def items(self) -> Iterator[Item]:
        """Yield the record, what was rejected, and the counts."""
        singles = 0
        for number, line in enumerate(self._file.read().decode("utf-8-sig", "replace").splitlines(), 1):
            if line.strip():
                singles += self._read(line, number)
        label = self._label()
        numbers = {key: _whole(self._about.get(key)) for key in ("seqlength", "imwidth", "imheight")}
        asset = Asset(
            self._id,
            "video",
            uri=self._id,
            width=numbers["imwidth"],
            height=numbers["imheight"],
            frames=numbers["seqlength"],
            fps=_number(self._about.get("framerate")),
        )
        yield Record(self._id, self._id, asset, labels=(label,))
        for track, faults in self._faults.items():
            yield Reject(self._file.path, self._id, tuple(faults), int(track > 0) or len(faults), 0)
        yield from (Unread(self._file.path, path, count) for path, count in sorted(self._unread.items()))
        yield Counted(self._file.path, 1, len(self._counted) + singles)

    def _read(self, line: str, number: int) -> bool:
        """Take up a row; return whether it is an object without a track."""
        cells = line.split(",")
        where = f"{number}"
        frame, track = (_whole(cell) for cell in (*cells, "", "")[:2])
        sides = [_number(cell) for cell in cells[2:6]]
        is_single = track is None or track <= 0
        if not is_single:
            self._counted.add(track or 0)
        if frame is None or frame < 1 or len(sides) < 4 or None in sides or min(side or 0 for side in sides[2:]) < 0:
            fault = Fault(where, f"{line[:60]!r} is no row of frame, id, left, top, width, height")
            self._faults[0 if is_single else track or 0].append(fault)
            return is_single
        x, y, width, height = (side or 0.0 for side in sides)
        class_ = self._class(cells, where, 0 if is_single else track or 0)
        box, hidden = Box(x - 1, y - 1, width, height), self._hidden(cells)
        if is_single:
            sure = _number(cells[6]) if len(cells) > 6 else None
            confidence = sure if sure is not None and 0 <= sure <= 1 else None
            on = Target(first_frame=frame - 1, last_frame=frame - 1)
            one = Annotation(f"row-{number}", 0, class_, box, on=on, occluded=hidden, confidence=confidence)
            self._single += [one] if not self._faults.get(0) or self._faults[0][-1].path != where else []
            return True
        if frame - 1 in self._rows[track or 0]:
            self._faults[track or 0].append(Fault(where, f"is a second row of {track} in frame {frame}"))
        if len(cells) > 6 and _number(cells[6]) == 0:
            self._unread["considered=0"] += 1
        self._rows[track or 0][frame - 1] = box, hidden, class_
        return False

    def _class(self, cells: list[str], where: str, track: int) -> str | None:
        number = _whole(cells[7]) if len(cells) > 7 else -1
        if number == -1:
            return self._names.get(1)
        if number is None or number not in self._names:
            self._faults[track].append(Fault(where, f"{cells[7]!r} is no class of labels.txt"))
            return None
        return self._names[number]

    def _hidden(self, cells: list[str]) -> bool:
        visibility = _number(cells[8]) if len(cells) > 8 else 1.0
        if visibility is None or visibility < 0:
            return False
        self._unread["visibility"] += visibility not in (0.0, 1.0)
        return visibility < 0.5

    def _label(self) -> Label:
        tracks: list[Track] = []
        keyframes: list[Keyframe] = []
        length = _whole(self._about.get("seqlength"))
        for number, rows in sorted(self._rows.items()):
            if number in self._faults:
                continue
            name = f"track-{number}"
            tracks.append(Track(name, class_=next(iter(rows.values()))[2]))
            for frame, is_gone in ends(sorted(rows), length):
                box, hidden, _ = rows[frame]
                keyframes.append(Keyframe(name, frame, box, occluded=hidden))
                if is_gone:
                    keyframes.append(Keyframe(name, frame + 1, box, outside=True))
        return Label(LABEL, annotations=tuple(self._single), tracks=tuple(tracks), keyframes=tuple(keyframes))


def _settings(text: str | None) -> dict[str, str]:
    """Return the keys of `seqinfo.ini` in small letters."""
    pairs = (line.split("=", 1) for line in (text or "").splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, value in pairs}


def _text(files: Mapping[str, Input], path: str) -> str | None:
    return files[path].read().decode("utf-8-sig", "replace") if path in files else None


def _number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if isfinite(found) and abs(found) < 1e15 else None


def _whole(text: str | None) -> int | None:
    found = _number(text)
    return int(found) if found is not None and found.is_integer() else None

"""Rows as tracks: a key frame for each row, and one where a track leaves.

A row without an id (0 or less) is an object in one frame, with its confidence. A faulty row costs its track. Visibility
below one half is `occluded`; the figure itself has no place, and is told as not read, as are rows that are not to be
considered.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from labelport.errors import Fault, RequestError
from labelport.formats.mot.rows import Row, parse
from labelport.kit import sequences
from labelport.kit.format import Counted, Input, Item, Reject, Unread
from labelport.kit.native import foreign
from labelport.kit.sequences import ABOUT, LABELS, ROWS, Sequence
from labelport.model.label import Annotation, Label, Target, Track
from labelport.model.record import Record
from labelport.shapes.presence import keyframes

MOT16 = (
    *("pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle", "static person"),
    *("distractor", "occluder", "occluder on the ground", "occluder full", "reflection", "crowd"),
)
"""The classes of MOT16 and later, where no names stand beside the rows."""
LABEL = "mot"


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, then a record for each `gt.txt`."""
    files = {given.path: given for given in foreign(inputs)}
    rows = [path for path in files if path.rpartition("/")[2] == ROWS]
    if files and not rows:
        raise RequestError(f"no {ROWS} of MOTChallenge among the files")
    found = list(sequences.read(files, MOT16))
    videos = [one for one in found if isinstance(one, Sequence)]
    yield sequences.ontology(one.names for one in videos)
    yield from (one for one in found if isinstance(one, Reject))
    for video in videos:
        yield from _Video(video).items()
    used = {sequences.beside(path, name) for path in rows for name in (ABOUT, LABELS)} | set(rows)
    yield from (Unread(path, "$", 1) for path in sorted(files.keys() - used))


class _Video:
    """Reads one video."""

    def __init__(self, given: Sequence) -> None:
        self._given = given
        self._tracks: dict[int, dict[int, Row]] = defaultdict(dict)
        self._faults: dict[int | None, list[Fault]] = defaultdict(list)
        self._single: list[Annotation] = []
        self._unread: Counter[str] = Counter()
        self._held = 0

    def items(self) -> Iterator[Item]:
        """Yield the record, what was rejected, what was not read, and the counts."""
        given = self._given
        for line, text in enumerate(given.lines, 1):
            if text.strip():
                self._read(text, line)
        yield Record(given.id, given.id, given.asset, labels=(self._label(),))
        for track, faults in self._faults.items():
            yield Reject(given.file.path, given.id, tuple(faults), len(faults) if track is None else 1, 0)
        yield from (Unread(given.file.path, path, times) for path, times in sorted(self._unread.items()))
        tracks = self._tracks.keys() | self._faults.keys() - {None}
        yield Counted(given.file.path, 1, len(tracks) + len(self._single) + len(self._faults.get(None, ())))

    def _read(self, text: str, line: int) -> None:
        row = parse(text)
        if isinstance(row, str):
            track = sequences.whole((*text.split(","), "")[1])
            self._faults[track if track is not None and track > 0 else None].append(sequences.fault(line, row))
            return
        reason = self._reason(row)
        if reason:
            self._faults[row.track].append(sequences.fault(line, reason))
            return
        self._unread += Counter({"considered=0": not row.is_considered, "visibility": row.is_partial})
        if row.track is None:
            on = Target(first_frame=row.frame, last_frame=row.frame)
            name, about = self._given.names.get(row.class_ or 1), (row.occluded, row.confidence)
            self._single.append(
                Annotation(f"row-{line}", 0, name, row.box, on=on, occluded=about[0], confidence=about[1])
            )
        else:
            self._tracks[row.track][row.frame] = row

    def _reason(self, row: Row) -> str:
        """Return what is wrong with a row beside others; nothing for a sound one."""
        if row.class_ is not None and row.class_ not in self._given.names:
            return f"'{row.class_}' is no class of {LABELS}"
        others = self._tracks.get(row.track or 0, {})
        if row.frame in others:
            return f"is a second row of {row.track} in frame {row.frame + 1}"
        if any(one.class_ != row.class_ for one in list(others.values())[:1]):
            return f"is a row of {row.track} with another class"
        return ""

    def _label(self) -> Label:
        sound = {track: rows for track, rows in sorted(self._tracks.items()) if track not in self._faults}
        tracks = (
            Track(f"track-{number}", class_=self._given.names.get(next(iter(rows.values())).class_ or 1))
            for number, rows in sound.items()
        )
        moves = (
            keyframe
            for number, rows in sound.items()
            for keyframe in keyframes(
                f"track-{number}",
                {frame: (row.box, row.occluded) for frame, row in sorted(rows.items())},
                self._given.asset.frames,
            )
        )
        return Label(LABEL, annotations=tuple(self._single), tracks=tuple(tracks), keyframes=tuple(moves))

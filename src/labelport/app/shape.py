"""What a request makes of records before they are fitted to a format: its classes, and the frames of tracks.

Only tasks that a request changes need it: of the others the stored bytes stand.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

import msgspec

from labelport.app.classmap import Classes
from labelport.fidelity import DANGLING, Ledger
from labelport.model.export import Carries
from labelport.model.geometry import kind
from labelport.model.label import Annotation, Label, Track
from labelport.model.record import Record, state_of
from labelport.shapes.frames import UNSEEN, Wanted, unseen, wanted_of
from labelport.store.reads import Found

Object = TypeVar("Object", Annotation, Track)
WORDS = ("keyframes", "all")
"""What may be asked of frames that does not depend on the video."""
LEFT_OUT = "class {!r} is left out"
_TRACKS = '"track":'
_PREDICTIONS = b'"predictions":'


class Shape:
    """What one format's records become."""

    def __init__(self, classes: Classes, frames: str, carries: Carries) -> None:
        """Decide once what does not depend on the task."""
        self._classes, self._frames = classes, frames
        self._is_native = "*" in carries.features
        self._samples = "track" in carries.converts and frames not in WORDS
        numbers = "|".join(map(str, sorted(classes.moved)))
        self._moved = re.compile(rf"[\[,]({numbers})[\],]") if numbers else None

    @property
    def is_idle(self) -> bool:
        """Whether the labels of every task stay as they are."""
        return self._moved is None and not self._samples

    @property
    def is_by_class(self) -> bool:
        """Whether it depends on its classes what a label comes out as."""
        return self._moved is not None

    def changes(self, found: Found) -> bool:
        """Whether the task may come out other than it is stored."""
        if self._classes.is_mapped and self._is_native and _PREDICTIONS in found.stored.line:
            return True
        return not self.is_idle and any(map(self.marks, found.kinds, found.classes))

    def marks(self, kinds: str, classes: str) -> bool:
        """Whether a label with these facts and classes may come out other than it is stored."""
        if self._samples and _TRACKS in kinds:
            return True
        return self._moved is not None and self._moved.search(classes) is not None

    def wanted(self, record: Record) -> Wanted:
        """Return which frames of the record's tracks are wanted; raises `RequestError` where that cannot be said.

        What is carried as it is stored has no need to say.
        """
        moves = not self._is_native and any(label.tracks for label in record.labels)
        return wanted_of(self._frames, record.asset) if moves else "keyframes"

    def shaped(self, record: Record, ledger: Ledger) -> Record:
        """Return the record as the request wants it; count what is left out of its labels."""
        made = msgspec.structs.replace(
            record,
            labels=tuple(self.label(record, label, ledger) for label in record.labels),
            predictions=tuple(self.label(record, label, Ledger()) for label in record.predictions),
        )
        state = state_of(record)
        return made if state == state_of(made) else msgspec.structs.replace(made, state=state)

    def label(self, record: Record, label: Label, ledger: Ledger) -> Label:
        """Return a label of a record as the request wants it; count what is left out."""
        hidden: set[str] = set()
        if self._samples and label.tracks:
            hidden = {track.id for track in unseen(label, record.asset.frames, self.wanted(record))}
        annotations = tuple(self._objects(label.annotations, hidden, ledger))
        tracks = tuple(self._objects(label.tracks, hidden, ledger))
        gone = {one.id for one in label.annotations} - {one.id for one in annotations}
        gone |= {one.id for one in label.tracks} - {one.id for one in tracks}
        relations = tuple(one for one in label.relations if one.source not in gone and one.target not in gone)
        ledger.note("relations", "dropped", DANGLING, len(label.relations) - len(relations))
        return msgspec.structs.replace(
            label,
            annotations=annotations,
            tracks=tracks,
            relations=relations,
            keyframes=tuple(one for one in label.keyframes if one.track not in gone) if gone else label.keyframes,
            stamps=tuple(one for one in label.stamps if one.annotation not in gone) if gone else label.stamps,
        )

    def _objects(self, found: Iterable[Object], hidden: Collection[str], ledger: Ledger) -> Iterator[Object]:
        """Yield the objects that stay, in their classes of the delivery; count the others as selected and dropped."""
        for one in found:
            class_ = None if one.class_ is None else self._classes.of(one.class_)
            if one.class_ is not None and class_ is None:
                _drop(one, LEFT_OUT.format(self._classes.name(one.class_)), ledger)
            elif isinstance(one, Track) and one.id in hidden:
                _drop(one, UNSEEN, ledger)
            else:
                yield one if class_ == one.class_ else msgspec.structs.replace(one, class_=class_)


def _drop(one: Annotation | Track, why: str, ledger: Ledger) -> None:
    ledger.selected += 1
    ledger.note("track" if isinstance(one, Track) else kind(one.geometry), "dropped", why)

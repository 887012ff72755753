"""Fits records to what a format carries, and counts what becomes of everything: nothing is lost in silence.

What is counted, by `what`: kinds of annotations (`geometry.kind`; `classification` marks nothing), each exact,
converted or dropped; `track`; `keyframe of K` where the keyframes of a kind are converted or dropped; and the features
below, where they are dropped: how many objects had one. A dropped annotation takes its features with it, uncounted
where the format carries them. What stands beside the labels (history, issues, metadata) is none of this: a format has
a place for it or none.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal, TypeVar

import msgspec

from labelport.errors import LossError
from labelport.kit.format import Lost
from labelport.model.answers import Answer, Checklist, Option, Radio, Text
from labelport.model.export import Carries, Loss, OnLoss
from labelport.model.facts import facts, is_textless, is_unclassified
from labelport.model.geometry import Geometry, kind
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.record import Record, state_of

FEATURES = {
    "answers": "answers of all kinds about an object or the asset",
    "confidence": "how sure a model was",
    "crowd": "a mark that stands for many objects",
    "extra": "what the source said and the model has no field for",
    "group": "objects that belong together",
    "nested_answers": "answers that a chosen option opens",
    "occluded": "whether the object is partly hidden",
    "on": "the part of the asset: frames, page, series, message",
    "outside": "keyframes where the object has left",
    "relations": "links between annotations",
    "source": "whether a person, a model or an import made an object",
    "texts": "answers that are texts, where the others are not carried",
    "truncated": "whether the picture cuts the object off",
    "unclassified": "objects without a class",
    "z_order": "what lies above what",
}
"""Everything beside shapes and classes that a format carries or does not: the names that `Carries.features` takes."""

KEYFRAME = "keyframe of "
Fate = Literal["exact", "converted", "dropped"]
Object = TypeVar("Object", Annotation, Track, Keyframe)
_OBJECT: dict[str, object] = {"confidence": None, "extra": None, "group": None, "source": None}
_BARE: dict[type, dict[str, object]] = {
    Annotation: {**_OBJECT, "crowd": False, "occluded": None, "on": None, "truncated": None, "z_order": 0},
    Track: _OBJECT,
    Keyframe: {"occluded": False, "z_order": 0},
}
"""What stands for the absence of a feature."""
NO_PLACE = "the format has no place for it"
NOT_AS_IS = "the format cannot carry it as it is"
NO_CLASS = "it has no class"
NO_TEXT = "it holds no text"
DANGLING = "an end of it is dropped"


class Ledger:
    """What became of the annotations: selected = written + skipped, and how often each thing met each fate.

    `undrawn` counts what drawing dropped: annotations, and what tracks are in single frames.
    """

    def __init__(self) -> None:
        self.selected = self.written = self.undrawn = 0
        self.fates: Counter[tuple[str, Fate, str]] = Counter()

    @property
    def skipped(self) -> int:
        """How many annotations and tracks were not written."""
        return self.selected - self.written

    def note(self, what: str, fate: Fate, how: str, count: int = 1) -> None:
        """Count a fate."""
        if count:
            self.fates[what, fate, how] += count

    def merge(self, other: "Ledger") -> None:
        """Take over what another ledger counted."""
        self.selected += other.selected
        self.written += other.written
        self.undrawn += other.undrawn
        self.fates.update(other.fates)

    def losses(self, format_: str) -> tuple[Loss, ...]:
        """Return the fates, sorted, as those of a format."""
        return tuple(sorted(Loss(format_, *fate, count) for fate, count in self.fates.items() if count))


def revise(ledger: Ledger, lost: Lost, carries: Carries, on_loss: OnLoss) -> None:
    """Count what drawing showed of one object in place of what `fit` counted of it; with `fail`, raise `LossError`."""
    if on_loss == "fail":
        raise LossError(f"{lost.what} would be lost, as {lost.how}: choose to convert or drop, or another format")
    if lost.what not in FEATURES:
        ledger.undrawn += lost.fate == "dropped"
    if not lost.what.startswith(KEYFRAME) and lost.what not in FEATURES:
        ledger.note(lost.what, *_fate(lost.what, carries, on_loss), -1)
        ledger.written -= lost.fate == "dropped"
    ledger.note(lost.what, lost.fate, lost.how)


def forecast(found: Mapping[str, int], carries: Carries, on_loss: OnLoss) -> Ledger:
    """Return what `fit` counts of a label with these facts; with `fail`, what it would count if it dropped.

    Only relations that lose an end are seen by `fit` alone, and what drawing loses by the encoder.
    """
    ledger = Ledger()
    only_texts = _has(carries, "texts") and not _has(carries, "answers")
    for fact, count in found.items():
        topic, _, name = fact.partition(":")
        if topic in ("kind", "track"):
            _count_kind(ledger, name or topic, found, carries, on_loss)
        elif topic == "keyframe" and _fate("track", carries, on_loss)[0] != "dropped":
            fate, how = _fate(name, carries, on_loss)
            if fate != "exact":
                ledger.note(KEYFRAME + name, fate, how, count)
        elif topic == "feature" and not _has(carries, name) and not (only_texts and name == "answers"):
            ledger.note(name, "dropped", NO_PLACE, count)
        elif topic == "beside_texts" and only_texts:
            ledger.note("answers", "dropped", NO_PLACE, count)
    return ledger


def fit(record: Record, carries: Carries, on_loss: OnLoss, ledger: Ledger) -> Record:
    """Return the record with only what the format carries; count what becomes of everything in `ledger`.

    Raises `LossError` for `fail`, where anything does not fit as it is.
    """
    own = Ledger()
    fitting = _Fitting(carries, on_loss, record.asset.height, record.asset.width)
    labels = []
    for label in record.labels:
        own.merge(forecast(facts(label), carries, on_loss))
        if on_loss == "fail":
            _refuse_loss(record, label, carries)
        labels.append(fitting.label(label, own))
    ledger.merge(own)
    if "*" in carries.kinds:
        return record
    state = state_of(record) if own.skipped else record.state
    return msgspec.structs.replace(record, labels=tuple(labels), state=state)


def _count_kind(ledger: Ledger, name: str, found: Mapping[str, int], carries: Carries, on_loss: OnLoss) -> None:
    """Count the fate of a kind: of all alike, but for those without a class or a text where one is needed."""
    count = found["track" if name == "track" else f"kind:{name}"]
    ledger.selected += count
    fate, how = _fate(name, carries, on_loss)
    if fate != "dropped":
        for fact, reason in ((f"unclassified:{name}", NO_CLASS), ("textless", NO_TEXT)):
            if _is_needed(reason, name, carries):
                lacking = found.get(fact, 0)
                ledger.note(name, "dropped", reason, lacking)
                count -= lacking
        ledger.written += count
    ledger.note(name, fate, how, count)


def _is_needed(reason: str, name: str, carries: Carries) -> bool:
    """Whether the format drops annotations of a kind for that reason."""
    if reason == NO_CLASS:
        return not _has(carries, "unclassified")
    return name == "classification" and _has(carries, "texts") and not _has(carries, "answers")


def _refuse_loss(record: Record, label: Label, carries: Carries) -> None:
    """Raise `LossError` for the first thing that does not fit as it is."""
    for name, piece in _pieces(label):
        for loss in forecast(facts(piece), carries, "fail").losses(""):
            if loss.fate != "exact":
                raise LossError(
                    f"task {record.name!r}: {name}: {loss.what} would be lost, as {loss.how}: "
                    "choose to convert or drop, or another format"
                )


def _pieces(label: Label) -> Iterator[tuple[str, Label]]:
    """Yield what a label holds, one by one, each by itself in a label."""
    for annotation in label.annotations:
        yield f"annotation {annotation.id!r}", Label("", annotations=(annotation,))
    for track in label.tracks:
        yield f"track {track.id!r}", Label("", tracks=(track,))
    for keyframe in label.keyframes:
        yield f"track {keyframe.track!r} in frame {keyframe.frame}", Label("", keyframes=(keyframe,))
    for relation in label.relations:
        yield f"relation {relation.id!r}", Label("", relations=(relation,))


class _Fitting:
    """Takes from labels what a format does not carry, as `forecast` counts it."""

    def __init__(self, carries: Carries, on_loss: OnLoss, height: int | None, width: int | None) -> None:
        self._carries, self._on_loss = carries, on_loss
        self._height, self._width = height, width
        self._bare = {
            type_: {name: value for name, value in fields.items() if not _has(carries, name)}
            for type_, fields in _BARE.items()
        }

    def label(self, label: Label, ledger: Ledger) -> Label:
        """Return the label with what is carried; count relations that lose an end."""
        annotations = tuple(filter(None, map(self._annotation, label.annotations)))
        tracks = tuple(filter(None, map(self._track, label.tracks)))
        moving = {track.id for track in tracks}
        gone = {one.id for one in label.annotations} - {one.id for one in annotations}
        gone |= {one.id for one in label.tracks} - moving
        relations = label.relations if _has(self._carries, "relations") else ()
        whole = tuple(one for one in relations if one.source not in gone and one.target not in gone)
        ledger.note("relations", "dropped", DANGLING, len(relations) - len(whole))
        return msgspec.structs.replace(
            label,
            annotations=annotations,
            tracks=tracks,
            keyframes=tuple(self._keyframe(one) for one in label.keyframes if one.track in moving),
            relations=whole,
        )

    def _annotation(self, one: Annotation) -> Annotation | None:
        name = kind(one.geometry)
        lacking = (NO_CLASS if is_unclassified(one) else "", NO_TEXT if is_textless(one) else "")
        if self._fate(name) == "dropped" or any(
            _is_needed(reason, name, self._carries) for reason in lacking if reason
        ):
            return None
        return self._bared(one, geometry=self._shape(one.geometry, name))

    def _track(self, one: Track) -> Track | None:
        is_lacking = one.class_ is None and _is_needed(NO_CLASS, "track", self._carries)
        return None if is_lacking or self._fate("track") == "dropped" else self._bared(one)

    def _keyframe(self, one: Keyframe) -> Keyframe:
        """Return a keyframe; without a shape, which ends the track there, where that is not carried.

        Where the format goes over from frame to frame itself, it converts after that.
        """
        name = kind(one.geometry)
        if self._fate(name) == "dropped":
            return self._bared(one, geometry=None)
        is_formats = "track" in self._carries.converts
        return self._bared(one, geometry=one.geometry if is_formats else self._shape(one.geometry, name))

    def _shape(self, shape: Geometry | None, name: str) -> Geometry | None:
        if shape is None or name not in self._carries.converts or name in self._carries.kinds:
            return shape
        from labelport.shapes.convert import convert  # noqa: PLC0415  it brings numpy, a quarter of a short command

        return convert(shape, self._carries.converts[name], self._height, self._width)

    def _fate(self, name: str) -> Fate:
        return _fate(name, self._carries, self._on_loss)[0]

    def _bared(self, one: Object, **changes: object) -> Object:
        """Return an object without the features that are not carried."""
        changes.update(self._bare[type(one)])
        if one.answers:
            changes["answers"] = _answers(one.answers, self._carries)
        return msgspec.structs.replace(one, **changes)


def _answers(answers: tuple[Answer, ...], carries: Carries) -> tuple[Answer, ...]:
    """Return the answers that are carried."""
    if not _has(carries, "answers"):
        return tuple(one for one in answers if isinstance(one, Text)) if _has(carries, "texts") else ()
    return answers if _has(carries, "nested_answers") else tuple(map(_closed, answers))


def _closed(answer: Answer) -> Answer:
    """Return an answer without those that its options open."""
    match answer:
        case Radio(key, option):
            return Radio(key, Option(option.value))
        case Checklist(key, options):
            return Checklist(key, tuple(Option(option.value) for option in options))
        case _:
            return answer


def _fate(name: str, carries: Carries, on_loss: OnLoss) -> tuple[Fate, str]:
    """Return what becomes of a kind. A kind that is both carried and converted is converted by the format itself."""
    how = carries.converts.get(name)
    if how is not None:
        return ("converted", how) if on_loss == "convert" else ("dropped", NOT_AS_IS)
    return ("exact", "") if "*" in carries.kinds or name in carries.kinds else ("dropped", NO_PLACE)


def _has(carries: Carries, feature: str) -> bool:
    return "*" in carries.features or feature in carries.features

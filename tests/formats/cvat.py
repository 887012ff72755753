"""What CVAT's importers make of files, held against the law that counts close and records are sound."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from labelport.errors import Fault
from labelport.kit.format import Counted, Format, Input, Item, Reject, Unread
from labelport.model import check
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record

T = TypeVar("T")


class Outcome(NamedTuple):
    items: tuple[Item, ...]

    def of(self, kind: type[T]) -> list[T]:
        return [item for item in self.items if isinstance(item, kind)]

    @property
    def classes(self) -> tuple[LabelClass, ...]:
        (found,) = self.of(Ontology)
        return found.classes

    @property
    def records(self) -> list[Record]:
        return self.of(Record)

    @property
    def record(self) -> Record:
        (found,) = self.records
        return found

    @property
    def labels(self) -> list[Label]:
        return [label for record in self.records for label in record.labels]

    @property
    def annotations(self) -> list[Annotation]:
        return [one for label in self.labels for one in label.annotations]

    @property
    def annotation(self) -> Annotation:
        (found,) = self.annotations
        return found

    @property
    def tracks(self) -> list[Track]:
        return [one for label in self.labels for one in label.tracks]

    @property
    def keyframes(self) -> list[Keyframe]:
        return [one for label in self.labels for one in label.keyframes]

    @property
    def faults(self) -> list[Fault]:
        return [fault for reject in self.of(Reject) for fault in reject.faults]

    @property
    def unread(self) -> dict[str, int]:
        return {f"{one.file}:{one.path}": one.count for one in self.of(Unread)}


def given(path: str, content: bytes | str | object) -> Input:
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return Input(path, lambda: io.BytesIO(data))


def files(folder: Path) -> list[Input]:
    return [Input(path.name, _opener(path)) for path in sorted(folder.iterdir())]


def _opener(path: Path) -> Any:
    return lambda: path.open("rb")


def decode(format_: Format, inputs: list[Input]) -> Outcome:
    """Read the files; whatever they hold, the counts close and what comes of them is sound."""
    assert format_.decode is not None
    outcome = Outcome(tuple(format_.decode(inputs)))
    _assert_closed(outcome)
    _assert_sound(outcome)
    return outcome


def _assert_closed(outcome: Outcome) -> None:
    counted = outcome.of(Counted)
    rejects = [one for one in outcome.of(Reject) if one.file in {each.file for each in counted}]
    held = sum(len(label.annotations) + len(label.tracks) for label in outcome.labels)
    assert sum(one.records for one in counted) == len(outcome.records) + sum(one.records for one in rejects)
    assert sum(one.annotations for one in counted) == held + sum(one.annotations for one in rejects)
    assert all(reject.faults for reject in outcome.of(Reject))


def _assert_sound(outcome: Outcome) -> None:
    (ontology,) = outcome.of(Ontology) or (Ontology(()),)
    values = [ontology, *outcome.records]
    assert [fault for value in values for fault in check.faults(value, ontology)] == []
    names = [record.id for record in outcome.records]
    assert len(set(names)) == len(names)
    known = [one.name for one in ontology.classes]
    assert len(set(known)) == len(known)


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of everything inside a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))

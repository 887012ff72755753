"""Small Label Studio exports, and what the importer makes of them, held against the law that counts close."""

import io
import json
from typing import Any, NamedTuple, TypeVar

from labelport.errors import Fault
from labelport.formats.label_studio import FORMAT
from labelport.kit.format import Counted, Input, Item, Reject, Unread
from labelport.model import check
from labelport.model.label import Annotation, Label
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.model.workflow import Member

T = TypeVar("T")


class Outcome(NamedTuple):
    items: tuple[Item, ...]

    def of(self, kind: type[T]) -> list[T]:
        return [item for item in self.items if isinstance(item, kind)]

    @property
    def ontology(self) -> Ontology:
        (found,) = self.of(Ontology)
        return found

    @property
    def records(self) -> list[Record]:
        return self.of(Record)

    @property
    def record(self) -> Record:
        (found,) = self.records
        return found

    @property
    def label(self) -> Label:
        (found,) = self.record.labels
        return found

    @property
    def annotation(self) -> Annotation:
        (found,) = self.label.annotations
        return found

    @property
    def members(self) -> list[Member]:
        return self.of(Member)

    @property
    def faults(self) -> list[Fault]:
        return [fault for reject in self.of(Reject) for fault in reject.faults]

    @property
    def unread(self) -> dict[str, int]:
        return {it.path: it.count for it in self.of(Unread)}


def file(name: str, content: bytes | str | object) -> Input:
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    data = text.encode() if isinstance(text, str) else text
    return Input(name, lambda: io.BytesIO(data))


def decode(*files: Input) -> Outcome:
    """Read the files; whatever they hold, the counts close on each."""
    decoder = FORMAT.decode
    assert decoder is not None
    outcome = Outcome(tuple(decoder(files)))
    assert_closed(outcome)
    return outcome


def assert_closed(outcome: Outcome) -> None:
    records = sum(it.records for it in outcome.of(Counted))
    annotations = sum(it.annotations for it in outcome.of(Counted))
    rejects = [it for it in outcome.of(Reject) if it.file in {each.file for each in outcome.of(Counted)}]
    made = sum(len(it.annotations) + len(it.tracks) for record in outcome.records for it in record.labels)
    assert records == len(outcome.records) + sum(it.records for it in rejects)
    assert [fault for record in outcome.records for fault in check.faults(record, outcome.ontology)] == []
    assert annotations == made + sum(it.annotations for it in rejects)


def task(*results: dict[str, Any], data: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "data": {"image": "https://example.org/a.jpg"} if data is None else data,
        "annotations": [{"id": 2, "result": list(results)}],
        **more,
    }


def result(kind: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "r1",
        "type": kind,
        "from_name": "label",
        "to_name": "image",
        "original_width": 200,
        "original_height": 100,
        "value": value,
        **more,
    }


def read(
    *results: dict[str, Any], data: dict[str, Any] | None = None, config: str | None = None, **more: Any
) -> Outcome:
    """Read one task with these results."""
    files = [file("export.json", [task(*results, data=data, **more)])]
    return decode(*files, *([file("label_config.xml", config)] if config is not None else []))

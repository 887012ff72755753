"""CSV of labels: what was answered about whole tasks, for people and for training, and back."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from io import BytesIO, StringIO

import pytest
from hypothesis import HealthCheck, given, settings

from labelport.fidelity import Ledger, fit
from labelport.formats import csv_labels
from labelport.formats.csv_labels.records import decode
from labelport.kit.format import Context, Counted, Input, Item, Reject, Unread
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.testing.cases import CLASSES, pictures
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from labelport.testing.strategies import projects


class TestCsvLabels(FormatTests):
    name = "csv_labels"

    def read(self, files: Mapping[str, bytes]) -> int:
        found = rows(files["labels.csv"])
        assert all(None not in row and None not in row.values() for row in found)
        return len(found)

    def objects(self, given_: Sequence[Record]) -> int:
        return sum(csv_labels.count(record, Context(()))["rows"] for record in given_)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode(), newline="")))


def rendered(given_: Iterable[Record]) -> bytes:
    fitted = [fit(record, csv_labels.CARRIES, "convert", Ledger()) for record in given_]
    return render(csv_labels.FORMAT, fitted, Context(CLASSES))["labels.csv"]


def decoded(data: bytes) -> list[Item]:
    return list(decode([Input("labels.csv", partial(BytesIO, data))]))


def records(data: bytes) -> list[Record]:
    return [item for item in decoded(data) if isinstance(item, Record)]


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(projects(("classification",)))
def test_labels_come_back_as_they_were(project: tuple[object, tuple[Record, ...]]) -> None:
    given_ = [fit(record, csv_labels.CARRIES, "convert", Ledger()) for record in project[1]]
    assert [_said(record) for record in records(rendered(given_))] == [_said(record) for record in given_]


def _said(record: Record) -> tuple[object, ...]:
    labels = [(label.id, label.author, label.source, label.annotations) for label in record.labels]
    return record.id, record.name, record.number, record.path, record.asset.uri, labels


def test_values_are_for_people() -> None:
    found = {row["question"]: row["value"] for row in rows(rendered(pictures())) if row["question"]}
    assert found == {
        "light": "day",
        "note": 'low tide; "quiet", \r\nno wind',
        "ships": "3",
        "usable": "true",
        "place": "port/north/quay",
        "clearest": "ship|docker",
    }


def test_a34_labelled_empty_and_unlabelled_tasks_are_told_apart() -> None:
    found = {row["task"]: row["state"] for row in rows(rendered(pictures()))}
    assert found == {"p1": "labelled", "p2": "empty", "p3": "unlabelled"}


def test_no_class_is_a_formula() -> None:
    label = Label("l", annotations=(Annotation("a", 1, 7),))
    data = rendered([Record("t", "n", pictures()[0].asset, 1, labels=(label,))])
    assert rows(data)[0]["class"] == """'=cargo, "loose\""""


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_table_of_somebody_else_is_read(between: str) -> None:
    lines = [["Filename", "split", "Label"], ["a.jpg", "x", "cat"], ["b.jpg", "x", ""], ["a.jpg", "x", "dog"]]
    data = "\n".join(between.join(line) for line in lines).encode("utf-8-sig")
    found = decoded(data)
    first, second = (item for item in found if isinstance(item, Record))
    assert (first.name, [one.class_ for one in first.labels[0].annotations]) == ("a.jpg", ["cat", "dog"])
    assert (second.name, second.labels) == ("b.jpg", ())
    assert Unread("labels.csv", "$.split", 2) in found
    assert Counted("labels.csv", 2, 2) in found


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"picture,what\na,b\n", "no column of path, file_name"),
        (b"path,label\na\n", "row 2 has 1 cells, the head has 2"),
        (b"path,label\n\xff,a\n", "utf-8"),
        (b"", "no column of path"),
    ],
)
def test_a24_what_cannot_be_read_is_told(data: bytes, reason: str) -> None:
    (reject,) = (item for item in decoded(data) if isinstance(item, Reject))
    assert reason in str(reject.faults[0])


def test_a24_a_broken_row_does_not_sink_other_tasks() -> None:
    broken = rendered(pictures()).replace(b'""kind"":""boolean""', b'""kind"":""perhaps""')
    found = decoded(broken)
    (reject,) = (item for item in found if isinstance(item, Reject))
    assert (reject.record, reject.annotations) == ("p1", 1)
    assert [item.id for item in found if isinstance(item, Record)] == ["p2", "p3"]

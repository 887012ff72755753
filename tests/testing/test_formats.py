"""The suite of formats bites: each fault that a format may have turns the law red that it breaks."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from labelport.formats import csv_objects, ndjson
from labelport.kit.format import FILES, Context, File, Format, Input, Item, Row, Stored
from labelport.model.geometry import Box, Geometry, Point, Polygon, RotatedBox, kind
from labelport.model.label import Annotation, Label
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.testing.cases import CLASSES, pictures
from labelport.testing.formats import FormatTests
from tests.formats.native_json import objects_in
from tests.testing.red import red

Rows = list[Row]
Made = Callable[[Record, Context], Iterable[Row | File]]


class Suite(FormatTests):
    """The suite on a format that is in no registry, over records by hand: each law is tried once."""

    name = "in no registry"
    compares: ClassVar[bool] = True

    def __init__(self, form: Format) -> None:
        self._form = form

    @property
    def format(self) -> Format:
        return self._form

    def drawn(self, data: st.DataObject) -> tuple[list[Record], Context]:
        return [self.fitted(record) for record in pictures()], self.context(Ontology(CLASSES))

    def read(self, files: Mapping[str, bytes]) -> int:
        return objects_in(json.loads(line) for data in files.values() for line in data.splitlines())


def line(record: Record, **changes: Any) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(record, **changes))


def drops_a_row(record: Record, context: Context) -> Rows:
    return [] if record.number == 2 else [Row("rows", line(record))]


def drops_annotations(record: Record, context: Context) -> Rows:
    labels = tuple(msgspec.structs.replace(label, annotations=label.annotations[:1]) for label in record.labels)
    return [Row("rows", line(record, labels=labels))]


def writes_a_row_twice(record: Record, context: Context) -> Rows:
    return [Row("rows", line(record) + b"\n" + line(record))]


def breaks_its_lines(record: Record, context: Context) -> Rows:
    return [Row("rows", msgspec.json.format(line(record)))]


def ends_with_an_empty_element(record: Record, context: Context) -> Rows:
    return [Row("rows", line(record) + b"\n")]


def names_no_section(record: Record, context: Context) -> Rows:
    return [Row("lines", line(record))]


def numbers_rows() -> Made:
    numbers = count()
    return lambda record, _: [Row("rows", line(record, extra={"row": next(numbers)}))]


def remembers_the_last_task() -> Made:
    last = [""]

    def encode(record: Record, context: Context) -> Rows:
        last.append(record.id)
        return [Row("rows", line(record, extra={"after": last.pop(0)}))]

    return encode


def keeps_records() -> Made:
    kept: list[Record] = []

    def encode(record: Record, context: Context) -> Rows:
        kept.append(record)
        return [Row("rows", line(record))]

    return encode


def hides_a_file(record: Record, context: Context) -> list[File]:
    return [File("task.json", line(record))]


def leaves_the_delivery(record: Record, context: Context) -> list[File]:
    return [File(f"../{record.path}", line(record))]


def two_files(record: Record, context: Context) -> list[File]:
    return [File(record.path, line(record)), File(f"{record.path}.txt", b"")]


def one_place(record: Record, context: Context) -> list[File]:
    return [File(record.path, line(record))]


def writes_every_frame_alike(record: Record, context: Context) -> Rows:
    return [Row("rows", line(record))] * (1 if context.frames == "keyframes" else 2)


def splices_otherwise(stored: Stored, context: Context) -> Rows:
    return [Row("rows", stored.line.replace(b",", b", "))]


def numbers_them_all_one(section: str, element: bytes) -> int:
    return 1


def reads_the_first(inputs: Iterable[Input]) -> Iterator[Item]:
    yield from list(ndjson.decode(inputs))[:1]


def reads_without_names(inputs: Iterable[Input]) -> Iterator[Item]:
    for item in ndjson.decode(inputs):
        yield msgspec.structs.replace(item, name="") if isinstance(item, Record) else item


def shaped(change: Callable[[Geometry], Geometry]) -> Format:
    def encode(record: Record, context: Context) -> Rows:
        return [
            Row(
                "rows",
                line(record, labels=tuple(replace(label, annotations=_changed(label)) for label in record.labels)),
            )
        ]

    def _changed(label: Label) -> tuple[Annotation, ...]:
        return tuple(replace(one, geometry=one.geometry and change(one.geometry)) for one in label.annotations)

    return encoding(encode)


def fills_holes(shape: Geometry) -> Geometry:
    return Polygon(tuple(part[:1] for part in shape.parts)) if isinstance(shape, Polygon) else shape


def counts_pixels_from_one(shape: Geometry) -> Geometry:
    return replace(shape, x=shape.x + 1, y=shape.y + 1) if isinstance(shape, Box) else shape


def turns_the_other_way(shape: Geometry) -> Geometry:
    return replace(shape, angle=-shape.angle) if isinstance(shape, RotatedBox) else shape


def keeps_one_part(shape: Geometry) -> Geometry:
    return Polygon(shape.parts[:1]) if isinstance(shape, Polygon) else shape


def moves_a_point(shape: Geometry) -> Geometry:
    return replace(shape, x=shape.x + 0.01) if isinstance(shape, Point) else shape


def encoding(encode: Made) -> Format:
    return msgspec.structs.replace(ndjson.FORMAT, encode=encode, splice=None)


def filing(encode: Made) -> Format:
    return msgspec.structs.replace(encoding(encode), documents=None, options=None, number=None, holds={FILES: "task"})


def changed(**given: Any) -> Format:
    return msgspec.structs.replace(ndjson.FORMAT, **given)


COUNTED = "test_elements_in_the_bytes_are_those_of_the_account"
READ = "test_an_independent_reader_agrees"
BACK = "test_it_reads_back"
FRAMES = "test_elements_are_those_of_the_account_whichever_frames_are_wanted"
PATHS = "test_paths_are_unique_safe_and_inside"
SAME = "test_same_records_give_the_same_bytes"
SHAPES = "test_shapes_come_back"
ALONE = "test_rows_of_a_record_do_not_depend_on_others"
SHAPE_FAULTS = (fills_holes, counts_pixels_from_one, turns_the_other_way, keeps_one_part, moves_a_point)
FAULTS = (
    (encoding(drops_a_row), COUNTED),
    (encoding(drops_a_row), BACK),
    (encoding(drops_annotations), READ),
    (encoding(drops_annotations), BACK),
    (encoding(writes_a_row_twice), COUNTED),
    (encoding(writes_a_row_twice), READ),
    (encoding(breaks_its_lines), COUNTED),
    (encoding(ends_with_an_empty_element), COUNTED),
    (encoding(names_no_section), SAME),
    (encoding(numbers_rows()), SAME),
    (encoding(remembers_the_last_task()), ALONE),
    (encoding(keeps_records()), "test_memory_does_not_grow"),
    (filing(hides_a_file), PATHS),
    (filing(leaves_the_delivery), PATHS),
    (filing(two_files), COUNTED),
    (msgspec.structs.replace(filing(one_place), parts="own"), "test_parts_of_a_split_are_kept_apart"),
    (encoding(writes_every_frame_alike), FRAMES),
    (changed(splice=splices_otherwise), "test_splicing_gives_the_bytes_of_encoding"),
    (changed(number=numbers_them_all_one), "test_every_task_is_found_again_in_its_elements"),
    *((shaped(change), SHAPES) for change in SHAPE_FAULTS),
    (changed(decode=reads_the_first), BACK),
    (changed(decode=reads_without_names), BACK),
    (msgspec.structs.replace(csv_objects.FORMAT, count=lambda record, context: {"rows": 1}), COUNTED),
)


@pytest.mark.parametrize("form", [ndjson.FORMAT, filing(lambda record, _: [File(record.path, line(record))])])
def test_a_sound_format_passes(form: Format) -> None:
    assert red(Suite(msgspec.structs.replace(form, decode=form.documents and form.decode))) == set()


@pytest.mark.parametrize(("form", "law"), FAULTS, ids=lambda value: getattr(value, "title", value))
def test_a_fault_breaks_its_law(form: Format, law: str) -> None:
    assert red(Suite(form), only=law) == {law}


@pytest.mark.parametrize("name", ["ndjson", "coco"])
def test_many_kinds_of_shape_are_drawn(name: str) -> None:
    """A suite that draws nothing proves nothing."""

    class Plain(FormatTests):
        pass

    Plain.name = name
    seen: set[str] = set()

    @settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        given_, _ = Plain().drawn(data)
        seen.update(kind(one.geometry) for record in given_ for label in record.labels for one in label.annotations)

    draw()
    assert len(seen) > 4

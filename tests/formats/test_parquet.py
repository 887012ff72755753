"""Parquet: DuckDB finds in the tables what went in, with types from the model; the bytes do not depend on shards."""

import tracemalloc
from collections.abc import Mapping
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelport.formats import parquet
from labelport.formats.parquet import columns
from labelport.formats.parquet.rows import TABLES, AnnotationRow, KeyframeRow, LabelRow, TaskRow
from labelport.kit.format import Context, Counted, Reject
from labelport.model.asset import Asset
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Keyframe, Label, Target, Track
from labelport.model.record import Record
from labelport.model.workflow import Workflow
from labelport.shapes.frames import Wanted
from labelport.testing.cases import CLASSES, NOON, clips, pictures
from labelport.testing.formats import FormatTests
from labelport.testing.render import inputs, render
from tests.spaces import Space, record


def asked(folder: Path, question: str) -> list[tuple[Any, ...]]:
    """Return what DuckDB answers, with the tables of the folder by their names."""
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        for name in TABLES:
            db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder / name}.parquet')")
        return db.execute(question).fetchall()


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    for path, data in files.items():
        (folder / path).write_bytes(data)
    return folder


class TestParquet(FormatTests):
    name = "parquet"
    compares = True

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        type(self).place = tmp_path_factory.mktemp("parquet")

    place: Path

    def read(self, files: Mapping[str, bytes]) -> int:
        return int(asked(written(self.place, files), "SELECT count(*) FROM annotations")[0][0])


def made(*given: Record, frames: Wanted = "keyframes") -> dict[str, bytes]:
    return render(parquet.FORMAT, given, Context(CLASSES, frames=frames))


def test_columns_have_the_types_of_the_model_even_without_a_row(tmp_path: Path) -> None:
    question = "SELECT column_name, column_type FROM (DESCRIBE annotations) ORDER BY 1"
    empty = asked(written(tmp_path, made()), question)
    assert empty == asked(written(tmp_path, made(*pictures())), question)
    types = dict(empty)
    assert types["annotation_number"] == "BIGINT"
    assert types["confidence"] == "DOUBLE"
    assert types["crowd"] == "BOOLEAN"


@pytest.mark.parametrize(
    ("model", "row", "elsewhere"),
    [
        (Workflow, TaskRow, set()),
        (Record, TaskRow, {"id", "number", "workflow"}),
        (Label, LabelRow, {"annotations", "tracks", "keyframes"}),
        (Annotation, AnnotationRow, {"id", "number", "class_", "on"}),
        (Track, AnnotationRow, {"id", "number", "class_"}),
        (Target, AnnotationRow, set()),
        (Keyframe, KeyframeRow, set()),
    ],
)
def test_what_the_model_gets_new_has_a_column(
    model: type[msgspec.Struct], row: type[msgspec.Struct], elsewhere: set[str]
) -> None:
    assert set(model.__struct_fields__) - set(row.__struct_fields__) == elsewhere


def test_a49_times_have_a_zone_and_are_the_moments_that_were_said(tmp_path: Path) -> None:
    written(tmp_path, made(*pictures()))
    types = dict(asked(tmp_path, "SELECT column_name, column_type FROM (DESCRIBE annotations)"))
    assert types["created_at"] == "TIMESTAMP WITH TIME ZONE"
    question = "SELECT epoch_us(created_at) FROM annotations WHERE created_at IS NOT NULL"
    assert asked(tmp_path, question) == [(round(NOON.timestamp() * 1e6),)]


def test_a34_labelled_empty_and_unlabelled_tasks_are_told_apart(tmp_path: Path) -> None:
    written(tmp_path, made(*pictures()))
    question = (
        "SELECT t.state, count(a.annotation) FROM tasks t LEFT JOIN annotations a USING (task_number) GROUP BY ALL"
    )
    assert sorted(asked(tmp_path, question)) == [("empty", 0), ("labelled", 13), ("unlabelled", 0)]


def test_bounds_answers_and_classes_are_columns(tmp_path: Path) -> None:
    written(tmp_path, made(*pictures()))
    question = """
        SELECT class_name, x, y, width, height, json_extract_string(geometry, '$.kind') FROM annotations
        WHERE kind = 'box' AND author = 'ada'
    """
    assert asked(tmp_path, question) == [("ship", 1.5, 2.0, 30.25, 20.0, "box")]


def test_a28_keyframes_keep_outside_occluded_and_their_track(tmp_path: Path) -> None:
    written(tmp_path, made(*clips()))
    found = asked(tmp_path, "SELECT track, frame, milliseconds, outside, occluded FROM keyframes ORDER BY frame")
    assert found == [
        ("ferry", 0, 0.0, False, False),
        ("ferry", 4, 160.0, False, True),
        ("ferry", 7, 280.0, True, False),
    ]


def test_a30_frames_of_a_cut_are_timed_as_in_the_file(tmp_path: Path) -> None:
    asset = Asset("v", "video", frames=10, fps=25.0, first_frame=100, frame_step=5)
    label = Label("l", tracks=(Track("car", 7, 1),), keyframes=(Keyframe("car", 2, Box(0, 0, 10, 10)),))
    written(tmp_path, made(Record("v", "v", asset, 1, "v.mp4", labels=(label,))))
    assert asked(tmp_path, "SELECT frame, milliseconds FROM keyframes") == [(2, 4400.0)]


def test_a38_of_several_annotators_a_task_has_one_row_and_each_object_its_author(tmp_path: Path) -> None:
    labels = tuple(
        Label(f"l{i}", author=name, annotations=(Annotation(f"a{i}", i, 1, Box(0, 0, 1, 1)),))
        for i, name in enumerate(("ada", "ben"), 1)
    )
    written(tmp_path, made(Record("t", "t", Asset("t", "image"), 1, "t.png", labels=labels)))
    assert asked(tmp_path, "SELECT count(*), max(len(labels)) FROM tasks") == [(1, 2)]
    assert asked(tmp_path, "SELECT annotation, author FROM annotations") == [("a1", "ada"), ("a2", "ben")]


def test_a29_all_frames_lie_on_the_line_between_keyframes(tmp_path: Path) -> None:
    moves = (Keyframe("car", 0, Box(0, 0, 10, 10)), Keyframe("car", 4, Box(8, 0, 10, 10)))
    label = Label("l", tracks=(Track("car", 7, 1),), keyframes=moves)
    video = Record("t", "n", Asset("v", "video", frames=6), 1, labels=(label,))
    written(tmp_path, made(video, frames="all"))
    found = asked(tmp_path, "SELECT frame, x, interpolated FROM keyframes ORDER BY frame")
    assert found == [(0, 0, False), (1, 2, True), (2, 4, True), (3, 6, True), (4, 8, False), (5, 8, True)]


def test_a29_every_nth_frame_says_which_lie_between_keyframes(tmp_path: Path) -> None:
    moves = (Keyframe("car", 0, Box(0, 0, 10, 10)), Keyframe("car", 4, Box(8, 0, 10, 10)))
    video = Asset("v", "video", frames=8)
    label = Label("l", tracks=(Track("car", 7, 1),), keyframes=moves)
    written(tmp_path, made(Record("t", "n", video, 1, labels=(label,)), frames=Fraction(3)))
    found = asked(tmp_path, "SELECT frame, x, interpolated FROM keyframes ORDER BY frame")
    assert found == [(0, 0, False), (3, 6, True), (6, 8, True)]


def test_a15_bytes_are_the_same_for_any_workers_and_shards(tmp_path: Path) -> None:
    given = [record(i, i % 3) for i in range(12)]
    found = []
    for workers, size in ((1, 100), (1, 1), (2, 2)):
        space = Space(tmp_path / f"{workers}-{size}", workers=workers)
        space.work.create_project("p").save(given)
        found.append(
            {
                path: data
                for path, data in space.delivered("p", formats=("parquet",), shard_size=size).items()
                if path.endswith(".parquet")
            }
        )
        space.app.store.close()
    assert len(found[0]) == len(TABLES)
    assert found[0] == found[1] == found[2]


def test_the_file_states_its_writer() -> None:
    about = pq.ParquetFile(BytesIO(made()["tasks.parquet"])).metadata
    assert about.created_by.startswith("parquet-cpp-arrow version ")


class Short(msgspec.Struct):
    """A row so small that a group is full by rows long before it is by bytes."""

    number: int


def test_row_groups_end_by_rows() -> None:
    elements = (b'{"number":%d}' % number for number in range(2 * columns.ROWS + 3))
    about = pq.ParquetFile(BytesIO(b"".join(columns.close(Short, elements)))).metadata
    assert [about.row_group(i).num_rows for i in range(about.num_row_groups)] == [columns.ROWS, columns.ROWS, 3]


def test_a03_sealing_holds_a_row_group_and_no_more() -> None:
    element = msgspec.json.encode(AnnotationRow(1, "t", "l", "a", 1, "box", crowd=False, z_order=0, geometry="x" * 900))
    rows = 100_000
    tracemalloc.start()
    size = sum(map(len, columns.close(AnnotationRow, (element for _ in range(rows)))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 0
    assert peak < 3 * columns.SIZE < rows * len(element)


def test_a24_what_is_no_parquet_is_told_and_sinks_nothing_else() -> None:
    good = made(*pictures())
    files = {"a/tasks.parquet": b"PAR1 no", **{f"b/{path}": data for path, data in good.items()}}
    found = list(parquet.decode(inputs(files)))
    assert [item.file for item in found if isinstance(item, Reject)] == ["a/tasks.parquet"]
    assert [item for item in found if isinstance(item, Record)] == list(pictures())


def test_a24_a_table_of_other_columns_is_told() -> None:
    other = BytesIO()
    pq.write_table(pa.table({"task_number": ["one"]}), other)
    found = list(parquet.decode(inputs({"tasks.parquet": other.getvalue()})))
    assert [item.record for item in found if isinstance(item, Reject)] == ["$"]


def test_rows_of_no_task_are_told() -> None:
    files = made(*pictures()) | {"tasks.parquet": made(*clips())["tasks.parquet"]}
    found = list(parquet.decode(inputs(files)))
    (reject,) = (item for item in found if isinstance(item, Reject))
    assert "annotations has rows of task 1, which is not the next in tasks" in str(reject.faults[0])
    assert Counted("tasks.parquet", 1, 0) in found

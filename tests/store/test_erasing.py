"""What was erased is in no byte of the store, and everything still says truthfully that it is gone."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from labelport.errors import TransientError
from labelport.model.answers import Text
from labelport.model.asset import Asset, Attachment, Embedding
from labelport.model.export import Selection
from labelport.model.geometry import Box, Segment, TextSpan
from labelport.model.label import Annotation, Label, Relation, Stamp
from labelport.model.record import Record
from labelport.model.visit import Visit
from labelport.model.workflow import Comment, Issue, Review, Workflow
from tests.spaces import Space, files, lines, record

TASKS = 12


def telling(i: int, version: int = 0, **given: Any) -> Record:
    """Return a record every text of which says which task it is of."""
    word = f"secret{i:04d}v{version}"
    box = Annotation(f"{word}-box", class_="car", geometry=Box(1.0, 2.0, 3.0, 4.0), extra={"note": word * 40})
    span = Annotation(
        f"{word}-span", class_="car", geometry=TextSpan(0, 4, word), answers=(Text("said", word),), group=word
    )
    label = Label(
        f"{word}-label",
        author=f"{word}-author",
        annotations=(box, span),
        relations=(Relation(f"{word}-link", box.id, span.id, word),),
        reviews=(Review(accepted=True, by=word, comment=word),),
        extra={"note": word},
        stamps=(Stamp(box.id, created_by=word),),
    )
    values: dict[str, Any] = {
        "name": f"{word}.jpg",
        "asset": Asset(f"{word}-asset", "image", uri=f"file:///{word}.jpg", width=64, height=48, text=word),
        "external_id": f"{word}-external",
        "global_key": f"{word}-global",
        "workflow": Workflow(assignees=(word,), reviewers=(f"{word}-r",), tags=(word,), dataset=word),
        "labels": (label,),
        "metadata": {word: word, "long": word * 2000},
        "attachments": (Attachment("text", word),),
        "embeddings": (Embedding(word, (1.0,)),),
        "predictions": (Label(f"{word}-guess", source="model"),),
        "issues": (Issue("1", by=word, comments=(Comment(word),)),),
        "stage_history": (Visit("label", by=word),),
        "extra": {"note": word},
    }
    return record(i, **{**values, **given})


MOVED = [
    [0, 1, 5, 6, 7],
    [0, 1, 2, 4, 5, 6],
    [0, 1, 5, 6, 7, 2],
    [0, 1, 2, 3, 5, 6],
    [0, 5, 6],
    [0, 1, 2, 3, 4, 5],
    [0, 4, 1, 2, 3],
]
"""Saves after which rows of the first task have been moved between pages, and stand in their old places too."""


def stored(space: Space) -> bytes:
    """Return every byte of the database and of what lies beside it, in lower case."""
    places = [*space.folder.glob("labelport.db*"), *(space.folder / "blobs").glob("??/*")]
    return b"".join(place.read_bytes() for place in places).lower()


@given(
    st.lists(st.lists(st.integers(0, TASKS - 1), unique=True, max_size=6), max_size=12),
    st.sets(st.integers(0, TASKS - 1), min_size=1),
)
@example(MOVED, {0})
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_byte_of_what_was_erased_is_left_whatever_came_before(
    tmp_path_factory: pytest.TempPathFactory, saves: list[list[int]], gone: set[int]
) -> None:
    space = Space(tmp_path_factory.mktemp("erased"))
    project = space.work.create_project("p")
    project.save([telling(i) for i in range(TASKS)])
    for version, tasks in enumerate(saves, 1):
        project.save([telling(i, version) for i in tasks])
    project.remove([f"t{i}" for i in gone])
    for i in gone:
        assert project.erase(f"t{i}") > 0
    left = stored(space)
    for i in range(TASKS):
        assert (f"secret{i:04d}".encode() in left) == (i not in gone), i
    assert space.work.verify_log().faults == ()
    space.app.store.close()


def test_an_erased_task_is_named_by_an_export_that_held_it_and_by_every_delta_after(tmp_path: Path) -> None:
    space = Space(tmp_path)
    project = space.work.create_project("p")
    project.save([telling(i) for i in range(4)])
    chosen = Selection(names=("secret0001v0.jpg", "secret0002v0.jpg"), assignees=("secret0001v0", "secret0002v0"))
    made = space.export(space.request(project.id, selection=chosen, formats=("coco", "ndjson")))
    root = space.work.checkpoint("p").text
    project.remove(["t1"])
    project.erase("t1")
    again = space.work.reproduce(made.id)
    assert (again.same, again.erased) == (False, ("t1",))
    delta = space.delivered(project.id, selection=chosen, since=1)
    assert [(one["task"], one["number"], one["path"]) for one in lines(delta["tombstones.ndjson"])] == [("t1", 2, "")]
    assert space.work.verify_log(checkpoint=root).faults == ()


@pytest.mark.parametrize("selection", [Selection(), Selection(metadata={"secret0002v0": "secret0002v0"})])
def test_a_fold_over_an_erasure_gives_what_a_full_export_gives(tmp_path: Path, selection: Selection) -> None:
    space = Space(tmp_path)
    project = space.work.create_project("p")
    project.save([telling(i) for i in range(4)])
    full = space.export(space.request(project.id, selection=selection))
    project.save([telling(9)])
    project.remove(["t2"])
    project.erase("t2")
    delta = space.export(space.request(project.id, selection=selection, since=full.cut))
    folded = space.fresh()
    space.work.fold(full.destination, [delta.destination], folded)
    assert files(folded) == space.delivered(project.id, selection=selection)


def test_a_task_that_comes_back_after_it_was_erased_is_whole_and_can_be_erased_again(tmp_path: Path) -> None:
    space = Space(tmp_path)
    project = space.work.create_project("p")
    project.save([telling(1), telling(2)])
    project.remove(["t1"])
    first = project.erase("t1")
    project.save([telling(1, 7)])
    assert space.work.verify_log().faults == ()
    [line] = [one for one in project.tasks() if one.id == "t1"]
    assert line.name == "secret0001v7.jpg"
    project.remove(["t1"])
    assert project.erase("t1") == first
    assert project.erase("t1") == 0
    assert b"secret0001" not in stored(space)
    assert space.work.verify_log().faults == ()


def test_content_that_comes_back_by_hand_is_told(tmp_path: Path) -> None:
    space = Space(tmp_path)
    project = space.work.create_project("p")
    project.save([record(1)])
    project.remove(["t1"])
    db = space.app.store.db.connection
    tables = ("block", "label_version", "task_version", "path")
    kept = {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    project.erase("t1")
    for table, rows in kept.items():
        db.execute(f"DELETE FROM {table}")
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in rows[0])})", rows)
    assert ("t1", 1, "the task or its labels are not as this change wrote them") in [
        (fault.task, fault.number, fault.reason) for fault in space.work.verify_log().faults
    ]


def test_the_path_of_an_erased_task_is_free(tmp_path: Path) -> None:
    space = Space(tmp_path)
    project = space.work.create_project("p")
    project.save([record(1)])
    project.remove(["t1"])
    project.erase("t1")
    project.save([record(2, name="1.jpg")])
    assert [one.path for one in project.tasks()] == ["1.jpg"]


@pytest.mark.parametrize("shared", [False, True])
def test_a_blob_goes_with_the_last_task_that_names_it(tmp_path: Path, shared: bool) -> None:
    space = Space(tmp_path)
    project = space.work.create_project("p")
    blobs = space.app.store.blobs
    picture, voxels = blobs.put([b"picture"]), blobs.put([b"voxels"])
    segment = Annotation("s", class_="lung", geometry=Segment(voxels, (1,)))
    held: dict[str, Any] = {
        "asset": Asset("a", "image", uri=f"blob:{picture}", sha256=picture),
        "labels": (Label("l", annotations=(segment,)),),
    }
    project.save([record(1, **held), record(2, **held) if shared else record(2)])
    project.remove(["t1"])
    project.erase("t1")
    assert [blobs.path(one).exists() for one in (picture, voxels)] == [shared, shared]
    assert space.work.verify_log().faults == ()


def test_erasing_says_so_while_a_reader_keeps_what_was_before(tmp_path: Path) -> None:
    space, other = Space(tmp_path), Space(tmp_path)
    project = space.work.create_project("p")
    project.save([telling(1)])
    project.remove(["t1"])
    space.app.store.db.connection.set_busy_timeout(10)
    with other.app.store.db.reading():
        assert other.app.store.db.row("task_by_id", {"log": 1, "id": "t1"})
        with pytest.raises(TransientError, match="is being read"):
            project.erase("t1")
    assert project.erase("t1") == 0
    assert b"secret0001" not in stored(space)

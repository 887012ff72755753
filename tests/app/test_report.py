"""The audit report: everything is in it, and whatever is done to it afterwards shows, with its place."""

import csv
import json
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport import api
from labelport.client.workspace import Project, Workspace
from labelport.errors import DeniedError, NotFoundError
from labelport.kit import trail_pages
from labelport.local import Direct
from labelport.model import acts
from labelport.store.merkle import inclusion, root
from labelport.store.proofs import Levels
from tests import witness
from tests.spaces import Space, record

Entries = list[dict[str, Any]]
SPOILED = "t1"


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Space:
    """A project with 300 tasks, so that the tree has several tiles; some went through the workflow."""
    space = Space(tmp_path_factory.mktemp("report"))
    project = space.work.create_project("cars")
    project.save([record(i) for i in range(300)])
    project.work(["t0", "t1", "t2"], acts.Start())
    project.work(["t0", "t1"], acts.Submit())
    project.work("t0", acts.Accept("good"))
    project.work("t1", acts.Raise("=what is this?"))
    project.work("t1", acts.Reject("the box's <corner> is off"))
    project.remove(["t2"])
    return space


@pytest.fixture
def project(space: Space) -> Project:
    return space.work.project("cars")


@pytest.fixture
def key(space: Space, project: Project) -> str:
    return space.work.checkpoint(project.id).key


def written(project: Project, path: Path, ask: api.StreamReport | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        writer = trail_pages.array if path.suffix == ".json" else trail_pages.lines
        note = writer(file, project.report(ask), project.name)
    path.with_name(path.name + ".note").write_text(note, encoding="utf-8")
    return path


def entries(path: Path) -> Entries:
    found: Entries = json.loads(path.read_text(encoding="utf-8"))
    return found


def reasons(space: Space, path: Path, **given: str | None) -> list[str]:
    found = space.work.verify_report(str(path), **given)
    return [f"{one.task}/{one.event}: {one.reason}" for one in found.faults]


def test_a_report_holds_every_event_and_checks_out(space: Space, project: Project, key: str, tmp_path: Path) -> None:
    path = written(project, tmp_path / "report.json")
    found = space.work.verify_report(str(path), None, key)
    assert (found.faults, found.signed, found.tasks) == ((), True, 300)
    positions = [event["record"]["position"] for entry in entries(path) for event in entry["events"]]
    assert sorted(positions) == list(range(found.events))


def test_lines_and_an_array_hold_the_same(space: Space, project: Project, key: str, tmp_path: Path) -> None:
    path = written(project, tmp_path / "report.ndjson")
    assert reasons(space, path, key=key) == []
    held = [json.loads(line)["taskId"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert held == [entry["taskId"] for entry in entries(written(project, tmp_path / "report.json"))]


def test_a_witness_that_knows_only_the_rfc_finds_every_event_in_the_tree(project: Project, tmp_path: Path) -> None:
    held = entries(written(project, tmp_path / "report.json"))
    assert list(witness.astray(held)) == []
    spoiled = held[1]["events"][1]["record"]
    spoiled["actor"] = "mallory"
    assert list(witness.astray(held)) == [spoiled["position"]]


@settings(max_examples=30, deadline=None)
@given(size=st.integers(1, 70), data=st.data())
def test_proofs_by_level_are_those_of_the_rfc(size: int, data: st.DataObject) -> None:
    leaves = [bytes([i]) * 32 for i in range(size)]
    index = data.draw(st.integers(0, size - 1))
    levels = Levels(leaves)
    assert levels.root == root(leaves)
    assert list(levels.path(index)) == list(inclusion(leaves, index=index, size=size))


def _of(held: Entries, task: str = SPOILED) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = next(entry for entry in held if entry["taskId"] == task)["events"]
    return events


def _change_record(held: Entries) -> None:
    _of(held)[2]["record"]["at"] += 1


def _change_what_is_shown(held: Entries) -> None:
    _of(held)[2]["updatedBy"] = "somebody else"


def _remove_one(held: Entries) -> None:
    del _of(held)[2]


def _remove_one_and_count_anew(held: Entries) -> None:
    entry = next(entry for entry in held if entry["taskId"] == SPOILED)
    del entry["events"][2]
    entry["eventCount"] -= 1


def _remove_the_last(held: Entries) -> None:
    entry = next(entry for entry in held if entry["taskId"] == SPOILED)
    entry["events"].pop()
    entry["eventCount"] -= 1


def _swap(held: Entries) -> None:
    events = _of(held)
    events[2], events[3] = events[3], events[2]


def _insert(held: Entries) -> None:
    events = _of(held)
    made = json.loads(json.dumps(events[2]))
    made["record"] |= {"task_seq": 4, "position": 9}
    events.insert(3, made)


def _take_from_another_task(held: Entries) -> None:
    _of(held).append(_of(held, "t0")[-1])


def _remove_a_task(held: Entries) -> None:
    held[:] = [entry for entry in held if entry["taskId"] != SPOILED]


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (_change_record, r"t1/3: task.submitted at position 3\d\d was changed or inserted"),
        (_change_what_is_shown, r"t1/3: task.submitted at position 3\d\d shows another updatedBy"),
        (_remove_one, "t1/None: it holds 4 of 5 events"),
        (_remove_one_and_count_anew, "t1/3: events 3 to 3 of its task were removed before it"),
        (_remove_the_last, "None/None: 1 events were removed; the first stood at the positions 3"),
        (_swap, "t1/4: it is event 3 of its task, and stands behind event 4"),
        (_insert, "t1/4: task.submitted at position 9 was changed or inserted"),
        (_take_from_another_task, r"t1/6: task.accepted at position 3\d\d stands twice"),
        (_remove_a_task, "None/None: 5 events were removed; the first stood at the positions 2"),
    ],
)
def test_whatever_is_done_to_a_report_shows_with_its_place(
    space: Space, project: Project, tmp_path: Path, spoil: Callable[[Entries], None], where: str
) -> None:
    path = written(project, tmp_path / "report.json")
    held = entries(path)
    spoil(held)
    path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in held) + "\n]\n", encoding="utf-8")
    found = reasons(space, path)
    assert any(re.match(where, one) for one in found), found


def test_a_report_that_was_cut_off_shows(space: Space, project: Project, key: str, tmp_path: Path) -> None:
    path = written(project, tmp_path / "report.ndjson")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    found = reasons(space, path, key=key)
    assert any("an entry that cannot be read" in one for one in found)
    assert any("events were removed" in one for one in found)


def test_one_other_byte_breaks_the_signature(space: Space, project: Project, key: str, tmp_path: Path) -> None:
    path = written(project, tmp_path / "report.json")
    path.write_text(path.read_text(encoding="utf-8").replace('"Label"', '"Labed"', 1), encoding="utf-8")
    assert reasons(space, path, key=key) == ["None/None: its bytes are not those that were signed"]


def test_a_report_without_its_note_says_so(space: Space, project: Project, tmp_path: Path) -> None:
    path = written(project, tmp_path / "report.json")
    path.with_name("report.json.note").unlink()
    (found,) = reasons(space, path)
    assert "the note that signs it is missing" in found


def test_a_key_of_somebody_else_did_not_sign(space: Space, project: Project, key: str, tmp_path: Path) -> None:
    other = Space(tmp_path / "other")
    other.work.create_project("cars")
    path = written(project, tmp_path / "report.json")
    with pytest.raises(Exception, match="no known key has signed"):
        space.work.verify_report(str(path), None, other.work.checkpoint("cars").key)


def test_a_report_begins_with_what_an_earlier_checkpoint_signed(space: Space, tmp_path: Path) -> None:
    project = space.work.create_project("kept")
    project.save([record(i) for i in range(5)])
    kept = space.work.checkpoint(project.id).text
    project.work("t0", acts.Start())
    assert reasons(space, written(project, tmp_path / "a.json"), checkpoint=kept) == []
    part = api.StreamReport(project.id, tasks=("t0",))
    assert reasons(space, written(project, tmp_path / "b.json", part), checkpoint=kept) == [
        "None/None: only a whole report can be held against an earlier checkpoint"
    ]


def test_a_log_that_was_rewritten_whole_shows_against_a_checkpoint_kept_elsewhere(tmp_path: Path) -> None:
    """Who can write the database may make another history, sound in itself; the checkpoint knows better."""
    first, second = Space(tmp_path / "first"), Space(tmp_path / "second")
    projects = []
    for space, name in ((first, "0.jpg"), (second, "another.jpg")):
        store = space.app.store
        made = store.create_project("one", "cars", actor="boss", at=space.app.now())
        projects.append(space.work.project(made.id))
        projects[-1].save([record(0, name=name), record(1)])
    kept = first.work.checkpoint("one").text
    (tmp_path / "second" / "log.key").write_text((tmp_path / "first" / "log.key").read_text())
    projects[1].work("t0", acts.Start())
    path = written(projects[1], tmp_path / "report.json")
    assert reasons(first, path) == []
    assert reasons(first, path, checkpoint=kept) == [
        "None/None: its first 3 events are not those that the checkpoint signed"
    ]


def test_only_what_is_asked_for_is_in_a_report(space: Space, project: Project, key: str, tmp_path: Path) -> None:
    ask = api.StreamReport(project.id, types=("TASK_REJECTED", "TASK_ACCEPTED"), people=("tester",))
    path = written(project, tmp_path / "report.json", ask)
    held = [(entry["taskId"], event["eventType"]) for entry in entries(path) for event in entry["events"]]
    assert held == [("t0", "TASK_ACCEPTED"), ("t1", "TASK_REJECTED")]
    assert reasons(space, path, key=key) == []
    ground = written(project, tmp_path / "ground.json", api.StreamReport(project.id, "groundtruth"))
    assert [entry["taskId"] for entry in entries(ground)] == ["t0"]
    with pytest.raises(NotFoundError, match="did you mean 'TASK_REJECTED'"):
        next(project.report(api.StreamReport(project.id, types=("TASK_REJECT",))))


def test_a_report_is_on_the_organization_s_record_and_so_is_a_refusal(space: Space, project: Project) -> None:
    app = msgspec.structs.replace(space.app, actor="guest", rights=frozenset({"read"}))
    list(project.report())
    with pytest.raises(DeniedError):
        next(Workspace(Direct(app)).project("cars").report())
    rows = space.app.store.db.rows("events", {"log": 0})
    assert [(row[4], row[5]) for row in rows[-2:]] == [("tester", "report.made"), ("guest", "denied")]


def test_a_table_has_a_row_for_each_event_and_no_formula(project: Project, tmp_path: Path) -> None:
    file = StringIO()
    trail_pages.csv(file, project.report(), "cars")
    rows = list(csv.DictReader(StringIO(file.getvalue())))
    told = [(row["event"], row["type"], row["person"]) for row in rows if row["task"] == "t1"]
    assert [kind for _, kind, _ in told][-2:] == ["COMMENT_ADDED", "TASK_REJECTED"]
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_a_page_escapes_what_people_wrote(project: Project) -> None:
    file = StringIO()
    trail_pages.html(file, project.report(), "cars & <trucks>")
    page = file.getvalue()
    assert "cars &amp; &lt;trucks&gt;" in page
    assert "the box&#x27;s &lt;corner&gt; is off" in page
    assert page.count("<section>") == 301


def test_every_event_of_a_task_is_in_the_tree_however_it_lies(project: Project, tmp_path: Path) -> None:
    held = entries(written(project, tmp_path / "report.json"))
    assert max(len(event["record"]["proof"]) for entry in held for event in entry["events"]) == 9

"""Exports in the history: where they begin, that each is kept, that two do not meet, and what is refused."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any, cast

import msgspec
import pytest

from labelport import api
from labelport.client.jobs import ExportJob
from labelport.client.workspace import Project
from labelport.destinations.folder import Folder
from labelport.errors import ConflictError, LabelportError, NotFoundError, OverdueError, RequestError
from labelport.model.export import ExportRequest, Selection, Split
from tests.plugins import installed
from tests.spaces import START, Space, everything, files, lines, record


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Space]:
    made = Space(tmp_path / "space")
    made.work.create_project("cars").save([record(i) for i in range(5)])
    yield made
    made.app.store.close()


@pytest.fixture
def project(space: Space) -> Project:
    return space.work.project("cars")


def move(address: str) -> None:
    """Take a delivery away, as whoever fetches it does."""
    place = Path(address)
    place.rename(place.with_name(f"{place.name}-fetched-{len(list(place.parent.iterdir()))}"))


def base(space: Space, project: Project, to: str, since: str = "last", **given: Any) -> int | None:
    made = space.export(space.request(project.id, **given), to=to, since=since)
    move(to)
    return made.base


def test_last_is_remembered_by_destination_and_request_together(space: Space, project: Project) -> None:
    here, there = space.fresh(), space.fresh()
    assert base(space, project, here) is None
    project.save([record(1, boxes=2)])
    assert base(space, project, here) == 1
    assert base(space, project, here) == 2
    assert base(space, project, there) is None
    assert base(space, project, here, formats=("json",)) is None
    assert base(space, project, here, selection=Selection(stages=("review",))) is None
    assert base(space, project, here, formats=("json",)) == 2
    assert base(space, project, here) == 2


def test_last_is_that_of_the_last_export_that_was_finished(space: Space, project: Project) -> None:
    here = space.fresh()
    assert base(space, project, here) is None
    project.save([record(1, boxes=2)])
    project.export(request=space.request(project.id), to=here, since="last")
    assert base(space, project, here) == 1


def test_an_export_without_a_destination_has_its_own_place_and_remembers_by_request(
    space: Space, project: Project
) -> None:
    made = []
    for _ in range(2):
        job = project.export(request=space.request(project.id), since="last")
        job.wait_till_done()
        made.append(job.export)
    assert [one.base for one in made] == [None, 1]
    assert made[0].destination != made[1].destination


def test_a32_since_takes_an_export_a_number_and_a_time(space: Space, project: Project) -> None:
    first = space.export(space.request(project.id))
    project.save([record(1, boxes=2)])
    between = datetime.fromtimestamp(space.app.now() / 1e6, UTC)
    project.save([record(2, boxes=2)])
    request = space.request(project.id)
    assert space.export(request, since=first.id).base == 1
    assert space.export(request, since="2").base == 2
    assert space.export(request, since=between.isoformat()).base == 2
    assert space.export(request, since=(between + timedelta(hours=1)).isoformat()).base == 3
    assert space.export(request, since=datetime.fromtimestamp(START / 1e6, UTC).isoformat()).base == 0
    delta = space.export(request, since=between.isoformat())
    assert [line["id"] for line in lines(files(delta.destination)["data.ndjson"])] == ["t2"]


def test_a_delta_without_changes_is_an_empty_delivery(space: Space, project: Project) -> None:
    made = space.export(space.request(project.id, formats=("json", "csv_objects", "coco")), since="1")
    found = files(made.destination)
    assert found["items.csv"].count(b"\r\n") == 1
    assert found["tombstones.ndjson"] == b""
    assert msgspec.json.decode(found["json/data.json"]) == []
    assert msgspec.json.decode(found["coco/annotations.json"])["images"] == []
    assert space.work.verify(made.destination).faults == ()


def test_a11_every_export_is_kept_under_its_own_id(space: Space, project: Project) -> None:
    request = space.request(project.id)
    made = [space.export(request) for _ in range(4)]
    assert len({one.id for one in made}) == 4
    assert [one.id for one in space.work.exports("cars")] == [one.id for one in reversed(made)]
    for one in made:
        assert space.work.export(one.id).export == one
        assert space.work.verify(one.destination).faults == ()


def test_the_history_is_read_in_pages(space: Space, project: Project) -> None:
    made = [project.export(request=space.request(project.id)).uid for _ in range(7)]
    found: list[str] = []
    after = None
    while True:
        page = space.work._transport.ask(api.LIST_EXPORTS, api.ListExports("cars", after, limit=3))
        found += [one.id for one in page.items]
        after = page.after
        if after is None:
            break
    assert found == made[::-1]


def test_a_finished_export_is_not_run_again(space: Space, project: Project) -> None:
    made = space.export(space.request(project.id))
    with pytest.raises(RequestError, match="is done; `labelport exports reproduce"):
        space.work._transport.ask(api.RUN_EXPORT, api.RunExport(made.id))


def test_the_cut_is_taken_when_the_export_is_entered(space: Space, project: Project) -> None:
    job = project.export(request=space.request(project.id), to=space.fresh())
    project.save([record(77)])
    job.wait_till_done()
    assert len(lines(files(job.export.destination)["data.ndjson"])) == 5


WAITING = """
from pathlib import Path
from time import monotonic, sleep

from labelport.formats.ndjson import documents, encode as plain
from labelport.kit.format import EVERYTHING, Format
from labelport.kit.native import number

PLACE = Path({place!r})


def encode(record, context):
    (PLACE / "began").touch()
    end = monotonic() + 30
    while not (PLACE / "go").exists():
        assert monotonic() < end
        sleep(0.005)
    yield from plain(record, context)


WAITING = Format("Waiting", EVERYTHING, encode, documents, number=number)
"""


class Running:
    """An export that waits inside its first task, in a thread of its own."""

    def __init__(self, space: Space, place: Path, to: str) -> None:
        self.place = place
        other = Space(space.folder)
        project = other.work.project("cars")
        self.job = project.export(request=other.request(project.id, formats=("waiting",)), to=to)
        self._thread = Thread(target=self.job.wait_till_done)
        self._thread.start()
        until((place / "began").exists)

    def end(self) -> ExportJob:
        (self.place / "go").touch()
        self._thread.join()
        return self.job


def until(holds: Callable[[], bool]) -> None:
    end = monotonic() + 30
    while not holds():
        assert monotonic() < end
        sleep(0.005)


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Path]:
    with installed(tmp_path / "plugin", WAITING.format(place=str(tmp_path)), "waiting"):
        yield tmp_path


def test_a47_an_export_that_is_at_work_is_not_run_a_second_time(space: Space, waiting: Path) -> None:
    running = Running(space, waiting, space.fresh())
    with pytest.raises(ConflictError, match="is at work in another process"):
        space.work.export(running.job.uid).wait_till_done()
    assert space.work.export(running.job.uid).status == "running"
    done = running.end()
    assert done.status == "done"
    assert space.work.verify(done.export.destination).faults == ()


def test_a47_two_exports_at_once_both_come_out(space: Space, project: Project, waiting: Path) -> None:
    running = Running(space, waiting, space.fresh())
    other = space.export(space.request(project.id))
    assert other.status == "done"
    assert files(running.end().export.destination) == files(other.destination)


def test_two_deliveries_to_one_place_do_not_mix(space: Space, project: Project, waiting: Path) -> None:
    to = space.fresh()
    running = Running(space, waiting, to)
    late = project.export(request=space.request(project.id, formats=("json",)), to=to)
    with pytest.raises(ConflictError, match="is at work in another process"):
        late.wait_till_done()
    assert running.end().status == "done"
    with pytest.raises(ConflictError, match="holds a delivery"):
        late.wait_till_done()
    assert "data.json" not in everything(to)
    assert space.work.verify(to).faults == ()


def test_an_export_whose_time_is_over_says_so_and_goes_on_when_it_is_run_again(space: Space, project: Project) -> None:
    job = project.export(request=space.request(project.id), to=space.fresh())
    with pytest.raises(TimeoutError, match="is not done after 0 seconds") as raised:
        job.wait_till_done(timeout_seconds=0)
    assert isinstance(raised.value, OverdueError)
    assert space.work.export(job.uid).status == "interrupted"
    job.wait_till_done(timeout_seconds=60)
    assert job.status == "done"
    assert space.work.verify(job.export.destination).faults == ()


def test_a_place_that_another_workspace_fills_is_not_filled_twice(space: Space, project: Project) -> None:
    to = space.fresh()
    job = project.export(request=space.request(project.id), to=to)
    Folder(Path(to)).claim("an export of another workspace")
    with pytest.raises(ConflictError, match="another export is on its way"):
        job.wait_till_done()
    assert everything(to) == {}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"formats": ("cocco",)}, "no format named 'cocco'; did you mean 'coco'"),
    ({"formats": ("cvat_api",)}, "can only be imported"),
    ({"formats": ()}, "formats"),
    ({"formats": ("coco", "coco")}, "named twice"),
    ({"fields": ("metadate",)}, "no field named 'metadate'; did you mean 'metadata'"),
    ({"options": {"ndjson": {"row": 3}}}, "no option 'row'; it has 'rows', 'size'"),
    ({"options": {"ndjson": {"rows": 0}}}, "rows"),
    ({"options": {"coco": {}}}, "'coco', which is not among the formats"),
    ({"formats": ("json",), "options": {"json": {"rows": 1}}}, "takes no options"),
    ({"at": 99}, "the project is at change 1; 99 is not yet"),
    ({"at": -1}, "at"),
    ({"since": 99}, "behind its cut"),
    ({"since": -1}, "since"),
    ({"shard_size": 0}, "shard_size"),
    ({"labels": "best"}, "labels: 'best' is none of final, all"),
    ({"on_loss": "panic"}, "on_loss: 'panic' is none of convert, drop, fail"),
    ({"verify": "some"}, "verify: 'some' is none of counts, deep"),
    ({"verify": "deep", "formats": ("coco", "preview")}, "'preview' has no reader"),
    ({"frames": "odd"}, "frames"),
    ({"split": Split({"train": 0.5})}, "add up to 1, not 0.5"),
    ({"split": Split({"../out": 1.0})}, "part '../out'"),
    ({"split": Split({"a/b": 0.5, "c": 0.5})}, "part 'a/b'"),
    ({"split": Split({"{x}": 1.0})}, "part '{x}'"),
    ({"split": Split({"a": 0.5, "A": 0.5})}, "part 'A'"),
    ({"selection": Selection(statuses=("Done",))}, "no status named 'Done'; did you mean 'done'"),
    ({"selection": Selection(kinds=("boxes",))}, "no kind named 'boxes'; did you mean 'box'"),
    ({"selection": Selection(sources=("robot",))}, "no source named 'robot'"),
    ({"selection": Selection(classes=(7,))}, "no class with number 7.*1 'car'"),
    ({"selection": Selection(states=cast("Any", ("full",)))}, "states"),
]


@pytest.mark.parametrize(("given", "told"), WRONG, ids=[told for _, told in WRONG])
def test_a_wrong_request_is_refused_and_told_what_is_allowed(
    space: Space, project: Project, given: dict[str, Any], told: str
) -> None:
    request = ExportRequest(**{"project": project.id, **given})
    with pytest.raises(RequestError, match=f"(?s){told}"):
        project.export(request=request, to=space.fresh())
    with pytest.raises(RequestError, match=f"(?s){told}"):
        project.export.plan(request)
    assert list(space.work.exports()) == []


@pytest.mark.parametrize("since", ["yesterday", "²", "-1", "", "0x1", "12345678901"])
def test_a_since_that_names_nothing_is_refused(space: Space, project: Project, since: str) -> None:
    with pytest.raises(RequestError, match=r"since|behind"):
        space.export(space.request(project.id), since=since)


def test_an_export_of_another_project_is_no_beginning(space: Space, project: Project) -> None:
    made = space.export(space.request(project.id))
    other = space.work.create_project("other")
    with pytest.raises(RequestError, match="is of another project"):
        space.export(space.request(other.id), since=made.id)


def test_an_unknown_project_is_named_with_those_that_are_there(space: Space) -> None:
    with pytest.raises(NotFoundError, match="no project 'trucks'; there are: 'cars'"):
        space.work.project("trucks")


def test_a_place_that_cannot_be_written_fails_the_export_and_says_why(
    space: Space, project: Project, tmp_path: Path
) -> None:
    job = project.export(request=space.request(project.id), to=str(tmp_path / "file" / "out"))
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LabelportError, match="file"):
        job.wait_till_done()
    failed = space.work.export(job.uid)
    assert failed.status == "failed"
    assert "file" in (failed.result.error or "")


def test_a_failed_export_runs_again_when_its_place_is_there(space: Space, project: Project, tmp_path: Path) -> None:
    job = project.export(request=space.request(project.id), to=str(tmp_path / "file" / "out"))
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LabelportError):
        job.wait_till_done()
    (tmp_path / "file").unlink()
    job.wait_till_done()
    assert job.status == "done"


def test_reproducing_names_every_task_that_was_erased(space: Space) -> None:
    project = space.work.create_project("many")
    project.save([record(i) for i in range(130)])
    made = space.export(space.request(project.id, shard_size=50))
    names = [f"t{i}" for i in range(120)]
    project.remove(names)
    for name in names:
        project.erase(name)
    again = space.work.reproduce(made.id)
    assert not again.same
    assert again.erased == tuple(sorted(names))


def test_a36_reproducing_gives_the_same_bytes_whatever_happened_since(space: Space, project: Project) -> None:
    made = space.export(space.request(project.id, formats=("coco", "csv_objects")))
    project.rename_class(1, "vehicle")
    project.save([record(1, boxes=4), record(88)])
    project.remove(["t0"])
    assert space.work.reproduce(made.id).same


def test_a_difference_names_what_came_changed_and_went(space: Space, project: Project) -> None:
    older = space.export(space.request(project.id))
    project.save([record(1, boxes=2), record(9)])
    project.remove(["t0"])
    newer = space.export(space.request(project.id))
    for found in (space.work.diff(older.id, newer.id), space.work.diff(newer.id, older.id)):
        assert (found.added_tasks, found.changed_tasks, found.removed_tasks) == (("t9",), ("t1",), ("t0",))

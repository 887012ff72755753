"""A real dump of CVAT's API comes out as it went in, object by object, as the standard library reads it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pycocotools import mask

from tests.acceptance.cvat import answers, joints, named, numbers, order, pixels
from tests.acceptance.real import moment, plain, read, taken
from tests.samples import sample

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools, NumPy 2
Object = dict[str, Any]
DUMP = "cvat_project"


class Server:
    """A dump of CVAT's API as the standard library reads it, and what came of it."""

    def __init__(self, folder: Path) -> None:
        self.out = taken(folder, "cvat_api", sample(DUMP))
        self.lines = {line["id"]: line for line in self.out.lines()}
        self.labels: dict[int, Object] = {}
        self.questions: dict[int, str] = {}
        for label in read(f"{DUMP}/labels.json")["results"]:
            for one in (label, *label["sublabels"]):
                self.labels[one["id"]] = one
                self.questions |= {question["id"]: question["name"] for question in one["attributes"]}
        self.tasks = {one["id"]: one for one in read(f"{DUMP}/tasks.json")["results"]}
        self.jobs = {one["id"]: one for one in read(f"{DUMP}/jobs.json")["results"]}
        self.annotations = read(f"{DUMP}/annotations.json")

    def objects(self, kind: str) -> Iterator[tuple[Object, Object]]:
        """Yield each object of each task and of each job that checks one, with what was delivered of it."""
        views = [(int(key), f"task-{key}", view) for key, view in self.annotations["task"].items()]
        checks = {key: job for key, job in self.jobs.items() if job["type"] == "ground_truth"}
        views += [(job["task_id"], f"job-{key}", self.annotations["job"][str(key)]) for key, job in checks.items()]
        for task, name, view in views:
            for given in view[kind]:
                yield given, self.delivered(task, name, kind, given)

    def delivered(self, task: int, name: str, kind: str, given: Object) -> Object:
        whole = f"task-{task}"
        line = self.lines.get(whole) or self.lines[f"{whole}/frame-{given['frame']}"]
        (label,) = (one for one in line["labels"] if one["id"] == name)
        wanted = f"{kind.removesuffix('s')}-{given['id']}"
        place = "tracks" if kind == "tracks" else "annotations"
        (made,) = (one for one in label[place] if one["id"] == wanted)
        if whole in self.lines and kind != "tracks":
            assert made["on"] == {"first_frame": given["frame"], "last_frame": given["frame"]}
        return {**made, "keyframes": [one for one in label.get("keyframes", ()) if one["track"] == wanted]}

    def said(self, given: Object) -> dict[str, str]:
        """Return the answers of an object, and of its joints under their names."""
        found = {self.questions[one["spec_id"]]: one["value"] for one in given["attributes"]}
        for element in given.get("elements", ()):
            joint = self.labels[element["label_id"]]["name"]
            for one in element["attributes"]:
                found[f"{joint}/{self.questions[one['spec_id']]}"] = one["value"]
        return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    return Server(tmp_path_factory.mktemp("cvat"))


def _common(server: Server, given: Object, made: Object) -> None:
    name = server.labels[given["label_id"]]["name"]
    assert named(server.out, made).split(" (")[0] == name
    assert made.get("group") == (str(given["group"]) if given["group"] else None)
    word = made.get("extra", {}).get("source", {"person": "manual"}.get(made.get("source", "")))
    assert word == given["source"]
    assert answers(made) == server.said(given)


def test_every_shape_of_the_server_is_delivered_with_all_that_it_says(server: Server) -> None:
    for given, made in server.objects("shapes"):
        _common(server, given, made)
        assert made["occluded"] == given["occluded"]
        assert made.get("z_order", 0) == given["z_order"]
        shape = made["geometry"]
        if given["type"] == "skeleton":
            each = [
                (server.labels[one["label_id"]]["name"], one["points"], one["outside"], one["occluded"])
                for one in given["elements"]
            ]
            assert plain(shape["points"]) == plain(joints(each, order(server.out, made)))
        elif given["type"] == "mask":
            decoded = mask.decode({"size": [shape["height"], shape["width"]], "counts": shape["counts"]})
            assert (decoded == pixels(given["points"])).all()
        else:
            assert plain(numbers(shape)) == plain(given["points"])
            turned = given["type"] in ("rectangle", "ellipse")
            assert shape.get("angle", 0) == (given["rotation"] if turned else 0)


def test_everything_that_was_taken_from_the_server_is_compared(server: Server) -> None:
    objects = [one for kind in ("shapes", "tags", "tracks") for one in server.objects(kind)]
    assert len(objects) == server.out.report.annotations == 124
    assert server.out.report.rejected == ()


def test_every_tag_of_the_server_is_delivered(server: Server) -> None:
    for given, made in server.objects("tags"):
        _common(server, given, made)
        assert "geometry" not in made


def test_a30_every_track_of_the_server_is_delivered_with_its_joints(server: Server) -> None:
    for given, made in server.objects("tracks"):
        frames = {one["frame"]: one for one in made["keyframes"]}
        own = {one["frame"]: one for one in given["shapes"]}
        moves = {shape["frame"] for element in given["elements"] for shape in element["shapes"]}
        assert frames.keys() == own.keys() | moves
        for frame, shape in own.items():
            assert frames[frame].get("occluded", False) == shape["occluded"]
            assert frames[frame].get("z_order", 0) == shape["z_order"]
        names = order(server.out, made)
        for element in given["elements"]:
            at = names.index(server.labels[element["label_id"]]["name"])
            for shape in element["shapes"]:
                seen = 0 if shape["outside"] else 1 if shape["occluded"] else 2
                assert plain(frames[shape["frame"]]["geometry"]["points"][at]) == plain([*shape["points"], seen])


def test_every_frame_of_the_server_has_a_task_that_stands_where_its_least_finished_job_does(server: Server) -> None:
    stages = {"annotation": "label", "validation": "review", "acceptance": "acceptance"}
    wanted = {f"task-{key}": task for key, task in server.tasks.items() if task.get("size")}
    assert {name.split("/")[0] for name in server.lines} == set(wanted)
    for name, line in server.lines.items():
        task = wanted[name.split("/")[0]]
        assert line["workflow"]["dataset"] == task["name"]
        jobs = {one["id"]: one for one in line.get("extra", {}).get("jobs", ())}
        for key, told in jobs.items():
            kept = ("type", "stage", "state", "start_frame", "stop_frame")
            assert [told[name] for name in kept] == [server.jobs[int(key)][name] for name in kept]
        batch = line["workflow"].get("batch")
        if batch:
            job = server.jobs[int(batch.removeprefix("job-"))]
            assert stages[job["stage"]] == line["workflow"].get("stage", "label")
            assert moment(line["workflow"]["created_at"]) == moment(job["created_date"])


def test_every_issue_of_the_server_is_delivered_with_its_comments(server: Server) -> None:
    told = {one["id"]: one for one in read(f"{DUMP}/issues.json")["results"]}
    comments = read(f"{DUMP}/comments.json")["results"]
    delivered = {issue["id"]: (line, issue) for line in server.lines.values() for issue in line.get("issues", ())}
    assert delivered.keys() == {str(key) for key in told}
    for key, given in told.items():
        line, issue = delivered[str(key)]
        place, _, frame = line["id"].partition("/frame-")
        assert place == f"task-{server.jobs[given['job']]['task_id']}"
        assert (int(frame) if frame else issue["frame"]) == given["frame"]
        assert list(issue.get("position", ())) == given["position"]
        assert issue.get("resolved", False) == given["resolved"]
        assert moment(issue["at"]) == moment(given["created_date"])
        own = sorted((one for one in comments if one["issue"] == key), key=lambda one: one["id"])
        assert [(one["text"], moment(one["at"])) for one in issue.get("comments", ())] == [
            (one["message"], moment(one["created_date"])) for one in own
        ]

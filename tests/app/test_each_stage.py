"""The stage history in exports, and the labels of each visit as they were."""

from pathlib import Path
from typing import Any

import pytest

from labelport.client.workspace import Project
from labelport.errors import RequestError
from labelport.model import acts
from labelport.model.export import ClassMap, DeliveredClass
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label, Stamp
from tests.spaces import Space, lines, record


@pytest.fixture
def space(tmp_path: Path) -> Space:
    return Space(tmp_path / ".labelport")


@pytest.fixture
def project(space: Space) -> Project:
    """A task that was labelled at x = 1, rejected, labelled at 2, and corrected to 3."""
    made = space.work.create_project("cars")
    made.save([record(0, boxes=0), record(1)])
    made.work("t0", acts.Submit(), [box(1)])
    made.work("t0", acts.Reject("too far left"))
    made.work("t0", acts.Submit(), [box(2)])
    made.work("t0", acts.Correct(), [box(3)])
    return made


def box(x: float) -> Label:
    marked = Annotation("a", class_="car", geometry=Box(x, 0, 5, 5))
    return Label("l", author="ann", annotations=(marked,), stamps=(Stamp("a", created_by="ann"),))


def exported(space: Space, project: Project, **given: Any) -> list[dict[str, Any]]:
    return lines(space.delivered(project.id, **given)["data.ndjson"])


def xs(labels: list[dict[str, Any]]) -> list[float]:
    return [one["geometry"]["x"] for label in labels for one in label.get("annotations", ())]


def test_each_visit_has_the_labels_with_which_the_task_left(space: Space, project: Project) -> None:
    task, _ = exported(space, project, labels="each-stage")
    told = [(visit["stage"], visit["cycle"], visit["outcome"], xs(visit["labels"])) for visit in task["stage_history"]]
    assert told == [
        ("label", 1, "submitted", [1]),
        ("review", 1, "rejected", [1]),
        ("label", 2, "submitted", [2]),
        ("review", 2, "corrected", [3]),
    ]
    assert xs(task["labels"]) == [3]


def test_the_labels_of_a_visit_are_whole(space: Space, project: Project) -> None:
    task, _ = exported(space, project, labels="each-stage")
    (final,) = [label for label in task["labels"] if label["id"] == "l"]
    (last,) = [label for label in task["stage_history"][-1]["labels"] if label["id"] == "l"]
    assert last == final


def test_a_history_without_labels_is_the_same_otherwise(space: Space, project: Project) -> None:
    bare, _ = exported(space, project)
    task, _ = exported(space, project, labels="each-stage")
    for visit in task["stage_history"]:
        del visit["labels"]
    assert task == bare


def test_it_is_the_same_at_the_number_of_its_cut_whatever_came_later(space: Space, project: Project) -> None:
    number = project.info().number
    before = exported(space, project, labels="each-stage")
    project.lead("t0", acts.Move("label", "once more"))
    project.work("t0", acts.Submit(), [box(9)])
    assert exported(space, project, labels="each-stage", at=number) == before


def test_an_export_of_each_stage_is_read_back_deeply(space: Space, project: Project) -> None:
    assert space.export(space.request(project.id, labels="each-stage", verify="deep")).status == "done"


def test_what_has_no_place_for_it_is_refused(space: Space, project: Project) -> None:
    for given, told in (
        ({"formats": ("coco",)}, "format 'coco' has no place for labels of each stage"),
        ({"fields": ()}, "ask for the field 'stage_history'"),
        ({"class_map": ClassMap((DeliveredClass((1,), "vehicle"),))}, "cannot be asked for with other classes"),
    ):
        with pytest.raises(RequestError, match=told):
            space.export(space.request(project.id, labels="each-stage", **given))


def test_an_import_takes_neither_numbers_nor_labels_of_another_log(
    space: Space, project: Project, tmp_path: Path
) -> None:
    data = space.delivered(project.id, labels="each-stage")["data.ndjson"]
    path = tmp_path / "data.ndjson"
    path.write_bytes(data)
    space.work.create_project("copy").add_class("car")
    space.work.import_files("copy", "ndjson", [str(path)])
    task, _ = exported(space, space.work.project("copy"), labels="each-stage")
    assert [visit["outcome"] for visit in task["stage_history"]] == ["submitted", "rejected", "submitted", "corrected"]
    assert not {"labels", "number"} & {key for visit in task["stage_history"] for key in visit}

"""Work on tasks through the SDK: labels that come with an act, chosen labels, deleted tasks, the workflow itself."""

from pathlib import Path

import msgspec
import pytest

from labelport.client.workspace import Project, Workspace
from labelport.errors import ConflictError, InvalidError, NotFoundError
from labelport.local import Direct
from labelport.model import acts
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.model.stages import STANDARD, Stage, Stages, faults
from tests.spaces import Space, record


@pytest.fixture
def space(tmp_path: Path) -> Space:
    return Space(tmp_path)


@pytest.fixture
def project(space: Space) -> Project:
    made = space.work.create_project("cars")
    made.save([record(0)])
    return made


def as_one(space: Space, who: str) -> Project:
    return Workspace(Direct(msgspec.structs.replace(space.app, actor=who))).project("cars")


def held(project: Project, task: str = "t0") -> Record:
    (found,) = project.export.export_tasks(task_id=task)
    return msgspec.convert(found, Record)


def box(label: str, x: float) -> Label:
    return Label(label, author="bo", annotations=(Annotation(f"{label}-a", class_="car", geometry=Box(x, 0, 5, 5)),))


def test_labels_that_come_with_an_act_are_stored_with_it_in_one_change(space: Space, project: Project) -> None:
    before = project.info().number
    assert project.work("t0", acts.Submit(), [box("new", 3)]) == before + 1
    now = held(project)
    assert [label.id for label in now.labels] == ["t0-l0", "new"]
    assert (now.workflow.stage, now.stage_history[-1].number) == ("review", before + 1)
    assert space.work.verify_log().faults == ()


def test_the_labels_of_a_visit_hold_at_its_number(project: Project) -> None:
    project.work("t0", acts.Submit(), [box("new", 3)])
    project.work("t0", acts.Correct(), [box("new", 7)])
    first, second = held(project).stage_history
    shapes = []
    for visit in (first, second):
        (task,) = project.export.export_tasks(task_id="t0", at=visit.number)
        shapes.append(task["labels"][1]["annotations"][0]["geometry"]["x"])
    assert shapes == [3, 7]


def test_a_label_that_is_not_valid_is_refused_with_its_place(project: Project) -> None:
    broken = Label("b", annotations=(Annotation("a", class_="car", geometry=Box(0, 0, -1, 5)),))
    with pytest.raises(InvalidError, match=r"\$.labels\[0\]"):
        project.work("t0", acts.Submit(), [broken])
    assert held(project).workflow.stage == "label"


def test_a_chosen_label_is_the_only_final_one(space: Space, project: Project) -> None:
    project.work("t0", acts.Submit(), [box("new", 3)])
    project.work("t0", acts.Choose("new"))
    (task,) = project.export.export_tasks(task_id="t0")
    assert [label["id"] for label in task["labels"]] == ["new"]
    with pytest.raises(NotFoundError, match="has no label 'none'; it has 't0-l0', 'new'"):
        project.work("t0", acts.Choose("none"))


def test_a_deleted_task_comes_back_as_it_was(space: Space, project: Project) -> None:
    project.work("t0", acts.Submit())
    before = held(project)
    project.remove(["t0"])
    project.restore("t0")
    assert held(project) == before
    assert space.work.verify_log().faults == ()


def test_what_was_not_deleted_or_was_erased_does_not_come_back(project: Project) -> None:
    with pytest.raises(ConflictError, match="'t0' was not deleted"):
        project.restore("t0")
    project.remove(["t0"])
    project.erase("t0")
    with pytest.raises(ConflictError, match="'t0' was erased"):
        project.restore("t0")


def test_a_task_that_another_holds_is_left_alone(space: Space, project: Project) -> None:
    project.lead("t0", acts.Assign(("ann",)))
    bo = as_one(space, "bo")
    with pytest.raises(ConflictError, match="held by 'ann'; 'bo' can: assign, comment, move, prioritize, raise"):
        bo.work("t0", acts.Submit())
    as_one(space, "ann").work("t0", acts.Submit())
    assert held(project).workflow.status == "submitted"


def test_a_workflow_is_versioned_like_all_else(project: Project) -> None:
    assert project.stages() == STANDARD
    before = project.info().number
    short = Stages((Stage("label", "label", next="done"), Stage("done", "complete")))
    assert project.set_stages(short) == before + 1
    assert project.set_stages(short) is None
    assert (project.stages(), project.stages(at=before)) == (short, STANDARD)


def test_a_task_whose_stage_is_gone_can_be_moved(project: Project) -> None:
    project.work("t0", acts.Submit())
    project.set_stages(Stages((Stage("label", "label", next="done"), Stage("done", "complete"))))
    with pytest.raises(ConflictError, match="the workflow has no stage 'review'"):
        project.work("t0", acts.Accept())
    project.lead("t0", acts.Move("done", "no review any more"))
    assert held(project).workflow.status == "done"


def test_everything_that_is_wrong_with_a_workflow_is_told(project: Project) -> None:
    wrong = Stages(
        (
            Stage("review", "review", next="label"),
            Stage("label", "label", next="labl", back="review", labels=2),
            Stage("label", "complete"),
        )
    )
    assert [str(fault) for fault in faults(wrong)] == [
        "$.stages[0].back: is missing: where does a task go from 'review'?",
        "$.stages[1].next: no stage named 'labl'; did you mean 'label'?",
        "$.stages[1].back: no task leaves a stage of kind 'label' that way",
        "$.stages[1].labels: only one person labels in a stage of kind 'label'",
        "$.stages[2].name: 'label' is the name of two stages",
        "$.stages[0].kind: tasks begin in it, and nothing is labelled in a stage of kind 'review'",
    ]
    with pytest.raises(InvalidError):
        project.set_stages(wrong)


def test_a_workflow_without_a_way_out_is_refused(project: Project) -> None:
    round_and_round = Stages(
        (
            Stage("label", "label", next="review"),
            Stage("review", "review", next="label", back="label"),
            Stage("done", "complete"),
        )
    )
    assert [str(fault) for fault in faults(round_and_round)] == [
        "$.stages[0].next: a task in 'label' never gets to 'done'",
        "$.stages[1].next: a task in 'review' never gets to 'done'",
    ]

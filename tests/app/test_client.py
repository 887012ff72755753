"""The SDK on a local workspace: as the product docs have it, with the errors that they promise."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

import labelport
from labelport import StreamType
from labelport.client.workspace import Project, Workspace
from labelport.errors import ConflictError, NotFoundError, RequestError
from labelport.model.export import Selection
from labelport.model.workflow import Issue, Workflow
from tests.spaces import record


@pytest.fixture
def work(tmp_path: Path) -> Workspace:
    return labelport.open(tmp_path / "space")


@pytest.fixture
def project(work: Workspace) -> Project:
    made = work.create_project("cars")
    records = [
        record(
            i,
            boxes=i % 3,
            workflow=Workflow(stage="review" if i > 5 else "label", status="done" if i > 7 else "queued"),
        )
        for i in range(10)
    ]
    made.save(records)
    return made


def test_a_workspace_is_made_where_there_is_none(tmp_path: Path) -> None:
    assert list(labelport.open(tmp_path / "new").projects()) == []
    assert (tmp_path / "new" / "labelport.db").exists()


def test_a_project_is_found_by_id_and_by_name_and_made_once(work: Workspace, project: Project) -> None:
    assert work.project("cars").id == work.project(project.id).id == project.id
    with pytest.raises(ConflictError, match="exists"):
        work.create_project("cars")
    with pytest.raises(NotFoundError, match="no project 'boats'; there are: 'cars'"):
        work.project("boats")


def test_export_tasks_yields_the_records_of_tasks(project: Project) -> None:
    assert [one["id"] for one in project.export.export_tasks()] == [f"t{i}" for i in range(10)]
    assert [one["id"] for one in project.export.export_tasks(only_ground_truth=True)] == ["t8", "t9"]
    assert [one["id"] for one in project.export.export_tasks(task_id="t3")] == ["t3"]
    assert [one["id"] for one in project.export.export_tasks(task_id=["t3", "t1"])] == ["t1", "t3"]
    assert [one["id"] for one in project.export.export_tasks(stage_name="review")] == ["t6", "t7", "t8", "t9"]


def test_export_tasks_leaves_out_what_is_not_asked_for(project: Project) -> None:
    project.save([record(3, metadata={"k": 1}, issues=(Issue("i"),))])
    [whole] = project.export.export_tasks(task_id="t3")
    [bare] = project.export.export_tasks(task_id="t3", fields=())
    assert {"metadata", "issues"} <= set(whole)
    assert not {"metadata", "issues"} & set(bare)


def test_export_tasks_reads_one_record_at_a_time(project: Project) -> None:
    stream = project.export.export_tasks()
    assert next(stream)["id"] == "t0"
    project.remove(["t9"])
    assert [one["id"] for one in stream][-1] == "t9"


def test_list_tasks_yields_tasks_without_their_labels(project: Project) -> None:
    found = list(project.export.list_tasks(Selection(stages=("review",)), limit=3))
    assert [(one.id, one.stage, one.state) for one in found] == [
        ("t6", "review", "empty"),
        ("t7", "review", "labelled"),
        ("t8", "review", "labelled"),
    ]


def test_more_tasks_than_a_page_are_listed(work: Workspace) -> None:
    many = work.create_project("many")
    many.save([record(i, boxes=0) for i in range(1003)])
    assert [one.number for one in many.tasks()] == list(range(1, 1004))


def test_a_job_is_made_waited_for_and_found_again(work: Workspace, project: Project, tmp_path: Path) -> None:
    job = project.export(to=str(tmp_path / "out"))
    assert job.status == "queued"
    job.wait_till_done()
    assert job.status == "done"
    again = work.export(job.uid)
    assert (again.uid, again.status, again.export) == (job.uid, "done", job.export)
    assert again.result.tallies[0].tasks_written == 10
    again.wait_till_done()


def test_a_jobs_lines_are_counted_and_read_from_any_line(project: Project) -> None:
    job = project.export()
    job.wait_till_done()
    assert job.has_result()
    assert job.get_total_lines() == 10
    whole = [line.json_str for line in job.get_buffered_stream()]
    assert job.get_total_file_size() == sum(len(line.encode()) + 1 for line in whole)
    assert [line.json["id"] for line in job.get_buffered_stream().with_line(3)] == [f"t{i}" for i in range(3, 10)]
    assert [line.json_str for line in job.get_buffered_stream().with_line(0)] == whole
    assert list(job.get_buffered_stream().with_line(10)) == []


def test_a_jobs_bytes_are_read_from_any_byte(project: Project) -> None:
    job = project.export()
    job.wait_till_done()
    whole = "".join(line.json_str + "\n" for line in job.get_buffered_stream())
    for offset in (0, 1, len(whole) // 2, len(whole) - 1, len(whole)):
        rest = [line.json_str for line in job.get_buffered_stream().with_offset(offset)]
        assert "\n".join(rest) == whole[offset:].removesuffix("\n")


@pytest.mark.parametrize("place", [-1, 11, 10**9])
def test_a_line_or_byte_past_the_end_is_a_value_error(project: Project, place: int) -> None:
    job = project.export()
    job.wait_till_done()
    with pytest.raises(ValueError, match="past the end"):
        job.get_buffered_stream().with_line(place)
    with pytest.raises(ValueError, match="past the end"):
        job.get_buffered_stream().with_offset(-1 if place < 0 else job.get_total_file_size() + place)


def test_nothing_is_read_of_a_job_that_is_not_done(project: Project) -> None:
    job = project.export()
    for ask in (job.has_result, job.has_errors, job.get_total_lines, job.get_total_file_size, job.get_buffered_stream):
        with pytest.raises(ValueError, match="call `wait_till_done\\(\\)` first"):
            ask()


def test_a_stream_calls_a_handler_with_each_line_and_may_be_read_again(project: Project) -> None:
    job = project.export()
    job.wait_till_done()
    stream = job.get_buffered_stream().with_line(8)
    seen: list[str] = []
    stream.start(lambda line: seen.append(line.json["id"]))
    assert seen == ["t8", "t9"]
    assert [line.json["id"] for line in stream] == seen


def test_what_was_skipped_is_the_stream_of_errors(project: Project, tmp_path: Path) -> None:
    database = apsw.Connection(str(tmp_path / "space" / "labelport.db"))
    database.execute("UPDATE block SET bytes = CAST('{' AS BLOB) WHERE block % 7 = 0")
    job = project.export(format="csv_objects")
    job.wait_till_done()
    assert job.status == "done_with_skips"
    assert job.has_errors()
    told = [line.json for line in job.get_buffered_stream(StreamType.ERRORS)]
    assert len(told) == job.get_total_lines(StreamType.ERRORS) > 0
    assert {"format", "task", "number", "reason"} == set(told[0])


def test_a_job_without_errors_says_so(project: Project) -> None:
    job = project.export()
    job.wait_till_done()
    assert not job.has_errors()
    assert job.get_total_lines(StreamType.ERRORS) == 0
    assert list(job.get_buffered_stream(StreamType.ERRORS)) == []


def test_a_job_in_another_format_has_no_lines_and_says_why(project: Project) -> None:
    job = project.export(format="coco")
    job.wait_till_done()
    with pytest.raises(RequestError, match="no NDJSON"):
        job.get_total_lines()


def test_params_and_filters_of_the_product_docs_select_and_shape(project: Project) -> None:
    project.save([record(3, metadata={"k": 1})])
    job = project.export(params={"metadata_fields": True, "label_details": False}, filters={"workflow_status": "Done"})
    job.wait_till_done()
    assert [line.json["id"] for line in job.get_buffered_stream()] == ["t8", "t9"]
    job = project.export(params={"metadata_fields": False}, filters={"global_keys": [], "task_ids": ["t3"]})
    job.wait_till_done()
    [row] = [line.json for line in job.get_buffered_stream()]
    assert "metadata" not in row


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"params": {"labels": True}}, "no parameter named 'labels'"),
        ({"filters": {"batch": "b"}}, "no filter named 'batch'"),
        ({"filters": {"workflow_status": "Finished"}}, "no workflow status named 'Finished'"),
        ({"filters": {"last_activity_at": "2026-01-01"}}, "takes"),
    ],
)
def test_wrong_params_and_filters_are_told(project: Project, given: dict[str, Any], told: str) -> None:
    with pytest.raises(RequestError, match=told):
        project.export(**given)


def test_a_project_may_be_exported_while_it_is_written(work: Workspace, project: Project) -> None:
    stream: Iterator[object] = iter(project.export.export_tasks())
    next(stream)
    project.save([record(i, boxes=5) for i in range(10)])
    assert len(list(stream)) == 9

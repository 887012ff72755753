"""The head of CVAT's XML says which tasks, jobs and people a record is of."""

from datetime import UTC, datetime

from labelport.model.workflow import Batch, Member
from tests.formats.cvat_xml.build import LABELS, PROJECT, decode, document, shape


def test_a_record_tells_its_task() -> None:
    meta = f"""<task><id>5</id><name>t</name><created>2020-01-01 10:00:00+02:00</created><subset>Train</subset>
    <assignee><username>ada</username><email>a@b.c</email></assignee><labels>{LABELS}</labels></task>"""
    outcome = decode(document('<image id="3" name="x/a.jpg" width="6" height="4"><tag label="car"/></image>', meta))
    record = outcome.record
    assert (record.id, record.name, record.asset.uri) == ("task-5/image-3", "x/a.jpg", "x/a.jpg")
    assert (record.workflow.dataset, record.workflow.batch, record.workflow.assignees) == ("t", "task-5", ("ada",))
    assert record.workflow.created_at == datetime(2020, 1, 1, 8, tzinfo=UTC)
    assert record.metadata == {"task": "t", "frame": 3, "subset": "Train"}
    assert outcome.of(Member) == [Member("ada", email="a@b.c")]
    assert outcome.of(Batch) == [Batch("task-5", "t")]


def test_a34_a_picture_without_annotations_is_not_labelled() -> None:
    record = shape("").record
    assert (record.labels, record.workflow.status) == ((), "queued")


def test_a_project_has_a_batch_for_each_task() -> None:
    body = '<image id="18" name="a.jpg" subset="A" task_id="8"/><image id="0" name="a.jpg" subset="B" task_id="9"/>'
    outcome = decode(document(body, PROJECT))
    assert [(it.id, it.workflow.batch, it.workflow.dataset) for it in outcome.records] == [
        ("task-8/image-18", "task-8", "two"),
        ("task-9/image-0", "task-9", "three"),
        ("task-7/video", "task-7", "one"),
    ]
    assert [it.name for it in outcome.of(Batch)] == ["one", "two", "three"]


def test_a_video_without_tracks_is_a_task_that_nobody_labelled() -> None:
    record = decode(document("", "<task><id>5</id><mode>interpolation</mode><size>3</size></task>")).record
    assert (record.id, record.asset.frames, record.labels) == ("task-5/video", 3, ())


def test_a_job_is_a_batch() -> None:
    meta = f"<job><id>3</id><mode>annotation</mode><labels>{LABELS}</labels></job>"
    outcome = decode(document('<image id="0" name="a.jpg"/>', meta))
    assert (outcome.record.id, outcome.of(Batch)) == ("job-3/image-0", [Batch("job-3", "job 3")])


def test_a_file_without_a_head_is_read_all_the_same() -> None:
    outcome = decode('<annotations><image id="0" name="a.jpg"><tag label="car"/></image></annotations>')
    assert (outcome.record.id, outcome.record.labels[0].annotations[0].class_) == ("image-0", 1)


def test_files_that_count_alike_keep_their_pictures_apart() -> None:
    content = '<annotations><image id="0" name="a.jpg"/></annotations>'
    assert [record.id for record in decode(content, content).records] == ["image-0", "1.xml#image-0"]

"""Every filter of a selection finds what a naive reading of the records finds, now and as of any number."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport.client.workspace import Project
from labelport.model.asset import Asset
from labelport.model.export import Left, Selection, Span
from labelport.model.geometry import Box, Point, Polygon, kind
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.record import Record
from labelport.model.workflow import Issue, Status, Workflow
from labelport.store.pieces import microseconds
from labelport.store.reads import whole
from tests.spaces import Space, lines, record

quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
MOMENTS = tuple(datetime(2026, 1, day, 12, tzinfo=UTC) for day in (1, 2, 3))
IDS = tuple(f"t{i}" for i in range(6))
HOLED = Polygon((((0.0, 0.0, 9.0, 0.0, 9.0, 9.0), (1.0, 1.0, 2.0, 1.0, 2.0, 2.0)),))
SHAPES = (Box(0.0, 0.0, 1.0, 1.0), Point(1.0, 1.0), HOLED, None)


def some(*values: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


@st.composite
def labels(draw: st.DrawFn, name: str) -> Label:
    marked = [
        Annotation(f"a{i}", class_=draw(st.sampled_from(("c0", "c1", None))), geometry=draw(st.sampled_from(SHAPES)))
        for i in range(draw(st.integers(0, 2)))
    ]
    moving = draw(st.booleans())
    return Label(
        name,
        author=draw(st.sampled_from((None, "ann", "bob"))),
        source=draw(st.sampled_from(("person", "model"))),
        final=draw(st.booleans()),
        annotations=tuple(marked),
        tracks=(Track("k0", class_="c2"),) if moving else (),
        keyframes=(Keyframe("k0", 0, SHAPES[draw(st.integers(0, 1))]),) if moving else (),
        created_at=draw(st.sampled_from((None, *MOMENTS))),
        skipped=draw(st.sampled_from((False, False, True))),
    )


@st.composite
def tasks(draw: st.DrawFn, name: str) -> Record:
    workflow = Workflow(
        stage=draw(st.sampled_from(("label", "review"))),
        status=draw(st.sampled_from(("queued", "in_review", "done"))),
        batch=draw(st.sampled_from((None, "b0", "b1"))),
        assignees=draw(some("ann", "bob", ',"reviewer:ann')),
        reviewers=draw(some("ann", "eve")),
        updated_at=draw(st.sampled_from((None, *MOMENTS))),
        completed_at=draw(st.sampled_from((None, *MOMENTS))),
        draft=draw(st.booleans()),
        came_from=draw(st.sampled_from((None, "label", 'a "b"'))),
        verdict=draw(st.sampled_from((None, "accepted", "rejected"))),
        tags=draw(some('"draft":true', '"verdict":"rejected"')),
    )
    metadata = st.dictionaries(
        st.sampled_from(("k", "a=b", "a")),
        st.sampled_from((1, "1", True, 1.5, "b=x", "x", None, {"n": 1}, 2**60)),
        max_size=2,
    )
    return Record(
        name,
        draw(st.sampled_from(("one.jpg", "two.jpg"))),
        Asset(draw(st.sampled_from(("x", "y"))), "video", frames=3),
        external_id=draw(st.sampled_from((None, "e0", "e1"))),
        global_key=draw(st.sampled_from((None, "g0", "g1"))),
        workflow=workflow,
        labels=tuple(draw(labels(f"l{i}")) for i in range(draw(st.integers(0, 2)))),
        metadata=draw(st.none() | metadata),
        issues=tuple(Issue(f"i{i}", draw(st.booleans())) for i in range(draw(st.integers(0, 2)))),
    )


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    """Draw one to three filters."""
    days = st.none() | st.sampled_from([microseconds(each) for each in MOMENTS])
    spans = st.tuples(days, days)
    domains: dict[str, st.SearchStrategy[Any]] = {
        "tasks": some(*IDS, "nobody"),
        "assets": some("x", "y", "z"),
        "global_keys": some("g0", "g1", "g2"),
        "external_ids": some("e0", "e1", "e2"),
        "names": some("one.jpg", "two.jpg", "o%"),
        "stages": some("label", "review", "none"),
        "statuses": some("queued", "in_review", "done"),
        "ground_truth": st.booleans(),
        "batches": some("b0", "b1", "b2"),
        "assignees": some("ann", "bob", "eve"),
        "authors": some("ann", "bob", "eve"),
        "reviewers": some("ann", "bob", "eve"),
        "classes": some(1, 2, 3, 9),
        "kinds": some("box", "point", "polygon_with_hole", "classification", "mask"),
        "metadata": st.dictionaries(
            st.sampled_from(("k", "a=b", "a")),
            st.sampled_from(("1", "true", "1.5", "x", "b=x", str(2**60), '{"n":1}', "null")),
            max_size=2,
        ),
        "states": some("labelled", "empty", "unlabelled"),
        "open_issues": st.booleans(),
        "sources": some("person", "model", "import"),
        "last_activity_at": spans,
        "label_created_at": spans,
        "completed_at": spans,
        "name_prefix": st.sampled_from(("one", "two.jpg", "o%", "")),
        "without": some("assignees", "reviewers"),
        "held_by": some("assignees", "reviewers"),
        "came_from": some("label", "", 'a "b"'),
        "drafts": st.booleans(),
        "verdicts": some("accepted", "rejected"),
        "left": st.just(Left("label")),
    }
    assert set(domains) == set(Selection.__struct_fields__)
    chosen = draw(st.lists(st.sampled_from(sorted(domains)), min_size=1, max_size=3, unique=True))
    return Selection(**{name: draw(domains[name]) for name in chosen})


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    made = Space(tmp_path_factory.mktemp("selection"))
    yield made
    made.app.store.close()


@given(
    first=st.tuples(*map(tasks, IDS)),
    then=st.lists(st.sampled_from(IDS[:4]).flatmap(tasks), max_size=3, unique_by=lambda one: one.id),
    gone=st.lists(st.sampled_from(IDS), max_size=2, unique=True),
    asked=st.lists(selections(), min_size=4, max_size=8),
)
@quick
def test_a31_a_selection_finds_what_a_naive_reading_finds_at_every_number(
    space: Space, first: tuple[Record, ...], then: list[Record], gone: list[str], asked: list[Selection]
) -> None:
    project = space.work.create_project(space.app.new_id())
    snapshots: dict[int, list[Record]] = {0: []}
    for saved, removed in ((first, ()), (then, ()), ((), gone)):
        if saved:
            project.save(saved)
        if removed:
            project.remove(removed)
        snapshots[project.info().number] = now(space, project)
    for selection in asked:
        for number, records in snapshots.items():
            wanted = [one.id for one in records if meets(one, selection)]
            assert [task.id for task in project.tasks(selection, at=number)] == wanted, selection


def now(space: Space, project: Project) -> list[Record]:
    log = space.app.store.project(project.id).log
    numbers = [task.number for task in project.tasks()]
    return [msgspec.json.decode(line, type=Record) for line in whole(space.app.store.db, log, numbers)]


def meets(record: Record, asked: Selection) -> bool:
    """Return whether the record meets the selection, read as naively as can be."""
    flow, said = record.workflow, record.labels
    classes = [one.class_ for label in said for one in label.annotations]
    classes += [one.class_ for label in said for one in label.tracks]
    shapes = [one.geometry for label in said for one in label.annotations]
    shapes += [one.geometry for label in said for one in label.keyframes]
    given = [label for label in said if not label.skipped]
    marked = any(label.annotations or label.tracks for label in given)
    return all(
        (
            among(asked.tasks, record.id),
            among(asked.assets, record.asset.id),
            among(asked.global_keys, record.global_key),
            among(asked.external_ids, record.external_id),
            among(asked.names, record.name),
            among(asked.stages, flow.stage),
            among(asked.statuses, flow.status),
            asked.ground_truth in (None, flow.status == "done"),
            among(asked.batches, flow.batch),
            among(asked.assignees, *flow.assignees),
            among(asked.reviewers, *flow.reviewers),
            among(asked.authors, *(label.author for label in said)),
            among(asked.sources, *(label.source for label in said)),
            among(asked.classes, *classes),
            among(asked.kinds, *map(kind, shapes)),
            all(holds(record.metadata or {}, key, value) for key, value in asked.metadata.items()),
            among(asked.states, "labelled" if marked else "empty" if given else "unlabelled"),
            asked.open_issues in (None, any(not issue.resolved for issue in record.issues)),
            asked.name_prefix is None or record.name.startswith(asked.name_prefix),
            "assignees" not in asked.without or not flow.assignees,
            "reviewers" not in asked.without or not flow.reviewers,
            "assignees" not in asked.held_by or bool(flow.assignees),
            "reviewers" not in asked.held_by or bool(flow.reviewers),
            among(asked.came_from, flow.came_from or ""),
            asked.drafts in (None, flow.draft),
            among(asked.verdicts, flow.verdict),
            asked.left is None,
            within(asked.last_activity_at, flow.updated_at),
            within(asked.completed_at, flow.completed_at),
            within(asked.label_created_at, *(label.created_at for label in said)),
        )
    )


def among(wanted: tuple[Any, ...], *there: object) -> bool:
    return not wanted or not set(wanted).isdisjoint(there)


def holds(metadata: dict[str, Any], key: str, wanted: str) -> bool:
    value = metadata.get(key)
    if isinstance(value, str):
        return value == wanted
    return isinstance(value, int | float) and msgspec.json.encode(value).decode() == wanted


def within(span: Span | None, *there: datetime | None) -> bool:
    if span is None:
        return True
    start, end = span
    points = [at for one in there if (at := microseconds(one)) is not None]
    return any((start is None or start <= point) and (end is None or point < end) for point in points)


def test_any_number_of_ids_may_be_selected(space: Space) -> None:
    project = space.work.create_project("many")
    project.save([record(i) for i in range(30)])
    wanted = Selection(tasks=tuple(f"t{i}" for i in range(5, 5005)))
    assert [task.id for task in project.tasks(wanted)] == [f"t{i}" for i in range(5, 30)]
    delivered = space.delivered(project.id, selection=wanted)
    assert [line["id"] for line in lines(delivered["data.ndjson"])] == [f"t{i}" for i in range(5, 30)]


def test_an_empty_selection_is_every_task_whatever_its_stage(space: Space) -> None:
    project = space.work.create_project("all")
    every: tuple[Status, ...] = ("queued", "done", "archived")
    project.save([record(i, workflow=Workflow(status=status)) for i, status in enumerate(every)])
    assert len(list(project.tasks())) == 3


def test_a31_the_plan_counts_what_is_exported(space: Space) -> None:
    project = space.work.create_project("planned")
    project.save([record(i, boxes=i) for i in range(9)])
    request = space.request(project.id, selection=Selection(states=("labelled",)), shard_size=2)
    plan = project.export.plan(request)
    tally = bytes(space.export(request).result)
    assert (plan.tasks, plan.annotations, plan.shards) == (8, 36, 5)
    assert b'"tasks_written":8' in tally
    assert b'"annotations_written":36' in tally

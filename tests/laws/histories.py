"""Random histories of a project: everything that can happen to what a delivery shows, in any order."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from labelport.client.workspace import Project
from labelport.errors import RequestError
from labelport.model.asset import Asset
from labelport.model.export import ExportRequest, Selection
from labelport.model.label import Annotation, Label, Track
from labelport.model.ontology import LabelClass, Ontology, Skeleton
from labelport.model.record import Record
from labelport.model.workflow import Issue, Member, Status, Workflow
from labelport.testing.geometries import FLAT
from labelport.testing.labels import Frame, labels_on
from tests.spaces import Space

ONTOLOGY = Ontology(
    (
        LabelClass(1, "car"),
        LabelClass(2, "bus", "#ff0000", parent="car"),
        LabelClass(4, "tree"),
        LabelClass(7, "person", skeleton=Skeleton(("head", "hand"), ((0, 1),))),
    )
)
ASSETS = (
    Asset("a0", "image", uri="file:///a0.jpg", width=32, height=24),
    Asset("a1", "image", uri="file:///a1.jpg", width=20, height=40, orientation=1),
    Asset("v0", "video", uri="file:///v0.mp4", width=16, height=16, frames=12, fps=25.0),
    Asset("shared", "image", width=10, height=10),
)
SMALLEST = {"image": ASSETS[3], "video": ASSETS[2]}
"""What is drawn for these lies in the others too."""
NAMES = ("a.jpg", "A.jpg", "a.png", "b.jpg", 'two, "quoted"\nlines')
TASKS = tuple(f"t{i}" for i in range(7))
STATUSES: tuple[Status, ...] = ("queued", "in_review", "done")
PLACES = 2
VARIANTS = 8
T = TypeVar("T")
Pool = dict[tuple[int, int], tuple[Label, ...]]
"""Ready labels by asset and place."""


class Save(msgspec.Struct, frozen=True):
    """Save a task in a new state; `variants` picks a label for each place, or none."""

    task: int
    name: int
    asset: int
    variants: tuple[int | None, ...]
    status: int = 0
    stage: int = 0
    batch: int | None = None
    key: int | None = None
    fresh: int | None = None
    issue: bool = False
    other: bool = False


class Move(msgspec.Struct, frozen=True):
    """Move tasks, all with one change number."""

    tasks: tuple[int, ...]
    status: int
    stage: int
    batch: int | None


class Remove(msgspec.Struct, frozen=True):
    """Delete a task."""

    task: int


class Restore(msgspec.Struct, frozen=True):
    """Save a task as it was last."""

    task: int


class Edit(msgspec.Struct, frozen=True):
    """Change an asset in both projects."""

    asset: int
    mime: int


class Rename(msgspec.Struct, frozen=True):
    """Give a class, a batch or a member another name, or add a class."""

    what: str
    which: int
    name: int


Act = Save | Move | Remove | Restore | Edit | Rename


class World:
    """Two projects that share assets, and what was done to the first."""

    def __init__(self, space: Space) -> None:
        self.space, self.pool = space, pool()
        self.project, self.other = self._project(), self._project()
        self._own = space.app.new_id()
        self.records: dict[int, Record] = {}
        for i in range(len(TASKS)):
            self.do(_first(i))
        self.project.add_class("class of later")

    @property
    def number(self) -> int:
        """The first project's last change number."""
        return self.project.info().number

    def request(self, asked: Mapping[str, Any], **given: Any) -> ExportRequest:
        """Return a request of the first project; assets are named as in `ASSETS`."""
        selection: Selection = asked["selection"]
        assets = tuple(f"{name}-{self._own}" for name in selection.assets)
        selected = msgspec.structs.replace(selection, assets=assets)
        return ExportRequest(**{"project": self.project.id, **asked, "selection": selected, **given})

    def do(self, act: Act) -> None:
        """Do it; what cannot be done as things stand does nothing."""
        with suppress(RequestError):
            match act:
                case Save():
                    self._save(act)
                case Move(tasks):
                    self._move(act, [task for task in tasks if task in self.records])
                case Remove(task):
                    self.project.remove([TASKS[task]])
                case Restore(task):
                    self._put(task, self.records.get(task))
                case Edit(asset, mime):
                    given = msgspec.structs.replace(self._asset(asset), mime=f"image/{mime}", uri=f"s3://b/{mime}.jpg")
                    self.space.work.edit_asset(given)
                case Rename():
                    self._rename(act)

    def _asset(self, which: int) -> Asset:
        """Return an asset under an id that no other world knows."""
        asset = ASSETS[which]
        return msgspec.structs.replace(asset, id=f"{asset.id}-{self._own}")

    def _project(self) -> Project:
        made = self.space.work.create_project(self.space.app.new_id())
        store = self.space.app.store
        with store.change(store.project(made.id), actor="tester", at=self.space.app.now()) as change:
            change.names.define(ONTOLOGY)
        return made

    def _save(self, act: Save) -> None:
        labels = [self.pool[act.asset, i][one] for i, one in enumerate(act.variants) if one is not None]
        if act.fresh is not None:
            labels = [_of_class(label, f"new {act.fresh}") for label in labels]
        record = Record(
            TASKS[act.task],
            NAMES[act.name],
            self._asset(act.asset),
            workflow=_workflow(act.status, act.stage, act.batch),
            labels=tuple(labels),
            metadata=None if act.key is None else {"key": act.key},
            issues=(Issue("i0"),) if act.issue else (),
        )
        if act.other:
            self.other.save([record])
        else:
            self._put(act.task, record)

    def _put(self, task: int, record: Record | None) -> None:
        if record is not None:
            self.project.save([record])
            self.records[task] = record

    def _move(self, act: Move, tasks: list[int]) -> None:
        workflow = _workflow(act.status, act.stage, act.batch)
        moved = {task: msgspec.structs.replace(self.records[task], workflow=workflow) for task in tasks}
        if moved:
            self.project.save(tuple(moved.values()))
            self.records |= moved

    def _rename(self, act: Rename) -> None:
        match act.what:
            case "class":
                self.project.rename_class(act.which, f"class {act.name}")
            case "batch":
                self.project.rename_batch(f"b{act.which}", f"batch {act.name}")
            case "member":
                self.space.work.put_member(Member(f"m{act.which}", f"member {act.name}"))
            case _:
                self.project.add_class(f"class {act.name}")


def _first(task: int) -> Save:
    """Return how a task begins: each in its own way, so that every filter holds for some."""
    return Save(
        task,
        name=task % len(NAMES),
        asset=task % len(ASSETS),
        variants=(task % VARIANTS, None if task % 3 else task),
        status=task % 3,
        stage=task % 2,
        batch=(0, 1, None)[task % 3],
        key=task % 3,
    )


def _workflow(status: int, stage: int, batch: int | None) -> Workflow:
    return Workflow(
        stage=("label", "review")[stage],
        status=STATUSES[status],
        batch=None if batch is None else f"b{batch}",
        assignees=("m0",) if status else (),
    )


def _of_class(label: Label, name: str) -> Label:
    """Return the label with its plain objects in a class that may be new."""

    def moved(item: Annotation) -> Annotation:
        return msgspec.structs.replace(item, class_=name) if item.class_ == 1 else item

    def moved_track(item: Track) -> Track:
        return msgspec.structs.replace(item, class_=name) if item.class_ == 1 else item

    return msgspec.structs.replace(
        label,
        annotations=tuple(map(moved, label.annotations)),
        tracks=tuple(map(moved_track, label.tracks)),
    )


@cache
def pool() -> Pool:
    """Return ready labels of every asset and place, drawn once: histories then cost little to draw."""
    ready = {
        kind: drawn(labels_on(Frame(asset, ONTOLOGY, FLAT), "l"), 2 * VARIANTS) for kind, asset in SMALLEST.items()
    }
    return {
        (a, place): tuple(msgspec.structs.replace(label, id=f"l{place}") for label in ready[asset.kind][place::PLACES])
        for a, asset in enumerate(ASSETS)
        for place in range(PLACES)
    }


def drawn(strategy: SearchStrategy[T], count: int) -> tuple[T, ...]:
    """Return some values of a strategy, always the same."""
    found: list[T] = []

    @given(strategy)
    @settings(
        max_examples=3 * count, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
    )
    def keep(value: T) -> None:
        found.append(value)

    keep()
    return tuple(found[-count:])


@cache
def acts() -> SearchStrategy[Act]:
    """Draw something that happens."""
    task = st.integers(0, len(TASKS) - 1)
    status, stage, batch = st.integers(0, 2), st.integers(0, 1), st.none() | st.integers(0, 1)
    small = st.integers(0, 2)
    save = st.builds(
        Save,
        task=task,
        name=st.integers(0, len(NAMES) - 1),
        asset=st.integers(0, len(ASSETS) - 1),
        variants=st.tuples(*(st.none() | st.integers(0, VARIANTS - 1) for _ in range(PLACES))),
        status=status,
        stage=stage,
        batch=batch,
        key=st.none() | small,
        fresh=st.none() | small,
        issue=st.booleans(),
        other=st.sampled_from((False, False, True)),
    )
    kinds: tuple[SearchStrategy[Act], ...] = (
        *[save] * 6,
        st.builds(Move, st.lists(task, min_size=1, max_size=3, unique=True).map(tuple), status, stage, batch),
        st.builds(Remove, task),
        st.builds(Restore, task),
        st.builds(Edit, st.integers(0, len(ASSETS) - 1), small),
        st.builds(
            Rename,
            st.sampled_from(("class", "class", "batch", "member", "new")),
            st.sampled_from((0, 1, 2, 8)),
            small,
        ),
    )
    return st.one_of(kinds)


def histories() -> SearchStrategy[list[Act]]:
    """Draw a history."""
    return st.lists(acts(), min_size=8, max_size=40)


def lived(space: Space, happened: Sequence[Act], after: Callable[[World], None] = lambda _: None) -> World:
    """Return a world in which all of it happened; `after` is called after each act."""
    world = World(space)
    for act in happened:
        world.do(act)
        after(world)
    return world

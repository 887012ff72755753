"""Deltas fold (DESIGN.md, law 3; A32): `fold(full(a), delta(a, b)) == full(b)`, over random histories."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from labelport.app import delivered, growing
from labelport.app.places import place
from labelport.model.export import ClassMap, DeliveredClass, Selection, Tally
from tests.laws.histories import Act, Edit, Move, Remove, Rename, Restore, Save, World, acts, histories, lived, pool
from tests.laws.requests import FORMATS, requests
from tests.spaces import Space, damage, files, manifest, record

quick = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
thorough = settings(quick, max_examples=1000, phases=[Phase.generate, Phase.shrink])


class Cuts(list[int]):
    """Change numbers, as shares of a history's length."""

    def of(self, last: int) -> list[int]:
        """Return the change numbers in a history that ends at `last`, in order."""
        return sorted(share * last // 100 for share in self)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    pool()  # drawn now, for it cannot be drawn inside a property
    made = Space(tmp_path_factory.mktemp("fold"))
    yield made
    made.app.store.close()


happened = given(
    history=histories(),
    shares=st.lists(st.integers(0, 100), min_size=2, max_size=4).map(Cuts),
    asked=requests(),
)


@happened
@quick
def test_a32_a_full_delivery_and_deltas_fold_into_the_full_delivery_of_the_last_cut(
    space: Space, history: list[Act], shares: Cuts, asked: dict[str, Any]
) -> None:
    holds(space, lived(space, history), shares, asked)


@pytest.mark.campaign
@happened
@thorough
def test_deltas_fold_over_many_histories(space: Space, history: list[Act], shares: Cuts, asked: dict[str, Any]) -> None:
    holds(space, lived(space, history), shares, asked)


Selected = tuple[list[Act], list[Act], Selection]
"""What happened before the first cut, what between it and the last, and what is exported."""
EACH: dict[str, Selected] = {
    "save": ([], [Save(0, name=3, asset=1, variants=(3, 5))], Selection()),
    "move": ([], [Move((1, 2, 3), 2, 1, 1)], Selection()),
    "delete": ([], [Remove(2)], Selection()),
    "restore": ([Remove(2)], [Restore(2)], Selection()),
    "exit of the filter": ([Move((0, 1, 2), 2, 1, 0)], [Move((1,), 0, 0, None)], Selection(statuses=("done",))),
    "new class": ([], [Rename("new", 0, 1)], Selection()),
    "class of another name": ([], [Rename("class", 1, 2)], Selection()),
    "batch of another name": ([], [Rename("batch", 0, 2)], Selection()),
    "asset of two projects": ([Save(0, name=0, asset=3, variants=(0, 0), other=True)], [Edit(3, 2)], Selection()),
    "member of another name": ([], [Rename("member", 0, 2)], Selection()),
}
SILENT = {"batch of another name", "member of another name"}
"""What no file of a delivery shows: batches stand in the manifest, and people go by their ids."""


@pytest.mark.parametrize("kind", EACH)
def test_a32_every_kind_of_change_folds_in_every_format(space: Space, kind: str) -> None:
    before, between, selection = EACH[kind]
    world = lived(space, before)
    start, beside = world.number, world.other.info().number
    for act in between:
        world.do(act)
    assert (world.number > start) == (kind != "member of another name")
    assert (world.other.info().number > beside) == (kind == "asset of two projects")
    shows = folds(space, world, [start, world.number], {"formats": FORMATS, "options": {}, "selection": selection})
    assert bool(shows) == (kind not in SILENT)


@pytest.mark.parametrize("kind", EACH)
def test_every_kind_of_change_is_drawn(kind: str) -> None:
    (wanted,) = EACH[kind][1]
    named = {name: getattr(wanted, name) for name in ("what", "other") if hasattr(wanted, name)}
    found = find(
        acts(), lambda act: isinstance(act, type(wanted)) and named.items() <= msgspec.structs.asdict(act).items()
    )
    assert type(found) is type(wanted)


def test_a_saved_task_of_the_other_project_is_drawn() -> None:
    assert find(acts(), lambda act: isinstance(act, Save) and act.other)


def holds(space: Space, world: World, shares: Cuts, asked: dict[str, Any]) -> None:
    """Fold the deltas between cuts at shares of the history."""
    folds(space, world, shares.of(world.number), asked)


def folds(space: Space, world: World, cuts: list[int], asked: dict[str, Any]) -> set[str]:
    """Fold the deltas between all cuts into the first full delivery, and compare with the last.

    Return the files in which the first and the last differ.
    """
    with Memories() as memories:

        def made(since: int | None, at: int) -> str:
            request = world.request(asked, since=since, at=at)
            return space.export(request, to=memories.fresh()).destination

        first, last = made(None, cuts[0]), made(None, cuts[-1])
        deltas = [made(a, b) for a, b in pairwise(cuts)]
        folded = memories.fresh()
        space.work.fold(first, deltas, folded)
        assert files(folded) == files(last)
        old, new = manifest(folded), manifest(last)
        for name in ("files", "cut", "root", "size", "classes", "batches", "request", "base"):
            assert getattr(old, name) == getattr(new, name)
        assert old.losses is None
        assert [known(tally) for tally in old.tallies] == [known(tally) for tally in new.tallies]
        assert {(one.format, one.reason, one.count) for one in old.skips} == {
            (one.format, one.reason, one.count) for one in new.skips
        }
        assert space.work.verify(folded).faults == ()
        then, now = files(first), files(last)
        return {path for path in then.keys() | now.keys() if then.get(path) != now.get(path)}


BY_PLACE = ("datumaro", "yolo", "yolo_classify", "yolo_obb", "yolo_pose", "yolo_segment")
"""Formats that tell a class by its place among all."""
MERGED = ClassMap((DeliveredClass((1, 2), "vehicle", 1000),))


@pytest.mark.parametrize("name", BY_PLACE)
def test_a32_a_new_class_moves_none_whose_number_a_class_map_made_high(space: Space, name: str) -> None:
    world = lived(space, [])
    start = world.number
    world.do(Rename("new", 0, 1))
    asked = {"formats": (name,), "options": {}, "selection": Selection(), "class_map": MERGED}
    assert folds(space, world, [start, world.number], asked)


def known(tally: Tally) -> tuple[Any, ...]:
    """Return what a fold knows of a format."""
    return tally.format, tally.tasks_selected, tally.tasks_written, tally.tasks_skipped, tally.rows


class Memories:
    """Places in memory that are emptied at the end."""

    def __init__(self) -> None:
        self._used: list[str] = []

    def fresh(self) -> str:
        """Return the address of an empty place."""
        self._used.append(f"memory:fold-{len(self._used)}")
        return self._used[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for address in self._used:
            at = place(address)
            for path in list(at.list()):
                at.delete(path)


@pytest.mark.parametrize("size", [1, 7, 300])
def test_a_fold_does_not_depend_on_how_many_bytes_come_at_once(
    space: Space, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "CHUNK", size)
    monkeypatch.setattr(delivered, "CHUNK", size)
    world = lived(space, [Remove(1), Move((2, 3), 0, 0, None), Rename("class", 1, 0)])
    options = {"ndjson_split": {"per": "rows", "rows": 2}}
    holds(space, world, Cuts([0, 80, 100]), {"formats": FORMATS, "options": options, "selection": Selection()})


def test_a_fold_refuses_a_delta_that_does_not_follow(space: Space, tmp_path: Path) -> None:
    world = World(space)
    full = space.export(space.request(world.project.id, at=1))
    delta = space.export(space.request(world.project.id, since=0))
    for deltas, reason in (([delta], "begins at change 0"), ([full], "is a full delivery")):
        with pytest.raises(ValueError, match=reason):
            space.work.fold(full.destination, [one.destination for one in deltas], str(tmp_path / "folded"))


def test_a_fold_counts_the_tasks_that_were_skipped_and_says_null_where_it_cannot_know(space: Space) -> None:
    project = space.work.create_project("skips")
    project.save([record(i) for i in range(4)])
    damage(space, f"task = 2 AND log = {space.app.store.project('skips').log}")
    request = space.request(project.id, formats=("coco", "ndjson"), on_loss="drop")
    base = space.export(request)
    project.save([record(3, boxes=2)])
    delta = space.export(request, since=base.id)
    to = space.fresh()
    space.work.fold(base.destination, [delta.destination], to)
    (coco, _) = manifest(to).tallies
    assert (coco.tasks_selected, coco.tasks_written, coco.tasks_skipped) == (4, 3, 1)
    assert (coco.annotations_selected, coco.annotations_written, manifest(to).losses) == (None, None, None)
    assert [(skip.format, skip.count) for skip in manifest(to).skips] == [("coco", 1), ("ndjson", 1)]
    assert space.work.verify(to).faults == ()

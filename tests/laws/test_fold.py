"""Deltas fold (DESIGN.md, law 3; A32): `fold(full(a), delta(a, b)) == full(b)`, over random histories."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from labelport.app import delivered, growing
from labelport.app.places import place
from labelport.model.export import Selection
from tests.laws.histories import Act, Move, Remove, Rename, World, histories, lived, pool
from tests.laws.requests import FORMATS, requests
from tests.spaces import Space, files, manifest

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


def holds(space: Space, world: World, shares: Cuts, asked: dict[str, Any]) -> None:
    """Fold the deltas between all cuts into the first full delivery, and compare with the last."""
    cuts = shares.of(world.number)
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
        assert space.work.verify(folded).faults == ()


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

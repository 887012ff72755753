"""Names in a delivery (A08, A09): unique, safe, and led back to what they were by `items.csv`."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path, PurePosixPath, PureWindowsPath
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport.kit.naming import original
from labelport.kit.table import FORMULA
from labelport.kit.table import original as uncelled
from labelport.model.asset import Asset
from labelport.testing.strategies import hostile_names
from labelport.testing.words import HOSTILE
from tests.spaces import OWN, Space, everything, files, lines, record

quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
TWINS = ("a.jpg", "a.jpg", "A.JPG", "a.png", "a_1.jpg", "café.jpg", "cafe\u0301.jpg", "CAFÉ.jpg")
OURS = (*OWN, "files.ndjson", "items.csv", "skipped.ndjson", "tombstones.ndjson", "data.ndjson", ".incoming")
"""What a delivery holds besides, as names of tasks."""
FORMULAS = ("=1+1", "'=1+1", "''", "+x", "-x", "@x", "\tx", "\rx", "x,=y", '"=q"')


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    made = Space(tmp_path_factory.mktemp("names"))
    yield made
    made.app.store.close()


def delivered(space: Space, names: tuple[str, ...], folder: Path) -> dict[str, bytes]:
    """Deliver tasks of these names, with a file for each, to a real folder."""
    project = space.work.create_project(space.app.new_id())
    project.save([record(i, name=name, asset=Asset(f"a{i}", "image", uri=name)) for i, name in enumerate(names)])
    request = space.request(project.id, formats=("ndjson_split",), options={"ndjson_split": {"per": "task"}})
    made = space.export(request, to=str(folder / project.id))
    assert made.status == "done"
    assert space.work.verify(made.destination).faults == ()
    return everything(made.destination)


def items(delivery: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(delivery["items.csv"].decode(), newline="")))


@given(names=st.lists(hostile_names() | st.sampled_from((*TWINS, *OURS, *FORMULAS)), min_size=1, max_size=6).map(tuple))
@quick
def test_a08_hostile_names_give_paths_that_are_unique_safe_and_reversible(
    space: Space, names: tuple[str, ...], tmp_path: Path
) -> None:
    delivery = delivered(space, names, tmp_path)
    rows = items(delivery)
    assert [uncelled(row["name"]) for row in rows] == list(names)
    assert [uncelled(row["uri"]) for row in rows] == list(names)
    paths = [uncelled(row["path"]) for row in rows]
    assert len({folded(path) for path in paths}) == len(names)
    for name, path in zip(names, paths, strict=True):
        safe(path)
        assert original(path) in (normalize("NFC", name), None)
        assert original(path) is not None or "~" in path
    of_tasks = {path: data for path, data in delivery.items() if path.startswith("tasks/")}
    assert sorted(line["path"] for data in of_tasks.values() for line in lines(data)) == sorted(paths)
    assert len({folded(path) for path in of_tasks}) == len(names)
    for path in of_tasks:
        safe(path.removeprefix("tasks/"))


def folded(path: str) -> str:
    return normalize("NFD", normalize("NFC", path).casefold())


def safe(name: str) -> None:
    """Check that every common file system takes the name as one element, and as no other."""
    assert len(name.encode()) <= 255
    assert PurePosixPath(name).parts == (name,)
    assert PureWindowsPath(name).parts == (name,)
    assert not PureWindowsPath(name).is_reserved()
    assert not set(name) & set('<>:"/\\|?*')
    assert all(ord(letter) >= 32 and ord(letter) != 127 for letter in name)
    assert name[0] not in ". "
    assert name[-1] not in ". "


def test_a08_the_names_that_are_known_to_hurt_all_fit_into_one_delivery(space: Space, tmp_path: Path) -> None:
    names = (*HOSTILE, *TWINS, *OURS, *FORMULAS)
    delivery = delivered(space, names, tmp_path)
    assert [uncelled(row["name"]) for row in items(delivery)] == list(names)


def test_a_task_named_like_a_file_of_the_delivery_replaces_none(space: Space, tmp_path: Path) -> None:
    delivery = delivered(space, OURS, tmp_path)
    assert delivery["manifest.json"].startswith(b"{")
    assert len([path for path in delivery if path.startswith("tasks/")]) == len(OURS)


def test_no_cell_of_items_begins_a_formula(space: Space, tmp_path: Path) -> None:
    for row in items(delivered(space, FORMULAS, tmp_path)):
        for cell in row.values():
            assert not cell.startswith(tuple(set(FORMULA) - {"'"}))


@pytest.mark.parametrize("name", ["a\x00b", "x" * 200_000, "data:image/png;base64," + "A" * 300_000])
def test_a_name_of_any_length_and_any_character_is_one_cell(space: Space, tmp_path: Path, name: str) -> None:
    csv.field_size_limit(2**31 - 1)
    delivery = delivered(space, (name, "other"), tmp_path)
    assert [uncelled(row["name"]) for row in items(delivery)] == [name, "other"]


def test_a09_paths_stay_when_names_come_and_go(space: Space) -> None:
    project = space.work.create_project("stay")
    project.save([record(1, name="a.jpg"), record(2, name="a.jpg")])
    project.remove(["t1"])
    project.save([record(3, name="a.jpg")])
    found = files(space.export(space.request(project.id)).destination)
    assert [line["path"] for line in lines(found["data.ndjson"])] == ["a~02.jpg", "a~03.jpg"]

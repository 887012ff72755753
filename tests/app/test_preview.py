"""A preview looks at the media of the workspace, in a full delivery, a fold and a resumed export alike."""

import json
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from labelport.model.asset import Asset
from tests.colours import colour
from tests.spaces import Space, files, record

SHEETS = {"preview": {"sheets": "png", "per_page": 2}}


@pytest.fixture
def space(tmp_path: Path) -> Space:
    """A workspace with five red pictures of a folder; the file of the last is gone."""
    media = tmp_path / "media"
    media.mkdir()
    for i in range(5):
        Image.new("RGB", (64, 48), "#ff0000").save(media / f"{i}.png")
    found = Space(tmp_path / "w")
    records = [record(i, name=f"{i}.png", asset=asset(i)) for i in range(5)]
    found.work.create_project("cars").save(records)
    found.export(found.request(found.work.project("cars").id), to=str(tmp_path / "d"))
    found.work.import_files("pictures", "ndjson", [str(tmp_path / "d")], media=str(media))
    (media / "4.png").unlink()
    return found


def asset(i: int) -> Asset:
    return Asset(f"a{i}", "image", uri=f"{i}.png", width=64, height=48)


def rows(found: dict[str, bytes]) -> list[dict[str, Any]]:
    return [row for path in sorted(found) if path.startswith("pages/") for row in json.loads(found[path][5:-3])]


def test_pictures_are_embedded_from_where_the_workspace_has_them(space: Space) -> None:
    project = space.work.project("pictures").id
    found = rows(space.delivered(project, formats=("preview",), options={"preview": {"pictures": "embedded"}}))
    for row in found[:4]:
        with Image.open(BytesIO(b64decode(row["media"].partition(",")[2]))) as shown:
            assert shown.size == (64, 48)
            assert max(abs(a - b) for a, b in zip(colour(shown, (5, 5)), (254, 0, 0), strict=True)) < 4
    assert [(row.get("media"), row.get("note")) for row in found[4:]] == [(None, "the file is gone")]


def test_there_is_a_sheet_for_each_page(space: Space) -> None:
    found = space.delivered(space.work.project("pictures").id, formats=("preview",), options=SHEETS)
    names = [path.partition("/")[2].partition(".")[0] for path in found if path.startswith("pages/")]
    assert [path for path in found if path.startswith("sheets/")] == [f"sheets/{name}.png" for name in names]
    assert len(names) == 3


def test_sheets_are_the_same_for_any_cut_into_shards(space: Space) -> None:
    project = space.work.project("pictures").id
    one, other = (space.delivered(project, formats=("preview",), options=SHEETS, shard_size=size) for size in (1, 100))
    assert one == other


def test_a_fold_has_the_sheets_of_the_full_delivery(space: Space) -> None:
    project = space.work.project("pictures")
    asked: dict[str, Any] = {"formats": ("preview",), "options": SHEETS}
    base = space.export(space.request(project.id, **asked))
    project.save([record(7, name="7.png", asset=asset(7))])
    delta = space.export(space.request(project.id, since=base.cut, **asked))
    whole = space.export(space.request(project.id, **asked))
    to = space.fresh()
    space.work.fold(base.destination, [delta.destination], to)
    assert files(to) == files(whole.destination)

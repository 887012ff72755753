"""Media come with a delivery: copied whole or upright, counted, kept where a delta need not bring them, or told missing."""

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from PIL import Image, ImageOps

from labelport.app.places import place
from labelport.client.workspace import Project
from labelport.errors import IntegrityError
from labelport.model.asset import Asset
from labelport.model.export import MediaTally, Skip, Split
from labelport.model.record import Record
from tests.colours import colour
from tests.plugins import installed
from tests.spaces import Space, files, manifest, record

COUNT = 8


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Space]:
    made = Space(tmp_path / "space")
    yield made
    made.app.store.close()


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """Return a folder with a picture for each EXIF orientation."""
    folder = tmp_path / "media"
    folder.mkdir()
    for i in range(COUNT):
        draw(folder / f"{i}.jpg", orientation=i + 1)
    return folder


def draw(file: Path, *, orientation: int = 1) -> None:
    picture = Image.new("RGB", (32, 16), "white")
    picture.paste((200, 0, 0), (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.save(file, exif=exif, quality=95)


def brought(space: Space, folder: Path, tmp_path: Path, *, copied: bool = False) -> Project:
    """Import a task for each picture, whose true sizes are read."""
    source = tmp_path / "tasks.ndjson"
    lines = []
    for i in range(COUNT):
        plain = record(i)
        lines.append(
            msgspec.json.encode(msgspec.structs.replace(plain, asset=Asset(f"asset-{i}", "image", f"{i}.jpg")))
        )
    source.write_bytes(b"\n".join(lines))
    mode: Literal["copy", "link"] = "copy" if copied else "link"
    report = space.work.import_files("cars", "ndjson", [str(source)], media=str(folder), media_mode=mode)
    assert report.media_missing == 0
    return space.work.project("cars")


def cells(delivered: dict[str, bytes]) -> dict[str, str]:
    return {row["task"]: row["medium"] for row in csv.DictReader(StringIO(delivered["items.csv"].decode()))}


@pytest.mark.parametrize("copied", [False, True])
def test_media_are_copied_byte_for_byte(space: Space, media: Path, tmp_path: Path, copied: bool) -> None:
    project = brought(space, media, tmp_path, copied=copied)
    made = space.export(space.request(project.id, formats=("coco", "ndjson"), media="copies", verify="counts"))
    delivered = files(made.destination)
    assert cells(delivered) == {f"t{i}": f"media/{i}.jpg" for i in range(COUNT)}
    assert all(delivered[f"media/{i}.jpg"] == (media / f"{i}.jpg").read_bytes() for i in range(COUNT))
    assert manifest(made.destination).media == MediaTally(COUNT, COUNT, 0, 0, COUNT)
    assert made.status == "done"
    assert space.work.verify(made.destination).faults == ()


def test_without_media_nothing_of_them_is_said(space: Space, media: Path, tmp_path: Path) -> None:
    project = brought(space, media, tmp_path)
    made = space.export(space.request(project.id))
    assert files(made.destination)["items.csv"].splitlines()[0].endswith(b",state,part")
    assert manifest(made.destination).media is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a21_upright_copies_are_as_displayed(space: Space, media: Path, tmp_path: Path, orientation: int) -> None:
    project = brought(space, media, tmp_path)
    delivered = files(space.export(space.request(project.id, media="upright")).destination)
    task = msgspec.json.decode(delivered["data.ndjson"].splitlines()[orientation - 1], type=Record)
    name = f"{orientation - 1}.jpg"
    with Image.open(BytesIO(delivered[f"media/{name}"])) as found, Image.open(media / name) as stored:
        assert found.size == (task.asset.width, task.asset.height)
        assert stored.size == (task.asset.raw_width, task.asset.raw_height)
        assert found.getexif().get(0x0112, 1) == 1
        shown = ImageOps.exif_transpose(stored)
        corners = [(x, y) for x in (2, found.width - 3) for y in (2, found.height - 3)]
        for corner in corners:
            pairs = zip(colour(found, corner), colour(shown, corner), strict=True)
            assert all(abs(a - b) < 24 for a, b in pairs)


def test_media_that_cannot_be_had_are_told_for_each_task(space: Space, media: Path, tmp_path: Path) -> None:
    project = brought(space, media, tmp_path)
    secret = tmp_path / "secret.jpg"
    draw(secret)
    (media / "escape.jpg").symlink_to(secret)
    (media / "1.jpg").unlink()
    (media / "2.jpg").write_bytes(b"another")
    uris = {
        3: secret.as_uri(),
        4: (media / "escape.jpg").as_uri(),
        5: "https://example.org/5.jpg",
        0: f"blob:../../../{'../' * 20}{secret}",
        6: None,
        7: (media / ".." / "secret.jpg").as_uri(),
    }
    project.save([record(i, asset=Asset(f"other-{i}", "image", uri)) for i, uri in uris.items()])
    made = space.export(space.request(project.id, media="copies"))
    nowhere = "it lies in no folder that an import was given as --media"
    reasons = {
        "t0": "it is no file here: import with --media",
        "t1": "the file is gone",
        "t2": "the file is not the one that was imported: its size is another",
        "t3": nowhere,
        "t4": nowhere,
        "t5": "it is no file here: import with --media",
        "t6": "the task names no file",
        "t7": nowhere,
    }
    told = cells(files(made.destination))
    assert {task: cell.removeprefix("missing: ") for task, cell in told.items()} == reasons
    tally = manifest(made.destination).media
    assert tally is not None
    assert (tally.wanted, tally.copied, tally.files) == (COUNT, 0, 0)
    assert Skip("media", nowhere, 3, ("t3", "t4", "t7")) in tally.missing
    assert made.status == "done_with_skips"


def test_a_picture_that_cannot_be_turned_is_told(space: Space, media: Path, tmp_path: Path) -> None:
    project = brought(space, media, tmp_path)
    whole = (media / "5.jpg").read_bytes()
    (media / "5.jpg").write_bytes(b"\0" * len(whole))
    told = cells(files(space.export(space.request(project.id, media="upright")).destination))
    assert told["t5"].startswith("missing: the file cannot be read")


def test_a_picture_too_large_to_open_sinks_neither_an_export_nor_an_import(
    space: Space, media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = brought(space, media, tmp_path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    told = cells(files(space.export(space.request(project.id, media="upright")).destination))
    assert all(cell.startswith("missing: the file cannot be read") for cell in told.values())
    report = space.work.import_files("again", "ndjson", [str(tmp_path / "tasks.ndjson")], media=str(media))
    assert report.rejected_records == COUNT


def test_a_text_needs_no_medium(space: Space) -> None:
    project = space.work.create_project("texts")
    project.save([record(1, asset=Asset("text", "text", text="Ahoy"), labels=())])
    made = space.export(space.request(project.id, media="copies"))
    assert manifest(made.destination).media == MediaTally(0, 0, 0, 1, 0)
    assert made.status == "done"


def test_a_delta_brings_only_new_media_and_folds(space: Space, media: Path, tmp_path: Path) -> None:
    project = brought(space, media, tmp_path)
    split = Split({"train": 0.5, "val": 0.5})
    request = space.request(project.id, formats=("ndjson", "coco"), media="copies", split=split)
    first = space.export(request)
    tasks = {one["id"]: one for one in project.export.export_tasks()}
    relabelled = [msgspec.convert(tasks[name], Record) for name in ("t1", "t2")]
    project.save([msgspec.structs.replace(one, labels=()) for one in relabelled])
    draw(media / "new.jpg")
    seen = Asset("new", "image", (media / "new.jpg").as_uri(), 32, 16)
    project.save([record(3, asset=seen, name="3.jpg"), record(20, asset=seen, name="new.jpg")])
    project.remove(["t4"])
    delta = space.export(request, since=first.id)
    copied = {path.rpartition("/")[2] for path in files(delta.destination) if path.startswith("media/")}
    assert copied == {"3.jpg", "new.jpg"}
    assert manifest(delta.destination).media == MediaTally(4, 2, 2, 0, 2)
    full = space.export(request)
    folded = space.fresh()
    space.work.fold(first.destination, [delta.destination], folded)
    assert files(folded) == files(full.destination)
    assert space.work.verify(folded).faults == ()


def test_a_fold_refuses_a_base_without_the_media_that_the_delta_keeps(
    space: Space, media: Path, tmp_path: Path
) -> None:
    project = brought(space, media, tmp_path)
    (media / "2.jpg").rename(tmp_path / "away.jpg")
    request = space.request(project.id, media="copies")
    first = space.export(request)
    (tmp_path / "away.jpg").rename(media / "2.jpg")
    task = next(one for one in project.export.export_tasks() if one["id"] == "t2")
    project.save([msgspec.structs.replace(msgspec.convert(task, Record), labels=())])
    delta = space.export(request, since=first.id)
    with pytest.raises(IntegrityError, match=r"lacks 'media/2\.jpg', which the delta keeps"):
        space.work.fold(first.destination, [delta.destination], space.fresh())


def test_workers_give_the_same_bytes(space: Space, media: Path, tmp_path: Path) -> None:
    project = brought(space, media, tmp_path)
    request = space.request(project.id, media="copies", shard_size=3)
    alone = space.export(request)
    team = Space(space.folder, workers=2)
    several = team.export(request, to=str(tmp_path / "several"))
    assert files(several.destination) == files(alone.destination)
    assert manifest(several.destination).media == manifest(alone.destination).media
    team.app.store.close()


def test_a_deep_verification_passes_by_the_media(space: Space, media: Path, tmp_path: Path) -> None:
    project = brought(space, media, tmp_path)
    for name in ("ndjson", "coco"):
        made = space.export(space.request(project.id, formats=(name,), media="copies", verify="deep"))
        assert made.status == "done"


def test_a46_a_delivery_with_its_media_is_taken_in_again(space: Space, media: Path, tmp_path: Path) -> None:
    project = brought(space, media, tmp_path)
    to = str(tmp_path / "delivery")
    space.export(space.request(project.id, formats=("coco",), media="copies"), to=to)
    report = space.work.import_files("again", "coco", [f"{to}/annotations.json"], media=to)
    assert (report.records, report.media_missing, report.rejected) == (COUNT, 0, ())


PLACED = """
from labelport.kit.format import FILES, File, Format
from labelport.model.export import Carries


def encode(record, context):
    yield File(f"labels/{context.part}/{record.path}.txt", b"media" if context.media else b"")


def place(path, context):
    return f"images/{context.part}/{path}"


PLACED = Format("Placed", Carries(frozenset()), encode, holds={FILES: "task"}, parts="own", place=place)
"""


def test_a_format_says_where_its_media_are(space: Space, media: Path, tmp_path: Path) -> None:
    project = brought(space, media, tmp_path)
    split = Split({"train": 0.5, "val": 0.5})
    with installed(tmp_path, PLACED, "placed"):
        made = space.export(space.request(project.id, formats=("placed", "ndjson"), media="copies", split=split))
    delivered = files(made.destination)
    for task, cell in cells(delivered).items():
        part, name = cell.split("/")[2:]
        assert cell == f"placed/images/{part}/{task[1:]}.jpg"
        assert delivered[f"placed/labels/{part}/{name}.txt"] == b"media"
        assert delivered[cell] == delivered[f"media/{part}/{name}"]
    assert manifest(made.destination).media == MediaTally(COUNT, COUNT, 0, 0, 2 * COUNT)


def test_media_reach_a_zip(space: Space, media: Path, tmp_path: Path) -> None:
    project = brought(space, media, tmp_path)
    to = str(tmp_path / "delivery.zip")
    space.export(space.request(project.id, media="copies"), to=to)
    assert "media/7.jpg" in set(place(to).list())
    assert space.work.verify(to).faults == ()

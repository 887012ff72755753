"""Media are looked for below their folder, and nowhere else."""

from pathlib import Path
from typing import Literal

import pytest
from PIL import Image

from labelport.app.media import Media
from labelport.model.asset import Asset
from labelport.store.blobs import Blobs
from tests.spaces import Space, record


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """A folder of media: a picture, a link to another inside, and links that lead out."""
    outside, inside = tmp_path / "outside", tmp_path / "media"
    for folder in (outside, inside):
        folder.mkdir()
        Image.new("RGB", (64, 48)).save(folder / "1.jpg")
    (outside / "1.jpg").rename(outside / "2.jpg")
    Image.new("RGB", (64, 48)).save(outside / "3.jpg")
    (inside / "2.jpg").symlink_to(outside / "2.jpg")
    (inside / "more").symlink_to(outside)
    (inside / "4.jpg").symlink_to("1.jpg")
    return inside


@pytest.mark.parametrize(
    ("name", "missing"), [("1.jpg", 0), ("4.jpg", 0), ("2.jpg", 1), ("3.jpg", 1), ("more/3.jpg", 1)]
)
@pytest.mark.parametrize("mode", ["link", "copy"])
def test_links_do_not_lead_out_of_the_folder(
    tmp_path: Path, media: Path, name: str, missing: int, mode: Literal["link", "copy"]
) -> None:
    space = Space(tmp_path / "w")
    project = space.work.create_project("cars")
    project.save([record(1, name=name, asset=Asset("a", "image", uri=name, width=64, height=48))])
    space.export(space.request(project.id), to=str(tmp_path / "d"))
    report = space.work.import_files("again", "ndjson", [str(tmp_path / "d")], media=str(media), media_mode=mode)
    assert (report.records, report.media_missing) == (1, missing)


def test_a_folder_is_listed_when_a_record_first_does_not_say_where_its_file_lies(tmp_path: Path) -> None:
    media = Media(tmp_path / "media", "link", Blobs(tmp_path / "blobs"))
    for folder in ("b", "a"):
        place = tmp_path / "media" / folder / "1.txt"
        place.parent.mkdir(parents=True)
        place.write_text(folder)
    asset = Asset("1", "text", uri="1.txt")
    assert media.seen(record(1, asset=asset)).asset.uri == (tmp_path / "media" / "a" / "1.txt").as_uri()

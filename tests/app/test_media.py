from pathlib import Path

from labelport.app.media import Media
from labelport.model.asset import Asset
from labelport.store.blobs import Blobs
from tests.spaces import record


def test_a_folder_is_listed_when_a_record_first_does_not_say_where_its_file_lies(tmp_path: Path) -> None:
    media = Media(tmp_path / "media", "link", Blobs(tmp_path / "blobs"))
    for folder in ("b", "a"):
        place = tmp_path / "media" / folder / "1.txt"
        place.parent.mkdir(parents=True)
        place.write_text(folder)
    asset = Asset("1", "text", uri="1.txt")
    assert media.seen(record(1, asset=asset)).asset.uri == (tmp_path / "media" / "a" / "1.txt").as_uri()

"""Files get free names only, on file systems with and without hard links."""

import errno
import os
from pathlib import Path

import pytest

from labelport.kit.disk import publish, sync


def _no_links(source: object, target: object, **given: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.fixture(params=["links", "no links"])
def part(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "no links":
        monkeypatch.setattr(os, "link", _no_links)
    made = tmp_path / "part"
    made.write_bytes(b"new")
    return made


def test_a_free_name_is_given(part: Path) -> None:
    publish(part, part.with_name("file"))
    assert [path.name for path in part.parent.iterdir()] == ["file"]
    assert part.with_name("file").read_bytes() == b"new"


def test_a_name_that_is_taken_is_not_given(part: Path) -> None:
    part.with_name("file").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        publish(part, part.with_name("file"))
    assert part.with_name("file").read_bytes() == b"old"
    assert part.read_bytes() == b"new"


def test_what_went_meanwhile_is_not_missed(tmp_path: Path) -> None:
    sync(tmp_path / "gone")

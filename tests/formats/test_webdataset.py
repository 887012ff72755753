"""WebDataset: its own reader and `tarfile` find a sample for each task; shards are cut alike by any number of workers."""

import tarfile
from collections.abc import Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
from webdataset.tariterators import group_by_keys, tar_file_expander

from labelport.formats import webdataset
from labelport.kit.format import Context, Input, Reject, Unread
from labelport.model.record import Record
from labelport.testing.cases import CLASSES, clips, pictures
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from tests.spaces import Space, record


class TestWebDataset(FormatTests):
    name = "webdataset"
    compares = True
    options: ClassVar = {"rows": 2}

    def read(self, files: Mapping[str, bytes]) -> int:
        found = 0
        for path, data in files.items():
            for sample in group_by_keys(tar_file_expander([{"url": path, "stream": BytesIO(data)}])):
                assert set(sample) - {"__key__", "__url__", "__local_path__"} == {"json"}
                assert int(sample["__key__"]) == msgspec.json.decode(sample["json"])["number"]
                found += 1
        return found

    def objects(self, given_: Sequence[Record]) -> int:
        return len(given_)


def shards(*given: Record, rows: int = 2) -> dict[str, bytes]:
    return render(webdataset.FORMAT, given, Context(CLASSES, {"rows": rows}))


def test_members_are_sorted_and_say_nothing_of_when_and_who() -> None:
    found = []
    for data in shards(*pictures(), *clips()).values():
        with tarfile.open(fileobj=BytesIO(data)) as archive:
            found += [(one.name, one.mtime, one.uid, one.uname, one.mode) for one in archive]
    assert found == [(f"{number:09d}.json", 0, 0, "", 0o644) for number in (1, 2, 3, 4)]


def test_shards_are_cut_by_tasks_or_by_bytes() -> None:
    assert sorted(shards(*pictures())) == ["shard-000000.tar", "shard-000001.tar"]
    small = render(webdataset.FORMAT, pictures(), Context(CLASSES, {"size": 1}))
    assert len(small) == 3


def test_a15_shards_are_the_same_for_any_workers(tmp_path: Path) -> None:
    found = []
    for workers, size in ((1, 100), (2, 2)):
        space = Space(tmp_path / str(workers), workers=workers)
        space.work.create_project("p").save([record(i) for i in range(12)])
        found.append(
            space.delivered("p", formats=("webdataset",), options={"webdataset": {"rows": 5}}, shard_size=size)
        )
        space.app.store.close()
    assert found[0] == found[1]
    assert sum(path.endswith(".tar") for path in found[0]) == 3


def test_a24_a_broken_shard_does_not_sink_the_others() -> None:
    good = shards(*pictures(), rows=9)["shard-000000.tar"]
    inputs = [Input("a.tar", partial(BytesIO, b"no tar" * 200)), Input("b.tar", partial(BytesIO, good))]
    found = list(webdataset.decode(inputs))
    assert [item.file for item in found if isinstance(item, Reject)] == ["a.tar"]
    assert [item for item in found if isinstance(item, Record)] == list(pictures())


@pytest.mark.parametrize("name", ["000000001.jpg", "a/000000001.seg.png"])
def test_members_that_are_no_json_are_told(name: str) -> None:
    written = BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name))
    found = webdataset.decode([Input("a.tar", partial(BytesIO, written.getvalue()))])
    assert [item for item in found if isinstance(item, Unread)] == [Unread("a.tar", f"$.{name.partition('.')[2]}", 1)]

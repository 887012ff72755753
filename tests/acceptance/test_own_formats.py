"""Somebody's own format is installed beside Labelport and does all that ours do, with no line of ours changed."""

import json
from pathlib import Path

import pytest

import labelport
from labelport.model.export import ExportRequest
from tests.acceptance.test_pictures import imported, one, record, shape
from tests.plugins import installed

NAMES = """
import json

from labelport.kit.format import Document, Format, Row, Section
from labelport.model.export import Carries


def encode(record, context):
    names = {one.number: one.name for one in context.classes}
    found = [names[one.class_] for label in record.labels for one in label.annotations]
    yield Row("lines", json.dumps([record.number, record.name, *found]).encode())


NAMES = Format(
    "Names, a line for each picture",
    Carries(frozenset({"box"})),
    encode,
    lambda context: (Document("names.txt", (Section("lines", b"\\n", terminated=True),)),),
    holds={"lines": "task"},
    number=lambda section, line: json.loads(line)[0],
)
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a44_a_format_of_somebody_is_installed_and_exports_deltas_and_folds(tmp_path: Path, workers: int) -> None:
    marks = [one("a", shape("box", x=1, y=1, width=3, height=3)), one("b", shape("point", x=1, y=1))]
    name = imported(tmp_path, *(record(i, *marks) for i in range(4))).id
    space = labelport.open(tmp_path / "w", workers=workers)
    project = space.project(name)
    request = ExportRequest(name, formats=("names",), shard_size=1)
    full, delta, now = (str(tmp_path / name) for name in ("full", "delta", "now"))
    with installed(tmp_path / "site", NAMES, "names"):
        first = project.export(request=request, to=full)
        first.wait_till_done()
        project.remove(["t2"])
        project.export(request=request, to=delta, since=first.export.id).wait_till_done()
        space.fold(full, [delta], to=now)
        assert space.verify(now).faults == ()
    losses = json.loads((tmp_path / "full" / "manifest.json").read_text())["losses"]
    assert [(loss["what"], loss["count"]) for loss in losses if loss["fate"] == "dropped"] == [("point", 4)]
    lines = (tmp_path / "now" / "names.txt").read_text().splitlines()
    assert [json.loads(line)[1:] for line in lines] == [["0.png", "car"], ["1.png", "car"], ["3.png", "car"]]

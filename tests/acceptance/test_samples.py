"""Real files of other tools go in, every count closes, what is not read is told, and the delivery is read back whole."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import labelport
from labelport.errors import RequestError
from labelport.model.export import ExportRequest
from tests.acceptance.real import FILES, READABLE, imported, read, taken
from tests.acceptance.unread import COCO, CVAT, LABEL_STUDIO, UNLIKE
from tests.samples import sample

FORMATS = (*READABLE, "preview")
every = pytest.mark.parametrize(("format_", "path"), FILES, ids=[path for _, path in FILES])


def held(line: dict[str, Any]) -> int:
    """Return how many annotations and tracks a record holds."""
    return sum(len(one.get("annotations", ())) + len(one.get("tracks", ())) for one in line.get("labels", ()))


@every
def test_a_real_file_goes_in_once_and_comes_out_proven(tmp_path: Path, format_: str, path: str) -> None:
    out = taken(tmp_path, format_, sample(path))  # verified deeply
    assert out.report.records == out.report.created > 0
    again = imported(out.space, format_, sample(path))
    assert (again.created, again.changed, again.unchanged) == (0, 0, out.report.records)
    assert out.space.verify(str(out.delivery)).faults == ()
    assert out.space.verify_log().faults == ()
    lines = out.lines()
    assert (len(lines), sum(map(held, lines))) == (out.report.records, out.report.annotations)


@every
def test_a_real_file_comes_out_in_every_format_at_once(tmp_path: Path, format_: str, path: str) -> None:
    space = labelport.open(tmp_path / "w")
    report = imported(space, format_, sample(path))
    project = space.project("real")
    request = ExportRequest(project=project.id, formats=FORMATS, labels="all")
    project.export(request=request, to=str(tmp_path / "d")).wait_till_done()
    verified = space.verify(str(tmp_path / "d"))
    assert verified.faults == ()
    with pytest.raises(RequestError, match="'preview' has no reader"):
        project.export(
            request=ExportRequest(project=project.id, formats=FORMATS, verify="deep"), to=str(tmp_path / "e")
        )
    assert report.records > 0


@every
def test_what_is_not_read_of_a_real_file_is_told_key_by_key(tmp_path: Path, format_: str, path: str) -> None:
    report = imported(labelport.open(tmp_path), format_, sample(path))
    wanted = CVAT[path] if path in CVAT else {**counted(read(path), COCO | LABEL_STUDIO), **UNLIKE.get(path, {})}
    assert report.unread == wanted


@every
def test_nothing_of_a_real_file_is_rejected_but_what_has_no_place(tmp_path: Path, format_: str, path: str) -> None:
    report = imported(labelport.open(tmp_path), format_, sample(path))
    sizeless = (("1", 1), ("2", 1)) if "doclang" in path else ()  # in percent of pictures of unknown size
    assert tuple((one.record, one.annotations) for one in report.rejected) == sizeless
    assert (report.rejected_records, report.rejected_annotations) == (0, len(sizeless))


def counted(document: Any, patterns: frozenset[str]) -> Mapping[str, int]:
    """Return how often each pattern stands in a JSON document."""
    return Counter(pattern for pattern in keys(document) if pattern in patterns)


def keys(value: Any, at: str = "$") -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{at}.{key}"
            yield from keys(item, f"{at}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from keys(item, f"{at}[]")

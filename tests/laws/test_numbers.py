"""The same content has the same bytes, whichever door it came through: a whole number is a float where the type says so."""

from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings

from labelport.model.asset import Asset
from labelport.model.check import checked
from labelport.model.record import Record
from labelport.testing.strategies import records
from tests.spaces import Space, record

T = TypeVar("T")
KINDS = ("box", "rotated_box", "polygon", "polyline", "point", "keypoints", "ellipse", "page_box", "interval")


def whole(value: T) -> T:
    """Return the value with integers in the place of all floats."""
    match value:
        case float():
            return int(value)  # type: ignore[return-value]  # that is what is tried here
        case tuple() | list():
            return type(value)(map(whole, value))
        case dict():
            return {key: whole(item) for key, item in value.items()}  # type: ignore[return-value]  # the same
        case msgspec.Struct():
            return type(value)(*(whole(getattr(value, name)) for name in value.__struct_fields__))
        case _:
            return value


def of_floats(value: Record) -> Record:
    """Return a record as a reader of its JSON has it."""
    return msgspec.json.decode(msgspec.json.encode(value), type=Record)


@given(records(kinds=KINDS))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_whole_numbers_become_the_floats_that_they_are_read_as(given: Record) -> None:
    made, wrong = checked(whole(given))
    assume(not wrong)
    assert msgspec.json.encode(made) == msgspec.json.encode(of_floats(made))


@pytest.mark.parametrize("through", ["save", "import"])
def test_what_was_saved_with_whole_numbers_is_not_changed_by_the_same_with_floats(tmp_path: Path, through: str) -> None:
    space = Space(tmp_path)
    project = space.work.create_project("p")
    made = [whole(record(i, boxes=2)) for i in range(3)]
    project.save(made)
    if through == "save":
        assert project.save([of_floats(one) for one in made]) is None
    else:
        export = space.export(space.request(project.id))
        report = space.work.import_files("p", "ndjson", [export.destination])
        assert (report.records, report.changed, report.created) == (3, 0, 0)


def test_an_asset_that_is_edited_with_whole_numbers_is_the_asset_with_floats(tmp_path: Path) -> None:
    space = Space(tmp_path)
    space.work.create_project("p").save([record(1)])
    for fps, changes in ((25, 1), (25.0, 0)):
        assert len(space.work.edit_asset(Asset("asset-1", "video", fps=fps))) == changes

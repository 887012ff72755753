"""What is written comes back: by our reader from records that are drawn, and by Datumaro itself."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.fidelity import Ledger, fit
from labelport.formats.datumaro import FORMAT
from labelport.kit.coco_attributes import attributes
from labelport.kit.format import Context, Reject
from labelport.model.geometry import Ellipse, Geometry, Keypoint, Keypoints, Point
from labelport.model.label import Annotation
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.shapes.convert import convert
from labelport.testing import golden
from labelport.testing.cases import CASES, CLASSES
from labelport.testing.render import render
from labelport.testing.strategies import ontologies, records
from tests.formats.datumaro.build import OPTIONS, Document, decoded
from tests.formats.near import near
from tests.judges import judge

KINDS = (*sorted(FORMAT.carries.kinds | set(FORMAT.carries.converts) - {"track"}),)


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_what_is_carried_comes_back(data: st.DataObject) -> None:
    """Shapes, classes and features of objects on pictures; what is converted, as it is converted."""
    ontology = data.draw(ontologies())
    kinds = tuple(sorted(set(KINDS) - {"classification", "cuboid3d"}))
    drawn = msgspec.structs.replace(data.draw(records(ontology, kinds, 1)), path="a.bin")
    record = fit(drawn, FORMAT.carries, "convert", Ledger())
    still = [
        one for label in record.labels for one in label.annotations if one.on is None or one.on.first_frame is None
    ]
    context = Context(ontology.classes, OPTIONS)
    items = decoded(render(FORMAT, [record], context)["annotations/default.json"])
    assert not [item for item in items if isinstance(item, Reject)]
    (again,) = (item for item in items if isinstance(item, Record))
    found = {one.id: one for label in again.labels for one in label.annotations}
    for one in still:
        same = found[str(one.number)]
        assert near(same.geometry, _foreseen(one, ontology))
        features = ("class_", "occluded", "truncated", "crowd", "z_order", "confidence", "on")
        assert [getattr(same, name) for name in features] == [getattr(one, name) for name in features]
    marks = [(label.id, one) for label in record.labels for one in label.annotations if one in still]
    pairs = {((label, one.group), found[str(one.number)].group) for label, one in marks if one.group is not None}
    assert len(pairs) == len({ours for ours, _ in pairs}) == len({theirs for _, theirs in pairs})


def _foreseen(one: Annotation, ontology: Ontology) -> Geometry | None:
    """Return how a shape that is carried comes back: a turned ellipse is an outline, a joint of no skeleton a point."""
    joints = {known.number: known.skeleton for known in ontology.classes}
    match one.geometry:
        case Ellipse(x, y, rx, ry, angle) if rx == ry or angle % 90 == 0:
            return Ellipse(x, y, *((ry, rx) if angle % 180 == 90 else (rx, ry)))
        case Ellipse() as shape:
            return convert(shape, "polygon")
        case Keypoints((Keypoint(x, y),)) if one.class_ is None or joints[int(one.class_)] is None:
            return Point(x, y)
        case shape:
            return shape


@pytest.mark.campaign
@pytest.mark.parametrize("media", ["image", "video_frame", "point_cloud"])
@pytest.mark.parametrize("case", CASES)
def test_datumaro_reads_what_is_written_and_writes_it_again(case: str, media: str, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    golden.write(ours, golden.made(FORMAT, CASES[case](), {"media": media}))
    found = judge("datumaro", "datumaro_again.py", ours, theirs)
    before = _objects(ours)
    assert [len(some) for some in found.values()] == [len(item["annotations"]) for item in _items(ours)]
    for one, again in zip(before, _objects(theirs), strict=True):
        assert attributes(one.answers) == attributes(again.answers)
        assert (one.z_order, one.confidence, one.occluded) == (again.z_order, again.confidence, again.occluded)
        assert near(one.geometry, again.geometry, 0.02)


@pytest.mark.campaign
def test_datumaro_measures_the_areas_of_shapes(tmp_path: Path) -> None:
    golden.write(tmp_path / "ours", golden.made(FORMAT, CASES["pictures"](), OPTIONS))
    found = judge("datumaro", "datumaro_again.py", tmp_path / "ours", tmp_path / "theirs")
    areas = [(kind, label, area) for kind, label, area in found["default/0001"] if area]
    wanted = [
        ("Bbox", "ship", 605),
        ("Polygon", "ship", 200),
        ("Polygon", CLASSES[2].name, 900),
        ("RleMask", CLASSES[2].name, 800),
        ("Polygon", CLASSES[2].name, 900),
        ("Polygon", CLASSES[2].name, 78.125),
        ("Polygon", "ship", 153.08),
        ("RleMask", "ship", 376),
        ("Bbox", "ship", 605),
    ]
    assert [one[:2] for one in areas] == [one[:2] for one in wanted]
    assert [one[2] for one in areas] == pytest.approx([one[2] for one in wanted], abs=0.02)


def _items(folder: Path) -> list[Document]:
    found: list[Document] = json.loads((folder / "annotations/default.json").read_text())["items"]
    return found


def _objects(folder: Path) -> list[Annotation]:
    items = decoded((folder / "annotations/default.json").read_bytes())
    assert not [item for item in items if isinstance(item, Reject)]
    back = [item for item in items if isinstance(item, Record)]
    return [one for record in back for label in record.labels for one in label.annotations]

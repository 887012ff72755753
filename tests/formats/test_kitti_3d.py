"""KITTI in space: rows as the devkit draws them, calibration there and back, and what has no place before a camera."""

from collections.abc import Mapping, Sequence
from math import cos, pi, sin
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from labelport.formats.kitti_3d import FORMAT
from labelport.formats.kitti_3d.writing import BY_AXES, LEANS, NO_BOX, VOXELS, encode
from labelport.kit.format import Context, File, Lost, Reject, Unread
from labelport.model.asset import Asset
from labelport.model.geometry import Cuboid3D
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass
from labelport.model.record import Record, state_of
from labelport.testing import golden
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from tests.formats.back import decoded
from tests.judges import judge

CONTEXT = Context((LabelClass(1, "Car"), LabelClass(2, "Person sitting")))
CALIBRATION = {
    "P2": [700.0, 0.0, 600.0, 45.0, 0.0, 700.0, 180.0, -0.3, 0.0, 0.0, 1.0, 0.005],
    "R0_rect": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
    "Tr_velo_to_cam": [0.0, -1.0, 0.0, 0.0, 0.0, 0.0, -1.0, -0.08, 1.0, 0.0, 0.0, -0.27],
    "Tr_imu_to_velo": [1.0, 0.0, 0.0, -0.8, 0.0, 1.0, 0.0, 0.3, 0.0, 0.0, 1.0, -0.8],
}
"""A camera that stands exactly as its axes say, and one matrix that is only kept."""
CLOUD = Asset("c", "point_cloud", width=1242, height=375, extra={"calibration": CALIBRATION})
Places = NDArray[np.float64]


class TestKitti3D(FormatTests):
    name = "kitti_3d"

    def read(self, files: Mapping[str, bytes]) -> int:
        rows = [
            line.split(" ") for path, data in files.items() for line in data.decode().splitlines() if "label" in path
        ]
        assert all(len(row) == 15 and -pi <= float(row[3]) <= pi for row in rows)
        return len(rows)

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        assert FORMAT.found is not None
        found = [FORMAT.found(one, CONTEXT) for one in given_]
        return sum(one for one, _ in found), sum(held for _, held in found)


def record(*shapes: Cuboid3D, asset: Asset = CLOUD, **said: Any) -> Record:
    marks = tuple(Annotation(f"a{n}", n, 1, shape, **said) for n, shape in enumerate(shapes, 1))
    return Record("c", "c.bin", asset, 7, "c.bin", labels=(Label("l", annotations=marks),))


def row(shape: Cuboid3D, asset: Asset = CLOUD) -> tuple[list[float], list[Lost]]:
    items = list(encode(record(shape, asset=asset), CONTEXT))
    (text,) = [item.data.decode() for item in items if isinstance(item, File) and item.path == "label_2/c.txt"]
    return [float(cell) for cell in text.split()[1:]], [item for item in items if isinstance(item, Lost)]


def yaw(angle: float) -> tuple[float, float, float, float]:
    """Return a turn about the scanner's upright axis."""
    return 0.0, 0.0, sin(angle / 2), cos(angle / 2)


def drawn(figures: Sequence[float]) -> Places:
    """Return the corners of a row for the camera, as the devkit's `computeBox3D` reckons them."""
    height, width, length, x, y, z, turn = figures[7:14]
    own = np.array(
        [
            [length / 2, length / 2, -length / 2, -length / 2] * 2,
            [0.0] * 4 + [-height] * 4,
            [width / 2, -width / 2, -width / 2, width / 2] * 2,
        ]
    )
    about_y = np.array([[cos(turn), 0, sin(turn)], [0, 1, 0], [-sin(turn), 0, cos(turn)]])
    found: Places = (about_y @ own).T + np.array([x, y, z])
    return found


def corners(shape: Cuboid3D) -> Places:
    """Return the corners of a cuboid: a unit cube, scaled, turned by its quaternion, and moved."""
    x, y, z, w = shape.rotation
    axis = np.array([x, y, z])
    cube = np.array([[a, b, c] for a in (-0.5, 0.5) for b in (-0.5, 0.5) for c in (-0.5, 0.5)]) * shape.size
    turned = cube + 2 * np.cross(axis, np.cross(axis, cube) + w * cube)
    found: Places = turned + np.array(shape.centre)
    return found


def for_camera(points: Places) -> Places:
    leads = np.array(CALIBRATION["Tr_velo_to_cam"]).reshape(3, 4)
    found: Places = points @ leads[:, :3].T + leads[:, 3]
    return found


def nearest(some: Places, others: Places) -> float:
    """Return how far the worst of some corners is from the nearest of others."""
    return float(max(min(np.linalg.norm(one - other) for other in others) for one in some))


def test_a_car_ahead_that_looks_away_is_turned_by_minus_a_quarter() -> None:
    figures, lost = row(Cuboid3D((20.27, 0.0, -1.0), (4.0, 1.8, 1.5)))
    assert figures[7:14] == pytest.approx([1.5, 1.8, 4.0, 0.0, 1.67, 20.0, -pi / 2], abs=1e-6)
    assert figures[2] == pytest.approx(-pi / 2, abs=1e-6)
    assert lost == []


_metres = st.floats(-40, 40)
_upright = st.builds(
    lambda x, y, z, size, angle: Cuboid3D((x, y, z), size, yaw(angle)),
    *(_metres,) * 3,
    st.tuples(*(st.floats(0.1, 9),) * 3),
    st.floats(-pi, pi),
)


@settings(deadline=None, max_examples=50)
@given(_upright)
def test_a_row_drawn_as_the_devkit_draws_it_is_the_cuboid(shape: Cuboid3D) -> None:
    figures, _ = row(shape)
    there = for_camera(corners(shape))
    assert nearest(drawn(figures), there) < 1e-4
    assert nearest(there, drawn(figures)) < 1e-4


@settings(deadline=None, max_examples=50)
@given(_upright, st.sampled_from([CLOUD, Asset("c", "point_cloud")]))
def test_what_is_written_is_read(shape: Cuboid3D, asset: Asset) -> None:
    files = render(FORMAT, [record(shape, asset=asset, occluded=True, truncated=False)], CONTEXT)
    (back,) = [item for item in decoded(FORMAT, files) if isinstance(item, Record)]
    (one,) = back.labels[0].annotations
    assert isinstance(one.geometry, Cuboid3D)
    assert nearest(corners(one.geometry), corners(shape)) < 1e-4
    assert one.geometry.size == pytest.approx(shape.size, abs=1e-5)
    assert (one.class_, one.occluded, one.truncated, back.asset.kind) == ("Car", True, False, "point_cloud")
    assert back.asset.extra == asset.extra


@settings(deadline=None, max_examples=30)
@given(_upright)
def test_the_box_in_the_picture_holds_what_the_projection_shows_of_the_corners(shape: Cuboid3D) -> None:
    figures, _ = row(shape)
    seen = [one for one in drawn(figures) if one[2] > 0.01]
    if not seen:
        assert figures[3:7] == [-1, -1, -1, -1]
        return
    projection = np.array(CALIBRATION["P2"]).reshape(3, 4)
    points = np.array([projection @ (*one, 1.0) for one in seen])
    places = np.clip(points[:, :2] / points[:, 2:], 0, (1242, 375))
    wanted = [*places.min(axis=0), *places.max(axis=0)]
    assert figures[3:7] == pytest.approx(wanted, rel=1e-3, abs=0.1)


def test_a_calibration_goes_out_as_it_came() -> None:
    files = render(FORMAT, [record()], CONTEXT)
    lines = dict(line.split(": ") for line in files["calib/c.txt"].decode().splitlines())
    assert {name: [float(cell) for cell in cells.split()] for name, cells in lines.items()} == CALIBRATION


@pytest.mark.parametrize(
    ("shape", "asset", "wanted"),
    [
        (Cuboid3D((9, 0, 0), (4, 2, 2), (sin(0.1), 0.0, 0.0, cos(0.1))), CLOUD, ("converted", LEANS)),
        (Cuboid3D((9, 0, 0), (4, 2, 2), (1.0, 0.0, 0.0, 0.0)), CLOUD, ("converted", LEANS)),
        (Cuboid3D((-9, 0, 0), (4, 2, 2)), CLOUD, ("converted", NO_BOX)),
        (Cuboid3D((9, 0, 0), (4, 2, 2)), Asset("c", "point_cloud"), ("converted", f"{BY_AXES}; {NO_BOX}")),
        (Cuboid3D((9, 0, 0), (4, 2, 2), space="voxel"), CLOUD, ("dropped", VOXELS)),
    ],
)
def test_a16_what_is_not_as_it_was_is_said(shape: Cuboid3D, asset: Asset, wanted: tuple[str, str]) -> None:
    _, lost = row(shape, asset)
    assert [(one.what, one.fate, one.how) for one in lost] == [("cuboid3d", *wanted)]


@pytest.mark.parametrize("kind", ["video", "volume"])
def test_a16_what_is_in_a_video_or_a_volume_is_said_to_be_dropped(kind: Any) -> None:
    items = list(encode(record(Cuboid3D((9, 0, 0), (4, 2, 2)), asset=Asset("c", kind)), CONTEXT))
    assert items == [Lost("cuboid3d", "dropped", f"the task is a {kind}")]


def test_a34_an_empty_file_is_empty_and_no_file_not_labelled() -> None:
    assert render(FORMAT, [record()], CONTEXT)["label_2/c.txt"] == b""
    bare = Record("c", "c.bin", Asset("c", "point_cloud"), 7, "c.bin")
    assert list(encode(bare, CONTEXT)) == []
    (back,) = [item for item in decoded(FORMAT, {"label_2/c.txt": b""}) if isinstance(item, Record)]
    assert state_of(back) == "empty"


CAR = b"Car 0.00 0 -1.57 1 2 3 4 1.5 1.8 4.0 0.0 1.67 20.0 -1.57 0.9\n"


def test_rows_that_are_only_marked_in_the_picture_have_no_cuboid_and_are_told() -> None:
    row = b"DontCare -1 -1 -10 503.89 169.71 590.61 190.13 -1 -1 -1 -1000 -1000 -1000 -10\n"
    items = decoded(FORMAT, {"training/label_2/000001.txt": row + CAR, "training/calib/000009.txt": b""})
    (back,) = [item for item in items if isinstance(item, Record)]
    assert [one.class_ for one in back.labels[0].annotations] == ["Car"]
    told = {(item.file.rpartition("/")[2], item.path): item.count for item in items if isinstance(item, Unread)}
    assert told == {
        ("000001.txt", "boxes in the picture"): 1,
        ("000001.txt", "rows without a place in space"): 1,
        ("000001.txt", "score"): 1,
        ("000009.txt", "$"): 1,
    }


@pytest.mark.parametrize(
    ("calibration", "rows", "records", "faults"),
    [
        (b"P2: 1 2 3\n", CAR, 1, ["'P2: 1 2 3' is no matrix of a calibration"]),
        (b"P2: 1 x\nR0_rect:\n", CAR, 1, ["'P2: 1 x' is no matrix of a calibration", "'R0_rect:' is no matrix of a calibration"]),
        (b"", CAR + b"Car 0 0\n", 0, ["'Car 0 0' is no row of a class and 14 or 15 numbers"]),
    ],
)  # fmt: skip
def test_a24_a_faulty_calibration_costs_its_cloud_and_a_faulty_row_itself(
    calibration: bytes, rows: bytes, records: int, faults: list[str]
) -> None:
    items = decoded(FORMAT, {"label_2/1.txt": rows, "calib/1.txt": calibration, "label_2/2.txt": CAR})
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert (reject.records, [fault.reason for fault in reject.faults]) == (records, faults)
    assert len([item for item in items if isinstance(item, Record)]) == 2 - records


@pytest.mark.campaign
def test_datumaro_reads_every_row(tmp_path: Path) -> None:
    golden.write(tmp_path, render(FORMAT, [record(Cuboid3D((20.27, 0.0, -1.0), (4.0, 1.8, 1.5)))], CONTEXT))
    (tmp_path / "image_2").mkdir()
    (found,) = judge("datumaro", "datumaro_items.py", "kitti3d", tmp_path)["c"]
    said = found["attributes"]
    assert (found["class"], said["dimensions"]) == ("Car", [1.5, 1.8, 4.0])
    assert said["location"] == pytest.approx([0.0, 1.67, 20.0], abs=1e-6)
    assert said["rotation_y"] == pytest.approx(-pi / 2, abs=1e-6)

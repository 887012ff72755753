"""A task as RedBrick exports it, type by type: what is read and written of `tasks.json`.

Shares of the picture (`xNorm`, `yNorm`) run from its upper left corner; voxels count i along columns, j along rows, k
along slices; `absolute...` are millimetres in the space of the DICOM patient (LPS).
"""

from typing import Any, Literal

import msgspec

Values = dict[str, Any]
"""Answers by the names of their questions: texts, numbers, booleans, lists of texts."""


class _Plain(msgspec.Struct, omit_defaults=True, rename="camel", kw_only=True):
    pass


class Share(_Plain, kw_only=True):
    """A place in a picture as shares of its width and height."""

    x_norm: float
    y_norm: float


class Voxel(_Plain, kw_only=True):
    """A place in a volume as indices of voxels, perhaps between them."""

    i: float
    j: float
    k: float


class World(_Plain, kw_only=True):
    """A place in millimetres, LPS."""

    x: float
    y: float
    z: float


class Moment(_Plain, kw_only=True):
    """The frame of a video, or the slice of a volume, that a label lies on."""

    track_id: str = ""
    key_frame: bool = True
    end_track: bool = True
    frame_index: int | None = None
    series_frame_index: int | None = None
    series_item_index: int | None = None


class Mark(_Plain, kw_only=True):
    """What all labels have."""

    id: str | None = None
    category: str | int | list[str] = ""
    attributes: Values = {}
    group: str | None = None
    read_only: bool = False
    video: Moment | None = None


class Landmark(Mark, kw_only=True):
    """A point in a picture."""

    point: Share


class Landmark3D(Mark, kw_only=True):
    """A point in a volume."""

    point: Voxel | None = None
    absolute_point: World | None = None


class Measurement(Mark, kw_only=True):
    """A length, or an angle at `vertex`."""

    type: Literal["length", "angle"]
    point1: Voxel
    point2: Voxel
    vertex: Voxel | None = None
    absolute_point1: World | None = None
    absolute_point2: World | None = None
    absolute_vertex: World | None = None
    normal: tuple[float, float, float] = (0.0, 0.0, 0.0)
    length: float | None = None
    angle: float | None = None


class BoundingBox(Mark, kw_only=True):
    """A box in a picture."""

    point_top_left: Share
    w_norm: float
    h_norm: float


class Cuboid(Mark, kw_only=True):
    """A box of voxels by two opposite corners."""

    point1: Voxel | None = None
    point2: Voxel | None = None
    absolute_point1: World | None = None
    absolute_point2: World | None = None


class Ellipse(Mark, kw_only=True):
    """An ellipse: radii as shares of width and height before it is turned, clockwise."""

    point_center: Share
    x_radius_norm: float
    y_radius_norm: float
    rotation_rad: float = 0.0


class Polygon(Mark, kw_only=True):
    """A polygon, which closes by itself."""

    points: tuple[Share, ...]


class Polyline(Mark, kw_only=True):
    """An open line."""

    points: tuple[Share, ...]


class Classification(_Plain, kw_only=True):
    """Answers about a task or a series."""

    id: str | None = None
    attributes: Values = {}


class SliceClassification(_Plain, kw_only=True):
    """Answers about a slice, a frame, or a file of a series."""

    file_index: int
    file_name: str = ""
    values: Values = {}


class Segment(_Plain, kw_only=True):
    """What a value of a mask is."""

    id: str | None = None
    category: str | int | list[str] = ""
    attributes: Values = {}
    group: str | None = None
    mask: str | list[str] | None = None
    overlapping_groups: tuple[int, ...] = ()


class Headers(_Plain, kw_only=True):
    """Where the voxels of a series lie: LPS."""

    dimensions: tuple[int, ...] = ()
    spacing: tuple[float, ...] = ()
    origin: tuple[float, ...] = ()
    direction: tuple[tuple[float, ...], ...] = ()
    affine: tuple[tuple[float, ...], ...] = ()


class Series(_Plain, kw_only=True):
    """A series of a task with its labels."""

    name: str | None = None
    items: str | list[str] = []
    image_headers: Headers | None = None
    segmentations: str | list[str] | None = None
    segment_map: dict[str, Segment | str] = {}
    binary_mask: bool | None = None
    semantic_mask: bool | None = None
    png_mask: bool | None = None
    landmarks: list[Landmark] = []
    landmarks3d: list[Landmark3D] = []
    measurements: list[Measurement] = []
    bounding_boxes: list[BoundingBox] = []
    cuboids: list[Cuboid] = []
    ellipses: list[Ellipse] = []
    polygons: list[Polygon] = []
    polylines: list[Polyline] = []
    classifications: list[Classification] = []
    instance_classifications: list[SliceClassification] = []


class Opinion(_Plain, kw_only=True):
    """What one annotator of several made of a task."""

    series: list[Series] = []
    labels_id: str | None = None
    updated_by: str | None = None
    updated_at: str | None = None


class Task(_Plain, kw_only=True):
    """A task; of several annotators, `series` holds no labels, and `consensusTasks` those of each."""

    task_id: str
    name: str = ""
    series: list[Series]
    labels_id: str | None = None
    classification: Classification | None = None
    current_stage_name: str | None = None
    status: str | None = None
    created_by: str | None = None
    created_at: str | None = None
    updated_by: str | None = None
    updated_at: str | None = None
    meta_data: Values = {}
    consensus: bool = False
    consensus_tasks: list[Opinion] = []
    super_truth: Opinion | None = None

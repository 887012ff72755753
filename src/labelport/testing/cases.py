"""Records as the store gives them, written by hand: every kind of shape, what stands beside it, and the three states.

Golden files are made of these, so that people can read both sides.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count

import msgspec

from labelport.model.answers import Boolean, Checklist, Number, Option, Radio, Ranking, Text, Tree
from labelport.model.asset import Asset, Message, Page, Series
from labelport.model.geometry import (
    Angle,
    Box,
    Cuboid,
    Cuboid3D,
    Ellipse,
    Geo,
    Geometry,
    HtmlSpan,
    Interval,
    Keypoint,
    Keypoints,
    Landmark,
    Length,
    Mask,
    Messages,
    MessageSpan,
    PageBox,
    PageTokens,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
    Segment,
    SliceShape,
    TextSpan,
)
from labelport.model.label import Annotation, Keyframe, Label, Relation, Stamp, Target, Track
from labelport.model.ontology import Attribute, LabelClass, Skeleton
from labelport.model.record import Record
from labelport.model.visit import Visit
from labelport.model.workflow import Comment, Issue, Review, Workflow

CLASSES = (
    LabelClass(1, "ship", "#1f77b4", attributes=(Attribute("vessel", "radio", ("ferry", "tug")),)),
    LabelClass(2, "docker", parent="person", skeleton=Skeleton(("head", "hand", "foot"), ((0, 1), (0, 2)))),
    LabelClass(7, '=cargo, "loose"'),
)
NOON = datetime(2025, 8, 4, 12, 30, 15, 250_000, UTC)
_SQUARE = (10.0, 10.0, 40.0, 10.0, 40.0, 40.0, 10.0, 40.0)
_HOLE = (20.0, 20.0, 20.0, 30.0, 30.0, 30.0, 30.0, 20.0)
_APART = (50.0, 5.0, 60.5, 5.25, 55.0, 20.0)
_CUBE = (*_SQUARE, 14.0, 6.0, 44.0, 6.0, 44.0, 36.0, 14.0, 36.0)
_ANSWERS = (
    Radio("light", Option("day", (Checklist("sky", (Option("cloud"), Option("sun"))),))),
    Text("note", 'low tide; "quiet", \r\nno wind'),
    Number("ships", 3),
    Boolean("usable", yes=True),
    Tree("place", (("port", "north", "quay"),)),
    Ranking("clearest", ("ship", "docker")),
)
_FEATURES: dict[str, object] = {
    "answers": (Radio("vessel", Option("tug", (Text("name", "Ada"),))),),
    "group": "convoy",
    "occluded": True,
    "truncated": False,
    "z_order": 3,
    "source": "model",
    "confidence": 0.875,
    "extra": {"tool": "brush 2"},
}
Shapes = tuple[tuple[int | None, Geometry | None], ...]
_FLAT: Shapes = (
    (1, Box(1.5, 2.0, 30.25, 20.0)),
    (1, RotatedBox(30.0, 20.0, 20.0, 10.0, 30.0)),
    (7, Polygon(((_SQUARE,),))),
    (7, Polygon(((_SQUARE, _HOLE),))),
    (7, Polygon(((_SQUARE,), (_APART,)))),
    (1, Polyline((_APART, (1.0, 1.0, 2.0, 3.0)))),
    (1, Point(12.5, 7.0)),
    (2, Keypoints((Keypoint(20.0, 5.0, 2), Keypoint(25.0, 15.5, 1), Keypoint(0.0, 0.0, 0)))),
    (1, Ellipse(30.0, 20.0, 10.0, 5.0, 15.0)),
    (1, Mask(48, 64, "Zn0d0l0000000@XO8h0HXO8h0HXO8h0HXO8h0HXO8h0HXO8h08000000000000000000fS1")),
    (1, Cuboid(_CUBE)),
    (None, None),
)
_SAID = (Message("m1", "user", "Where is she?"), Message("m2", "assistant", "At the pier."))
_PATH = "/html/body/p[1]"
_WORDS: tuple[tuple[Asset, tuple[Geometry, ...]], ...] = (
    (Asset("text", "text", text="The tug Ada \N{ANCHOR} waits."), (TextSpan(8, 11, "Ada"),)),
    (Asset("talk", "conversation", messages=_SAID), (MessageSpan("m2", 7, 11, "pier"), Messages(("m1",)))),
    (Asset("horn", "audio", duration=4000.0), (Interval(250.0, 1750.5, 1, "honk"),)),
    (
        Asset("bill", "document", pages=(Page(595.0, 842.0),)),
        (PageBox(0, 72.0, 72.0, 100.0, 12.5), PageTokens(0, ("t1", "t2"), "3 crates")),
    ),
    (Asset("page", "html", "page.html"), (HtmlSpan(_PATH, 0, _PATH, 5, "Berth"),)),
    (Asset("map", "geo", "map.tif"), (Geo({"type": "Point", "coordinates": [9.99, 53.55]}),)),
)


def pictures() -> tuple[Record, ...]:
    """Return pictures with every flat shape, a second opinion, and a hostile name; an empty one; an unlabelled one."""
    first = _label(
        "p1-ada",
        _marks("p1", 101, _FLAT),
        relations=(Relation("p1-r1", "p1-1", "p1-3", "carries"),),
        reviews=(Review(accepted=True, by="cleo", at=NOON),),
        stamps=(Stamp("p1-1", "ada", NOON, "cleo", NOON),),
        created_at=NOON,
        seconds=93.5,
    )
    second = _label("p1-ben", _marks("p1-b", 151, _FLAT[:1]), author="ben", final=False, score=0.75)
    full = Record(
        "p1",
        '=1+1, "pier".jpg',
        _image("i1"),
        1,
        "0001.jpg",
        external_id="pier/1",
        global_key="key-1",
        workflow=Workflow("done", "done", "w31", "harbour", 5, ("ada",), ("cleo",), ("wet",), NOON, NOON, NOON),
        labels=(first, second),
        metadata={"weather": "fog", "tide": 1.5},
        issues=(Issue("p1-i1", by="cleo", at=NOON, position=(3.0, 4.0), comments=(Comment("whose?", "cleo"),)),),
        stage_history=(Visit("label", NOON, NOON, "ada", "submitted", 93_500),),
    )
    empty = Record("p2", "夜.png", _image("i2"), 2, "0002.png", labels=(_label("p2-ada", ()),))
    return full, empty, Record("p3", "p3.jpg", _image("i3"), 3, "0003.jpg")


def clips() -> tuple[Record, ...]:
    """Return a clip with a track that is hidden and leaves, one that is never seen, and a mark on a frame."""
    asset = Asset("v1", "video", "clip.mp4", width=64, height=48, frames=10, fps=25.0)
    frames = (
        Keyframe("ferry", 0, Box(0.0, 8.0, 10.0, 6.0)),
        Keyframe("ferry", 4, Box(8.0, 8.0, 10.0, 6.0), occluded=True, answers=(Boolean("moored", yes=False),)),
        Keyframe("ferry", 7, outside=True),
    )
    still = Annotation("v1-1", 203, 7, Box(1.0, 1.0, 2.0, 2.0), on=Target(first_frame=3, last_frame=3))
    tracks = (Track("ferry", 201, 1, (Radio("vessel", Option("ferry")),)), Track("ghost", 202, 1))
    label = _label("v1-ada", (still,), tracks=tracks, keyframes=frames)
    return (Record("v1", "clip.mp4", asset, 4, "0004.mp4", labels=(label,)),)


def words() -> tuple[Record, ...]:
    """Return a text, a conversation, a recording, a document, a page of HTML and a map."""
    return tuple(
        Record(asset.id, asset.id, asset, number, f"{number:04}.txt", labels=(_label(f"{asset.id}-ada", marks),))
        for number, (asset, shapes) in enumerate(_WORDS, 5)
        for marks in (_marks(asset.id, 100 * number, tuple((1, shape) for shape in shapes)),)
    )


def scans() -> tuple[Record, ...]:
    """Return a scan with everything that is marked in a volume, and a cloud of points."""
    affine = (-0.7, 0.0, 0.0, 90.0, 0.0, -0.7, 0.0, 126.0, 0.0, 0.0, 3.0, -72.0, 0.0, 0.0, 0.0, 1.0)
    series = Series("s1", "CT chest", ("1.dcm", "2.dcm"), (16, 16, 8), affine, "CT")
    shapes: tuple[Geometry, ...] = (
        Segment("5f" * 32, (1, 3)),
        Landmark((3.0, 4.0, 5.0)),
        Length((0.0, 0.0, 0.0), (3.0, 4.0, 0.0), "world", 5.0),
        Angle((1.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 1.0, 0.0), degrees=90.0),
        Cuboid3D((1.0, 2.0, 3.0), (4.0, 5.0, 6.0), space="voxel"),
        SliceShape("k", 2, Box(1.0, 1.0, 5.0, 5.0)),
    )
    scan = Asset("scan", "volume", series=(series,))
    cloud = Asset("cloud", "point_cloud", "cloud.pcd")
    label = _label("scan-ada", _marks("scan", 1101, tuple((1, shape) for shape in shapes)))
    box = _label("cloud-ada", _marks("cloud", 1201, ((1, Cuboid3D((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))),)))
    return (
        Record("scan", "scan", scan, 11, "0011", labels=(label,)),
        Record("cloud", "cloud.pcd", cloud, 12, "0012.pcd", labels=(box,)),
    )


CASES: Mapping[str, Callable[[], tuple[Record, ...]]] = {
    "pictures": pictures,
    "clips": clips,
    "words": words,
    "scans": scans,
}
"""Every case by its name."""


def _label(id_: str, annotations: tuple[Annotation, ...], author: str = "ada", **more: object) -> Label:
    return Label(id_, author=author, annotations=annotations, **more)  # type: ignore[arg-type]  # fields of a label


def _image(id_: str) -> Asset:
    return Asset(id_, "image", f"s3://harbour/{id_}.jpg", width=64, height=48, mime="image/jpeg")


def _marks(prefix: str, first: int, shapes: Shapes) -> tuple[Annotation, ...]:
    """Return an annotation for each shape; the second bears every feature, one without a shape answers."""
    marks = [Annotation(f"{prefix}-{i}", first + i, class_, shape) for i, (class_, shape) in enumerate(shapes)]
    return tuple(map(_told, marks, count()))


def _told(one: Annotation, place: int) -> Annotation:
    match one.geometry, place:
        case None, _:
            return msgspec.structs.replace(one, answers=_ANSWERS)
        case _, 1:
            return msgspec.structs.replace(one, **_FEATURES)
        case _:
            return one

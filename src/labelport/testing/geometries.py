"""Hypothesis strategies for shapes: valid, and inside the asset that they are drawn for."""

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from labelport.model.asset import Asset
from labelport.model.geometry import (
    Angle,
    Cuboid3D,
    Geometry,
    HtmlSpan,
    Interval,
    Landmark,
    Length,
    Messages,
    MessageSpan,
    PageBox,
    PageTokens,
    Segment,
    SliceShape,
    Space,
    TextSpan,
    Triple,
)
from labelport.testing.assets import assets
from labelport.testing.flat import (
    box,
    cuboid,
    ellipse,
    mask,
    point,
    polygons,
    polyline,
    rotated_box,
    skeleton,
    within,
)
from labelport.testing.globes import geo
from labelport.testing.words import maybe, texts

FLAT = (
    "box",
    "rotated_box",
    "polygon",
    "polygon_with_hole",
    "multi_polygon",
    "polyline",
    "point",
    "keypoints",
    "ellipse",
    "mask",
    "cuboid",
)
KINDS: Mapping[str, tuple[str, ...]] = {
    "image": FLAT,
    "video": FLAT,
    "volume": ("segment", "landmark", "length", "angle", "cuboid3d", "slice_shape"),
    "text": ("text_span",),
    "conversation": ("message_span", "messages"),
    "audio": ("interval",),
    "document": ("page_box", "page_tokens"),
    "html": ("html_span",),
    "geo": ("geo",),
    "point_cloud": ("cuboid3d",),
    "other": (),
}
"""The kinds of shape (as `labelport.model.geometry.kind` names them) that each kind of asset is given."""


def homes(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds of asset that are given one of these kinds of shape."""
    return tuple(home for home, held in KINDS.items() if set(held) & set(kinds))


def geometries(kinds: tuple[str, ...] = (), asset: Asset | None = None) -> SearchStrategy[Geometry]:
    """Draw a shape of one of the kinds (any, when none is named) that lies in the asset (any, without one)."""
    asked = kinds or tuple(_MAKERS)
    if asset is None:
        return st.sampled_from(asked).flatmap(lambda kind: assets(homes((kind,))).flatmap(_MAKERS[kind]))
    fitting = [kind for kind in asked if kind in KINDS[asset.kind]]
    return st.sampled_from(fitting).flatmap(lambda kind: _MAKERS[kind](asset))


def _segment(_: Asset) -> SearchStrategy[Segment]:
    blob = st.binary(min_size=32, max_size=32).map(bytes.hex)
    return st.builds(Segment, blob, st.lists(st.integers(1, 255), min_size=1, max_size=3, unique=True).map(tuple))


_SPACES: SearchStrategy[Space] = st.sampled_from(("voxel", "world"))


def _triple() -> SearchStrategy[Triple]:
    return st.tuples(within(16), within(16), within(16))


def _landmark(_: Asset) -> SearchStrategy[Landmark]:
    return st.builds(Landmark, _triple(), _SPACES)


def _length(_: Asset) -> SearchStrategy[Length]:
    return st.builds(Length, _triple(), _triple(), _SPACES, st.none() | within(300))


def _angle(_: Asset) -> SearchStrategy[Angle]:
    return st.builds(Angle, _triple(), _triple(), _triple(), _SPACES, st.none() | within(180))


@st.composite
def _cuboid3d(draw: st.DrawFn, _: Asset) -> Cuboid3D:
    x, y, z, w = draw(st.tuples(*[st.integers(-9, 9)] * 3, st.integers(1, 9)))
    norm = sqrt(x * x + y * y + z * z + w * w)
    return Cuboid3D(draw(_triple()), draw(_triple()), (x / norm, y / norm, z / norm, w / norm), draw(_SPACES))


@st.composite
def _slice_shape(draw: st.DrawFn, asset: Asset) -> SliceShape:
    axis: Literal["i", "j", "k"] = draw(st.sampled_from(("i", "j", "k")))
    shape = (*(asset.series[0].shape if asset.series else ()), 16, 16, 16)[:3]
    at = "ijk".index(axis)
    width, height = (side for i, side in enumerate(shape) if i != at)
    flat = Asset(id="", kind="image", width=width, height=height)
    drawn = draw(st.one_of(box(flat), ellipse(flat), polygons((1, 0), (2, 1))(flat), polyline(flat)))
    return SliceShape(axis, draw(st.integers(0, shape[at] - 1)), drawn)


@st.composite
def _run(draw: st.DrawFn, text: str) -> tuple[int, int, str]:
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    return start, end, text[start:end]


def _text_span(asset: Asset) -> SearchStrategy[TextSpan]:
    return _run(asset.text or "text").map(lambda run: TextSpan(*run))


@st.composite
def _message_span(draw: st.DrawFn, asset: Asset) -> MessageSpan:
    first = draw(st.integers(0, len(asset.messages) - 1))
    last = draw(st.just(first) | st.integers(first, len(asset.messages) - 1))
    message, end = asset.messages[first], asset.messages[last]
    if first == last:
        return MessageSpan(message.id, *draw(_run(message.text)))
    places = draw(st.tuples(st.integers(0, len(message.text) - 1), st.integers(1, len(end.text))))
    return MessageSpan(message.id, *places, end_message=end.id)


def _messages(asset: Asset) -> SearchStrategy[Messages]:
    chosen = st.lists(st.sampled_from([m.id for m in asset.messages]), min_size=1, max_size=3, unique=True)
    return chosen.map(lambda some: Messages(tuple(some)))


@st.composite
def _html_span(draw: st.DrawFn, _: Asset) -> HtmlSpan:
    path = st.integers(1, 9).map("/html/body/p[{}]/text()".format)
    start = draw(st.integers(0, 40))
    return HtmlSpan(draw(path), start, draw(path), draw(st.integers(start, 80)), draw(maybe(texts())))


@st.composite
def _interval(draw: st.DrawFn, _: Asset) -> Interval:
    start = draw(within(900))
    return Interval(start, draw(within(1000, start)), draw(st.none() | st.integers(0, 1)), draw(maybe(texts())))


@st.composite
def _page_box(draw: st.DrawFn, asset: Asset) -> PageBox:
    number = draw(st.integers(0, len(asset.pages) - 1))
    page = asset.pages[number]
    x, y = draw(within(page.width)), draw(within(page.height))
    return PageBox(number, x, y, draw(within(page.width - x)), draw(within(page.height - y)))


def _page_tokens(asset: Asset) -> SearchStrategy[PageTokens]:
    tokens = st.lists(st.integers(0, 99).map("t{}".format), min_size=1, max_size=4, unique=True).map(tuple)
    return st.builds(PageTokens, st.integers(0, len(asset.pages) - 1), tokens, maybe(texts()))


_MAKERS: Mapping[str, Callable[[Asset], SearchStrategy[Geometry]]] = {
    "box": box,
    "rotated_box": rotated_box,
    "polygon": polygons((1, 0), (1, 0)),
    "polygon_with_hole": polygons((1, 1), (2, 2)),
    "multi_polygon": polygons((2, 0), (3, 0)),
    "polyline": polyline,
    "point": point,
    "keypoints": skeleton,
    "ellipse": ellipse,
    "mask": mask,
    "cuboid": cuboid,
    "segment": _segment,
    "landmark": _landmark,
    "length": _length,
    "angle": _angle,
    "cuboid3d": _cuboid3d,
    "slice_shape": _slice_shape,
    "text_span": _text_span,
    "message_span": _message_span,
    "messages": _messages,
    "interval": _interval,
    "page_box": _page_box,
    "page_tokens": _page_tokens,
    "html_span": _html_span,
    "geo": geo,
}

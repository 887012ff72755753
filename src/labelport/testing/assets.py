"""Hypothesis strategies for assets of every kind."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from labelport.model.asset import Asset, Message, Page, Series
from labelport.testing.words import ids, maybe, names, objects, some, words

SIDE = st.integers(1, 64)
TURNED = (5, 6, 7, 8)
"""EXIF orientations that exchange width and height (CIPA DC-008, tag 0x0112)."""


def assets(kinds: tuple[str, ...] = ()) -> SearchStrategy[Asset]:
    """Draw an asset of one of the kinds; of any, when none is named."""
    return st.sampled_from(kinds or tuple(_MAKERS)).flatmap(lambda kind: _MAKERS[kind]())


@st.composite
def _image(draw: st.DrawFn) -> Asset:
    width, height = draw(SIDE), draw(SIDE)
    orientation = draw(st.none() | st.integers(1, 8))
    raw = (height, width) if orientation in TURNED else (width, height)
    return Asset(
        id=draw(ids()),
        kind="image",
        width=width,
        height=height,
        raw_width=raw[0] if orientation else None,
        raw_height=raw[1] if orientation else None,
        orientation=orientation,
        **draw(_about()),
    )


@cache
def _about() -> SearchStrategy[dict[str, Any]]:
    return some(
        uri=names().map("s3://bucket/".__add__),
        mime=st.sampled_from(("image/jpeg", "image/png")),
        bytes=st.integers(0, 2**40),
        sha256=st.binary(min_size=32, max_size=32).map(bytes.hex),
        extra=objects(),
    )


@st.composite
def _video(draw: st.DrawFn) -> Asset:
    frames = draw(st.integers(1, 50))
    return Asset(
        id=draw(ids()),
        kind="video",
        width=draw(SIDE),
        height=draw(SIDE),
        frames=frames,
        fps=draw(st.sampled_from((24.0, 25.0, 30000 / 1001))),
        first_frame=draw(st.none() | st.integers(0, 100)),
        frame_step=draw(st.none() | st.integers(1, 5)),
        duration=frames / 30,
        mime="video/mp4",
    )


@st.composite
def _series(draw: st.DrawFn, number: int) -> Series:
    step = st.sampled_from((0.5, 0.7, 1.0, 3.0))
    shift = st.floats(-200, 200)
    rows = [[0.0] * 4 for _ in range(4)]
    for axis, row in enumerate(draw(st.permutations((0, 1, 2)))):
        rows[row][axis] = draw(step) * draw(st.sampled_from((-1, 1)))
        rows[axis][3] = draw(shift)
    rows[3][3] = 1.0
    return Series(
        id=f"series-{number}",
        name=draw(maybe(names())),
        uris=draw(st.lists(names(), max_size=2).map(tuple)),
        shape=tuple(draw(st.integers(1, 16)) for _ in range(3)),
        affine=tuple(value for row in rows for value in row),
        modality=draw(st.none() | st.sampled_from(("CT", "MR", "PT"))),
    )


@st.composite
def _volume(draw: st.DrawFn) -> Asset:
    series = tuple(draw(_series(number)) for number in range(draw(st.integers(1, 3))))
    return Asset(id=draw(ids()), kind="volume", series=series)


@st.composite
def _conversation(draw: st.DrawFn) -> Asset:
    said = draw(st.lists(words(), min_size=1, max_size=4))
    roles = ("user", "assistant")
    messages = tuple(Message(f"m{i}", roles[i % 2], text) for i, text in enumerate(said))
    return Asset(id=draw(ids()), kind="conversation", messages=messages)


@st.composite
def _document(draw: st.DrawFn) -> Asset:
    side = st.sampled_from((595.0, 612.0, 842.0))
    pages = tuple(Page(draw(side), draw(side)) for _ in range(draw(st.integers(1, 3))))
    return Asset(id=draw(ids()), kind="document", pages=pages, mime="application/pdf")


def _text() -> SearchStrategy[Asset]:
    return st.builds(Asset, id=ids(), kind=st.just("text"), text=words())


def _audio() -> SearchStrategy[Asset]:
    return st.builds(Asset, id=ids(), kind=st.just("audio"), duration=st.integers(1000, 6000).map(float))


def _plain(kind: str) -> Callable[[], SearchStrategy[Asset]]:
    return lambda: st.builds(Asset, id=ids(), kind=st.just(kind), uri=names(), extra=maybe(objects()))


_MAKERS: Mapping[str, Callable[[], SearchStrategy[Asset]]] = {
    "image": _image,
    "video": _video,
    "volume": _volume,
    "text": _text,
    "conversation": _conversation,
    "audio": _audio,
    "document": _document,
    "html": _plain("html"),
    "geo": _plain("geo"),
    "point_cloud": _plain("point_cloud"),
    "other": _plain("other"),
}

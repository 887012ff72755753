"""Rows as tracks: a key frame for each mask, and one where the object leaves.

Where a frame has a box and no mask, the box is the shape. An object that refers to nothing, or whose masks are none, is
rejected alone, with every reason.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from labelport.errors import Fault, InvalidError, RequestError
from labelport.kit.format import BROKEN, Counted, Input, Item, Reject, Unread, broken, refused
from labelport.kit.native import foreign
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry, Mask
from labelport.model.label import Keyframe, Label, Track
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes import rle
from labelport.shapes.presence import keyframes

LABEL = "youtube_vis"


class Category(msgspec.Struct):
    """A row of `categories`."""

    id: int
    name: str
    supercategory: str = ""


class Video(msgspec.Struct):
    """A row of `videos`."""

    id: int
    width: int
    height: int
    file_names: list[str] = []
    length: int | None = None
    fps: float | None = None


class Run(msgspec.Struct):
    """A mask as runs, packed or not."""

    size: tuple[int, int]
    counts: str | list[int]


class Instance(msgspec.Struct):
    """A row of `annotations`."""

    id: int
    video_id: int
    category_id: int
    segmentations: list[Run | None] = []
    bboxes: list[tuple[float, float, float, float] | None] | None = None


class Content(msgspec.Struct):
    """A document."""

    videos: list[Video]
    categories: list[Category] = []
    annotations: list[msgspec.Raw] = []


_instance: msgspec.json.Decoder[Instance] = msgspec.json.Decoder(Instance)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, then a record for each video."""
    pages: list[tuple[Input, Content]] = []
    documents = 0
    for given in foreign(inputs):
        if not given.path.lower().endswith(".json"):
            yield Unread(given.path, "$", 1)
            continue
        documents += 1
        try:
            pages.append((given, _content(given)))
        except InvalidError as e:
            yield refused(given, e)
    if not documents:
        raise RequestError("no document of YouTube-VIS among the files: expected a .json file with videos")
    names = dict.fromkeys(one.name for _, content in pages for one in content.categories)
    yield Ontology(tuple(LabelClass(number, name) for number, name in enumerate(names, 1)))
    for given, content in pages:
        yield from _records(given, content)


def _content(given: Input) -> Content:
    try:
        return msgspec.json.decode(given.read(), type=Content)
    except BROKEN as e:
        raise broken(given.path, f"is no document of YouTube-VIS: {e}") from e


def _records(given: Input, content: Content) -> Iterator[Item]:
    names = {one.id: one.name for one in content.categories}
    videos = {one.id: one for one in content.videos}
    rows: dict[int, list[tuple[str, Instance]]] = defaultdict(list)
    seen: Counter[int] = Counter()
    for at, raw in enumerate(content.annotations):
        path = f"annotations[{at}]"
        made = _row(raw, path, videos, names)
        if isinstance(made, Fault) or seen[made.id]:
            fault = made if isinstance(made, Fault) else Fault(f"{path}.id", f"{made.id} is the id of an earlier one")
            yield Reject(given.path, path, (fault,), 1, 0)
        else:
            seen[made.id] += 1
            rows[made.video_id].append((path, made))
    for video in content.videos:
        yield from _record(given, video, rows.get(video.id, []), names)
    yield Counted(given.path, len(content.videos), len(content.annotations))


def _row(raw: msgspec.Raw, path: str, videos: Mapping[int, Video], names: Mapping[int, str]) -> Instance | Fault:
    try:
        one = _instance.decode(raw)
    except BROKEN as e:
        return Fault(path, str(e))
    if one.video_id not in videos:
        return Fault(f"{path}.video_id", f"{one.video_id} is no video")
    if one.category_id not in names:
        return Fault(f"{path}.category_id", f"{one.category_id} is no category")
    return one


def _record(given: Input, video: Video, rows: list[tuple[str, Instance]], names: Mapping[int, str]) -> Iterator[Item]:
    folder = video.file_names[0].rpartition("/")[0] if video.file_names else ""
    name = folder or str(video.id)
    length = video.length if video.length is not None else len(video.file_names)
    tracks: list[Track] = []
    moves: list[Keyframe] = []
    for path, row in rows:
        faults: list[Fault] = []
        shapes = _shapes(row, path, video, faults)
        if faults or not shapes:
            yield Reject(given.path, name, tuple(faults or [Fault(path, "is seen in no frame")]), 1, 0)
            continue
        track = f"track-{row.id}"
        tracks.append(Track(track, class_=names[row.category_id]))
        moves += keyframes(track, {frame: (shape, False) for frame, shape in sorted(shapes.items())}, length)
    label = Label(LABEL, tracks=tuple(tracks), keyframes=tuple(moves))
    asset = Asset(name, "video", uri=name, width=video.width, height=video.height, frames=length, fps=video.fps)
    yield Record(f"video-{video.id}", name, asset, labels=(label,))


def _shapes(row: Instance, path: str, video: Video, faults: list[Fault]) -> dict[int, Geometry]:
    found: dict[int, Geometry] = {}
    for frame, box in enumerate(row.bboxes or []):
        if box is not None:
            found[frame] = Box(*box)
            if min(box[2:]) < 0:
                faults.append(Fault(f"{path}.bboxes[{frame}]", "has a negative size"))
    for frame, run in enumerate(row.segmentations):
        if run is None:
            continue
        counts: Any = run.counts if isinstance(run.counts, str) else rle.write(rle.of(run.counts))
        reason = rle.fault(counts, video.height, video.width)
        if list(run.size) != [video.height, video.width]:
            reason = f"is of {run.size[0]} x {run.size[1]} pixels, and the video of {video.height} x {video.width}"
        if reason:
            faults.append(Fault(f"{path}.segmentations[{frame}]", reason))
        else:
            found[frame] = Mask(video.height, video.width, counts)
    return found

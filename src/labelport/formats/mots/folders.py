"""Finds the videos among files: each with its rows or its pictures, what it is, and the names of its classes.

Known are the folders of MOTSChallenge (`NAME/gt/gt.txt`, `NAME/seqinfo.ini`), pictures in `instances/NAME` or
`NAME/instances`, and KITTI MOTS's `instances_txt/NAME.txt`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from labelport.errors import InvalidError
from labelport.formats.mots.index import INSTANCES, MOTS
from labelport.kit import sequences
from labelport.kit.format import Input, Reject, refused, stem
from labelport.kit.sequences import ABOUT, LABELS, ROWS
from labelport.model.asset import Asset

TEXTS = "instances_txt"


class Folder(NamedTuple):
    """A video: the files that it is read from, lines of rows, paths of pictures by frame, and what frame comes first.

    `about` is the file that faults are told of.
    """

    about: str
    asset: Asset
    names: Mapping[int, str]
    lines: Sequence[str]
    pictures: Sequence[str]
    base: int
    used: frozenset[str]

    def frame(self, picture: str) -> int:
        """Return which frame a picture is, from 0."""
        return int(_name(picture)) - self.base


def folders(files: Mapping[str, Input]) -> Iterator[Folder | Reject]:
    """Yield each video; a file that is no text is rejected alone."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in files:
        if (video := _video(path)) is not None:
            found[video].append(path)
    for video, paths in found.items():
        try:
            yield _folder(files, video, paths)
        except InvalidError as e:
            yield refused(files[paths[0]], e)


def _video(path: str) -> str | None:
    """Return the folder of the video that a file is of, as far as its path tells."""
    folder, _, name = path.rpartition("/")
    parts = folder.split("/") if folder else []
    if name == ABOUT:
        return folder
    if name == ROWS:
        return "/".join(parts[:-1] if parts[-1:] == ["gt"] else parts)
    if name.endswith(".png") and _name(path).isdecimal() and INSTANCES in parts:
        return "/".join(part for part in parts if part != INSTANCES)
    if name.endswith(".txt") and parts[-1:] == [TEXTS]:
        return "/".join((*parts[:-1], _name(path)))
    return None


def _folder(files: Mapping[str, Input], video: str, paths: Sequence[str]) -> Folder:
    texts = [path for path in paths if path.endswith(".txt")]
    pictures = sorted(path for path in paths if path.endswith(".png"))
    about = next((path for path in paths if path.endswith(ABOUT)), None)
    lines = [line for path in texts for line in files[path].text().splitlines()]
    beside = [path.rpartition("/")[0] for path in (*texts, *pictures[:1])]
    places = (f"{folder}/{LABELS}".removeprefix("/") for one in beside for folder in (one, one.rpartition("/")[0]))
    labels = next((path for path in places if path in files), None)
    starts = [_name(path) for path in pictures] + [line.partition(" ")[0] for line in lines]
    counts_from_0 = (texts and about is None) or any(start.strip("0") == "" for start in starts)
    used = frozenset((*paths, *([labels] if labels else [])))
    return Folder(
        (texts or pictures or paths)[0],
        sequences.asset(files[about].text() if about else "", video),
        sequences.names_of(files[labels].text().splitlines() if labels else MOTS),
        lines,
        pictures,
        0 if counts_from_0 else 1,
        used,
    )


def _name(path: str) -> str:
    return stem(path.rpartition("/")[2])

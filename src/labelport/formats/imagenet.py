"""Pictures by class, a folder for each, as ImageNet is laid out, torchvision's `ImageFolder` and YOLO classification.

https://docs.ultralytics.com/datasets/classify/. The label of a picture is the folder that it is in: what is written is
the list of pictures with their places, `images.csv`, and the classes with their numbers, which folders cannot tell.
"""

from collections.abc import Iterable, Iterator, Mapping

from labelport.errors import Fault
from labelport.kit import classlist, listing, naming
from labelport.kit.format import Context, Counted, Document, File, Format, Input, Item, Lost, Reject, Row
from labelport.kit.images import is_picture, shown_size
from labelport.kit.listing import Listed
from labelport.kit.pictures import counted, found_back, pictures
from labelport.model.asset import Asset
from labelport.model.export import Carries
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record

PART = "train"
"""The part that pictures are in where the delivery is not split."""
PARTS = frozenset({"train", "val", "valid", "test"})
"""Folders above those of classes."""
CARRIES = Carries(kinds=frozenset({"classification"}), features=frozenset({"on"}))


def encode(record: Record, context: Context) -> Iterator[Row | Lost]:
    """Yield the lines of a task's pictures; a picture has one class, the first that was said."""
    folders = _folders(context.classes)
    for picture in pictures(record, context):
        own = 0
        for mark in picture.marks:
            if not mark.class_:
                yield Lost(mark.what, "dropped", "it has no class")
            elif own:
                yield Lost(mark.what, "dropped", "a picture is in one folder")
            else:
                own = mark.class_
        place = f"{context.part or PART}/{folders[own]}/{picture.path}" if own else ""
        yield listing.listed(record, picture, place)


def documents(context: Context) -> tuple[Document, ...]:
    """Return the list of pictures."""
    del context
    return (listing.DOCUMENT,)


def once(context: Context) -> Iterator[File]:
    """Yield the list of classes."""
    yield classlist.file(context.classes)


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many pictures a record gives."""
    return {listing.SECTION: counted(record, context.frames)[0]}


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, and a record for each picture of the list, or of the folders where there is none."""
    given = list(inputs)
    known = {folder: one for one, folder in _named(classlist.read(given))}
    lines: list[Listed] = []
    for line in listing.read(given):
        if isinstance(line, Reject):
            yield line
        else:
            lines.append(line)
    files = {one.path: one for one in given if is_picture(one.path)}
    found = [_folder(path) for path in (*(line.file for line in lines), *sorted(files)) if path]
    for folder in dict.fromkeys(one for one in found if one and one not in known):
        number = max((one.number for one in known.values()), default=0) + 1
        known[folder] = LabelClass(number, naming.original(folder) or folder)
    yield Ontology(tuple(known.values()))
    yield from (_listed(line, known) for line in lines)
    listed = {line.file for line in lines}
    for path in sorted(files):
        if path not in listed:
            yield from _seen(files[path], known)


def _folders(classes: Iterable[LabelClass]) -> dict[int, str]:
    return {one.number: folder for one, folder in _named(classes)}


def _named(classes: Iterable[LabelClass]) -> Iterator[tuple[LabelClass, str]]:
    """Yield each class with its folder; no two of them are one on a file system that folds case."""
    taken: set[str] = set()
    for one in classes:
        plain = folder = naming.stem(one.name)
        number = 0
        while naming.key(folder) in taken:
            number += 1
            folder = naming.numbered(plain, number)
        taken.add(naming.key(folder))
        yield one, folder


def _folder(path: str) -> str:
    """Return the folder that says the class of a picture: the first below that of the part."""
    parts = path.split("/")[:-1]
    below = parts[1:] if parts and (parts[0] in PARTS and len(parts) > 1) else parts
    return below[0] if below else ""


def _listed(line: Listed, known: Mapping[str, LabelClass]) -> Record:
    metadata = {"source": line.source, "frame": line.frame} if line.source else None
    asset = Asset(line.image, "image", uri=line.image, width=line.width, height=line.height)
    one = known.get(_folder(line.file)) if line.file else None
    labels = () if line.state == "unlabelled" and one is None else (_label(one),)
    return Record(line.image, line.image, asset, labels=labels, metadata=metadata)


def _seen(file: Input, known: Mapping[str, LabelClass]) -> Iterator[Item]:
    one = known.get(_folder(file.path))
    try:
        with file.open() as stream:
            width, height = shown_size(stream)
    except ValueError as e:
        yield Reject(file.path, file.path, (Fault("$", str(e)),), int(one is not None))
    else:
        asset = Asset(file.path, "image", uri=file.path, width=width, height=height)
        yield Record(file.path, file.path, asset, labels=(_label(one),) if one else ())
    yield Counted(file.path, 1, int(one is not None))


def _label(one: LabelClass | None) -> Label:
    annotations = (Annotation("1", class_=one.name),) if one else ()
    return Label("imagenet", source="import", annotations=annotations)


FORMAT = Format(
    "Pictures by class",
    CARRIES,
    encode,
    documents,
    once=once,
    decode=decode,
    typed=True,
    holds={listing.SECTION: "task"},
    number=listing.number,
    count=count,
    found=found_back,
    parts="own",
)

"""Pictures by class, a folder for each.

The label of a picture is the folder that it is in: copies of pictures go there. Beside them is the list of all pictures
with their places, `images.csv`, and the classes with their numbers, which folders cannot tell.
"""

from collections.abc import Iterable, Iterator, Mapping

from labelport.errors import Fault
from labelport.kit import classlist, listing, naming, table
from labelport.kit.format import Context, Counted, Format, Input, Item, Lost, Reject, Row
from labelport.kit.images import is_picture, sizes
from labelport.kit.listing import Listed
from labelport.kit.scenes import Scene, found, number_of, path, placed
from labelport.kit.scenes import count as marked
from labelport.model.asset import Asset
from labelport.model.export import Carries
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record, state_of

PART = "train"
"""The part that pictures are in where the delivery is not split."""
PARTS = frozenset({"train", "val", "valid", "test"})
"""Folders above those of classes."""
CARRIES = Carries(kinds=frozenset({"classification"}), features=frozenset({"on"}))


def laid_out(title: str) -> Format:
    """Return a format in this layout."""
    return Format(
        title,
        CARRIES,
        encode,
        listing.documents,
        once=classlist.once,
        decode=decode,
        typed=True,
        holds={listing.SECTION: "task"},
        number=table.number,
        count=count,
        found=found,
        parts="own",
        locate=locate,
    )


def encode(record: Record, context: Context) -> Iterator[Row | Lost]:
    """Yield the lines of a task's pictures; a picture has one class, the first that was said."""
    for frame, said in placed(record, context.frames):
        classes = [number_of(one.class_, context.classes) for one, _ in said if one.class_ is not None]
        yield from (_lost("it has no class") for _ in said[len(classes) :])
        yield from (_lost("a picture is in one folder") for _ in classes[1:])
        scene = Scene(path(record, frame), frame, state_of(record) if frame is None else "labelled", [])
        yield listing.listed(record, scene, _place(scene.path, classes[0], context) if classes else "")


def locate(record: Record, context: Context) -> str | None:
    """Return where the copy of a picture lies; None where it has no class, or its frames have them."""
    frame, said = next(placed(record, context.frames))
    classes = [number_of(one.class_, context.classes) for one, _ in said if one.class_ is not None]
    return _place(record.path, classes[0], context) if classes and frame is None else None


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many pictures a record gives."""
    return {listing.SECTION: marked(record, context.frames)[0]}


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, and a record for each picture of the list, or of the folders where there is none."""
    given = list(inputs)
    known = {folder: one for one, folder in _named(classlist.read(given))}
    lines = yield from listing.read(given)
    files = {one.path: one for one in given if is_picture(one.path)}
    used = [_folder(file) for file in (*(line.file for line in lines), *sorted(files)) if file]
    for folder in dict.fromkeys(one for one in used if one and one not in known):
        number = max((one.number for one in known.values()), default=0) + 1
        known[folder] = LabelClass(number, naming.original(folder) or folder)
    yield Ontology(tuple(known.values()))
    yield from (_listed(line, known) for line in lines)
    listed = {line.file for line in lines}
    for file in sorted(files):
        if file not in listed:
            yield from _seen(files[file], known)


def _lost(why: str) -> Lost:
    return Lost("classification", "dropped", why)


def _place(path: str, class_: int, context: Context) -> str:
    return f"{context.part or PART}/{_folders(context.classes)[class_]}/{path}"


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


def _folder(file: str) -> str:
    """Return the folder that says the class of a picture: the first below that of the part."""
    parts = file.split("/")[:-1]
    below = parts[1:] if parts and (parts[0] in PARTS and len(parts) > 1) else parts
    return below[0] if below else ""


def _listed(line: Listed, known: Mapping[str, LabelClass]) -> Record:
    one = known.get(_folder(line.file)) if line.file else None
    labels = () if line.state == "unlabelled" and one is None else (_label(one),)
    return Record(line.image, line.image, line.asset, labels=labels, metadata=line.metadata)


def _seen(file: Input, known: Mapping[str, LabelClass]) -> Iterator[Item]:
    one = known.get(_folder(file.path))
    try:
        with file.open() as stream:
            width, height = sizes(stream).shown
    except ValueError as e:
        yield Reject(file.path, file.path, (Fault("$", str(e)),), int(one is not None))
    else:
        asset = Asset(file.path, "image", uri=file.path, width=width, height=height)
        yield Record(file.path, file.path, asset, labels=(_label(one),) if one else ())
    yield Counted(file.path, 1, int(one is not None))


def _label(one: LabelClass | None) -> Label:
    annotations = (Annotation("1", class_=one.name),) if one else ()
    return Label("folders", source="import", annotations=annotations)

"""CVAT's XML, version 1.1: "CVAT for images" and "CVAT for video", of a task, a job or a project.

Records: each `image` is one, `task-ID/image-NUMBER` (without `task-ID/` where the file has no id). All tracks of a
task are one more, `task-ID/video`, as is a video without any; so are tracks of an image task, whose pictures CVAT
writes as frames when it is asked for tracks. `workflow.batch` is the task, `workflow.dataset` its name. CVAT
does not say whether a picture without annotations was looked at, so it is taken as not labelled.

Annotations: each shape or tag in an image is one, `image-NUMBER/TAG-PLACE` (the place among the image's elements of
that name, from 0); a skeleton is one with all its points, a track is one with all its key frames. What CVAT drew
between two key frames is counted and not read (`track.box[keyframe=0]`). A label without a definition is a class all
the same, a shape with an empty one has none.

Frames: those of a track are counted from 0; `asset.first_frame` and `asset.frame_step` lead back to the source's.

Written are `annotations.xml` with all pictures and a file for each video, `videos/PATH.xml`; `state="empty"` of an
`image` is ours, and says that somebody looked and there is nothing.

What is wrong with one annotation rejects it alone, with every reason; a broken file is rejected before any of it is
taken. Paths: `image[3].box[0]@xtl`.

https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from labelport.errors import InvalidError, RequestError
from labelport.formats.cvat_xml.encode import CARRIES, counted, documents, encode, number
from labelport.formats.cvat_xml.meta import Head
from labelport.formats.cvat_xml.records import Page, Records
from labelport.formats.cvat_xml.stream import elements, leaves, look
from labelport.kit.cvat.labels import Definition, Known, known, ontology
from labelport.kit.format import Counted, Format, Input, Item, Reject, Unread, refused
from labelport.kit.native import foreign
from labelport.model.workflow import Batch, Member


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the ontology, people and batches, then a record for each picture and video, and what was not read."""
    files: list[Input] = []
    for given in foreign(inputs):
        if given.path.lower().endswith(".xml"):
            files.append(given)
        else:
            yield Unread(given.path, "$", 1)
    if not files:
        raise RequestError("no XML of CVAT among the files: expected annotations.xml")
    pages: list[Page] = []
    for file in files:
        try:
            pages.append(_open(file))
        except InvalidError as e:
            yield refused(file, e)
    classes, labels = _classes(pages)
    yield classes
    yield from _told(pages)
    taken: set[str] = set()
    for page, own in zip(pages, labels, strict=True):
        yield from _records(page, own, taken)


def _open(file: Input) -> Page:
    looked = look(file)
    head = next((element for element in elements(file) if element.tag == "meta"), None)
    meta = Head(file.path).read(head)
    return Page(file, looked, meta, Counter(meta.unread))


def _classes(pages: Sequence[Page]) -> tuple[Item, list[dict[str, Known]]]:
    """Return the ontology, and the labels of each page by name; a label in use that nobody defines comes last."""
    defined = {one.name for page in pages for one in page.meta.definitions}
    loose = dict.fromkeys(name for page in pages for name in page.looked.labels if name not in defined)
    definitions = [one for page in pages for one in page.meta.definitions]
    definitions += [Definition(name, "") for name in loose]
    made, classes = ontology(definitions)
    everywhere: dict[str, Known] = {}
    labels: list[dict[str, Known]] = []
    for one, of in zip(definitions, classes, strict=True):
        everywhere.setdefault(one.name, known(one, of.number))
    numbers = iter(zip(definitions, classes, strict=True))
    for page in pages:
        own = {one.name: known(one, of.number) for one, of in (next(numbers) for _ in page.meta.definitions)}
        labels.append({**everywhere, **own})
    return made, labels


def _told(pages: Sequence[Page]) -> Iterator[Item]:
    told: dict[Member | Batch, None] = {}
    for page in pages:
        told |= dict.fromkeys(page.meta.members)
        told |= dict.fromkeys(batch for task in page.meta.tasks if (batch := task.batch()))
        if page.meta.faults:
            yield Reject(page.file.path, "meta", page.meta.faults, 0, 0)
    yield from told


def _records(page: Page, labels: dict[str, Known], taken: set[str]) -> Iterator[Item]:
    records = Records(page, labels, taken)
    seen_meta = False
    for element in elements(page.file):
        if element.tag in ("image", "track"):
            yield from records.read(element)
        elif element.tag == "meta" and not seen_meta:
            seen_meta = True
        elif element.tag != "version":
            page.unread.update(leaves(element, element.tag))
    yield from records.videos()
    for path, count in sorted(page.unread.items()):
        yield Unread(page.file.path, path, count)
    yield Counted(page.file.path, records.expected(), page.looked.annotations)


FORMAT = Format(
    "CVAT XML 1.1",
    CARRIES,
    encode,
    documents,
    decode=decode,
    holds={"images": "task"},
    number=number,
    count=counted,
)

"""A scene of the sample: what is marked on it is drawn and annotated in one go."""

from typing import NotRequired, TypedDict, Unpack

from PIL import Image

from labelport.kit.canvas import Canvas
from labelport.model.answers import Answer
from labelport.model.geometry import Geometry, Keypoints, Point, Polygon, Polyline
from labelport.model.label import Annotation, Relation
from labelport.model.ontology import Attribute, LabelClass, Ontology, Skeleton

SIZE = (480, 320)
SEA = ("#3f88a5", "#1d4f6b")
SKY = ("#bfe3f2", "#f8eedb")

DOCKER = Skeleton(
    joints=("head", "neck", "hip", "left_hand", "right_hand", "left_foot", "right_foot"),
    edges=((0, 1), (1, 2), (1, 3), (1, 4), (2, 5), (2, 6)),
)
VESSEL = Attribute("vessel", "radio", ("cargo", "ferry", "tug"))
ONTOLOGY = Ontology(
    classes=(
        LabelClass(1, "ship", "#d1495b", attributes=(VESSEL, Attribute("moored", "boolean"))),
        LabelClass(2, "container", "#edae49"),
        LabelClass(3, "crane", "#f2c14e"),
        LabelClass(4, "buoy", "#e4572e"),
        LabelClass(5, "lifebuoy", "#ff6f59"),
        LabelClass(6, "docker", "#2e86ab", skeleton=DOCKER),
        LabelClass(7, "smoke", "#6c757d"),
        LabelClass(8, "rope", "#8d6a9f"),
        LabelClass(9, "lamp", "#ffd166"),
        LabelClass(10, "island", "#70a37f"),
        LabelClass(11, "lighthouse", "#43aa8b"),
        LabelClass(12, "place", "#577590"),
    ),
    attributes=(Attribute("weather", "radio", ("clear", "fog", "rain")),),
)
NUMBERS = {one.name: one.number for one in ONTOLOGY.classes}


class About(TypedDict):
    """What is said of an annotation beside its class and shape."""

    answers: NotRequired[tuple[Answer, ...]]
    group: NotRequired[str]
    occluded: NotRequired[bool]
    truncated: NotRequired[bool]
    confidence: NotRequired[float]
    z_order: NotRequired[int]


class Scene:
    """A picture and its annotations in the making; it is drawn when it is asked for."""

    def __init__(self, task: str, ground: tuple[str, str] = SKY, size: tuple[int, int] = SIZE) -> None:
        """Begin with a ground for the task's picture."""
        self.task, self.size = task, size
        self.annotations: list[Annotation] = []
        self.relations: list[Relation] = []
        self._ground = ground
        self._strokes: list[tuple[Geometry, str, float]] = []

    def picture(self) -> Image.Image:
        """Return the picture as it is."""
        canvas = Canvas(self.size, self._ground)
        for shape, colour, width in self._strokes:
            if isinstance(shape, Polyline | Point | Keypoints):
                canvas.stroke(shape, colour, width, DOCKER.edges)
            else:
                canvas.fill(shape, colour)
        return canvas.picture()

    def draw(self, shape: Geometry, colour: str, width: float = 2) -> None:
        """Draw a shape and say nothing of it."""
        self._strokes.append((shape, colour, width))

    def mark(self, class_: str, shape: Geometry | None, colour: str | None = None, **about: Unpack[About]) -> str:
        """Draw a shape and annotate it; return the annotation's id."""
        if shape is not None and colour is not None:
            self.draw(shape, colour)
        one = Annotation(f"{self.task}-{len(self.annotations) + 1}", class_=NUMBERS[class_], geometry=shape, **about)
        self.annotations.append(one)
        return one.id

    def say(self, *answers: Answer) -> None:
        """Answer questions about the whole picture."""
        self.annotations.append(Annotation(f"{self.task}-{len(self.annotations) + 1}", answers=answers))

    def link(self, source: str, target: str, name: str) -> None:
        """Relate two annotations."""
        self.relations.append(Relation(f"{self.task}-r{len(self.relations) + 1}", source, target, name))


def ring(*flat: float) -> Polygon:
    """Return a polygon of one ring."""
    return Polygon(((flat,),))


def hull(x: float, y: float, length: float, height: float) -> tuple[float, ...]:
    """Return the outline of a ship's side, bow to the right, with its deck at `y`."""
    return (x, y, x + length, y, x + length * 0.9, y + height, x + length * 0.06, y + height)

"""What was delivered of CVAT's shapes, as the numbers and words that CVAT has for them."""

from itertools import chain
from typing import Any

import numpy as np

from tests.acceptance.real import Taken

Object = dict[str, Any]


def answers(given: Object) -> dict[str, str]:
    """Return the answers of an annotation, a track or a key frame as CVAT writes them."""
    found = {}
    for one in given.get("answers", ()):
        match one["kind"]:
            case "boolean":
                found[one["key"]] = str(one["yes"]).lower()
            case "radio":
                found[one["key"]] = one["option"]["value"]
            case "text":
                found[one["key"]] = one["text"]
            case "number":
                found[one["key"]] = str(one["number"])
            case other:
                raise AssertionError(f"CVAT asks no {other}")
    return found


def numbers(shape: Object) -> list[float]:  # noqa: PLR0911  one for each kind
    """Return a shape as the numbers that CVAT has for it; of a skeleton and a mask there are others."""
    match shape["kind"]:
        case "box":
            return [shape["x"], shape["y"], shape["x"] + shape["width"], shape["y"] + shape["height"]]
        case "rotated_box":
            across, down = shape["width"] / 2, shape["height"] / 2
            return [shape["cx"] - across, shape["cy"] - down, shape["cx"] + across, shape["cy"] + down]
        case "polygon":
            ((ring,),) = shape["parts"]
            return list(ring)
        case "polyline":
            (line,) = shape["lines"]
            return list(line)
        case "point":
            return [shape["x"], shape["y"]]
        case "keypoints":
            return list(chain.from_iterable(point[:2] for point in shape["points"]))
        case "ellipse":
            return [shape["cx"], shape["cy"], shape["cx"] + shape["rx"], shape["cy"] - shape["ry"]]
        case "cuboid":  # CVAT goes by upright edges, top first: front left, front right, back right, back left
            pairs = list(zip(shape["corners"][0::2], shape["corners"][1::2], strict=True))
            return list(chain.from_iterable(pairs[at] for at in (0, 3, 1, 2, 5, 6, 4, 7)))
        case other:
            raise AssertionError(f"{other} is compared elsewhere")


def pixels(points: list[float]) -> Any:
    """Return the pixels of a mask of CVAT up to the end of its crop: runs along its rows, then left, top, right, bottom."""
    *runs, left, top, right, bottom = map(int, points)
    found = np.zeros((bottom + 1, right + 1), np.uint8)
    values = np.arange(len(runs)) % 2
    found[top:, left:] = np.repeat(values, runs).reshape(bottom - top + 1, right - left + 1)
    return found


def joints(elements: list[tuple[str, list[float], bool, bool]], names: list[str]) -> list[list[float]]:
    """Return x, y and visibility of each joint, from its name, place, outside and occluded."""
    found = {name: [*point, 0 if outside else 1 if occluded else 2] for name, point, outside, occluded in elements}
    return [found[name] for name in names]


def named(out: Taken, given: Object) -> str:
    """Return the name of a class as CVAT has it; none is an empty one."""
    return str(out.classes()[given["class"]]["name"]) if "class" in given else ""


def order(out: Taken, given: Object) -> list[str]:
    """Return the joints of the class, in order."""
    return list(out.classes()[given["class"]]["skeleton"]["joints"])

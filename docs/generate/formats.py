"""The page of the formats, and the loss tables in the pages of each, from what the formats declare."""

from collections.abc import Iterator
from typing import get_args

from docs.generate.markdown import code, page, table

from labelport.cli.formats_ import options
from labelport.fidelity import FEATURES, forecast
from labelport.kit.format import Format
from labelport.model.geometry import Geometry
from labelport.registry import format_named, formats

KINDS = (
    *("box", "rotated_box", "polygon", "polygon_with_hole", "multi_polygon", "polyline", "point", "keypoints"),
    *("ellipse", "mask", "cuboid", "track", "classification"),
    *sorted(
        {str(shape.__struct_config__.tag) for shape in get_args(Geometry)}
        - {"box", "rotated_box", "polygon", "polyline", "point", "keypoints", "ellipse", "mask", "cuboid"}
    ),
)
"""What the loss report speaks of: flat shapes first, then the others."""


def named() -> Iterator[tuple[str, Format]]:
    """Yield every format with its name."""
    for name in formats():
        yield name, format_named(name)


def formats_page() -> str:
    """Return the page."""
    every = list(named())
    writers = [(name, one) for name, one in every if one.encode]
    listed = [
        (f"[{name}](../formats/{name}.md)", one.title, _flag(bool(one.encode)), _flag(bool(one.decode)))
        for name, one in every
    ]
    kinds = [(code(kind), *(fate(one, kind) for _, one in writers)) for kind in KINDS]
    beside = [(FEATURES[name], *(_feature(one, name) for _, one in writers)) for name in FEATURES]
    heads = [name for name, _ in writers]
    return page(
        "Formats",
        table(("format", "", "export", "import"), listed),
        "## What each carries\n\n"
        "**yes**: as it is. **to ...**: converted, and counted in the loss report. **-**: dropped, and counted in the "
        "loss report; `--on-loss drop` drops what would be converted too, `--on-loss fail` fails instead.",
        table(("kind", *heads), kinds),
        "## What each carries beside shapes\n\n" + table(("", *heads), beside),
        "`labelport formats NAME` tells the same of one format, with its options; `labelport export --dry-run` counts "
        "what a given export would lose.",
    )


def losses(format_: Format) -> str:
    """Return the loss table of one format; what it only reads has none."""
    if format_.encode is None:
        return "This format is only read."
    rows = [(code(kind), fate(format_, kind)) for kind in KINDS]
    rows += [(FEATURES[name], _feature(format_, name)) for name in FEATURES]
    if all(how == "yes" for _, how in rows):
        return "Everything is carried as it is."
    groups: dict[str, list[str]] = {}
    for what, how in rows:
        groups.setdefault(how, []).append(what)
    order = sorted(groups, key=lambda how: (how == "-", how != "yes", how))
    names = {"yes": "as it is", "-": "dropped"}
    return table(("fate", "what"), [(names.get(how, f"converted {how}"), ", ".join(groups[how])) for how in order])


def options_table(format_: Format) -> str:
    """Return the options of a format."""
    found = options(format_)
    if not found or format_.options is None:
        return "It has no options."
    rows = [(code(name), code(str(value)) if value is not None else "") for name, value in found.items()]
    about = (format_.options.__doc__ or "").strip()
    return f"{about}\n\n" + table(("option", "default"), rows)


def fate(format_: Format, kind: str) -> str:
    """Return what becomes of a kind, as the product foresees it."""
    foreseen = forecast({kind if kind == "track" else f"kind:{kind}": 1}, format_.carries, "convert").losses("")
    fates = {one.fate: one.how for one in foreseen if one.what == kind}
    if "converted" in fates:
        return f"to {fates['converted']}"
    return "-" if "dropped" in fates else "yes"


def _feature(format_: Format, name: str) -> str:
    return _flag({name, "*"} & format_.carries.features != set())


def _flag(value: bool) -> str:  # noqa: FBT001  a cell of a table
    return "yes" if value else "-"

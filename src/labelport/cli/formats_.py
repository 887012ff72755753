"""`labelport formats`."""

from collections.abc import Mapping

import click
import msgspec

from labelport.cli.completing import format_names
from labelport.cli.page import Page
from labelport.cli.surface import failing, show, table, with_json
from labelport.kit.format import Format
from labelport.registry import format_named, formats

EVERY = "*"


@click.command("formats", cls=Page)
@click.argument("name", required=False, shell_complete=format_names)
@with_json
@failing
def command(name: str | None, as_json: bool) -> None:
    """List the formats; or tell of one: what it carries, what it converts, and its options.

    Examples:
      labelport formats
      labelport formats coco

    """
    if name is not None:
        found = format_named(name)
        show(described(name, found), as_json=as_json, text=lambda: _about(name, found))
        return
    every = {one: format_named(one) for one in formats()}
    rows = [(one, *_ways(found), found.title) for one, found in every.items()]
    described_all = [described(one, found) for one, found in every.items()]
    show(described_all, as_json=as_json, text=lambda: table(rows, ("name", "export", "import", "title")))


def described(name: str, format_: Format) -> dict[str, object]:
    """Return what a format is, for machines."""
    return {
        "name": name,
        "title": format_.title,
        "export": format_.encode is not None,
        "import": format_.decode is not None,
        "kinds": sorted(format_.carries.kinds),
        "converts": format_.carries.converts,
        "features": sorted(format_.carries.features),
        "options": options(format_),
    }


def options(format_: Format) -> Mapping[str, object]:
    """Return the options of a format with their defaults."""
    if format_.options is None:
        return {}
    return {
        field.name: None if field.default is msgspec.NODEFAULT else field.default
        for field in msgspec.structs.fields(format_.options)
    }


def _ways(format_: Format) -> tuple[str, str]:
    return ("yes" if format_.encode else "-", "yes" if format_.decode else "-")


def _about(name: str, format_: Format) -> str:
    carries = format_.carries
    lines = [f"{click.style(name, bold=True)}  {format_.title}"]
    if format_.encode:
        everything = carries.kinds == {EVERY}
        lines.append(f"carries   {'every kind' if everything else ', '.join(sorted(carries.kinds))}")
        if carries.converts:
            lines.append("converts  " + ", ".join(f"{kind} to {how}" for kind, how in sorted(carries.converts.items())))
        features = "everything else too" if carries.features == {EVERY} else ", ".join(sorted(carries.features))
        lines.append(f"beside    {features or 'nothing'}")
        lines += [
            f"option    --option {name}.{key}={'' if value is None else value}"
            for key, value in options(format_).items()
        ]
    ways = [way for way, on in (("export", format_.encode), ("import", format_.decode)) if on]
    return "\n".join([*lines, f"for       {' and '.join(ways)}"])

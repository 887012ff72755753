"""`labelport formats`."""

import click

from labelport.cli.surface import failing, show, table, with_json
from labelport.registry import format_named, formats


@click.command("formats")
@with_json
@failing
def command(as_json: bool) -> None:
    """List the formats: their names, whether they are written and read, and what they carry."""
    found = [(name, format_named(name)) for name in formats()]
    rows = [
        (name, one.title, "yes" if one.encode else "", "yes" if one.decode else "", " ".join(sorted(one.carries.kinds)))
        for name, one in found
    ]
    head = ("name", "title", "export", "import", "carries")
    show([dict(zip(head, row, strict=True)) for row in rows], as_json=as_json, text=lambda: table(rows, head))

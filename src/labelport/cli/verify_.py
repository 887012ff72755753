"""`labelport verify`."""

import click

from labelport.cli.finding import detached
from labelport.cli.page import Page
from labelport.cli.surface import counted, failing, show, with_json


@click.command("verify", cls=Page)
@click.argument("path", type=click.Path())
@with_json
@failing
def command(path: str, as_json: bool) -> None:
    """Check a delivery (a folder or a zip) against its manifest; exit 1 where something is wrong.

    Every file's size and hash, none missing, none added, counts closed. Needs nothing but the delivery.

    Examples:
      labelport verify delivery
      labelport verify cars.zip --json

    """
    with detached(as_json=as_json) as space:
        found = space.verify(path)
    about = f"{counted(found.files, 'file')}, {found.bytes:,} bytes, {counted(found.tasks, 'task')}"
    show(found, as_json=as_json, text=lambda: "\n".join(found.faults) or f"{path}: {about}: all as delivered")
    if found.faults:
        raise SystemExit(1)

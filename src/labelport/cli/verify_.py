"""`labelport verify`."""

from pathlib import Path

import click

from labelport.cli.surface import failing, opened, show, with_json, with_workspace


@click.command("verify")
@click.argument("path")
@with_workspace
@with_json
@failing
def command(path: str, where: Path | None, as_json: bool) -> None:
    """Check a delivery (folder or zip) against its manifest; exit 1 where something is wrong.

    Every file's size and hash, none missing, none added, counts closed. Needs nothing but the delivery.
    """
    found = opened(where or Path.home() / ".cache" / "labelport", as_json=as_json).verify(path)
    good = f"{path}: {found.files:,} files, {found.bytes:,} bytes, {found.tasks:,} tasks: all as delivered"
    show(found, as_json=as_json, text=lambda: "\n".join(found.faults) or good)
    if found.faults:
        raise SystemExit(1)

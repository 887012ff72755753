"""`labelport fold`."""

import click

from labelport.cli.finding import detached
from labelport.cli.page import Page
from labelport.cli.surface import counted, failing, show, with_json


@click.command("fold", cls=Page)
@click.argument("base", type=click.Path())
@click.argument("deltas", nargs=-1, required=True, type=click.Path())
@click.option("--to", required=True, help="Where the folded delivery goes: a new folder, or FILE.zip.")
@with_json
@failing
def command(base: str, deltas: tuple[str, ...], to: str, as_json: bool) -> None:
    """Apply DELTAS, in order, to the full delivery BASE.

    What comes out is the same, byte for byte, as a full delivery of the last delta's cut; only what a fold cannot know
    (losses, counts of annotations) is null in its manifest. Needs nothing but the deliveries.

    Examples:
      labelport fold monday tuesday wednesday --to current

    """
    with detached(as_json=as_json, near=to) as space:
        found = space.fold(base, deltas, to)
    show(found, as_json=as_json, text=lambda: f"{to}: {counted(found.tasks, 'task')} at change {found.cut}")

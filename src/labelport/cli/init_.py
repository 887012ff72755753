"""`labelport init`."""

from pathlib import Path

import click

from labelport.cli.surface import FOLDER, failing
from labelport.local import workspace


@click.command("init")
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@failing
def command(folder: Path) -> None:
    """Make a local project directory: FOLDER/.labelport/ with the database and its blobs.

    Commands look for it here and upwards, like git. Doing it again changes nothing.
    """
    place = folder / FOLDER
    was = place.is_dir()
    workspace(place)
    click.echo(f"{'found' if was else 'made'} {place}")

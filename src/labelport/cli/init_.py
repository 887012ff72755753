"""`labelport init`."""

from pathlib import Path

import click

from labelport.cli.page import Page
from labelport.cli.surface import FOLDER, failing, show, with_json
from labelport.local import workspace


@click.command("init", cls=Page)
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@with_json
@failing
def command(folder: Path, as_json: bool) -> None:
    """Make a workspace: FOLDER/.labelport/ with the database and its blobs.

    Commands look for it here and upwards, like git. Doing it again changes nothing.

    Examples:
      labelport init
      labelport init my-labels && cd my-labels

    """
    place = folder / FOLDER
    was = place.is_dir()
    workspace(place)
    said = {"workspace": str(place.absolute()), "made": not was}
    show(said, as_json=as_json, text=lambda: f"{'found' if was else 'made'} {place}")

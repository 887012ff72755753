"""`labelport stages`."""

from pathlib import Path

import click

from labelport.cli.completing import with_project
from labelport.cli.finding import opened, project_of
from labelport.cli.page import Page
from labelport.cli.surface import failing, show, table, with_json, with_workspace
from labelport.errors import RequestError
from labelport.model.check import parse
from labelport.model.ready import READY
from labelport.model.stages import Stages


@click.command("stages", cls=Page)
@click.option(
    "--set", "wanted", metavar="NAME|FILE", help=f"A ready-made workflow ({', '.join(READY)}), or a JSON file."
)
@with_project
@with_workspace
@with_json
@failing
def command(wanted: str | None, project: str | None, where: Path | None, as_json: bool) -> None:
    """Show a project's workflow, its stages and where a task goes from each; or give it another one.

    Examples:
      labelport stages
      labelport stages --set labellerr
      labelport stages --json > workflow.json
      labelport stages --set workflow.json

    """
    found = project_of(opened(where), project)
    if wanted is not None:
        found.set_stages(_read(wanted))
    stages = found.stages()
    rows = [(one.name, one.kind, one.next, one.back, one.title) for one in stages.stages]
    show(stages, as_json=as_json, text=lambda: table(rows, ("stage", "kind", "next", "back", "shown as")))


def _read(wanted: str) -> Stages:
    if wanted in READY:
        return READY[wanted]
    path = Path(wanted)
    if not path.is_file():
        raise RequestError(f"{wanted!r} is neither a file nor a ready-made workflow: {', '.join(READY)}")
    return parse(path.read_bytes(), Stages)

"""`labelport fold`."""

from pathlib import Path

import click

from labelport.cli.surface import failing, opened, show, with_json, with_workspace


@click.command("fold")
@click.argument("base")
@click.argument("deltas", nargs=-1, required=True)
@click.option("--to", required=True, help="Where the folded delivery goes: a folder or FILE.zip.")
@with_workspace
@with_json
@failing
def command(base: str, deltas: tuple[str, ...], to: str, where: Path | None, as_json: bool) -> None:
    r"""Apply DELTAS, in order, to the full delivery BASE: the same bytes as a full delivery of the last cut.

    \b
      labelport fold monday tuesday wednesday --to current
    """
    found = opened(where or Path.home() / ".cache" / "labelport", as_json=as_json).fold(base, deltas, to)
    show(found, as_json=as_json, text=lambda: f"{to}: {found.tasks:,} tasks at change {found.cut}")

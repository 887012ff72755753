"""`labelport import`."""

from pathlib import Path
from typing import Literal

import click

from labelport import api
from labelport.cli.surface import failing, opened, show, with_json, with_workspace


@click.command("import")
@click.argument("format_", metavar="FORMAT")
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--project", required=True, help="The project's name or id; it is made when it is not there.")
@click.option("--media", type=click.Path(file_okay=False), help="Where the media lie; their true size is read.")
@click.option("--media-mode", type=click.Choice(["link", "copy"]), default="link", show_default=True)
@with_workspace
@with_json
@failing
def command(
    format_: str,
    paths: tuple[str, ...],
    project: str,
    media: str | None,
    media_mode: Literal["link", "copy"],
    where: Path | None,
    as_json: bool,
) -> None:
    r"""Bring annotations in from files or folders of FORMAT (`labelport formats` lists them).

    The same files again change nothing, changed files only what changed. What is faulty is put aside and told;
    it never sinks the rest.

    \b
      labelport import coco instances_val2017.json --project cars --media val2017/
      labelport import label_studio export.json --project reviews
    """
    report = opened(where, as_json=as_json).import_files(project, format_, paths, media=media, media_mode=media_mode)
    show(report, as_json=as_json, text=lambda: _text(report))


def _text(report: api.ImportReport) -> str:
    news = f"{report.created:,} new, {report.changed:,} changed, {report.unchanged:,} as before"
    lines = [
        f"{report.records:,} records: {news}",
        f"{report.annotations:,} annotations",
    ]
    if report.rejected_records or report.rejected_annotations:
        lines.append(f"rejected: {report.rejected_records:,} records, {report.rejected_annotations:,} annotations")
        lines += [f"  {one.file} {one.record}: {'; '.join(map(str, one.faults))}" for one in report.rejected[:10]]
        lines.append(f"  all of them: {report.quarantine}")
    if report.media_missing:
        lines.append(f"media not found for {report.media_missing:,} records")
    if report.unread:
        lines.append("keys that were not read:")
        lines += [f"  {path}  {count:,}" for path, count in report.unread.items()]
    return "\n".join(lines)

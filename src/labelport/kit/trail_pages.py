"""The audit report as a file: an array, lines, a table, or a page to print. Each returns the note that signs it."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import IO, Any

import msgspec

from labelport.kit import table

COLUMNS = ("task", "name", "event", "type", "time", "person", "stage", "cycle", "details", "position", "change")
_SHOWN = {"eventType", "createdAt", "createdBy", "updatedBy", "stage", "cycle", "record"}
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Audit trail: {project}</title>
<style>
body {{ font: 14px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }}
h2 {{ font-size: 1.1rem; margin: 1.6rem 0 .3rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-bottom: 1px solid #bbb; padding: .2rem .5rem; text-align: left; vertical-align: top; }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
pre {{ background: #f4f4f4; padding: .6rem; white-space: pre-wrap; overflow-wrap: anywhere; }}
.changed td:first-child::after {{ content: " *"; }}
@page {{ margin: 15mm; }}
@media print {{
  body {{ font-size: 9pt; margin: 0; max-width: none; padding: 0; }}
  section {{ break-inside: avoid-page; }}
  thead {{ display: table-header-group; }}
}}
</style>
</head>
<body>
<h1>Audit trail: {project}</h1>
<p>Times are in UTC. An asterisk marks what changed something since the first entry of the task.</p>
"""
_TABLE = """<table>
<thead><tr><th>event</th><th>what</th><th>time</th><th>who</th><th>stage</th><th>details</th><th>position</th></tr></thead>
<tbody>
"""
_CHANGES = frozenset({"before", "after"})


def array(file: IO[str], report: Iterator[bytes], project: str) -> str:
    """Write one JSON array, as the product docs have it: a task a line."""
    del project
    file.write("[")
    note, comma = "", "\n"
    for line in report:
        if (found := _note(line)) is not None:
            note = found
            break
        file.write(comma + line.decode())
        comma = ",\n"
    file.write("\n]\n")
    return note


def lines(file: IO[str], report: Iterator[bytes], project: str) -> str:
    """Write NDJSON: a task a line."""
    del project
    for line in report:
        if (found := _note(line)) is not None:
            return found
        file.write(line.decode() + "\n")
    return ""


def csv(file: IO[str], report: Iterator[bytes], project: str) -> str:
    """Write a table with a row for each event."""
    del project
    file.write(table.row(*COLUMNS) + "\r\n")
    for line in report:
        if (found := _note(line)) is not None:
            return found
        entry = msgspec.json.decode(line)
        for event in entry["events"]:
            file.write(table.row(*_cells(entry, event)) + "\r\n")
    return ""


def html(file: IO[str], report: Iterator[bytes], project: str) -> str:
    """Write a page that can be printed: a table for each task, then the checkpoint and the note."""
    file.write(_HEAD.format(project=escape(project)))
    checkpoint = ""
    for line in report:
        if (found := _note(line)) is not None:
            file.write(f"<h2>Checkpoint of the log</h2>\n<pre>{escape(checkpoint)}</pre>\n")
            file.write(f"<h2>Signature of the entries</h2>\n<pre>{escape(found)}</pre>\n</body>\n</html>\n")
            return found
        entry = msgspec.json.decode(line)
        checkpoint = entry["checkpoint"]
        _section(file, entry)
    return ""


def _section(file: IO[str], entry: Mapping[str, Any]) -> None:
    title = "The project itself" if entry["taskId"] is None else f"{entry['taskName'] or ''} ({entry['taskId']})"
    stage = entry["currentStageName"] or ("deleted" if entry["taskId"] is not None else "")
    file.write(f"<section>\n<h2>{escape(title)}</h2>\n<p>{escape(stage)}</p>\n{_TABLE}")
    for event in entry["events"]:
        _, _, place, kind, time, person, at, _, details, position, _ = _cells(entry, event, plain=True)
        mark = ' class="changed"' if event["record"].get("data", {}).keys() >= _CHANGES else ""
        cells = (place, kind, time, person, at, details)
        body = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        file.write(f'<tr{mark}>{body}<td class="number">{position}</td></tr>\n')
    file.write("</tbody>\n</table>\n</section>\n")


def _cells(entry: Mapping[str, Any], event: Mapping[str, Any], *, plain: bool = False) -> tuple[str, ...]:
    """Return the cells of an event; unless `plain`, none of them is a formula to a spreadsheet."""
    record = event["record"]
    details = "; ".join(f"{key}: {_told(value)}" for key, value in event.items() if key not in _SHOWN)
    given = (
        entry["taskId"] or "",
        entry["taskName"] or "",
        str(record.get("task_seq") or ""),
        event["eventType"],
        event["createdAt"],
        event.get("createdBy") or event.get("updatedBy") or "",
        event.get("stage") or "",
        str(event.get("cycle") or ""),
        details,
    )
    safe = given if plain else tuple(map(table.text, given))
    return (*safe, str(record["position"]), str(record["number"]))


def _told(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _note(line: bytes) -> str | None:
    """Return the note that the last line of a report is; None for an entry."""
    if not line.startswith(b'{"note":'):
        return None
    found = msgspec.json.decode(line, type=dict[str, str])
    return found["note"]

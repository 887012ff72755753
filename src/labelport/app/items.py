"""A line of `items.csv`: what ties every path in a delivery to its task and to where the asset came from."""

from labelport.kit.table import FORMULA, row, text
from labelport.store.reads import Found

_RISKY = "".join(sorted({'"', "\n", *FORMULA} - {"-"})).encode()
"""Signs that may ask for quotes; a minus, which ids are full of, only does where it begins a cell."""


def item(found: Found, part: str, medium: str | None = None) -> bytes:
    """Return the cells of a task: number, id, name, path, uri, external id, state, part of a split.

    Where media are copied, the path of the copy, or why there is none, comes last.
    """
    stored = found.stored
    cells = (stored.id, stored.name, stored.path, stored.uri or "", found.external_id or "")
    line = f"{stored.number},{','.join(cells)},{stored.state},{part}".encode()
    if line.count(b",") > 7 or b",-" in line or len(line.translate(None, _RISKY)) < len(line):
        line = f"{stored.number},{row(*map(text, cells))},{stored.state},{part}".encode()
    return line if medium is None else b"%b,%b" % (line, row(text(medium)).encode())

"""A line of `items.csv`: what ties every path in a delivery to its task and to where the asset came from."""

from labelport.kit.table import FORMULA, row, text
from labelport.store.reads import Found

_SPECIAL = ('"', "\n", "\r", *(f",{sign}" for sign in FORMULA))


def item(found: Found, part: str, medium: str | None = None) -> bytes:
    """Return the cells of a task: number, id, name, path, uri, external id, state, part of a split.

    Where media are copied, the path of the copy, or why there is none, comes last.
    """
    stored = found.stored
    cells = (stored.id, stored.name, stored.path, stored.uri or "", found.external_id or "")
    line = f"{stored.number},{','.join(cells)},{stored.state},{part}"
    if line.count(",") > 7 or any(map(line.__contains__, _SPECIAL)):
        line = f"{stored.number},{row(*map(text, cells))},{stored.state},{part}"
    if medium is not None:
        line += f",{row(text(medium))}"
    return line.encode()

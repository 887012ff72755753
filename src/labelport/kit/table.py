"""Tables and their cells: RFC 4180, and never a formula to a spreadsheet.

A text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe in front, and so does one that
begins with an apostrophe; `original` takes it away again. Numbers are left as they are.
"""

import csv
import re
from io import StringIO

from labelport.kit.format import Input, broken

FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_to_quote = re.compile('[",\r\n]').search


def row(*cells: str) -> str:
    """Return cells as a line, without its end."""
    return ",".join(map(quoted, cells))


def text(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def original(cell: str) -> str:
    """Return the text that a cell was made of."""
    return cell.removeprefix("'")


def number(section: str, element: bytes) -> int:
    """Return the number of a row's task, which stands in the first column."""
    del section
    return int(element[: element.index(b",")])


def rows(file: Input) -> list[dict[str, str]]:
    """Return the rows of a table by its columns; raises `InvalidError` where it is none."""
    try:
        return list(csv.DictReader(StringIO(file.text(), newline="")))
    except csv.Error as e:
        raise broken(file.path, f"is no table: {e}") from e


def quoted(cell: str) -> str:
    """Return a cell in quotes where it needs them (RFC 4180, 2.6 and 2.7)."""
    if _to_quote(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell

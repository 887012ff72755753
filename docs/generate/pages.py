"""Every generated text of the docs: whole pages, and the generated parts of others."""

from pathlib import Path

from docs.generate.cli import cli_page
from docs.generate.errors import errors_page
from docs.generate.formats import formats_page, losses, named, options_table
from docs.generate.markdown import replaced
from docs.generate.selection import selection_page
from docs.generate.words import words_page

from labelport.model.schema import record_schema_file

DOCS = Path(__file__).parent.parent


def pages() -> dict[str, str]:
    """Return every generated text, by its path in the docs."""
    found = {
        "reference/cli.md": cli_page(),
        "reference/errors.md": errors_page(),
        "reference/formats.md": formats_page(),
        "reference/selection.md": selection_page(),
        "reference/platform-words.md": words_page(),
        "reference/record.schema.json": record_schema_file().decode(),
    }
    for name, format_ in named():
        page = DOCS / "formats" / f"{name}.md"
        if not page.exists():  # a test tells which page is missing
            continue
        text = page.read_text(encoding="utf-8")
        text = replaced(text, "losses", losses(format_))
        found[f"formats/{name}.md"] = replaced(text, "options", options_table(format_))
    return found

"""Writes every generated page and picture: `python -m docs.generate`."""

from docs.generate import geometry, maps
from docs.generate.pages import DOCS, pages
from docs.generate.pictures import pictures

if __name__ == "__main__":
    for path, text in pages().items():
        (DOCS / path).write_text(text, encoding="utf-8", newline="\n")
    for name, data in (*pictures(), *maps.pictures()):
        (DOCS / "formats" / f"{name}.png").write_bytes(data)
    for name, data in geometry.pictures():
        (DOCS / "explanation" / f"geometry-{name}.png").write_bytes(data)

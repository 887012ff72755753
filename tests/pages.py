"""Pages of the docs: their fenced blocks, and a shell that runs them in order."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from labelport.cli.main import main

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(DOCS.rglob("*.md")),
    *sorted((ROOT / "changes").glob("*.md")),
]
IN_DEMO = "<!-- starts in the folder of `labelport demo` -->"
_FENCE = re.compile(r"^(?P<fence>`{3,})(?P<language>[a-z]*) ?(?P<info>.*)$")
_EXITS = re.compile(r"\s+# exits with (\d+)$")
_SHELL = set("|&;<>$`*\\")


class Block(NamedTuple):
    """A fenced block: its language, what its info string says beside, its text, and where it begins."""

    language: str
    info: str
    text: str
    line: int

    @property
    def reason(self) -> str | None:
        """Why it does not run."""
        found = re.search(r'skip="([^"]+)"', self.info)
        return found[1] if found else None


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), 1))
    for number, line in lines:
        found = _FENCE.match(line)
        if found:
            inside = []
            for _, text in lines:
                if text == found["fence"]:
                    break
                inside.append(text)
            yield Block(found["language"], found["info"], "\n".join(inside), number)


class Shell:
    """A person at a terminal: a folder to be in, and names in a Python session."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self._names: dict[str, Any] = {"__name__": "__main__"}

    def run(self, block: Block) -> None:
        """Run a block; what it shows must come out."""
        if block.language == "python":
            with chdir(self.where), redirect_stdout(StringIO()):
                exec(compile(block.text, f"block at line {block.line}", "exec"), self._names)
            return
        for command, shown in _commands(block.text):
            exits = _EXITS.search(command)
            code, said = self._command(_EXITS.sub("", command))
            assert code == (int(exits[1]) if exits else 0), f"line {block.line}: {command}\n{said}"
            assert not shown or _as_pattern(shown).fullmatch(said.strip() + "\n"), (
                f"line {block.line}: {command}\n{said}"
            )

    def _command(self, command: str) -> tuple[int, str]:
        if command.startswith("labelport ") and not _SHELL & set(command):
            with chdir(self.where):
                result = CliRunner().invoke(main, shlex.split(command)[1:])
            return result.exit_code, result.output
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # noqa: TID251
        told = self.where / ".where"
        script = f"{command}\ncode=$?; pwd > '{told}'; exit $code"
        found = subprocess.run(
            ["bash", "-c", script],
            cwd=self.where,
            env={**os.environ, "PATH": path},  # noqa: TID251
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        self.where = Path(told.read_text(encoding="utf-8").strip())
        told.unlink()
        return found.returncode, found.stdout


def _commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command with the lines that are shown after it."""
    command, shown = "", list[str]()
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:], []
        elif line.startswith("> "):
            command += f"\n{line[2:]}"
        else:
            shown.append(line)
    if command:
        yield command, shown


def _as_pattern(shown: list[str]) -> re.Pattern[str]:
    """Return what the shown lines stand for: `...` is any text, alone on a line any lines; ends of lines are bare."""
    lines = [
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line.rstrip()).replace(r"\.\.\.", ".*?") + " *\n"
        for line in shown
    ]
    return re.compile("".join(lines))

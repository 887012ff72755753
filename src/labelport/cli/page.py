"""What the `labelport` command can do: the help, which needs nothing loaded."""

COMMANDS = {
    "demo": "A workspace with a sample project, exported in several formats.",
    "init": "Make a local project directory (.labelport/).",
    "import": "Bring annotations in from files.",
    "projects": "List projects, or make one.",
    "tasks": "List tasks.",
    "export": "Ship annotations out: any selection, any format, only what changed.",
    "exports": "The history: list, show, retry, reproduce, diff.",
    "verify": "Check a delivery against its manifest.",
    "fold": "Apply deltas to a full delivery.",
    "audit": "Check the log, or sign where it stands.",
    "formats": "List the formats and what they carry.",
    "completion": "Print the shell completion script.",
}
"""Every command with what it is for; the module of a command bears its name."""
HEAD = """\
Usage: labelport [OPTIONS] COMMAND [ARGS]...

  Keep annotation projects and ship them out: any selection, any format, any place, only what changed.

  Try:
    labelport demo
    labelport import coco instances.json --project cars
    labelport export --project cars --format coco --to delivery

Options:
  --version   Show the version and exit.
  -h, --help  Show this message and exit.

Commands:
"""
WIDTH = max(map(len, COMMANDS)) + 2


def page() -> str:
    """Return the help."""
    return HEAD + "".join(f"  {name:{WIDTH}}{text}\n" for name, text in COMMANDS.items())

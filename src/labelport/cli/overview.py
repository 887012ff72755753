"""All commands in one screen, without loading one."""

SECTIONS = {
    "Begin": {
        "demo": "A workspace with a sample project, exported in several formats.",
        "init": "Make a workspace here (.labelport/).",
        "import": "Bring annotations in from files.",
    },
    "Look": {
        "projects": "List projects, make one, or tell of one.",
        "tasks": "List tasks.",
        "stages": "Show a project's workflow, or give it another.",
        "formats": "List the formats and what they carry.",
    },
    "Work": {
        "work": "Do something to tasks in their workflow: assign, submit, accept, move ...",
    },
    "Ship": {
        "export": "Ship annotations out: any selection, any format, only what changed.",
        "exports": "The history: list, show, retry, reproduce, diff.",
        "fold": "Apply deltas to a full delivery.",
    },
    "Prove": {
        "verify": "Check a delivery against its manifest.",
        "report": "Write the audit trail: who did what, when and why, with proofs.",
        "audit": "Check the log, or sign where it stands.",
    },
    "Shell": {
        "completion": "Print the completion script of a shell.",
    },
}
"""Every command with what it is for; its module and function bear its name."""
COMMANDS = {name: about for section in SECTIONS.values() for name, about in section.items()}
_HEAD = """\
Usage: labelport [OPTIONS] COMMAND [ARGS]...

  Keep annotation projects and ship them out: any selection, any format, any
  place, only what changed.

Examples:
  labelport demo
  labelport import coco instances.json --project cars
  labelport export --format coco --to delivery
  labelport COMMAND --help

Options:
  -V, --version  Show the version and exit.
  -h, --help     Show this message and exit.
"""


def overview() -> str:
    """Return what there is, in one screen."""
    width = max(map(len, COMMANDS)) + 2
    lines = [_HEAD]
    for title, commands in SECTIONS.items():
        lines += [f"{title}:", *(f"  {name:<{width}}{about}" for name, about in commands.items()), ""]
    return "\n".join(lines).rstrip()

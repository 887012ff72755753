"""What one waits for at the keyboard: a line of a finished export, the help."""

from fixtures import HERE, OUT, exporting, workspace
from measure import LABELPORT, PYTHON, Command, clear, run, side_by_side
from rows import Row, Sizes, at_most


def lines(sizes: Sizes) -> list[Row]:
    """Line n and byte b of a finished export."""
    space = workspace("w4", sizes.million)
    run(exporting(space, OUT))
    found = run(Command([PYTHON, str(HERE / "inside" / "lines.py"), str(space)])).said
    clear(OUT)
    raw = [f"{key}: {value:.3f}" for key, value in found.items()]
    return [
        at_most(f"line n of {found['lines']:,}, worst of 1,000", found["line_worst"], 10, "ms", raw),
        at_most("byte b, worst of 1,000", found["byte_worst"], 10, "ms", []),
    ]


def help_page(sizes: Sizes) -> list[Row]:
    """`--help` against an interpreter that does nothing."""
    commands = {"--help": Command([LABELPORT, "--help"]), "python -c pass": Command([PYTHON, "-c", "pass"])}
    found = side_by_side(commands, 4 * sizes.times)
    ratio = found["--help"].wall / found["python -c pass"].wall
    return [at_most("`labelport --help`", ratio, 3, "x `python -c pass`", [*found.values()])]

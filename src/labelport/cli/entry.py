"""The entry of `labelport`: the overview at once, without loading anything; every command through click."""

import gc
import sys

from labelport.cli.overview import overview


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] in (["--help"], ["-h"]):
        print(overview())  # noqa: T201  click, which would echo it, is not loaded
        return
    try:
        _run()
    except KeyboardInterrupt:
        from labelport.cli.surface import INTERRUPTED  # noqa: PLC0415  click, which it takes, may not be loaded

        sys.exit(INTERRUPTED)


def _run() -> None:
    gc.set_threshold(50_000)  # values form no cycles: there is little to find, and looking costs 5 % of an import
    from labelport.cli.main import main as command  # noqa: PLC0415  it takes twice as long as all else here

    command()

"""The `labelport` command: the help shows at once; all else is loaded when it is called."""

import sys

from labelport.cli.page import page


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] in (["--help"], ["-h"]):
        sys.stdout.write(page())
        return
    from labelport.cli.group import group  # noqa: PLC0415  click takes longer to load than the help to show

    group()

"""Runs a command in this process."""

import json
from typing import Any

from click.testing import CliRunner, Result

from labelport.cli.main import main


def run(*args: str, code: int = 0) -> Result:
    """Run `labelport`; the exit code must be the one expected."""
    result = CliRunner().invoke(main, args)
    assert result.exit_code == code, f"{result.exit_code}: {result.output}"
    return result


def asked(*args: str, code: int = 0) -> Any:
    """Return what `labelport --json` answers."""
    return json.loads(run(*args, "--json", code=code).stdout)


def complaint(*args: str, code: int) -> str:
    """Return what a command that fails writes to the standard error; it writes nothing else."""
    result = run(*args, code=code)
    assert result.stdout == ""
    return result.stderr

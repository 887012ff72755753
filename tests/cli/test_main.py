import subprocess
import sys

from click.testing import CliRunner

import labelport
from labelport.cli.group import group
from labelport.cli.page import COMMANDS, page


def test_help_is_the_same_with_and_without_click() -> None:
    assert CliRunner().invoke(group, ["--help"]).output == page()


def test_help_names_every_command_that_there_is() -> None:
    listed = group.list_commands(group.make_context("labelport", [], resilient_parsing=True))
    assert listed == list(COMMANDS)
    assert all(f"  {name} " in page() for name in listed)


def test_help_loads_neither_click_nor_msgspec() -> None:
    code = "import sys; from labelport.cli.main import main; main(); sys.exit(bool({'click', 'msgspec'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, page())


def test_public_names_load_when_they_are_asked_for() -> None:
    assert all(getattr(labelport, name).__module__.startswith("labelport") for name in labelport.__all__)

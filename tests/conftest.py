"""What every test may ask for."""

from collections.abc import Callable

import pytest

SAID = "said"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden",
        choices=("compare", "write"),
        default="compare",
        help="hold bytes to the golden files, or write those anew",
    )


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say a line at the end of the run, in every worker and however quiet the run is."""
    return lambda line: record_property(SAID, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed"):
        for name, line in report.user_properties:
            if name == SAID:
                terminalreporter.write_line(str(line))

"""What every test may ask for."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden",
        choices=("compare", "write"),
        default="compare",
        help="hold bytes to the golden files, or write those anew",
    )

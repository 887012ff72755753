"""Plug-ins: ours by their file, others by an entry point; what is wrong with one is told when it is asked for."""

from pathlib import Path

import pytest

from labelport.errors import NotFoundError, RequestError
from labelport.registry import format_named, formats
from tests.plugins import installed

PLAIN = """
import msgspec
from labelport.formats.ndjson import FORMAT

FINE = msgspec.structs.replace(FORMAT, title="Fine")
NDJSON = msgspec.structs.replace(FORMAT, title="An impostor")
WRONG = "no format at all"
"""


def test_an_installed_format_is_found_beside_ours(tmp_path: Path) -> None:
    with installed(tmp_path, PLAIN, "fine"):
        assert "fine" in formats()
        assert format_named("fine").title == "Fine"
    assert "fine" not in formats()


def test_no_plugin_takes_the_name_of_one_of_ours(tmp_path: Path) -> None:
    with installed(tmp_path, PLAIN, "ndjson"):
        assert format_named("ndjson").title == "NDJSON"


def test_what_is_no_format_is_refused(tmp_path: Path) -> None:
    with (
        installed(tmp_path, PLAIN, "wrong"),
        pytest.raises(RequestError, match=r"plug-in 'wrong' is str, not a labelport\.kit\.format\.Format"),
    ):
        format_named("wrong")


@pytest.mark.parametrize("source", ["import nowhere_to_be_found", "raise ValueError('broken')", "OTHER = 1", "a b"])
def test_a_plugin_that_cannot_be_loaded_is_told_by_name(tmp_path: Path, source: str) -> None:
    with (
        installed(tmp_path, source, "broken"),
        pytest.raises(RequestError, match="plug-in 'broken' cannot be loaded"),
    ):
        format_named("broken")


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="no format named 'ndjsn'; did you mean 'ndjson'"):
        format_named("ndjsn")

"""Whatever one thing is done to a delivery, `labelport verify` names it, and exits with 1; it never breaks."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport.cli.main import main
from tests.cli.command import asked, run

SEALED = ("coco/annotations.json", "files.ndjson", "items.csv", "manifest.json", "ndjson/data.ndjson")
"""Files of the delivery that the seal covers; `receipt.json` is outside of it."""


@pytest.fixture(scope="module")
def sound(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A delivery of two formats."""
    to = tmp_path_factory.mktemp("verify") / "delivery"
    space = ("--workspace", str(demo / ".labelport"))
    run("export", "--format", "coco", "--format", "ndjson", "--to", str(to), *space)
    assert asked("verify", str(to))["faults"] == []
    assert set(SEALED) <= {path.relative_to(to).as_posix() for path in to.rglob("*")}
    return to


@pytest.fixture
def delivery(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "delivery"))


def lost(file: Path) -> None:
    file.unlink()


def empty(file: Path) -> None:
    file.write_bytes(b"")


def half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def longer(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


def no_text(file: Path) -> None:
    file.write_bytes(b"\xff" + file.read_bytes()[1:])


def nested(file: Path) -> None:
    file.write_bytes(b"[" * 100_000)


def link_inside(file: Path) -> None:
    kept = file.with_name("kept")
    file.rename(kept)
    file.symlink_to(kept.name)


def link_nowhere(file: Path) -> None:
    file.unlink()
    file.symlink_to("gone")


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("file", SEALED)
@pytest.mark.parametrize(
    "damage",
    [lost, empty, half, longer, no_text, nested, link_inside, link_nowhere, folder],
    ids=lambda it: it.__name__,
)
def test_a_damaged_file_is_named(delivery: Path, file: str, damage: Callable[[Path], None]) -> None:
    damage(delivery / file)
    assert any(file in fault for fault in asked("verify", str(delivery), code=1)["faults"])


@pytest.mark.parametrize("file", SEALED)
def test_a_file_that_lies_elsewhere_is_named(delivery: Path, tmp_path: Path, file: str) -> None:
    shutil.move(delivery / file, tmp_path / "elsewhere")
    (delivery / file).symlink_to(tmp_path / "elsewhere")
    assert any(file in fault for fault in asked("verify", str(delivery), code=1)["faults"])


def test_a_folder_that_lies_elsewhere_is_named(delivery: Path, tmp_path: Path) -> None:
    shutil.move(delivery / "coco", tmp_path / "elsewhere")
    (delivery / "coco").symlink_to(tmp_path / "elsewhere")
    assert any("coco/annotations.json" in fault for fault in asked("verify", str(delivery), code=1)["faults"])


def test_every_fault_is_listed(delivery: Path) -> None:
    for file in SEALED:
        (delivery / file).unlink()
    told = run("verify", str(delivery), code=1).stdout
    assert [line.partition(" ")[0] for line in told.splitlines()] == ["manifest.json", "files.ndjson", "items.csv"]


def test_files_are_checked_against_their_list_where_the_manifest_is_gone(delivery: Path) -> None:
    (delivery / "manifest.json").unlink()
    (delivery / "ndjson/data.ndjson").write_bytes(b"")
    faults = asked("verify", str(delivery), code=1)["faults"]
    assert [fault.partition(" ")[0] for fault in faults] == ["manifest.json", "ndjson/data.ndjson"]


def test_every_single_byte_counts(sound: Path) -> None:
    whole = {file: (sound / file).read_bytes() for file in SEALED}

    @given(st.sampled_from(SEALED), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def is_found(file: str, where: float, change: int) -> None:
        data = bytearray(whole[file])
        data[int(where * len(data))] ^= change
        (sound / file).write_bytes(data)
        try:
            assert asked("verify", str(sound), code=1)["faults"]
        finally:
            (sound / file).write_bytes(whole[file])

    is_found()


def test_an_archive_with_any_byte_changed_is_found_faulty_or_holds_the_same(demo: Path, tmp_path: Path) -> None:
    to = tmp_path / "delivery.zip"
    run("export", "--format", "coco", "--to", str(to), "--workspace", str(demo / ".labelport"))
    whole = to.read_bytes()

    @given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def never_breaks(where: float, change: int) -> None:
        data = bytearray(whole)
        data[int(where * len(data))] ^= change
        to.write_bytes(data)
        found = CliRunner().invoke(main, ["verify", str(to), "--json"])
        assert found.exit_code in (0, 1)
        assert found.exception is None or isinstance(found.exception, SystemExit)
        assert (found.exit_code == 1) == bool(json.loads(found.stdout)["faults"])

    never_breaks()


def test_half_an_archive_is_faulty(demo: Path, tmp_path: Path) -> None:
    to = tmp_path / "delivery.zip"
    run("export", "--format", "coco", "--to", str(to), "--workspace", str(demo / ".labelport"))
    to.write_bytes(to.read_bytes()[: to.stat().st_size // 2])
    assert "is no zip archive" in asked("verify", str(to), code=1)["faults"][0]

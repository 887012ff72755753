"""The demo's workspace, made once, and a copy of it for tests that write."""

import shutil
from pathlib import Path

import pytest

from tests.cli.command import run


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished demo, to look at."""
    folder = tmp_path_factory.mktemp("demo") / "harbour"
    run("demo", str(folder))
    return folder


@pytest.fixture
def here(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo, as the current folder."""
    folder = tmp_path / "harbour"
    shutil.copytree(demo, folder)
    monkeypatch.chdir(folder)
    return folder

"""The real console script, in a process of its own: few, for they are slow."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import run

SCRIPT = Path(sys.executable).parent / "labelport"


def console(*args: str, **given: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, **given}  # noqa: TID251
    return subprocess.Popen(
        [SCRIPT, *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
        encoding="utf-8",
    )


def test_help_loads_no_library() -> None:
    said = subprocess.run(
        [sys.executable, "-X", "importtime", SCRIPT, "--help"], capture_output=True, text=True, check=True
    ).stderr
    loaded = {line.rpartition("|")[2].strip() for line in said.splitlines()}
    assert "labelport.cli.overview" in loaded
    assert not loaded & {"click", "msgspec", "apsw", "numpy", "PIL"}


def test_the_script_knows_its_version() -> None:
    out, _ = console("--version").communicate()
    assert out.startswith("labelport 0.")


def test_a_reader_that_goes_away_is_no_error(demo: Path) -> None:
    with console("tasks", "--workspace", str(demo), "--json") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_the_shell_completes_names(demo: Path) -> None:
    words = "labelport export --project "
    asked = {"_LABELPORT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "3"}
    out, _ = console(**asked, LABELPORT_WORKSPACE=str(demo)).communicate()
    assert out == "plain,harbour\n"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_export_says_how_to_go_on(many: Path, workers: str) -> None:
    target = many / f"out{workers}"
    given = ("--workspace", str(many), "--to", str(target), "--format", "csv_objects", "--shard-size", "100")
    with console("export", *given, "--workers", workers, "--json") as process:
        assert process.stderr is not None
        export = json.loads(process.stderr.readline())["id"]
        os.killpg(process.pid, signal.SIGINT)
        *_, said = map(json.loads, process.stderr.readlines())
    assert process.returncode == 130
    assert said["event"] == "interrupted"
    assert f"`labelport exports retry {export}`" in said["message"]
    assert not target.exists()
    run("exports", "retry", export, "--workspace", str(many))
    run("verify", str(target))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose export takes a while."""
    folder = tmp_path_factory.mktemp("many")
    lines = []
    for task in range(4000):
        places = [{"kind": "box", "x": float(i), "y": 1.0, "width": 9.0, "height": 9.0} for i in range(8)]
        found = [{"id": f"{task}-{i}", "class": "car", "geometry": place} for i, place in enumerate(places)]
        label = {"id": f"l{task}", "annotations": found}
        asset = {"id": f"a{task}", "kind": "image", "width": 64, "height": 64}
        lines.append(json.dumps({"id": f"t{task}", "name": f"{task}.jpg", "asset": asset, "labels": [label]}))
    (folder / "tasks.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("init", str(folder))
    run("import", "ndjson", str(folder / "tasks.ndjson"), "--project", "many", "--workspace", str(folder))
    return folder

import subprocess
import sys

HEAVY = ("numpy", "PIL")


def test_a_command_starts_without_the_libraries_that_draw() -> None:
    code = f"import sys, labelport.cli.export_, labelport.cli.import_; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"

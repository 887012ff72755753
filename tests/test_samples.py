"""The samples are found, or their absence is said aloud."""

from tests.samples import sample


def test_the_samples_are_there_or_this_says_so() -> None:
    assert sample("README.md").read_text(encoding="utf-8").startswith("# Sample data")

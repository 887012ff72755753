"""Every command explains itself."""

from collections.abc import Iterator

import click
import pytest

from labelport.cli.main import main
from labelport.cli.overview import COMMANDS, overview
from labelport.cli.page import Page, Pages, examples, prose
from tests.cli.command import complaint, run


def commands() -> Iterator[tuple[str, Page | Pages]]:
    """Yield every command below `labelport`, with its full name."""
    for name in COMMANDS:
        found = main.get_command(click.Context(main), name)
        assert isinstance(found, Page | Pages)
        yield name, found
        if isinstance(found, Pages):
            for inner, command in found.commands.items():
                assert isinstance(command, Page)
                yield f"{name} {inner}", command


EVERY = dict(commands())


@pytest.mark.parametrize("name", EVERY)
def test_help_shows_an_example_of_the_command(name: str) -> None:
    said = run(*name.split(), "--help").stdout
    shown = [line for line in examples(EVERY[name]) if f"labelport {name}" in line]
    assert shown
    assert all(f"  {line}\n" in said for line in examples(EVERY[name]))


@pytest.mark.parametrize("name", EVERY)
def test_help_says_what_every_option_does(name: str) -> None:
    assert prose(EVERY[name])
    options = [one for one in EVERY[name].params if isinstance(one, click.Option)]
    assert [one.name for one in options if not one.help] == []


@pytest.mark.parametrize("name", EVERY)
def test_examples_name_options_that_exist(name: str) -> None:
    for line in examples(EVERY[name]):
        words = line.partition("labelport ")[2].partition(" #")[0].split()
        called = " ".join(words[:2]) if " ".join(words[:2]) in EVERY else words[0]
        known = {text for one in EVERY[called].params for text in one.opts}
        assert {word for word in words if word.startswith("--")} <= known


def test_the_overview_is_what_click_would_say() -> None:
    assert run("--help").stdout == overview() + "\n"


def test_a_misspelt_command_is_answered_with_the_nearest() -> None:
    assert "did you mean 'export'?" in complaint("exprot", code=2)

"""docs/cli.md says what the commands say of themselves."""

import runpy

import click

from conftest import ROOT
from explorer.cli.main import SUBJECTS, explorer, main


def test_the_page_is_what_the_commands_make_of_it():
    page = runpy.run_path(str(ROOT / "docs" / "cli.py"))["reference"]()
    written = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written == page, "write it anew: python docs/cli.py > docs/cli.md"


def test_every_command_argument_and_option_says_what_it_is():
    commands = [command for commands in SUBJECTS.values() for command in commands]
    assert len(commands) == len(explorer.commands) == 41
    for command in commands:
        assert command.help, command.name
        for parameter in command.params:
            assert parameter.help or isinstance(parameter, click.Argument), f"{command.name} {parameter.name}"


def test_the_help_pages(capsys):
    assert main(["--help"]) == 0
    page = capsys.readouterr().out
    assert all(f"  {name} " in page for name in explorer.commands)
    assert "_EXPLORER_COMPLETE" in page
    for name in explorer.commands:
        assert main([name, "-h"]) == 0
        assert f"explorer {name} " in capsys.readouterr().out

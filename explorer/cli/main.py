"""The command line: which commands there are, and what an error or an interruption ends with.

Knows subjects and exit codes, not what a command takes or does. Always true: JSON goes to stdout, remarks and progress
to stderr; the page of a command is shown, and completed by a shell, without loading what the command needs.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence

import click
from click.shell_completion import shell_complete

from explorer import __version__, interruption
from explorer.cli import DONE, INTERRUPTED, NOTHING, WRONG_USE
from explorer.cli.commands import (
    agents,
    app,
    care,
    data,
    drafts,
    drawings,
    duplicates,
    library,
    marks,
    notices,
    regions,
    saved_searches,
    search,
    shards,
    watch,
)
from explorer.errors import AmbiguousPaper, ExplorerError, LibraryError
from explorer.rights import sentence_of

_COMPLETE = "_EXPLORER_COMPLETE"  # set by the completion of a shell
SUBJECTS = {
    module.__name__.rpartition(".")[2].replace("_", " ").capitalize(): [
        command for command in vars(module).values() if isinstance(command, click.Command)
    ]
    for module in (
        library,
        shards,
        watch,
        app,
        care,
        drawings,
        search,
        regions,
        drafts,
        saved_searches,
        marks,
        notices,
        duplicates,
        data,
        agents,
    )
}


class _Commands(click.Group):
    """Lists its commands by subject, in the order of their modules."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for subject, commands in SUBJECTS.items():
            with formatter.section(subject):
                formatter.write_dl([(str(command.name), command.get_short_help_str(200)) for command in commands])


@click.group(
    cls=_Commands,
    commands=[command for commands in SUBJECTS.values() for command in commands],
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f'The TAB key completes after: eval "$({_COMPLETE}=bash_source explorer)", or zsh_source, or fish_source.',
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def explorer() -> None:
    """Find similar papers and see what a pile is about."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    if arguments is None and _COMPLETE in os.environ:
        return shell_complete(explorer, {}, "explorer", _COMPLETE, os.environ[_COMPLETE])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # into a pipe Windows writes cp1252, which lacks most letters
    with interruption.heard(signal.SIGINT):
        return _run(list(sys.argv[1:] if arguments is None else arguments))


def _run(arguments: list[str]) -> int:
    try:
        with explorer.make_context("explorer", arguments) as context:
            return int(explorer.invoke(context) or DONE)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except ExplorerError as error:
        print(f"explorer: {error}", file=sys.stderr)
        return WRONG_USE if isinstance(error, (LibraryError, AmbiguousPaper)) else NOTHING
    except KeyboardInterrupt:
        interruption.forget()
        print(
            "\nexplorer: stopped; what was read and embedded so far is kept, the same command goes on from there",
            file=sys.stderr,
        )
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader, `head` say, has had enough
        return DONE
    except Exception as error:
        from embeddings.encoder import EncoderError

        if not isinstance(error, (EncoderError, OSError)):
            raise
        print(f"explorer: {sentence_of(error) if isinstance(error, OSError) else error}", file=sys.stderr)
        return WRONG_USE

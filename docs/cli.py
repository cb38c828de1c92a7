"""The reference of the command line, from its commands: python docs/cli.py > docs/cli.md"""

from __future__ import annotations

from inspect import cleandoc

import click

from explorer.cli.main import SUBJECTS, explorer

INTRODUCTION = """# Command line

Written from the commands themselves by `python docs/cli.py > docs/cli.md`; `explorer COMMAND --help` says the same.

Results go to stdout, as tables for people or with `--json` for programs; remarks and progress go to stderr. The exit
code is 0 when all is done, 1 when nothing was found or the input had problems, 2 for wrong use, 130 after Ctrl-C.

Every command also takes `--library DIR`, the folder of the library (default: `$EXPLORER_LIBRARY`, or `./library`). An
argument may begin with a minus when it holds a blank, or when it stands after `--`.

In bash, `eval "$(_EXPLORER_COMPLETE=bash_source explorer)"` makes the TAB key complete commands, options and files; for
zsh and fish write `zsh_source` and `fish_source`.
"""


def reference() -> str:
    """The whole page, in Markdown."""
    parts = [INTRODUCTION]
    with click.Context(explorer, info_name="explorer", **explorer.context_settings) as context:
        for subject, commands in SUBJECTS.items():
            parts.append(f"\n## {subject}\n")
            parts += [_section(command, click.Context(command, context, command.name)) for command in commands]
    return "".join(parts)


def _section(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    own = [parameter for parameter in command.params if parameter.name != "folder"]
    own.sort(key=lambda parameter: isinstance(parameter, click.Option))
    rows = [parameter.get_help_record(context) or ("", "") for parameter in own]
    lines = ["", *(f"- `{name}`: {words}" if words else f"- `{name}`" for name, words in rows)] if rows else []
    return "\n".join(["", f"### {command.name}", "", cleandoc(command.help or ""), "", f"    {usage}", *lines, ""])


if __name__ == "__main__":
    print(reference(), end="")

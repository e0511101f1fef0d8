"""The command line: one file per command, each declaring ``COMMAND``; parsing and printing only."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from vesicle import __version__
from vesicle.cli.output import guarded
from vesicle.discovery import built_in
from vesicle.errors import UsageError, nearest, quoted


class Program(click.Group):
    """The group of all commands; whatever goes wrong below it ends in one message and one exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names of the commands.

        Parameters
        ----------
        ctx : click.Context
            Not used.

        Returns
        -------
        list of str
            Every module of this package that declares a command.
        """
        return list(_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of one name.

        Parameters
        ----------
        ctx : click.Context
            Not used.
        cmd_name : str
            For example ``run``.

        Returns
        -------
        click.Command or None
            None when there is none.
        """
        return _commands().get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name.

        Parameters
        ----------
        ctx : click.Context
            The context of the program.
        args : list of str
            What follows ``vesicle``.

        Returns
        -------
        tuple
            Name, command and the arguments left.

        Raises
        ------
        UsageError
            When there is no such command, with the nearest one.
        """
        if args[0] not in _commands():
            raise _no_such_command(args[0])
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, *others: Any, **extra: Any) -> NoReturn:
        """Run the command line and end the process with its exit code.

        Parameters
        ----------
        args : sequence of str, optional
            What follows ``vesicle``; from the process when absent.
        *others : object
            Passed on to click.
        **extra : object
            Passed on to click.
        """
        arguments = list(sys.argv[1:] if args is None else args) or ["--help"]
        extra["standalone_mode"] = False
        extra["prog_name"] = "vesicle"
        sys.exit(
            guarded(
                lambda: super(Program, self).main(arguments, *others, **extra), as_json="--json" in arguments
            )
        )


def _commands() -> Mapping[str, click.Command]:
    declared = built_in("vesicle.cli", attribute="COMMAND", kind=click.Command)
    return {command.name or "": command for command in declared}


def _no_such_command(word: str) -> UsageError:
    close = nearest(word, _commands())
    if Path(word).is_dir():
        next_step = f"To make a dossier of this folder: vesicle run '{word}'."
    else:
        next_step = f"Did you mean 'vesicle {close}'?" if close else "See vesicle --help."
    return UsageError(
        f"There is no command '{word}'.", why=f"Commands: {quoted(_commands())}.", next_step=next_step
    )


@click.command(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: vesicle demo. Exit codes: 0 done; 1 done, but some files failed; 2 wrong usage; "
    "3 nothing recognised.",
)
@click.version_option(__version__, prog_name="vesicle", message="%(prog)s %(version)s")
def main() -> None:
    """From a folder of raw vesicle measurements to one dossier that can be checked."""

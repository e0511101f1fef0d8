"""Paths on the command line."""

from __future__ import annotations

from pathlib import Path

import click


class GivenPath(click.Path):
    """A path that was really given: an empty one, such as an unset variable of the shell, is refused."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path as :class:`pathlib.Path`.

        Parameters
        ----------
        value : object
            What the user wrote.
        param : click.Parameter or None
            The argument, for the message.
        ctx : click.Context or None
            The command, for the message.

        Returns
        -------
        pathlib.Path
            Not empty; an empty one would mean the current folder.
        """
        if value == "":
            self.fail("the path is empty; name a file or a folder.", param, ctx)
        return Path(str(value))

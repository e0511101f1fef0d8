"""What a command says: one JSON document, or text for a person, and one way to report a failure."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import NoReturn

import click

from vesicle.errors import UsageError, VesicleError

BUG_EXIT_CODE = 70
STOPPED_EXIT_CODE = 130

json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON document on standard output and nothing else there.",
)
"""Every command has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command found: the document for programs, the text for people, the exit code."""

    document: Mapping[str, object]
    text: str
    exit_code: int = 0


def respond(answer: Answer, *, as_json: bool) -> NoReturn:
    """Print an answer and end the command.

    Parameters
    ----------
    answer : Answer
        What was found.
    as_json : bool
        The document instead of the text.

    Raises
    ------
    click.exceptions.Exit
        Always, with the exit code of the answer.
    """
    if as_json:
        _print_document(answer.document)
    else:
        say(answer.text, to_stdout=True)
    raise click.exceptions.Exit(answer.exit_code)


def say(text: str, *, to_stdout: bool = False) -> None:
    """Print text for a person, whatever a file name in it may hold.

    Parameters
    ----------
    text : str
        One or more lines.
    to_stdout : bool, optional
        Results go to standard output, messages to standard error.
    """
    stream = sys.stdout if to_stdout else sys.stderr
    encoding = getattr(stream, "encoding", None) or "utf-8"
    click.echo(printable(text).encode(encoding, errors="replace").decode(encoding), file=stream)


def printable(text: str) -> str:
    r"""Text without control characters, which in a file name could rewrite the terminal.

    Parameters
    ----------
    text : str
        Line ends are kept.

    Returns
    -------
    str
        Every other character that cannot be printed as its escape.

    Examples
    --------
    >>> printable("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return "".join(
        ch if ch.isprintable() or ch == "\n" else ch.encode("unicode_escape").decode() for ch in text
    )


@contextlib.contextmanager
def only_the_document_on_stdout(*, as_json: bool) -> Generator[None, None, None]:
    """Send stray prints to standard error while a command works, so that the document stands alone.

    Parameters
    ----------
    as_json : bool
        Without it nothing is redirected.

    Yields
    ------
    None
        While redirected.
    """
    with contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext():
        yield


def guarded(work: Callable[[], object], *, as_json: bool) -> int:
    """The exit code of some work; whatever it raises becomes one clear message.

    Parameters
    ----------
    work : callable
        The command line; an integer it returns is its exit code.
    as_json : bool
        A failure is then a document ``vesicle.error/1`` on standard output.

    Returns
    -------
    int
        0 to 3 as documented, 70 for a bug of ours, 130 when stopped by the user.
    """
    try:
        returned = work()
    except VesicleError as error:
        return _failed(error, error.code, exit_code=error.exit_code, as_json=as_json)
    except click.ClickException as error:
        return _failed(_from_click(error), "usage", exit_code=2, as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        stopped = VesicleError("Stopped before the end.", next_step="Run the same command again.")
        return _failed(stopped, "stopped", exit_code=STOPPED_EXIT_CODE, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the outermost door: what comes here is our bug, and is called so
        return _failed(_our_bug(error), "bug", exit_code=BUG_EXIT_CODE, as_json=as_json)
    return returned if isinstance(returned, int) else 0


def _failed(error: VesicleError, code: str, *, exit_code: int, as_json: bool) -> int:
    if as_json:
        _print_document({"schema": "vesicle.error/1", "error": _as_document(error, code)})
    say(_as_text(error))
    return exit_code


def _as_document(error: VesicleError, code: str) -> Mapping[str, str]:
    return {
        "code": code,
        "what": error.what,
        "where": error.where,
        "why": error.why,
        "next_step": error.next_step,
    }


def _as_text(error: VesicleError) -> str:
    rows = (("Where", error.where), ("Why", error.why), ("Next", error.next_step))
    return "\n".join([f"Error: {error.what}", *(f"  {name + ':':7}{text}" for name, text in rows if text)])


def _from_click(error: click.ClickException) -> UsageError:
    context = getattr(error, "ctx", None)
    command = context.command_path if isinstance(context, click.Context) else "vesicle"
    return UsageError(error.format_message(), where=command, next_step=f"See {command} --help.")


def _our_bug(error: Exception) -> VesicleError:
    if os.environ.get("VESICLE_DEBUG") == "1":
        traceback.print_exception(error)
    return VesicleError(
        "This is a bug in vesicle, not a mistake of yours.",
        why=f"{type(error).__name__}: {error}",
        next_step="Run again with VESICLE_DEBUG=1 and report what it prints; your input files are unchanged.",
    )


def _print_document(document: Mapping[str, object]) -> None:
    # ASCII only: neither the code page of a terminal nor an odd file name can then spoil the document.
    click.echo(json.dumps(document, allow_nan=False, ensure_ascii=True, indent=2), file=sys.stdout)

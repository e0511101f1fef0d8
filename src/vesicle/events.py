"""What happens during a run, as records that the terminal, a page and a notebook draw alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step of the spine has begun; ``total`` counts the units of work it announces."""

    step: str
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStarted:
    """One file is about to be read (or, with an executor, waits for its turn)."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """One file is done: read, refused or not recognised."""

    path: str
    status: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed:
    """One unit of work of a step is done."""

    step: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """A step of the spine has ended after ``seconds``."""

    step: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something that the user should see at once, such as a repaired output folder."""

    code: str
    message: str


Event: TypeAlias = StepStarted | FileStarted | FileRead | Progressed | StepDone | Noticed
Listener: TypeAlias = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Draw nothing; the default listener.

    Parameters
    ----------
    event : Event
        What happened.
    """

"""Cell identity: what the cytometer saw of each antigen on the producing cells, tube by tube."""

from __future__ import annotations

from dataclasses import dataclass

from vesicle.measurements.sizing import FloatArray
from vesicle.results import Evidence, Finding, Quantity, Warned


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStep:
    """A gate and the events that are left after it; ``note`` says how it was set, or why it was left out."""

    name: str
    events: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedTube:
    """The gates of one file, in order; ``compensation`` says what was done about spillover."""

    file: str
    role: str
    steps: tuple[GateStep, ...]
    compensation: str

    @property
    def events(self) -> int:
        """Events that are left at the end."""
        return self.steps[-1].events if self.steps else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalHistogram:
    """Shares of the gated events of a tube and of its control, in classes of signal.

    ``edges`` has one more entry than the shares, which are per class; events below the first edge are in the
    first class, those above the last in the last. All arrays are read-only.
    """

    edges: FloatArray
    sample: FloatArray
    control: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class AntigenReading:
    """One antigen (or cocktail) in one channel of one tube, against its control.

    ``marker`` is an antigen's label or ``negative cocktail``, ``antigens`` what it holds. ``required`` is
    ``positive``, ``negative`` or empty for an antigen that the criteria do not name. ``nets`` holds the net
    percentage at other percentiles of the control. ``named_by`` says what named the antigen of the channel.
    ``subtracted_percent`` is the scaled subtraction, for populations that overlap. ``is_declared`` marks a
    percentage of another program, whose events were not seen.
    ``problem`` says why there is no number, ``doubts`` what keeps it from being more than a warning, ``notes``
    what a reader should know.
    """

    marker: str
    antigens: tuple[str, ...]
    required: str
    file: str
    channel: str
    control_file: str = ""
    control_kind: str = ""
    threshold: float | None = None
    events: int = 0
    control_events: int = 0
    gated_percent: Quantity
    control_percent: Quantity
    net_percent: Quantity
    subtracted_percent: Quantity
    nets: tuple[tuple[float, Quantity], ...] = ()
    histogram: SignalHistogram | None = None
    is_declared: bool = False
    named_by: str = ""
    problem: Warned | None = None
    doubts: tuple[Warned, ...] = ()
    notes: tuple[Warned, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityFinding(Finding):
    """All antigens of the producing cells that the folder shows, and what it lacks.

    ``missing`` lists criteria for which nothing was stained, in words such as ``CD14 or CD11b``. ``species``
    is the label of the declared species, empty where none is; ``is_human`` is False only when another is.
    ``unplaced`` are files of cells in which no antigen was found, each with the reason.
    """

    readings: tuple[AntigenReading, ...] = ()
    tubes: tuple[GatedTube, ...] = ()
    missing: tuple[str, ...] = ()
    species: str = ""
    is_human: bool = True
    unplaced: tuple[tuple[str, str], ...] = ()

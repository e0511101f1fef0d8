"""What a flow cytometer recorded: data sets of events, their channels, and what the file says about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from vesicle.measurements.sizing import Dilution, FloatArray, Setting
from vesicle.results import FileRef, NotAssessed, Warned

Subject: TypeAlias = Literal["cells", "particles", ""]
"""What was run through the cytometer; empty where nothing says it."""


class EventValues(Protocol):
    """The values of a data set, read from its file when asked for; picklable, so that any executor can take it."""

    @property
    def shape(self) -> tuple[int, int]:
        """Events that are kept and channels."""
        ...

    def columns(self, places: Sequence[int]) -> FloatArray:
        """Some channels on their linear scale.

        Parameters
        ----------
        places : sequence of int
            Places in ``FlowDataset.channels``.

        Returns
        -------
        numpy.ndarray
            Shape (events, len(places)), float64, finite. Integers are masked to their range, logarithmic
            amplification and linear gain are undone; nothing is compensated.

        Raises
        ------
        ReadError
            When the file changed since it was recognised.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowChannel:
    """One parameter of a data set.

    ``name`` is $PnN (made unique, P3 where it is missing), ``label`` $PnS, ``bits`` $PnB, ``range`` $PnR.
    ``decades`` is (f1, f2) of $PnE where values were amplified logarithmically, else None; ``gain`` is the $PnG
    that values were divided by, 1 where none was.
    """

    name: str
    label: str = ""
    bits: int
    range: float | None = None
    decades: tuple[float, float] | None = None
    gain: float = 1.0
    voltage: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spillover:
    """A compensation matrix: row by fluorochrome, column by detector, ones on the diagonal.

    ``channels`` are places in ``FlowDataset.channels``; ``matrix`` has shape (n, n) and is read-only.
    """

    channels: tuple[int, ...]
    matrix: FloatArray
    keyword: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowDataset:
    """One data set of a file; ``number`` counts from 0 along $NEXTDATA.

    ``stored_events`` counts what the file holds, ``dropped_events`` those with a value that is no finite number
    (they are not among ``values``). ``spillover`` is NotAssessed with the reason where the file states none or
    one that cannot be used. ``volume_nl`` is what was drawn, where the file states it; ``duration_s`` from $BTIM
    and $ETIM or the time channel. ``keywords`` holds those that name no person: instrument, voltages, threshold,
    vendor settings.
    """

    number: int
    channels: tuple[FlowChannel, ...]
    values: EventValues
    stored_events: int
    dropped_events: int = 0
    spillover: Spillover | NotAssessed
    volume_nl: float | None = None
    duration_s: float | None = None
    time_step_s: float | None = None
    keywords: Mapping[str, str] = field(default_factory=dict[str, str])

    def place(self, name: str) -> int | None:
        """The place of a channel.

        Parameters
        ----------
        name : str
            Its $PnN, else its $PnS; upper and lower case do not matter.

        Returns
        -------
        int or None
            None when there is none, or several have this label.
        """
        for texts in ([c.name for c in self.channels], [c.label for c in self.channels]):
            found = [place for place, text in enumerate(texts) if text.casefold() == name.casefold()]
            if len(found) == 1:
                return found[0]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFile:
    """One flow cytometry standard file.

    ``label`` and ``sample`` as in :class:`SizeRun`; ``role`` is a term of the vocabulary ``file_role``.
    ``markers`` maps a channel's name to the marker that was stained in it, as the user states it; ``control``
    is the path of the file that the user names as this one's control. ``declared_volume_nl`` replaces what the
    file states. ``beads`` says what beads a file of beads holds.
    """

    file: FileRef
    reader: str
    stem: str
    sample: str
    version: str
    datasets: tuple[FlowDataset, ...]
    label: str = ""
    role: str = "sample"
    subject: Subject = ""
    markers: Mapping[str, str] = field(default_factory=dict[str, str])
    control: str = ""
    dilution: Dilution = field(default_factory=Dilution)
    declared_dilution: float | None = None
    declared_volume_nl: float | None = None
    beads: BeadSet | None = None
    acquired: str | None = None
    instrument: str = ""
    software: str = ""
    settings: tuple[Setting, ...] = ()
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BeadSet:
    """What the user states of the beads in a file.

    ``diameters_nm`` are means by ``diameter_kind`` ("measured", or "label" as printed on the bottle);
    ``material`` is polystyrene or silica. ``values`` maps a channel's name to the assigned values of a
    fluorescence ladder, dim to bright, in ``unit`` (MESF, MEFL, ERF).
    """

    diameters_nm: tuple[float, ...] = ()
    diameter_kind: Literal["measured", "label", ""] = ""
    material: str = "polystyrene"
    values: Mapping[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationTable:
    """A statistics table of another program (FlowJo, FACSDiva): percentages without their events.

    Each row is a tube and a marker with the percentage of its parent population, and the events counted where the
    table has them. ``control_percent`` is None where the table does not hold the control beside it.
    """

    file: FileRef
    reader: str
    rows: tuple[PopulationRow, ...]
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationRow:
    """One percentage of a statistics table; ``row`` is its line in the file."""

    tube: str
    marker: str
    percent: float
    events: int | None = None
    control_percent: float | None = None
    row: int

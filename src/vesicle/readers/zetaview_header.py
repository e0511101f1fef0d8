"""The header that every ZetaView text export begins with: keys, values and notes in lines of tabs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vesicle.measurements import Dilution, Setting
from vesicle.readers.text import decimal_mark, parse_number
from vesicle.results import Warned

NUMERIC_KEYS = (
    "pH",
    "Conductivity",
    "Temperature",
    "Viscosity",
    "Dilution",
    "Number of Traces",
    "Average Number of Particles",
    "Concentration Correction Factor",
    "Sensitivity",
    "Shutter",
    "Gain",
    "Laser Wavelength nm",
    "Micrometer per Pixel",
    "Minimum Tracelength",
    "Median Number (D50)",
    "Zeta Potential / mV",
)

SETTINGS = (
    ("sop", "SOP", ""),
    ("laser_wavelength", "Laser Wavelength nm", "nm"),
    ("filter_wavelength", "Filter Wavelength nm", "nm"),
    ("camera", "Camera", ""),
    ("sensitivity", "Sensitivity", ""),
    ("shutter", "Shutter", "as printed, no unit stated"),
    ("gain", "Gain", ""),
    ("min_brightness", "Minimum Brightness", ""),
    ("max_brightness", "Maximum Brightness", ""),
    ("min_area", "Minimum Area", "px"),
    ("max_area", "Maximum Area", "px"),
    ("min_track_length", "Minimum Tracelength", "frames"),
    ("tracking_radius", "Tracking Radius2", "as printed"),
    ("pixel_size", "Micrometer per Pixel", "um"),
    ("electrolyte", "Electrolyte", ""),
    ("ph", "pH", ""),
    ("conductivity", "Conductivity", "uS/cm"),
    ("cell_serial", "Cell S/N", ""),
)

QUALITY = (
    ("cell_check", "Cell Check Result", ""),
    ("cell_checked", "Cell Checked", ""),
    ("drift_check", "Particle Drift Check Result", ""),
    ("drift_checked", "Particle Drift Checked", ""),
    ("sop", "SOP", ""),
    ("positions", "Positions", ""),
    ("particles_per_frame", "Average Number of Particles", "particles"),
    ("detected_particles", "Detected Particles", "particles"),
    ("tracks", "Number of Traces", "tracks"),
)

KEY_ORDER = (
    *("Original File", "Section", "Profile Voltage", "Operator", "Experiment", "ZetaView S/N", "Cell S/N"),
    *("Software", "Analyze", "SOP", "Sample", "Electrolyte", "pH", "Conductivity", "TempControl"),
    *("SetTemperature", "Temperature", "Viscosity", "Date", "Time", "General Remarks", "Remarks"),
    *("Sample Info 1", "Sample Info 2", "Sample Info 3", "Scattering Intensity", "Detected Particles"),
    *("Particle Drift Checked", "Particle Drift Check Result", "Cell Checked", "Cell Check Result"),
    *("Type of Measurement", "Positions", "Microscope Position", "Number of Traces"),
    *("Average Number of Particles", "Dilution", "Concentration Correction Factor", "Image Evaluation"),
    *("Minimum Brightness", "Minimum Area", "Maximum Area", "Maximum Brightness", "Tracking Radius2"),
    *("Minimum Tracelength", "Begin New Traces", "PSD log Correction", "Multi-Threshold"),
    *("MultipleAcquisition", "NumberOfExperiments", "DelayTime", "Camera", "Sensitivity", "Gain", "Offset"),
    *("Shutter", "Brightness", "Gamma", "Auto Exposure", "Camera Trigger Mode"),
    *("Camera Trigger Duration s", "Camera Trigger Delay s", "Laser Wavelength nm", "Filter Wavelength nm"),
    *("LowBleach", "LowBleachVolume", "DoseSubVolume", "SubVolumePump", "Position", "actual Microscope"),
    *("actual Laser", "Position0 Microscope", "Position0 Laser", "Position1 Microscope", "Position1 Laser"),
    *("Cell Thickness (Microscope Steps)", "Cell Thickness (Laser Steps)", "SL1 (Stationary Layer 1)"),
    *("SL2 (Stationary Layer 2)", "Cell parameter", "Cell#", "Micrometer per Pixel"),
    *("Reference Electrode Distance", "Voltage", "Polarity", "OscillatorFrames", "Reference Voltage"),
    *("Microscope Magnification", "Profile Data", "ZP Factor", "Average Field (abs) / V/cm", "Results"),
    *("Mean Velocity (Derived from Parabola Fit) / m/s", "Mobility /m/s/V/cm"),
    *("Mobility @ 25degC /m/s/V/cm", "Mobility Parabola Fit Accuracy /m/s/V/cm"),
    *("Mobility Distribution (SL 1/2) FWHM /m/s/V/cm", "Zeta Potential / mV", "Zeta Potential @ 25C / mV"),
    *("ZP Parabola Fit Accuracy / mV", "ZP Distribution (SL 1/2) FWHM / mV", "Median Number (D50)"),
    *("Median Concentration (D50)", "Median Volume (D50)"),
)
"""The keys in the order of every export seen so far, without signs that are not ASCII.

Not every version writes all of them, but a key that stands elsewhere has lost its own value.
"""

_KEY_ONLY = re.compile(r"\s*([^:\t]+?)\s*:+\s*")
_KEY_VALUE = re.compile(r"\s*([^:\t]+?)\s*:+\s+(\S.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One key of the header: its value as text, the row it stands in, and whether it was repeated."""

    value: str
    row: int
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """All keys of a ZetaView header, with numbers read in the file's own decimal mark."""

    entries: Mapping[str, Entry]
    decimal: str

    def text(self, key: str) -> str:
        """The value of a key as printed, empty when the key is absent.

        Parameters
        ----------
        key : str
            As the instrument writes it, without the colon.

        Returns
        -------
        str
            The value.
        """
        entry = self.entries.get(key)
        return entry.value if entry else ""

    def number(self, key: str) -> float | None:
        """The value of a key as a number.

        Parameters
        ----------
        key : str
            As the instrument writes it, without the colon.

        Returns
        -------
        float or None
            None when the key is absent or its value is not a number (``NaN`` included).
        """
        return parse_number(self.text(key), decimal=self.decimal)

    def settings(self, table: tuple[tuple[str, str, str], ...]) -> tuple[Setting, ...]:
        """The settings of a table that the header states, in the table's order.

        Parameters
        ----------
        table : tuple of (name, key, unit)
            Such as :data:`SETTINGS`.

        Returns
        -------
        tuple of Setting
            Without those that are absent or empty.
        """
        return tuple(
            Setting(name=name, value=tidy(self.text(key)), unit=unit, key=key, row=self.entries[key].row)
            for name, key, unit in table
            if self.text(key)
        )

    @property
    def acquired(self) -> str | None:
        """Date and time of the measurement in ISO 8601, None when the header states none."""
        date, time = self.text("Date"), self.text("Time")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
            return None
        return f"{date}T{time}" if re.fullmatch(r"\d\d:\d\d:\d\d", time) else date

    @property
    def dilution(self) -> Dilution:
        """The dilution that the header states; the table beside it is as measured, so we multiply."""
        factor = self.number("Dilution")
        if factor is None or factor <= 0:
            return Dilution()
        return Dilution(factor=factor, applied_by="vesicle", origin="header")

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """Keys that contradict themselves or are missing although a number rests on them."""
        return tuple(self._warn())

    def _warn(self) -> Iterator[Warned]:
        for key, entry in self.entries.items():
            if entry.is_repeated:
                message = f"'{key}' stands twice in the header with different values; the first is used."
                yield Warned(code="key_repeated", message=message, row=entry.row)
        if self.dilution.factor is None:
            message = "The header states no usable dilution, so the stock concentration is unknown."
            yield Warned(code="dilution_missing", message=message)
        elif self.dilution.factor < 1 or self.dilution.factor != round(self.dilution.factor):
            message = f"The header states a dilution of {self.dilution.factor:g}, which is no usual factor."
            yield Warned(code="dilution_odd", message=message)
        yield from self._moved()
        for key in ("Temperature", "Viscosity"):
            if self.number(key) is None:
                message = f"The header states no usable {key.lower()}."
                yield Warned(code=f"{key.lower()}_missing", message=message)

    def _moved(self) -> Iterator[Warned]:
        ranks = {key: rank for rank, key in enumerate(KEY_ORDER)}
        known = [(ranks[name], key) for key in self.entries if (name := _ascii(key)) in ranks]
        moved = next((after for before, after in itertools.pairwise(known) if after[0] < before[0]), None)
        if moved is not None:
            message = f"'{moved[1]}' stands where the instrument writes another key; check its value."
            yield Warned(code="keys_reordered", message=message, row=self.entries[moved[1]].row)


def _ascii(key: str) -> str:
    return re.sub(r"[^ -~]", "", key)


def tidy(value: str) -> str:
    """A printed value without trailing zeros, so that 80.000000 reads 80.

    Parameters
    ----------
    value : str
        As printed.

    Returns
    -------
    str
        Unchanged unless it is a number with decimals.

    Examples
    --------
    >>> tidy("0.713000")
    '0.713'
    """
    if re.fullmatch(r"[+-]?\d+[.,]\d+", value):
        return value.rstrip("0").rstrip(".,")
    return value


def parse_header(lines: list[str], *, where: str) -> Header:
    """The header from the lines above the first table.

    Parameters
    ----------
    lines : list of str
        From the first line of the file on.
    where : str
        The file's name for messages.

    Returns
    -------
    Header
        With the first value of every key.

    Raises
    ------
    BadValue
        When decimal points and decimal commas are mixed in the numeric keys.
    """
    entries: dict[str, Entry] = {}
    for row, line in enumerate(lines, start=1):
        for key, value in _pairs(line.split("\t")):
            known = entries.get(key)
            if known is None:
                entries[key] = Entry(value=value, row=row)
            elif known.value != value and value:
                entries[key] = Entry(value=known.value, row=known.row, is_repeated=key in NUMERIC_KEYS)
    numeric = [entries[key].value for key in NUMERIC_KEYS if key in entries]
    return Header(entries=entries, decimal=decimal_mark(numeric, where=where))


def _pairs(fields: list[str]) -> Iterator[tuple[str, str]]:
    key, values = "", list[str]()
    for index, field in enumerate(fields):
        inline = _KEY_VALUE.fullmatch(field) if index == 0 else None
        alone = _KEY_ONLY.fullmatch(field)
        if inline or alone:
            if key:
                yield key, _first(values)
            key, values = (inline[1], [inline[2]]) if inline else (alone[1] if alone else "", [])
        else:
            values.append(field.strip())
    if key:
        yield key, _first(values)


def _first(values: list[str]) -> str:
    return values[0] if values else ""


def is_zetaview(text: str) -> bool:
    """Whether a text begins like an export of the ZetaView software.

    Parameters
    ----------
    text : str
        The first lines of a file.

    Returns
    -------
    bool
        True when at least two of its own keys are there.
    """
    marks = ("ZetaView", "Cell S/N:", "Particle Drift Check", "Scattering Intensity:", "Original File:")
    return sum(mark in text for mark in marks) >= 2

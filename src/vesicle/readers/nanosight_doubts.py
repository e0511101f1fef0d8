"""What a NanoSight summary file says against itself, as coded warnings.

The file prints most numbers twice: a column and its sum, a distribution and its percentiles, the videos and
their average. On the nine files seen the two agree within the rounding of the print (concentrations 0.5 %,
means 0.05 nm, percentiles 0 or exactly one class), so a larger difference means that something was changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from vesicle.inference.histograms import mean_and_sd, percentiles_at_edges
from vesicle.measurements import Setting, VendorSummary
from vesicle.measurements.sizing import FloatArray
from vesicle.readers.nanosight_layout import Layout, fold
from vesicle.readers.nanosight_table import ClassTable
from vesicle.readers.nanosight_values import DILUTION_KEY, Printed
from vesicle.results import Warned

FEW_TRACKS = 200
"""The instrument's own limit: its [Information] says "<200" below it."""

_CONCENTRATION_SHARE = 0.01
_CLASS_SHARE = 0.005
_PRINTED_NM = 0.6
_QUIET = {"ok", "no", ""}
_VARIES = {"max_jump_distance"}
_COMBINED = "created from combined experiments"


def find_doubts(
    layout: Layout, printed: Printed, table: ClassTable, settings: Sequence[Sequence[Setting]]
) -> tuple[Warned, ...]:
    """Every doubt about one file.

    Parameters
    ----------
    layout : Layout
        The file.
    printed : Printed
        Its printed numbers.
    table : ClassTable
        Its size table.
    settings : sequence of sequence of Setting
        The settings of each video.

    Returns
    -------
    tuple of Warned
        In the order of the questions: origin, dilution, settings, tracks, agreement.
    """
    return (
        *_combined(layout),
        *_dilution(layout, printed),
        *_settings(settings),
        *_tracks(printed),
        *_vendor_warnings(layout),
        *_average(printed, table),
        *_each_video(printed, table),
        *_viscosity(printed),
    )


def _combined(layout: Layout) -> Iterator[Warned]:
    row = layout.find("experiment details", "remarks")
    text = " ".join(row.values) if row is not None else ""
    if row is not None and _COMBINED in fold(text):
        names = [name.strip().removesuffix(".nano") for name in text.partition(":")[2].split(",")]
        message = f"The file combines {len(names)} experiments: {', '.join(names)}."
        yield Warned(code="combined_experiments", message=message, row=row.number)


def _dilution(layout: Layout, printed: Printed) -> Iterator[Warned]:
    row = layout.find("results", DILUTION_KEY)
    number = None if row is None else row.number
    factors = printed.dilutions
    if all(factor is None for factor in factors):
        message = "The instrument recorded no dilution; the concentration is that of the measured sample."
        yield Warned(code="dilution_not_recorded", message=message, row=number)
    elif len(set(factors)) > 1:
        shown = ", ".join("not recorded" if f is None else f"{f:g}" for f in dict.fromkeys(factors))
        message = f"The videos were recorded with different dilutions ({shown}); their average mixes them."
        yield Warned(code="dilution_differs", message=message, row=number)


def _settings(per_video: Sequence[Sequence[Setting]]) -> Iterator[Warned]:
    for column in zip(*per_video, strict=True):
        values = list(dict.fromkeys(setting.value for setting in column))
        if len(values) > 1 and column[0].name not in _VARIES:
            message = f"{column[0].key} differs between videos: {', '.join(values[:6])}."
            yield Warned(code="settings_differ", message=message, row=column[0].row)


def _tracks(printed: Printed) -> Iterator[Warned]:
    videos = list(zip(printed.names, printed.vendors, printed.completed, strict=True))
    few = [f"{name} ({v.tracks})" for name, v, _ in videos if v.tracks is not None and v.tracks < FEW_TRACKS]
    if few:
        message = (
            f"{len(few)} of {len(videos)} videos have fewer than {FEW_TRACKS} valid tracks: {', '.join(few)}."
        )
        yield Warned(code="few_tracks", message=message)
    many = [
        name for name, v, done in videos if None not in (v.tracks, done) and (v.tracks or 0) > (done or 0)
    ]
    if many:
        message = f"More tracks are valid than were completed in {', '.join(many)}."
        yield Warned(code="tracks_disagree", message=message)


def remarks_of(layout: Layout, *, videos: int) -> tuple[tuple[str, ...], ...]:
    """What the instrument remarks about each video, as "key: value".

    Parameters
    ----------
    layout : Layout
        The file.
    videos : int
        How many videos there are.

    Returns
    -------
    tuple of tuple of str
        Without the entries that are OK, No or empty.
    """
    rows = list(layout.rows_of("concentration warnings", "information"))
    return tuple(
        tuple(
            f"{row.fields[0]}: {row.values[index]}"
            for row in rows
            if index < len(row.values) and fold(row.values[index]) not in _QUIET
        )
        for index in range(videos)
    )


def _vendor_warnings(layout: Layout) -> Iterator[Warned]:
    row = layout.find("concentration warnings", "validity of concentration measurement")
    said = [] if row is None else [value for value in row.values if fold(value) not in _QUIET]
    if row is not None and said:
        words = ", ".join(dict.fromkeys(said))
        message = f"The instrument doubts the concentration of {len(said)} videos: {words}."
        yield Warned(code="vendor_warning", message=message, row=row.number)


def _average(printed: Printed, table: ClassTable) -> Iterator[Warned]:
    if table.average is None or printed.average is None:
        if len(printed.names) > 1:
            message = "The file has several videos and no average column; it states no numbers for the run."
            yield Warned(code="average_missing", message=message, row=table.first_row)
        return
    ours, numbers = table.videos.mean(axis=1), printed.average
    allowed = 1.0 + _CLASS_SHARE * np.maximum(ours, table.average)
    if np.any(np.abs(ours - table.average) > allowed):
        message = "The average column of the size table is not the mean of the videos' columns."
        yield Warned(code="average_disagrees", message=message, row=table.first_row)
    wrong = [name for name in _FIELDS if not _is_mean(name, printed)]
    if not _is_near(numbers.concentration_per_ml, float(table.average.sum())):
        wrong.append("concentration (the sum of the size table)")
    if wrong:
        message = f"The printed average is not that of the videos or of the table: {', '.join(wrong)}."
        yield Warned(code="average_disagrees", message=message)


_FIELDS = ("mean_nm", "mode_nm", "sd_nm", "d10_nm", "d50_nm", "d90_nm", "concentration_per_ml")


def _is_mean(name: str, printed: Printed) -> bool:
    average = getattr(printed.average, name)
    videos = [getattr(vendor, name) for vendor in printed.vendors]
    if average is None or None in videos:
        return True
    mean = float(np.mean(videos))
    return _is_near(average, mean) if name == _FIELDS[-1] else abs(average - mean) <= _PRINTED_NM


def _is_near(printed: float | None, ours: float) -> bool:
    return printed is None or abs(printed - ours) <= 1.0 + _CONCENTRATION_SHARE * max(printed, ours)


def _each_video(printed: Printed, table: ClassTable) -> Iterator[Warned]:
    wrong = list[str]()
    for index, (name, vendor) in enumerate(zip(printed.names, printed.vendors, strict=True)):
        fields = _disagreeing(vendor, table, table.videos[:, index])
        if fields:
            wrong.append(f"{name} ({', '.join(fields)})")
    if wrong:
        message = f"Printed numbers are not those of the size table: {'; '.join(wrong[:4])}."
        yield Warned(code="summary_disagrees", message=message, row=table.first_row)


def _disagreeing(vendor: VendorSummary, table: ClassTable, amount: FloatArray) -> list[str]:
    """The fields that do not follow from the column; NTA 3.2 prints percentiles one class too low."""
    found = [] if _is_near(vendor.concentration_per_ml, float(amount.sum())) else ["concentration_per_ml"]
    if amount.sum() <= 0:
        return found
    width = float(np.median(np.diff(table.edges_nm)))
    for name, value in _moments(table, amount).items():
        printed = getattr(vendor, name)
        allowed = _PRINTED_NM + (0.0 if name in {"mean_nm", "sd_nm"} else width)
        if printed is not None and abs(printed - value) > allowed:
            found.append(name)
    return found


def _moments(table: ClassTable, amount: FloatArray) -> dict[str, float]:
    mean, sd = mean_and_sd(table.centre_nm, amount)
    d10, d50, d90 = percentiles_at_edges(table.edges_nm, amount, np.array([0.1, 0.5, 0.9]))
    mode = table.centre_nm[int(amount.argmax())]
    names = ("mean_nm", "mode_nm", "sd_nm", "d10_nm", "d50_nm", "d90_nm")
    return dict(zip(names, map(float, (mean, mode, sd, d10, d50, d90)), strict=True))


def _viscosity(printed: Printed) -> Iterator[Warned]:
    for name, t, printed_mpas in zip(
        printed.names, printed.temperature_c, printed.viscosity_mpas, strict=True
    ):
        if t is None or printed_mpas is None:
            continue
        if not 0 <= t <= 100 or not 0.5 <= printed_mpas / water_viscosity_mpas(t) <= 5:
            message = f"{name}: {printed_mpas:g} mPas at {t:g} degrees Celsius is far from water."
            yield Warned(code="viscosity_unlike_water", message=message)
            return


def water_viscosity_mpas(temperature_c: float) -> float:
    """Viscosity of water, to tell a temperature from a viscosity that stands in its place.

    Parameters
    ----------
    temperature_c : float
        From 0 to 100 degrees Celsius.

    Returns
    -------
    float
        In mPa s.

    Notes
    -----
    Source: Kestin, Sokolov and Wakeham 1978, J. Phys. Chem. Ref. Data 7, 941.

    Examples
    --------
    >>> round(water_viscosity_mpas(25.0), 4)
    0.8902
    """
    below = 20.0 - temperature_c
    power = below / (temperature_c + 96.0) * (1.2364 - 1.37e-3 * below + 5.7e-6 * below**2)
    return 1.002 * 10.0**power

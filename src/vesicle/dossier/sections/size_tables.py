"""The tables of section D3 that go into a supplement: runs, vendors' numbers, settings, liquid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vesicle.analysis import Inputs
from vesicle.dossier.blocks import Block, Cell, Column, Table, Text
from vesicle.dossier.sections.size_censored import censored_sentence
from vesicle.findings import RunSize, SettingRow, SizeFinding
from vesicle.measurements import SizeRun, VendorSummary, ZetaProfile
from vesicle.results import NotAssessed
from vesicle.vesicles.conditions import Conditions, corrected_factor
from vesicle.vesicles.physics import water_viscosity_mpas
from vesicle.vesicles.samples import SENSED

_SIZES = ("D10", "D50", "D90", "Mean", "Mode", "SD")


def run_tables(sizes: SizeFinding) -> Iterator[Block]:
    """Every run with our numbers, then with the vendor's.

    Parameters
    ----------
    sizes : SizeFinding
        With at least one run.

    Yields
    ------
    Block
        One table, or two when a vendor evaluated a run.
    """
    yield _runs_table(sizes)
    reported = [size for size in sizes.runs if size.estimate is None or size.run.vendor != VendorSummary()]
    if reported:
        yield _vendor_table(reported)


def _runs_table(sizes: SizeFinding) -> Table:
    return Table(
        id="runs",
        title="Runs, computed here",
        columns=(
            Column(name="Run"),
            Column(name="Sample"),
            Column(name="Role"),
            Column(name="Acquired"),
            *(Column(name=name, unit="nm") for name in _SIZES),
            Column(name="As measured", unit="particles/mL"),
            Column(name="Dilution"),
            Column(name="Applied by"),
            Column(name="Stock", unit="particles/mL"),
        ),
        rows=tuple(_run_row(size) for size in sizes.runs),
        caption=censored_sentence(sizes.runs),
        how="Percentiles by linear interpolation of the cumulative number at class edges, mean and SD with each "
        "class at its centre, mode after Gaussian smoothing; concentration is the sum of the table. For runs "
        "evaluated here from their tracks see the tables of videos and volumes.",
    )


def _vendor_table(reported: Sequence[RunSize]) -> Table:
    return Table(
        id="vendor",
        title="Runs, as the instrument's software reports them",
        columns=(
            Column(name="Run"),
            *(Column(name=name, unit="nm") for name in _SIZES),
            Column(
                name="Concentration",
                unit="particles/mL",
                meaning="of the stock where the vendor applies the dilution",
            ),
            Column(name="Tracks"),
            Column(name="Reproduced from its table", meaning="numbers the file does not print"),
        ),
        rows=tuple((size.run.stem, *_vendor_row(size.run.vendor)) for size in reported),
        caption="ZetaView interpolates at class centres, which is half a class below the edges used above. "
        f"{censored_sentence(reported)}",
    )


def _run_row(size: RunSize) -> tuple[Cell, ...]:
    run = size.run
    return (
        run.stem,
        run.sample,
        run.role,
        run.acquired or "not stated",
        size.d10_nm,
        size.median_nm,
        size.d90_nm,
        size.mean_nm,
        size.mode_nm,
        size.sd_nm,
        size.measured_per_ml,
        run.dilution.factor if run.dilution.factor is not None else NotAssessed("not recorded"),
        run.dilution.applied_by,
        size.concentration_per_ml,
    )


def _vendor_row(vendor: VendorSummary) -> tuple[Cell, ...]:
    numbers = (
        vendor.d10_nm,
        vendor.d50_nm,
        vendor.d90_nm,
        vendor.mean_nm,
        vendor.mode_nm,
        vendor.sd_nm,
        vendor.concentration_per_ml,
        vendor.tracks,
    )
    return (*map(_stated, numbers), ", ".join(vendor.reproduced) or "none")


def _stated(number: float | None) -> Cell:
    return NotAssessed("not stated by the file") if number is None else number


def settings_tables(sizes: SizeFinding) -> Iterator[Block]:
    """Instrument settings ready for a supplement, and the liquid the sizes were computed with.

    Parameters
    ----------
    sizes : SizeFinding
        With the settings of all runs.

    Yields
    ------
    Block
        A caution when compared runs differ, then two tables.
    """
    differing = [
        row.name.replace("_", " ") for row in sizes.settings if row.differs and row.name not in SENSED
    ]
    if differing:
        text = f"Settings that differ between the runs of this folder: {', '.join(differing)}."
        yield Text(text=text, tone="note")
    yield Table(
        id="settings",
        title="Instrument settings, for a supplement",
        columns=(
            Column(name="Setting"),
            Column(name="Unit"),
            Column(name="Same in all"),
            *(Column(name=size.run.stem) for size in sizes.runs),
        ),
        rows=tuple(_setting_row(row) for row in sizes.settings),
        caption="As the instrument printed them, or as used and found here in a video; an empty cell means that "
        "nothing states it.",
    )
    yield Table(
        id="liquid",
        title="Temperature and viscosity behind the sizes",
        columns=(
            Column(name="Run"),
            Column(name="Temperature", unit="C"),
            Column(name="Viscosity used", unit="mPa s"),
            Column(name="Water at that temperature", unit="mPa s"),
            Column(name="Size if harmonised to water", unit="%"),
        ),
        rows=tuple(_liquid_row(size.run) for size in sizes.runs),
        caption="Vendors use different formulas for water. Sizes that a vendor evaluated are as it computed them; the "
        "last column is what harmonising would multiply them with.",
        how="Diameter follows T / viscosity (Stokes-Einstein) at an unchanged diffusion coefficient.",
    )


def _setting_row(row: SettingRow) -> tuple[Cell, ...]:
    return (row.name.replace("_", " "), row.unit, "no" if row.differs else "yes", *row.values)


def _liquid_row(run: SizeRun) -> tuple[Cell, ...]:
    temperature, viscosity = run.temperature_c, run.viscosity_mpas
    if temperature is None or viscosity is None or not 0 <= temperature <= 40:
        missing = NotAssessed("the file does not state both, or the temperature is outside 0-40 C")
        return (run.stem, _stated(temperature), _stated(viscosity), missing, missing)
    factor, _ = corrected_factor(run, Conditions(is_water=True))
    percent = factor if isinstance(factor, NotAssessed) else 100 * factor
    return (run.stem, temperature, viscosity, water_viscosity_mpas(temperature), percent)


def zeta_table(inputs: Inputs) -> Iterator[Block]:
    """Zeta potentials, where the folder holds profiles.

    Parameters
    ----------
    inputs : Inputs
        With the measurements.

    Yields
    ------
    Block
        One table, or nothing.
    """
    profiles = inputs.all(ZetaProfile)
    if profiles:
        yield Table(
            id="zeta",
            title="Zeta potential, as the instrument reports it",
            columns=(
                Column(name="File"),
                Column(name="Sample"),
                Column(name="Zeta potential", unit="mV"),
                Column(name="Fit accuracy", unit="mV"),
                Column(name="Mobility", unit="um/s per V/cm"),
                Column(name="Conductivity", unit="uS/cm"),
                Column(name="pH"),
            ),
            rows=tuple(
                (
                    p.file.path,
                    p.sample,
                    p.zeta_mv,
                    _stated(p.zeta_fit_error_mv),
                    _stated(p.mobility_um_s_per_v_cm),
                    _stated(p.conductivity_us_cm),
                    _stated(p.ph),
                )
                for p in profiles
            ),
        )

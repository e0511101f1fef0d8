"""What is not in the folder or the manifest, and what each missing thing would allow."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from vesicle.analysis import Inputs
from vesicle.dossier import MissingItem
from vesicle.errors import quoted
from vesicle.findings import IdentityFinding
from vesicle.manifest import Manifest
from vesicle.measurements import (
    FlowFile,
    MarkerTable,
    Micrograph,
    ParticleDiameters,
    PopulationTable,
    ProteinTable,
    SizeRun,
    TrackTable,
    Video,
)
from vesicle.readers.said import matches
from vesicle.results import NotAssessed
from vesicle.standards import load_standard


def missing_from(inputs: Inputs) -> tuple[MissingItem, ...]:
    """What the measurements and the manifest leave open.

    Parameters
    ----------
    inputs : Inputs
        With what was read; a damaged file counts as missing.

    Returns
    -------
    tuple of MissingItem
        As :func:`missing_items` says.
    """
    runs, filmed = inputs.all(SizeRun), (*inputs.all(Video), *inputs.all(TrackTable))
    kinds = {run.reader for run in runs} | {table.reader for table in inputs.all(ProteinTable)}
    kinds |= {run.positions.reader for run in runs if run.positions}
    for kind in (MarkerTable, Micrograph, ParticleDiameters, PopulationTable):
        kinds |= {found.reader for found in inputs.all(kind)}
    flown = inputs.all(FlowFile)
    kinds |= {source.reader for source in (*filmed, *flown)}
    roles = {source.role for source in (*runs, *filmed, *flown)}
    return (
        *without_scale(filmed),
        *without_laser(flown, inputs.manifest),
        *pictures_without_scale(inputs.all(Micrograph)),
        *unstained(inputs),
        *missing_items(kinds=kinds, roles=roles, manifest=inputs.manifest),
    )


def unstained(inputs: Inputs) -> tuple[MissingItem, ...]:
    """What the panel of the producing cells lacks, once there is one.

    Parameters
    ----------
    inputs : Inputs
        With the identity of the cells, if it was looked at.

    Returns
    -------
    tuple of MissingItem
        One for all antigens that nothing was stained for, and one for those without a control.
    """
    found = inputs.finding(IdentityFinding)
    if isinstance(found, NotAssessed) or not found.readings or not found.is_human:
        return ()
    alone = dict.fromkeys(r.marker for r in found.readings if r.problem and "control" in r.problem.code)
    items = (
        ("a tube of the cells, with its control, stained for", found.missing),
        ("a matched control (FMO or isotype, same channel and voltages) of", tuple(alone)),
    )
    return tuple(
        MissingItem(what=f"{what} {', '.join(names)}", allows="the identity of the cells: C05, C06")
        for what, names in items
        if names
    )


def without_scale(filmed: Iterable[Video | TrackTable]) -> tuple[MissingItem, ...]:
    """What must be stated of videos and tables of tracks before they can be sized.

    Parameters
    ----------
    filmed : iterable of Video or TrackTable
        As read, with what the manifest says of them.

    Returns
    -------
    tuple of MissingItem
        One for each set of missing keys, with the files that it holds for.
    """
    files: dict[str, list[str]] = {}
    for source in filmed:
        if absent := [key for key in _SCALE if getattr(source.scale, key) is None]:
            files.setdefault(", ".join(absent), []).append(source.file.path)
    return tuple(
        MissingItem(
            what=f"{keys} of {quoted(paths, most=3)}, under [video] or [[files]] in vesicle.toml",
            allows="sizes from these videos or tracks: C01, C02, C03, C12",
        )
        for keys, paths in files.items()
    )


def without_laser(flown: Iterable[FlowFile], manifest: Manifest) -> tuple[MissingItem, ...]:
    """What must be stated before the scatter of particles can be calibrated.

    Parameters
    ----------
    flown : iterable of FlowFile
        As read.
    manifest : Manifest
        With its ``[cytometry]``.

    Returns
    -------
    tuple of MissingItem
        None where no file is of particles; one for the laser, one for the beads.
    """
    files = [file for file in flown if file.subject == "particles"]
    items: list[MissingItem] = []
    if files and manifest.cytometry.wavelength_nm is None:
        what = "[cytometry] scatter_channel, wavelength_nm in vesicle.toml"
        items.append(MissingItem(what=what, allows="diameters from the scatter of particles"))
    if files and not any(file.beads and file.beads.diameters_nm for file in files):
        what = "a cytometer file of beads, with bead_diameters_nm under [[files]] in vesicle.toml"
        items.append(
            MissingItem(what=what, allows="the calibration of scatter: C22, and diameters as a band")
        )
    return tuple(items)


def pictures_without_scale(pictures: Iterable[Micrograph]) -> tuple[MissingItem, ...]:
    """What must be stated of micrographs before they are evidence of anything.

    Parameters
    ----------
    pictures : iterable of Micrograph
        As read, with what the manifest says of them.

    Returns
    -------
    tuple of MissingItem
        One for all files without a scale, none when each has one.
    """
    paths = [picture.file.path for picture in pictures if picture.pixel_nm is None]
    if not paths:
        return ()
    what = f"pixel_nm of {quoted(paths, most=3)}, under [[files]] in vesicle.toml"
    return (MissingItem(what=what, allows="what rests on the scale of these pictures: C13"),)


_SCALE = ("pixel_nm", "fps", "temperature_c")
"""Without one of these no track has a size."""


def missing_items(
    *, kinds: Collection[str], roles: Collection[str], manifest: Manifest
) -> tuple[MissingItem, ...]:
    """What would let more checks be judged, in the order of usefulness.

    Parameters
    ----------
    kinds : collection of str
        Names of the readers that found something.
    roles : collection of str
        Roles of the files, stated or inferred.
    manifest : Manifest
        What the user declared.

    Returns
    -------
    tuple of MissingItem
        Files first, then keys of the manifest.
    """
    wanted = load_standard("wanted")
    items = [
        MissingItem(what=row["what"], allows=row["allows"])
        for row in wanted["file"]
        if not _has_file(row, kinds, roles)
    ]
    items += [
        MissingItem(what=f"[{row['table']}] {', '.join(absent)} in vesicle.toml", allows=row["allows"])
        for row in wanted["key"]
        if (absent := [key for key in row["keys"] if _declared(manifest, row["table"], key) is None])
    ]
    return tuple(items)


def unmatched_rules(manifest: Manifest, paths: Collection[str]) -> tuple[MissingItem, ...]:
    """Rules of ``[[files]]`` that mean no file, most often for a slip of the pen.

    Parameters
    ----------
    manifest : Manifest
        With its rules.
    paths : collection of str
        Every file of the folder.

    Returns
    -------
    tuple of MissingItem
        In the order of the rules.
    """
    return tuple(
        MissingItem(
            what=f"a file that matches [[files]] glob = '{rule.glob}' in vesicle.toml",
            allows="what that rule states of it: role, sample or dilution",
        )
        for rule in manifest.files
        if not any(matches(path, rule.glob) for path in paths)
    )


def _has_file(row: dict[str, list[str]], kinds: Collection[str], roles: Collection[str]) -> bool:
    by_kind = any(kind.startswith(prefix) for prefix in row.get("readers", []) for kind in kinds)
    return by_kind or bool(set(row.get("roles", [])) & set(roles))


def _declared(manifest: Manifest, table: str, key: str) -> object:
    record = getattr(manifest, table)
    if isinstance(record, tuple):  # [[isolation]] is a list of steps, each with its method
        return record or None
    return getattr(record, key)

"""Small particles in a cytometer: counts, controls, series of dilutions, calibrated scatter and stains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from vesicle.analysis import Analysis, Inputs
from vesicle.findings.flow import FlowCount, FlowFinding, ScatterHistogram
from vesicle.measurements.cytometry import FlowFile
from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.results import NotAssessed, Provenance, Source
from vesicle.vesicles.flow_antigens import antigen_patterns
from vesicle.vesicles.flow_controls import hold_against_controls
from vesicle.vesicles.flow_counts import count_file
from vesicle.vesicles.flow_files import main_dataset, particle_files, scatter_place, shown_channel, values_of
from vesicle.vesicles.flow_ladders import calibrate_fluorescence
from vesicle.vesicles.flow_markers import stained
from vesicle.vesicles.flow_samples import blank_rows, control_values, dilution_series
from vesicle.vesicles.flow_scatter import Calibrated, calibrate, diameters, with_bead_flags

_CLASSES_PER_DECADE = 20
_ENDS = (0.1, 99.9)


def analyse_flow(inputs: Inputs) -> FlowFinding:
    """What the cytometer's files of small particles say.

    Parameters
    ----------
    inputs : Inputs
        With the files, the manifest's ``[cytometry]`` and the limits of C22.

    Returns
    -------
    FlowFinding
        Empty without such files.
    """
    files, defaults, standard = particle_files(inputs), inputs.manifest.cytometry, inputs.limits["C22"]
    if not files:
        return FlowFinding()
    counts = hold_against_controls([count_file(file, defaults, standard) for file in files])
    calibrated = calibrate(counts, defaults)
    bands, missing = (), calibrated.reason if isinstance(calibrated, NotAssessed) else ""
    if isinstance(calibrated, Calibrated):
        counts = with_bead_flags(counts, calibrated)
        bands, missing = diameters(counts, calibrated, scatter_channel=defaults.scatter_channel)
    ladders = calibrate_fluorescence(counts)
    markers, phenotypes = stained(counts, ladders, standard)
    return FlowFinding(
        counts=tuple(replace(count, file=replace(count.file, datasets=())) for count in counts),
        blanks=blank_rows(counts),
        has_medium_control=any(file.role == "unconditioned medium" for file in files),
        histograms=tuple(_histograms(counts, defaults.scatter_channel)),
        series=dilution_series(counts, standard, scatter_channel=defaults.scatter_channel),
        scatter=calibrated.model if isinstance(calibrated, Calibrated) else calibrated,
        diameters=bands,
        diameters_missing=missing,
        ladders=ladders,
        markers=markers,
        phenotypes=phenotypes,
        antigens=antigen_patterns(markers),
        provenance=Provenance(
            files=tuple(file.file for file in files),
            reader=files[0].reader,
            method="events per volume with Poisson intervals, less matched controls",
            source=Source(text="methods as stated in each number; limits of C22", status="limits house"),
        ),
    )


def _histograms(counts: Sequence[FlowCount], channel: str | None) -> Iterator[ScatterHistogram]:
    paths = {count.path: count for count in counts}
    for count in counts:
        dataset = main_dataset(count.file)
        place = scatter_place(dataset, channel) if dataset else None
        if count.part != "sample" or dataset is None or place is None or not count.volume_nl:
            continue
        values = values_of(dataset, [place])[:, 0]
        controls = [paths[path] for path in count.controls if path in paths]
        noise, weight = control_values(count, controls, dataset.channels[place].name)
        edges = _edges(values, noise)
        if edges is None:
            continue
        per_class = _CLASSES_PER_DECADE * 1e6 / count.volume_nl
        yield ScatterHistogram(
            file=count.path,
            label=count.file.label or count.file.stem,
            channel=shown_channel(dataset, place),
            edges=edges,
            sample_per_ml=frozen(np.histogram(values, edges)[0] * per_class),
            control_per_ml=frozen(np.histogram(noise, edges)[0] * per_class * weight) if len(noise) else None,
        )


def _edges(values: FloatArray, noise: FloatArray) -> FloatArray | None:
    """Classes of equal width on a log scale over nearly all events; None where too few are above zero."""
    seen = np.concatenate((values, noise))
    seen = seen[seen > 0]
    if len(seen) < 10:
        return None
    low, high = np.log10(np.percentile(seen, _ENDS))
    first, last = np.floor(low * _CLASSES_PER_DECADE), np.ceil(high * _CLASSES_PER_DECADE)
    return frozen(10 ** (np.arange(first, last + 2) / _CLASSES_PER_DECADE))


ANALYSIS = Analysis(name="flow", needs=(FlowFile,), gives=FlowFinding, run=analyse_flow)

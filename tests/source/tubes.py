"""Generated tubes as the reader would give them, without a file."""

from dataclasses import dataclass

import numpy as np

from vesicle.analysis import Inputs
from vesicle.manifest import Manifest
from vesicle.measurements import FlowChannel, FlowDataset, FlowFile, Spillover
from vesicle.results import FileRef, NotAssessed
from vesicle.simulate.panel import DYES, SimulatedTube
from vesicle.source.identity import identify_cells
from vesicle.standards import load_limits


@dataclass(frozen=True)
class ArrayValues:
    array: np.ndarray

    @property
    def shape(self):
        return self.array.shape

    def columns(self, places):
        return self.array[:, list(places)]


def flow_file(tube: SimulatedTube, **said) -> FlowFile:
    """A generated tube as a record; ``said`` replaces what the reader or the manifest would say."""
    channels = tuple(
        FlowChannel(
            name=name, label=label, bits=32, range=262144, voltage=None if name == "Time" else tube.voltage
        )
        for name, label in zip(tube.names, tube.labels, strict=True)
    )
    dataset = FlowDataset(
        number=0,
        channels=channels,
        values=ArrayValues(tube.values),
        stored_events=len(tube.values),
        spillover=_spillover(tube),
    )
    fields = {
        "file": FileRef(path=f"{tube.name}.fcs", sha256="0", size_bytes=1),
        "reader": "fcs",
        "stem": tube.name,
        "sample": "MSC",
        "version": "FCS3.1",
        "datasets": (dataset,),
    }
    return FlowFile(**(fields | said))


def _spillover(tube: SimulatedTube):
    if not tube.spillover:
        return NotAssessed("the file states none")
    numbers = [float(x) for x in tube.spillover.split(",")[1 + len(DYES) :]]
    places = tuple(tube.names.index(name) for name in DYES)
    matrix = np.array(numbers).reshape(len(DYES), len(DYES))
    return Spillover(channels=places, matrix=matrix, keyword="$SPILLOVER")


def inputs_of(*measurements, manifest: Manifest | None = None) -> Inputs:
    manifest = manifest or Manifest()
    return Inputs(manifest=manifest, limits=load_limits(manifest.limits), measurements=measurements)


def with_identity(*measurements, manifest: Manifest | None = None) -> Inputs:
    from dataclasses import replace

    from vesicle.findings import IdentityFinding

    inputs = inputs_of(*measurements, manifest=manifest)
    return replace(inputs, findings={IdentityFinding: identify_cells(inputs)})

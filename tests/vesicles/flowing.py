"""Cytometer files in memory: events that are given, so that counts and medians are done in the head."""

from dataclasses import dataclass

import numpy as np

from vesicle.analysis import Inputs
from vesicle.manifest import manifest_from_text
from vesicle.measurements import FlowFile
from vesicle.measurements.cytometry import FlowChannel, FlowDataset
from vesicle.results import FileRef, NotAssessed
from vesicle.standards import load_limits
from vesicle.vesicles.flow import analyse_flow

CHANNELS = ("FSC-H", "SSC-H", "FL1-H", "FL2-H", "FL3-H", "Time")
NO_MATRIX = NotAssessed("none stated")


@dataclass(frozen=True)
class Held:
    """Values that are there already."""

    matrix: np.ndarray

    @property
    def shape(self):
        return self.matrix.shape

    def columns(self, places):
        return self.matrix[:, list(places)]


def events(scatter, **stains):
    """A matrix with these values of side scatter, and of stained channels (FL1_H=...); zeros elsewhere."""
    scatter = np.asarray(scatter, dtype=float)
    matrix = np.zeros((len(scatter), len(CHANNELS)))
    matrix[:, 1] = scatter
    for name, values in stains.items():
        matrix[:, CHANNELS.index(name.replace("_", "-"))] = values
    return matrix


def dataset(
    matrix, *, volume_nl=1000.0, duration_s=10.0, voltage=400.0, labels=None, spillover=NO_MATRIX, **keywords
):
    channels = tuple(
        FlowChannel(name=name, label=(labels or {}).get(name, ""), bits=32, range=1e6, voltage=voltage)
        for name in CHANNELS
    )
    return FlowDataset(
        number=0,
        channels=channels,
        values=Held(matrix),
        stored_events=len(matrix),
        spillover=spillover,
        volume_nl=volume_nl,
        duration_s=duration_s,
        keywords=keywords,
    )


def flow_file(name, matrix, *, said=None, **of_dataset):
    """A file of particles measured on one day on one instrument; ``said`` are fields of FlowFile."""
    stem = name.removesuffix(".fcs")
    values = {
        "file": FileRef(path=name, sha256="a" * 64, size_bytes=10),
        "reader": "fcs",
        "stem": stem,
        "sample": stem,
        "label": stem,
        "version": "FCS3.1",
        "datasets": (dataset(matrix, **of_dataset),),
        "subject": "particles",
        "acquired": "2026-03-05T10:00:00",
        "instrument": "NanoFlow",
    }
    return FlowFile(**values | (said or {}))


def even(count, level=1000.0):
    """So many events around one level of scatter."""
    return events(np.full(count, level) * np.linspace(0.9, 1.1, count))


def inputs(*files, manifest="", settings=None):
    said = manifest_from_text(manifest)
    return Inputs(manifest=said, limits=load_limits(said.limits), measurements=files, settings=settings or {})


def analysed(*files, manifest="", settings=None):
    return analyse_flow(inputs(*files, manifest=manifest, settings=settings))


def water(name="water.fcs", count=100, **more):
    return flow_file(name, even(count, 50.0), said={"role": "buffer blank", **more.pop("said", {})}, **more)

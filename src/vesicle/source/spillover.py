"""What is taken off a tube as spillover: what its file states, else what single stains of the folder show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from vesicle.errors import ReadError
from vesicle.findings import SingleStains, SingleStainTube
from vesicle.measurements import FlowChannel, FlowDataset, FlowFile, Spillover
from vesicle.measurements.sizing import FloatArray
from vesicle.results import NotAssessed, Warned
from vesicle.source.controls import differing_setting
from vesicle.source.single_stains import BY_SIGNAL, brightest, detectors_of, stated_detector
from vesicle.source.stains import dataset_of, is_scatter, kind_of_control

LEAST_STAINS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Spillover from single stains: the record, the channels it holds for, and the matrix unless refused."""

    record: SingleStains
    channels: tuple[FlowChannel, ...] = ()
    spillover: Spillover | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The matrix for one tube in places of its own channels, and what is said of it.

    ``refused`` says why single stains that the folder holds are not used on a tube that states no matrix.
    """

    spillover: Spillover | None
    said: str
    refused: Warned | None = None


def measure(files: Sequence[FlowFile]) -> Measured | None:
    """The spillover that the single stains among the files show.

    All recorded events count: positives are told from the rest by their brightness, without gates.

    Parameters
    ----------
    files : sequence of FlowFile
        All files that may be of cells.

    Returns
    -------
    Measured or None
        With a problem where it cannot be used; None without a single stain.
    """
    tubes = [file for file in files if file.role == "single stain" and file.datasets]
    if not tubes:
        return None
    blank = _unstained(tubes, files)
    if blank is None:
        return _refused("stain_missing", "no unstained tube is there to compare the single stains with")
    try:
        return _measured(blank, tubes)
    except ReadError as error:
        return _refused("events_unreadable", error.what, unstained=blank.file.path)


def choose(dataset: FlowDataset, measured: Measured | None, stained: Collection[int]) -> Chosen:
    """The matrix that is taken off a tube; a usable one of its own file wins over single stains (house choice).

    Parameters
    ----------
    dataset : FlowDataset
        Of the tube.
    measured : Measured or None
        From single stains.
    stained : collection of int
        Places of the channels in which antigens of the tube were stained.

    Returns
    -------
    Chosen
        Without a matrix where neither can be used.
    """
    own = dataset.spillover
    reason = own.reason if isinstance(own, NotAssessed) else refusal_of(own)
    if isinstance(own, Spillover) and not reason:
        return Chosen(spillover=own, said=f"compensated with {own.keyword} ({len(own.channels)} channels)")
    if measured is None:
        return Chosen(spillover=None, said=f"not compensated: {reason}")
    found = _placed(measured, dataset, stained)
    if isinstance(found, Spillover):
        count = len(found.channels)
        said = f"compensated with the spillover measured from {count} single stains"
        return Chosen(spillover=found, said=said)
    message = f"not compensated, since the single stains cannot be used: {found.message}"
    refused = Warned(code=found.code, message=message)
    return Chosen(spillover=None, said=f"{message}; of its own: {reason}", refused=refused)


def refusal_of(spillover: Spillover) -> str:
    """Why a matrix cannot be taken off.

    Parameters
    ----------
    spillover : Spillover
        As the reader gives it.

    Returns
    -------
    str
        Empty when it can.
    """
    from vesicle.cytometry.compensation import RefusedSpillover, checked_spillover, is_identity

    found = checked_spillover(
        spillover.matrix,
        names=[str(place) for place in spillover.channels],
        channels=spillover.channels,
        keyword=spillover.keyword,
    )
    if isinstance(found, RefusedSpillover):
        return found.reason
    return "the matrix is the identity, so nothing is to be taken off" if is_identity(found) else ""


def _unstained(tubes: Sequence[FlowFile], files: Sequence[FlowFile]) -> FlowFile | None:
    """The unstained tube nearest to the stains: beads beside beads, in their folder."""
    folders, are_beads = {_folder(tube) for tube in tubes}, any(map(_is_bead, tubes))

    def distance(file: FlowFile) -> tuple[bool, bool, str]:
        return _is_bead(file) != are_beads, _folder(file) not in folders, file.file.path

    blanks = (file for file in files if file.datasets and kind_of_control(file) == "unstained")
    return min(blanks, key=distance, default=None)


def _folder(file: FlowFile) -> str:
    return file.file.path.rpartition("/")[0]


def _is_bead(file: FlowFile) -> bool:
    return "bead" in file.stem.casefold()


def _measured(blank: FlowFile, tubes: Sequence[FlowFile]) -> Measured:
    from vesicle.cytometry.compensation import RefusedSpillover
    from vesicle.cytometry.stains import spillover_from_stains

    dataset, used = dataset_of(blank), dict[str, FlowFile]()
    records: list[SingleStainTube] = []
    for tube in tubes:
        record = _assigned(tube, blank, used)
        records.append(record)
        if record.problem is None:
            used[record.channel] = tube
    names = [channel.name for channel in dataset.channels if channel.name in used]
    places = [place for place, channel in enumerate(dataset.channels) if channel.name in used]
    if len(names) < LEAST_STAINS:
        why = "; ".join(record.problem.message for record in records if record.problem)
        reason = f"{len(names)} of {len(tubes)} single stains could be used" + (f": {why}" if why else "")
        return _refused("stain_missing", reason, stains=records, unstained=blank.file.path)
    found = spillover_from_stains(
        dataset.values.columns(places),
        {name: _signals(dataset_of(used[name]), names) for name in names},
        names=names,
        channels=places,
    )
    if isinstance(found, RefusedSpillover):
        return _refused(found.code, found.reason, stains=records, unstained=blank.file.path)
    positives = dict(zip(names, found.positives, strict=True))
    for array in (found.low, found.high):
        array.flags.writeable = False
    record = SingleStains(
        channels=tuple(names),
        matrix=found.spillover.matrix,
        low=found.low,
        high=found.high,
        stains=tuple(r if r.problem else replace(r, positives=positives[r.channel]) for r in records),
        unstained=blank.file.path,
    )
    channels = tuple(dataset.channels[place] for place in places)
    return Measured(record=record, channels=channels, spillover=found.spillover)


def _assigned(tube: FlowFile, blank: FlowFile, used: Collection[str]) -> SingleStainTube:
    """A single stain with its channel, or why it is left out."""
    path, differing = tube.file.path, _unlike(dataset_of(tube), dataset_of(blank))
    if differing:
        problem = Warned(code="stains_settings_differ", message=f"{path}: the unstained tube {differing}")
        return SingleStainTube(file=path, problem=problem)
    found = _detector(tube, dataset_of(blank))
    if isinstance(found, Warned):
        return SingleStainTube(file=path, problem=found)
    channel, origin = found
    problem = None
    if origin != BY_SIGNAL and (elsewhere := _brightest(tube, dataset_of(blank))) not in {"", channel}:
        message = f"{path} is brightest in {elsewhere}, not in {channel}; tubes may be exchanged"
        problem = Warned(code="stain_in_wrong_detector", message=message)
    elif channel in used:
        problem = Warned(
            code="stain_ambiguous", message=f"{path}: another single stain of {channel} comes before it"
        )
    return SingleStainTube(file=path, channel=channel, named_by=origin, problem=problem)


def _unlike(mine: FlowDataset, blank: FlowDataset) -> str:
    """How the fluorescence channels of an unstained tube differ from those of a single stain."""
    names, others = (
        {channel.name for channel in dataset.channels if not is_scatter(channel)} for dataset in (mine, blank)
    )
    if names != others:
        return f"has other channels ({', '.join(sorted(names ^ others)[:6])})"
    differing = _first_difference(mine, [blank.channels[place] for place in detectors_of(blank)])
    return f"was taken {differing}" if differing else ""


def _detector(tube: FlowFile, blank: FlowDataset) -> tuple[str, str] | Warned:
    stated = stated_detector(tube)
    if stated is not None:
        return stated
    channel = _brightest(tube, blank)
    if not channel:
        message = f"{tube.file.path}: nothing names its channel, and none is brighter than the unstained tube"
        return Warned(code="stain_too_few_positives", message=message)
    return channel, BY_SIGNAL


def _brightest(tube: FlowFile, blank: FlowDataset) -> str:
    """The detector in which a stain shines most, among all of them; empty where it shines in none."""
    names = [blank.channels[place].name for place in detectors_of(blank)]
    column = brightest(_signals(dataset_of(tube), names), _signals(blank, names)) if names else None
    return "" if column is None else names[column]


def _signals(dataset: FlowDataset, names: Sequence[str]) -> FloatArray:
    return dataset.values.columns([place for name in names if (place := dataset.place(name)) is not None])


def _first_difference(dataset: FlowDataset, channels: Sequence[FlowChannel]) -> str:
    for channel in channels:
        place = dataset.place(channel.name)
        differing = "" if place is None else differing_setting(dataset.channels[place], channel)
        if differing:
            return f"at another {differing}"
    return ""


def _placed(measured: Measured, dataset: FlowDataset, stained: Collection[int]) -> Spillover | Warned:
    """The measured matrix in the places of a tube, or why it does not fit the tube."""
    if measured.record.problem or measured.spillover is None:
        return measured.record.problem or Warned(code="stain_missing", message="there is no matrix")
    places = [dataset.place(channel.name) for channel in measured.channels]
    found = tuple(place for place in places if place is not None)
    if len(found) < len(places):
        names = ", ".join(measured.record.channels)
        return Warned(
            code="stains_settings_differ", message=f"the tube does not have all of their channels, {names}"
        )
    differing = _first_difference(dataset, measured.channels)
    if differing:
        return Warned(code="stains_settings_differ", message=f"they were taken {differing}")
    without = [dataset.channels[place].name for place in sorted(set(stained) - set(found))]
    if without:
        return Warned(code="stain_missing", message=f"no single stain belongs to {', '.join(without)}")
    return replace(measured.spillover, channels=found)


def _refused(
    code: str, reason: str, *, stains: Sequence[SingleStainTube] = (), unstained: str = ""
) -> Measured:
    problem = Warned(code=code, message=reason)
    return Measured(record=SingleStains(stains=tuple(stains), unstained=unstained, problem=problem))

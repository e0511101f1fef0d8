"""Which antigen was stained in which channel of which tube: by the manifest, else labels, else file names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from vesicle.measurements import FlowChannel, FlowDataset, FlowFile
from vesicle.results import Warned
from vesicle.standards import load_standard
from vesicle.standards.antigens import antigens_in, control_named, names_cocktail, places_in

COCKTAIL = "negative cocktail"
_NO_STAIN = re.compile(r"^(?:FSC?|SSC?|VSSC?\d*|FS|SS|TIME|WIDTH|EVENT)\b|^(?:FSC|SSC|VSSC)", re.IGNORECASE)
_PART = re.compile(r"[\s_\-:/]*(?:(?<![A-Za-z0-9])([AHW])|(area|height|width))\s*$", re.IGNORECASE)
_RANK = {"a": 0, "area": 0, "": 1, "h": 2, "height": 2, "w": 3, "width": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stain:
    """An antigen, or a cocktail of several, in one channel of a tube.

    ``origin`` says what named it: vesicle.toml, the label of the channel, or the name of the file. ``place`` is
    None where its channel is not known; ``problem`` then says so.
    """

    file: FlowFile
    antigens: tuple[str, ...]
    place: int | None
    origin: str
    is_cocktail: bool = False
    problem: Warned | None = None
    doubts: tuple[Warned, ...] = ()

    @property
    def channel(self) -> str:
        """The channel's name in the file, empty where it is not known."""
        return "" if self.place is None else dataset_of(self.file).channels[self.place].name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """What was said of one channel, or of a tube as a whole when ``place`` is None."""

    text: str
    place: int | None
    origin: str


def dataset_of(file: FlowFile) -> FlowDataset:
    """The data set of a file that is judged: the first, since instruments chain copies of it in other formats.

    Parameters
    ----------
    file : FlowFile
        With at least one data set.

    Returns
    -------
    FlowDataset
        Its first one.
    """
    return file.datasets[0]


def kind_of_control(file: FlowFile) -> str:
    """The kind of control that a file is, by its role, else by its name.

    Parameters
    ----------
    file : FlowFile
        Any file.

    Returns
    -------
    str
        ``FMO``, ``isotype``, ``unstained``, or empty for a stained tube.
    """
    if file.role in {"FMO", "isotype", "unstained"}:
        return file.role
    return control_named(file.stem) if file.role == "sample" else ""


def stains_of(file: FlowFile) -> tuple[Stain, ...]:
    """The antigens that were stained in a tube, each with its channel.

    Parameters
    ----------
    file : FlowFile
        A stained tube.

    Returns
    -------
    tuple of Stain
        In the order of the channels; empty when nothing names an antigen.
    """
    if file.markers:
        return tuple(_declared(file))
    named = antigens_in(file.stem)
    labelled = list(_labelled(dataset_of(file)))
    in_labels = {antigen for said in labelled for antigen in antigens_in(said.text)}
    if not labelled:
        return tuple(_from_name(file))
    if named and in_labels and not in_labels & set(named):
        doubt = Warned(
            code="marker_disagrees",
            message=f"The name of the file says {', '.join(named)}, its channels {', '.join(sorted(in_labels))}",
        )
        return tuple(_stain(file, said, doubts=(doubt,)) for said in labelled)
    if named and in_labels - set(named):
        # One template of labels serves every tube of a series; the name says which of them this tube has.
        labelled = [said for said in labelled if set(antigens_in(said.text)) & set(named)]
    return tuple(_stain(file, said) for said in labelled)


def base_of(name: str) -> str:
    """A channel's name without its area, height or width.

    Parameters
    ----------
    name : str
        For example ``PE-Cy7-A``.

    Returns
    -------
    str
        For example ``PE-Cy7``.

    Examples
    --------
    >>> base_of("PE-Cy7-A"), base_of("FITC - Area"), base_of("APC")
    ('PE-Cy7', 'FITC', 'APC')
    """
    return _PART.sub("", name).strip() or name


def dyes_in(text: str, channels: Iterable[FlowChannel]) -> tuple[tuple[str, int], ...]:
    """The channels whose dye a text names, with their places in it; ``PE`` is not named by ``PE-Cy7``.

    Parameters
    ----------
    text : str
        The name of a file.
    channels : iterable of FlowChannel
        Those of the data set.

    Returns
    -------
    tuple of (str, int)
        Dye and where it starts, in order.
    """
    found: list[tuple[int, int, str]] = []
    for base in {base_of(channel.name) for channel in channels if not is_scatter(channel)}:
        parts = [re.escape(part) for part in re.split(r"[^A-Za-z0-9]+", base) if part]
        if parts:
            pattern = rf"(?<![A-Za-z0-9]){r'[^A-Za-z0-9]*'.join(parts)}(?![A-Za-z0-9])"
            found += [(m.start(), m.end(), base) for m in re.finditer(pattern, text, re.IGNORECASE)]
    kept: list[tuple[int, int, str]] = []
    for start, end, base in sorted(found, key=lambda item: (item[0], -item[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, base))
    return tuple((base, start) for start, _, base in kept)


def is_scatter(channel: FlowChannel) -> bool:
    """Whether a channel holds scatter or time and so no stain.

    Parameters
    ----------
    channel : FlowChannel
        Any channel.

    Returns
    -------
    bool
        By its name.
    """
    return _NO_STAIN.match(channel.name.strip()) is not None


def required_of(antigen: str) -> str:
    """What the criteria want of an antigen.

    Parameters
    ----------
    antigen : str
        A label of the table of antigens.

    Returns
    -------
    str
        ``positive``, ``negative``, or empty where they do not name it.
    """
    table = load_standard("isct2006")
    if any(row["label"] == antigen for row in table["positive"]):
        return "positive"
    return "negative" if any(antigen in row["any_of"] for row in table["negative"]) else ""


def _declared(file: FlowFile) -> Iterator[Stain]:
    for channel, text in file.markers.items():
        place = dataset_of(file).place(channel)
        said = _Text(text=text, place=place, origin="vesicle.toml")
        if not (antigens_in(text) or names_cocktail(text)):
            continue
        if place is None:
            names = ", ".join(item.name for item in dataset_of(file).channels[:12])
            message = (
                f"vesicle.toml names the channel '{channel}', which the file does not have (it has {names})"
            )
            yield _stain(file, said, problem=Warned(code="channel_unknown", message=message))
        else:
            yield _stain(file, said)


def _labelled(dataset: FlowDataset) -> Iterator[_Text]:
    """One text for each dye: that of its area, else its height, since a label stands at each of them."""
    best: dict[str, tuple[int, _Text]] = {}
    for place, channel in enumerate(dataset.channels):
        text = next((t for t in (channel.label, channel.name) if _names_something(t)), "")
        if not text or is_scatter(channel) or control_named(text):
            continue
        part = _PART.search(channel.name)
        rank = _RANK[((part[1] or part[2]) if part else "").casefold()]
        base = base_of(channel.name).casefold()
        if base not in best or rank < best[base][0]:
            best[base] = rank, _Text(text=text, place=place, origin="label of the channel")
    return (said for _, said in sorted(best.values(), key=lambda item: item[1].place or 0))


def _names_something(text: str) -> bool:
    return bool(antigens_in(text)) or names_cocktail(text)


def _from_name(file: FlowFile) -> Iterator[Stain]:
    """Antigens of the file's name, each with the dye that stands beside it in the name."""
    named, dyes = places_in(file.stem), dyes_in(file.stem, dataset_of(file).channels)
    channels = _by_dye(dataset_of(file))
    if not named and names_cocktail(file.stem) and len(dyes) <= 1:
        yield _placed(file, file.stem, dyes[0][0] if dyes else None, channels)
    elif len(dyes) <= 1:
        text = " ".join(dict.fromkeys(item.label for item in named))
        if text:
            yield _placed(file, text, dyes[0][0] if dyes else None, channels)
    elif len(dyes) == len(named):
        for item, (dye, _) in zip(named, dyes, strict=True):
            yield _placed(file, item.label, dye, channels)
    else:
        for item in named:
            yield _placed(file, item.label, "", channels)


def _by_dye(dataset: FlowDataset) -> Mapping[str, int]:
    best: dict[str, tuple[int, int]] = {}
    for place, channel in enumerate(dataset.channels):
        part = _PART.search(channel.name)
        rank = _RANK[((part[1] or part[2]) if part else "").casefold()]
        base = base_of(channel.name)
        if not is_scatter(channel) and (base not in best or rank < best[base][0]):
            best[base] = rank, place
    return {base: place for base, (_, place) in best.items()}


def _placed(file: FlowFile, text: str, dye: str | None, channels: Mapping[str, int]) -> Stain:
    """A stain in the channel of a dye; without one in the only channel there is."""
    place = next(iter(channels.values())) if dye is None and len(channels) == 1 else channels.get(dye or "")
    said = _Text(text=text, place=place, origin="name of the file")
    if place is not None:
        return _stain(file, said)
    message = "Neither a label of the channels nor the name of the file says in which channel it was stained"
    return _stain(file, said, problem=Warned(code="channel_unknown", message=message))


def _stain(
    file: FlowFile, said: _Text, *, problem: Warned | None = None, doubts: tuple[Warned, ...] = ()
) -> Stain:
    antigens = antigens_in(said.text)
    are_negative = all(required_of(antigen) == "negative" for antigen in antigens)
    is_cocktail = are_negative and (len(antigens) > 1 or not antigens)
    if len(antigens) > 1 and not are_negative:
        message = f"One channel is said to hold several antigens ('{said.text[:60]}'), not all of them negative markers"
        problem = problem or Warned(code="several_markers", message=message)
    return Stain(
        file=file,
        antigens=antigens,
        place=said.place,
        origin=said.origin,
        is_cocktail=is_cocktail,
        problem=problem,
        doubts=doubts,
    )

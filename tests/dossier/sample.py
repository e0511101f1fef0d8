"""A dossier with every kind of block, hostile names and gaps; its samples are invented."""

from dataclasses import dataclass

import numpy as np
from tests.dossier.sample_frames import spotted
from tests.dossier.sample_parts import (
    FORMULA_FILE,
    HOSTILE_FILE,
    LONG_SAMPLE,
    checks,
    estimate,
    file_ref,
    files,
)

from vesicle.dossier import ComposedSection, Dossier, MissingItem
from vesicle.dossier.blocks import (
    Axis,
    Circles,
    Column,
    Figure,
    Flow,
    Line,
    Methods,
    Paths,
    Picture,
    PointInterval,
    Quote,
    ScaleBar,
    Table,
    Text,
    Verdicts,
    Zone,
)
from vesicle.results import (
    Finding,
    NotAssessed,
    Provenance,
    Quantity,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeOfSample(Finding):
    """A finding with every kind of field that the JSON must carry."""

    sample: str
    d50_nm: Quantity
    blank_per_ml: Quantity
    diameter_nm: np.ndarray
    verdict: Verdict
    shares: dict[str, Quantity]


def sample_dossier():
    return Dossier(
        batch="MSC-EV 2026-041",
        created="2026-11-23T09:41:07+00:00",
        software={"vesicle": "0.1.0", "numpy": "2.3.1", "scipy": "1.16.0", "python": "3.11.9"},
        checks=checks(),
        findings={"SizeOfSample": size_finding()},
        sections=sections(),
        files=files(),
        missing=(
            MissingItem(
                what='A blank of the final buffer (role = "buffer blank")',
                allows="C04 for the second fraction, and net particle numbers with their error.",
            ),
            MissingItem(
                what="[product] final_volume_ml", allows="Particles per million producing cells (C11)."
            ),
        ),
        settings={
            "temperature_c": "25",
            "viscosity_mpas": "as printed by each instrument",
            "seed": "20261123",
        },
    )


def size_finding():
    return SizeOfSample(
        provenance=Provenance(
            files=(file_ref("NTA/fraction-08_run1.txt"),),
            reader="zetaview-txt",
            parameters=(("bins", "vendor"),),
        ),
        sample="Fraction 08",
        d50_nm=estimate(118.4, 0.06),
        blank_per_ml=NotAssessed("no blank in the folder"),
        diameter_nm=np.array([50.0, 100.0, 150.0]),
        verdict=Verdict.WARN,
        shares={"40-150": estimate(0.71, 0.05), "over 1000": NotAssessed("outside the instrument's range")},
    )


def sections():
    return (front(), production(), size(), purity(), specification(), methods())


def front():
    return ComposedSection(
        id="D0",
        title="Front page",
        question="What is this batch, and what was and was not shown?",
        blocks=(
            Table(
                id="batch",
                title="The batch as declared",
                columns=(Column(name="Item"), Column(name="As declared in vesicle.toml")),
                rows=(
                    ("Product kind", "MSC-derived EV preparation"),
                    ("Species and tissue", "Homo sapiens, umbilical cord"),
                    ("Passage", 5),
                    ("Isolation", "tangential flow filtration, then size exclusion chromatography"),
                    ("Storage", "-80 °C in polypropylene, since 2026-09-30"),
                    ("Intended use", NotAssessed("no [intended_use] in vesicle.toml")),
                ),
            ),
        ),
    )


def production():
    return ComposedSection(
        id="D2",
        title="Production as declared",
        question="Can another lab repeat it?",
        blocks=(
            Quote(label="claim_role in vesicle.toml", text="GMP-compliant, clinical grade <b>exosomes</b>"),
            Flow(
                id="process",
                title="From cells to vial",
                steps=(
                    ("Expand", "Umbilical cord MSC, passage 5, 2D flasks, 21 % oxygen"),
                    ("Collect", "48 h in serum-free medium, 500 mL"),
                    ("Filter", "300 × g, 10 min; 0.22 µm"),
                    ("Tangential flow", "500 kDa cut-off, 10-fold concentration, 5 diafiltration volumes"),
                    ("Size exclusion", "fractions 7 to 9 pooled"),
                    ("Store", "-80 °C <in polypropylene>, no freeze-thaw"),
                ),
            ),
            Text(text="The donor's age was not declared.", tone="missing"),
            Verdicts(check_ids=("C11",)),
        ),
    )


def histogram_line(label, centre, *, classes=1200, seed=0):
    edges = np.linspace(0.0, 6000.0, classes + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    fraction = np.exp(-0.5 * (np.log(middle / centre) / 0.35) ** 2)
    fraction[middle > 900] = 0.0
    fraction *= 1 + 0.05 * np.random.default_rng(seed).standard_normal(classes)
    fraction = np.clip(fraction / fraction.sum(), 0, None)
    return Line(label=label, x=edges, y=fraction, low=fraction * 0.85, high=fraction * 1.18, is_step=True)


def size_figure():
    return Figure(
        id="size-distribution",
        title="Particles by diameter",
        caption="Number-weighted, mean of three runs with the 95 % band.",
        summary="Half of the particles lie between 93 and 152 nm; hardly any is larger than 400 nm.",
        x=Axis(title="Hydrodynamic diameter", unit="nm", is_log=True, low=20.0, high=1000.0),
        y=Axis(title="Share of particles per class"),
        lines=(histogram_line("Fraction 08", 118.0), histogram_line("Fraction 09 <b>", 140.0, seed=1)),
        zones=(
            Zone(label="not observed", low=0.0, high=60.0, tone="censored"),
            Zone(label="40–150 nm", low=40.0, high=150.0, tone="neutral"),
        ),
        marks=(("200 nm", 200.0),),
    )


def curve_figure():
    x = np.linspace(0, 48, 97)
    return Figure(
        id="recovery",
        title="Concentration over storage time",
        caption="Lines are means, bands 95 % intervals.",
        summary="The concentration falls by a fifth within two days at 4 °C and stays level at -80 °C.",
        x=Axis(title="Time", unit="h"),
        y=Axis(title="Concentration", unit="particles per mL"),
        lines=tuple(
            Line(
                label=f"{name}",
                x=x,
                y=level * np.exp(-x / scale),
                low=level * 0.93 * np.exp(-x / scale),
                high=level * 1.07 * np.exp(-x / scale),
            )
            for name, level, scale in (
                ("-80 °C", 6.5e9, 4000.0),
                ("4 °C", 6.3e9, 200.0),
                ("25 °C", 6.1e9, 60.0),
            )
        ),
    )


def forest_figure():
    return Figure(
        id="ratio",
        title="Particles per µg protein",
        caption="Points are ratios, whiskers 95 % intervals; the bands are those of the rule C10.",
        summary="Fraction 08 lies in the band called impure; fraction 09 lies between the bands.",
        x=Axis(title="Particles per protein", unit="particles per µg", is_log=True, low=1e8, high=1e11),
        y=Axis(title=""),
        points=(
            PointInterval(label="Fraction 08", value=6.57e8, low=5.1e8, high=8.4e8, group="This batch"),
            PointInterval(label="Fraction 09", value=1.9e9, low=1.3e9, high=2.5e9, group="This batch"),
            PointInterval(label=LONG_SAMPLE, value=2.2e10, low=1.1e10, high=4.5e10, group="Reference"),
        ),
        zones=(
            Zone(label="impure", low=0.0, high=1.5e9, tone="bad"),
            Zone(label="low purity", low=2e9, high=2e10, tone="warn"),
            Zone(label="high purity", low=3e10, high=float("inf"), tone="good"),
        ),
    )


def picture(*, shape=(120, 160), spots=14, used=9, **said):
    """A small frame with spots, some of them on paths; the last spot lies outside the frame."""
    draw = np.random.default_rng(4)
    x, y = draw.uniform(5, shape[1] - 5, spots), draw.uniform(5, shape[0] - 5, spots)
    x[-1] = shape[1] + 40.0
    walks = [np.cumsum(draw.normal(0, 1.5, (30, 2)), axis=0) + place for place in zip(x, y, strict=True)]
    values = {
        "id": "frame",
        "title": "Spots of run 1 <b>",
        "caption": "Circles are spots.",
        "summary": f"{spots} spots were found in frame 120; {used} of them belong to a track.",
        "grey": spotted(x, y, shape=shape, seed=1),
        "circles": (
            Circles(label="in a track", x_px=x[:used], y_px=y[:used], radius_px=5.0),
            Circles(label="others", x_px=x[used:], y_px=y[used:], radius_px=5.0, tone="faint"),
        ),
        "paths": (
            Paths(
                label="tracks",
                x_px=tuple(walk[:, 0] for walk in walks[:used]),
                y_px=tuple(walk[:, 1] for walk in walks[:used]),
                total=40,
            ),
        ),
        "scale_bar": ScaleBar(length_um=5.0, length_px=30.0),
    }
    return Picture(**values | said)


def size():
    return ComposedSection(
        id="D3",
        title="Size and number",
        question="How many particles of which size, how sure?",
        blocks=(
            Text(
                text="Half of the particles lie between 93 and 152 nm. Particles below about 60 nm "
                "scatter too little to be counted."
            ),
            size_figure(),
            picture(),
            Table(
                id="replicates",
                title="Replicates",
                columns=(
                    Column(name="Run"),
                    Column(name="D50", unit="nm", meaning="half of the particles are smaller"),
                    Column(name="Concentration", unit="particles per mL", meaning="of the stock"),
                    Column(name="Tracks"),
                    Column(name="Valid"),
                ),
                rows=tuple(
                    (
                        f"Run {k:03d}" if k else HOSTILE_FILE,
                        estimate(100 + 0.7 * k, 0.07),
                        estimate(6.5e9 * (1 + 0.02 * (k % 7)), 0.11)
                        if k % 9
                        else NotAssessed("dilution unknown"),
                        300 + 13 * ((k * 7) % 100),
                        Verdict.PASS if k % 5 else Verdict.WARN,
                    )
                    for k in range(100)
                ),
                caption="Concentrations are those of the stock; the dilution was applied once, by "
                "the instrument.",
                how="Percentiles are read at class edges of the vendor's histogram; intervals come "
                "from a bootstrap over runs.",
            ),
            curve_figure(),
            Verdicts(check_ids=("C01", "C02", "C03", "C04", "C12")),
        ),
    )


def purity():
    return ComposedSection(
        id="D6",
        title="Purity and impurities",
        question="What else is in the vial?",
        blocks=(
            Text(text="One band edge rests on memory; read the rule beside the verdict.", tone="note"),
            forest_figure(),
            Table(
                id="protein",
                title="Protein",
                columns=(
                    Column(name="Sample"),
                    Column(name="Protein", unit="µg/mL"),
                    Column(name="Implied share f"),
                ),
                rows=(
                    ("Fraction 08", estimate(9.9, 0.1), 0.031),
                    (FORMULA_FILE, estimate(4.1, 0.2), float("nan")),
                    ("Blank", NotAssessed("below the detection limit"), None),
                ),
            ),
            Verdicts(check_ids=("C10", "C16")),
        ),
    )


def specification():
    return ComposedSection(
        id="D14",
        title="Specification",
        question="Does it meet the limits the user wrote?",
        blocks=(Text(text="No limits were written under [specification] in vesicle.toml.", tone="missing"),),
    )


def methods():
    return ComposedSection(
        id="D15",
        title="Methods text",
        question="How do I describe this in a paper?",
        blocks=(
            Methods(
                text="Particle size and number were measured by nanoparticle tracking analysis at 25 °C. "
                "Replicate precision is judged against published variation, and purity as particles "
                "per µg protein.",
                citations=("misev2023", "vestad2017", "webber2013", "somebody1999"),
            ),
        ),
    )

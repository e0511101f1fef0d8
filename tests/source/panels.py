"""Sixty panels with fixed counts, and by hand what each must be found to be."""

from dataclasses import dataclass, field, replace

from tests.source.tubes import flow_file

from vesicle.manifest import Donor, Manifest
from vesicle.simulate.panel import StainPlan, TubePlan, simulate_tube

SHARES = {
    "CD73": 0.99,
    "CD90": 0.985,
    "CD105": 0.975,
    "CD45": 0.002,
    "CD34": 0.004,
    "CD14": 0.0,
    "CD19": 0.003,
    "HLA-DR": 0.006,
}
"""A panel that passes: the share of cells that carry each antigen."""

KIT = {
    "FITC-A": "CD90",
    "PE-A": "negative cocktail",
    "PerCP-Cy5-5-A": "CD105",
    "APC-A": "CD73",
}
KIT_LABEL = "CD45 CD34 CD11b CD19 HLA-DR"
MEMBERS = ("CD45", "CD34", "CD11b", "CD19", "HLA-DR")
PASS, WARN, FAIL, NOT, NA = "pass", "warn", "fail", "not_assessed", "not_applicable"
CROSSES, MISSES = "interval_crosses_limit", "misses_limit"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A panel: what differs from one that passes, and what must be found. ``markers`` lists what is no pass."""

    name: str
    kit: bool = False
    shares: dict = field(default_factory=dict)
    dim: dict = field(default_factory=dict)
    without: tuple = ()
    rename: dict = field(default_factory=dict)
    cells: int = 6_000
    few: dict = field(default_factory=dict)
    swapped: tuple = ()
    exchanged: tuple = ()
    control: str = "isotype"
    control_voltage: float = 450.0
    label: str = KIT_LABEL
    twice: dict = field(default_factory=dict)
    species: str | None = None
    has_scatter: bool = True
    spillover: dict = field(default_factory=dict)
    panel: str
    markers: dict = field(default_factory=dict)
    missing: tuple = ()

    def manifest(self):
        return Manifest(donor=Donor(species=self.species))

    def files(self, seed):
        return list(_kit(self, seed) if self.kit else _singles(self, seed))


def _plan(case, name, stains, cells, **more):
    return TubePlan(
        name=name, stains=stains, cells=cells, has_scatter=case.has_scatter, spillover=case.spillover, **more
    )


def _singles(case, seed):
    """One antigen a tube, all in PE, with one control tube for each antigen or for all of them."""
    shares = {case.rename.get(name, name): share for name, share in {**SHARES, **case.shares}.items()}
    wanted = [(name, shares[name]) for name in shares if name not in case.without]
    for number, (name, share) in enumerate([*wanted, *case.twice.items()]):
        stain = StainPlan(label=name, share=share, brightness_sd=case.dim.get(name, 150.0))
        tube = simulate_tube(
            _plan(case, f"{name} PE {number}", {"PE-A": stain}, case.few.get(name, case.cells)),
            seed=seed * 100 + number,
        )
        if name in case.exchanged:
            control = simulate_tube(_plan(case, "isotype 9", {}, case.cells), seed=seed * 100 + 99)
            yield flow_file(replace(control, name=tube.name, labels=tube.labels))
            yield flow_file(replace(tube, name=control.name, labels=control.labels))
            continue
        if name not in case.swapped:
            yield flow_file(tube)
            continue
        isotype = simulate_tube(_plan(case, f"iso {name} PE", {}, case.cells), seed=seed * 100 + 50 + number)
        yield flow_file(replace(isotype, name=tube.name, labels=tube.labels))
        yield flow_file(replace(tube, name=isotype.name, labels=isotype.labels))
    if case.control and not case.exchanged:
        control = _plan(case, f"{case.control} 9", {}, case.cells, voltage=case.control_voltage)
        yield flow_file(simulate_tube(control, seed=seed * 100 + 99))


def _kit(case, seed):
    """Four colours in one tube, the antigens that must be absent together in PE, and the isotypes in another."""
    shares = {**SHARES, "negative cocktail": 0.006, **case.shares}
    stains = {
        channel: StainPlan(
            label=case.label if name == "negative cocktail" else case.rename.get(name, name),
            share=shares[name],
            brightness_sd=case.dim.get(name, 150.0),
        )
        for channel, name in KIT.items()
        if name not in case.without
    }
    sample = simulate_tube(_plan(case, "MSC P4 kit", stains, case.cells), seed=seed * 100)
    control = simulate_tube(
        _plan(case, "MSC P4 kit isotypes", {}, case.cells, voltage=case.control_voltage), seed=seed * 100 + 1
    )
    if "all" in case.swapped:
        sample, control = (
            replace(control, name=sample.name, labels=sample.labels),
            replace(sample, name=control.name, labels=control.labels),
        )
    yield flow_file(sample)
    if case.control:
        yield flow_file(control)


IN_COCKTAIL = dict.fromkeys(MEMBERS, (NOT, "judged_as_cocktail"))
FEW = dict.fromkeys(("CD45", "CD34", "CD14", "CD19", "HLA-DR"), (NOT, "too_few_events"))
NO_CONTROL = dict.fromkeys(SHARES, (NOT, "no_control"))
VOLTAGE = dict.fromkeys(SHARES, (NOT, "control_settings_differ"))
NOT_HUMAN = dict.fromkeys(SHARES, (NA, "not_human"))
NO_SCATTER = dict.fromkeys(SHARES, (WARN, "no_scatter"))

CASES = (
    # Panels that pass.
    Case(name="all meet their limits", panel=PASS),
    Case(name="human donor", species="Homo sapiens", panel=PASS),
    Case(name="positives just clear of the limit", shares={"CD73": 0.962, "CD90": 0.963}, panel=PASS),
    Case(name="negatives just clear of the limit", shares={"CD45": 0.011, "CD34": 0.011}, panel=PASS),
    Case(
        name="every negative at zero",
        shares=dict.fromkeys(("CD45", "CD34", "CD14", "CD19", "HLA-DR"), 0.0),
        panel=PASS,
    ),
    Case(name="CD11b in place of CD14", rename={"CD14": "CD11b"}, panel=PASS),
    Case(name="CD79a in place of CD19", rename={"CD19": "CD79a"}, panel=PASS),
    Case(
        name="antigens by gene symbol",
        rename={"CD73": "NT5E", "CD90": "Thy-1", "CD105": "endoglin"},
        panel=PASS,
    ),
    Case(name="unstained as the control", control="unstained", panel=PASS),
    Case(name="many events", cells=9_000, panel=PASS),
    Case(name="both CD14 and CD11b", twice={"CD11b": 0.002}, panel=PASS),
    Case(name="a second tube that agrees", twice={"CD73": 0.985}, panel=PASS),
    # Panels that fail.
    Case(name="CD105 on 80 %", shares={"CD105": 0.80}, panel=FAIL, markers={"CD105": (FAIL, MISSES)}),
    Case(name="CD73 on 92 %", shares={"CD73": 0.92}, panel=FAIL, markers={"CD73": (FAIL, MISSES)}),
    Case(name="CD90 on half", shares={"CD90": 0.5}, panel=FAIL, markers={"CD90": (FAIL, MISSES)}),
    Case(name="CD45 on 5 %", shares={"CD45": 0.05}, panel=FAIL, markers={"CD45": (FAIL, MISSES)}),
    Case(name="CD34 on 30 %", shares={"CD34": 0.3}, panel=FAIL, markers={"CD34": (FAIL, MISSES)}),
    Case(name="CD14 on 4 %", shares={"CD14": 0.04}, panel=FAIL, markers={"CD14": (FAIL, MISSES)}),
    Case(name="CD19 on 3.5 %", shares={"CD19": 0.035}, panel=FAIL, markers={"CD19": (FAIL, MISSES)}),
    Case(name="induced HLA-DR", shares={"HLA-DR": 0.4}, panel=FAIL, markers={"HLA-DR": (FAIL, MISSES)}),
    Case(
        name="a positive and a negative fail",
        shares={"CD73": 0.7, "CD45": 0.2},
        panel=FAIL,
        markers={"CD73": (FAIL, MISSES), "CD45": (FAIL, MISSES)},
    ),
    Case(
        name="CD11b fails beside CD14", twice={"CD11b": 0.06}, panel=FAIL, markers={"CD11b": (FAIL, MISSES)}
    ),
    Case(
        name="blood cells",
        shares={"CD73": 0.2, "CD90": 0.1, "CD105": 0.05, "CD45": 0.99},
        panel=FAIL,
        markers={
            "CD73": (FAIL, MISSES),
            "CD90": (FAIL, MISSES),
            "CD105": (FAIL, MISSES),
            "CD45": (FAIL, MISSES),
        },
    ),
    # Borderline.
    Case(name="CD73 at the limit", shares={"CD73": 0.951}, panel=WARN, markers={"CD73": (WARN, CROSSES)}),
    Case(name="CD90 at the limit", shares={"CD90": 0.949}, panel=WARN, markers={"CD90": (WARN, CROSSES)}),
    Case(name="CD105 at the limit", shares={"CD105": 0.95}, panel=WARN, markers={"CD105": (WARN, CROSSES)}),
    Case(name="CD45 at the limit", shares={"CD45": 0.02}, panel=WARN, markers={"CD45": (WARN, CROSSES)}),
    Case(name="CD34 at the limit", shares={"CD34": 0.021}, panel=WARN, markers={"CD34": (WARN, CROSSES)}),
    Case(
        name="HLA-DR at the limit", shares={"HLA-DR": 0.02}, panel=WARN, markers={"HLA-DR": (WARN, CROSSES)}
    ),
    Case(
        name="borderline beside a failure",
        shares={"CD105": 0.95, "CD14": 0.06},
        panel=FAIL,
        markers={"CD105": (WARN, CROSSES), "CD14": (FAIL, MISSES)},
    ),
    # Markers that are missing.
    Case(name="no CD105", without=("CD105",), panel=NOT, missing=("CD105",)),
    Case(name="no CD14 and no CD11b", without=("CD14",), panel=NOT, missing=("CD14 or CD11b",)),
    Case(name="no B cell marker", without=("CD19",), panel=NOT, missing=("CD79a or CD19",)),
    Case(name="no HLA-DR", without=("HLA-DR",), panel=NOT, missing=("HLA-DR",)),
    Case(
        name="only positives",
        without=("CD45", "CD34", "CD14", "CD19", "HLA-DR"),
        panel=NOT,
        missing=("CD45", "CD34", "CD14 or CD11b", "CD79a or CD19", "HLA-DR"),
    ),
    Case(
        name="missing beside a failure",
        without=("CD73",),
        shares={"CD45": 0.1},
        panel=FAIL,
        markers={"CD45": (FAIL, MISSES)},
        missing=("CD73",),
    ),
    Case(name="CD146 is no CD14", rename={"CD14": "CD146"}, panel=NOT, missing=("CD14 or CD11b",)),
    # Controls.
    Case(name="no control", control="", panel=NOT, markers=NO_CONTROL),
    Case(name="control at another voltage", control_voltage=520.0, panel=NOT, markers=VOLTAGE),
    Case(name="CD73 swapped", swapped=("CD73",), panel=NOT, markers={"CD73": (NOT, "control_above_sample")}),
    Case(
        name="CD105 swapped", swapped=("CD105",), panel=NOT, markers={"CD105": (NOT, "control_above_sample")}
    ),
    Case(
        name="a failing CD45 swapped",
        swapped=("CD45",),
        shares={"CD45": 0.3},
        panel=NOT,
        markers={"CD45": (NOT, "control_above_sample")},
    ),
    Case(
        name="the only isotype swapped with CD73",
        exchanged=("CD73",),
        panel=NOT,
        markers=dict.fromkeys(SHARES, (NOT, "control_above_sample")),
    ),
    # Dim CD105: the threshold fails it, the scaled subtraction does not.
    Case(
        name="dim CD105",
        dim={"CD105": 3.0},
        shares={"CD105": 1.0},
        panel=WARN,
        markers={"CD105": (WARN, "dim_marker")},
    ),
    Case(
        name="dimmer CD105",
        dim={"CD105": 2.2},
        shares={"CD105": 1.0},
        panel=WARN,
        markers={"CD105": (WARN, "dim_marker")},
    ),
    Case(
        name="dim CD105 on half",
        dim={"CD105": 3.0},
        shares={"CD105": 0.5},
        panel=FAIL,
        markers={"CD105": (FAIL, MISSES)},
    ),
    Case(name="no CD105 at all", shares={"CD105": 0.0}, panel=FAIL, markers={"CD105": (FAIL, MISSES)}),
    # Kits with a cocktail.
    Case(name="kit", kit=True, panel=PASS, markers=IN_COCKTAIL),
    Case(
        name="kit with spillover",
        kit=True,
        spillover={("FITC-A", "PE-A"): 0.2, ("PE-A", "PerCP-Cy5-5-A"): 0.1},
        panel=PASS,
        markers=IN_COCKTAIL,
    ),
    Case(name="kit that says cocktail", kit=True, label="hMSC negative cocktail", panel=PASS),
    Case(
        name="cocktail of 6 %",
        kit=True,
        shares={"negative cocktail": 0.06},
        panel=FAIL,
        markers={"negative cocktail": (FAIL, MISSES), **IN_COCKTAIL},
    ),
    Case(
        name="cocktail at the limit",
        kit=True,
        shares={"negative cocktail": 0.02},
        panel=WARN,
        markers={"negative cocktail": (WARN, CROSSES), **IN_COCKTAIL},
    ),
    Case(
        name="cocktail of three",
        kit=True,
        label="CD45/CD34/CD14",
        panel=NOT,
        markers=dict.fromkeys(("CD45", "CD34", "CD14"), (NOT, "judged_as_cocktail")),
        missing=("CD79a or CD19", "HLA-DR"),
    ),
    Case(
        name="kit swapped",
        kit=True,
        swapped=("all",),
        panel=NOT,
        markers={**dict.fromkeys(("CD73", "CD90", "CD105"), (NOT, "control_above_sample")), **IN_COCKTAIL},
    ),
    Case(
        name="kit without its control",
        kit=True,
        control="",
        panel=NOT,
        markers={
            **dict.fromkeys(("CD73", "CD90", "CD105", "negative cocktail"), (NOT, "no_control")),
            **IN_COCKTAIL,
        },
    ),
    Case(
        name="kit with few events",
        kit=True,
        cells=1_500,
        panel=NOT,
        markers={"negative cocktail": (NOT, "too_few_events"), **IN_COCKTAIL},
    ),
    # Few events, other species, no scatter, tubes that disagree.
    Case(name="low events", cells=1_500, panel=NOT, markers=FEW),
    Case(name="low events of CD34", few={"CD34": 800}, panel=NOT, markers={"CD34": (NOT, "too_few_events")}),
    Case(name="mouse", species="Mus musculus", panel=NA, markers=NOT_HUMAN),
    Case(
        name="tubes that disagree",
        twice={"CD73": 0.6},
        panel=WARN,
        markers={"CD73": (WARN, "duplicates_disagree")},
    ),
)

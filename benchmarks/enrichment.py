"""Enrichment beside gseapy and decoupler: the same genes and sets, each in a process of its own, taking turns.

Run by benchmarks/run.py. With a name and a file as arguments it is one of those processes: it prints what it took.
"""

from __future__ import annotations

import importlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vesicle.enrichment.gene_sets import sets_from
from vesicle.enrichment.overrepresentation import background_of, over_represent
from vesicle.enrichment.targets import targets_from

SETS, QUERY, GENES, PERMUTATIONS, DRAWS = 2000, 5000, 19_000, 1000, 100_000
WARM = 5
"""Repeats inside a process after a first one that loads everything."""
ROUNDS = 3


def write_task(path: Path) -> None:
    """Genes, sets, a list, a ranking of 5,000 and a table of targets, all drawn at random."""
    rng = np.random.default_rng(1)
    genes = [f"GENE{i}" for i in range(GENES)]
    sizes = np.clip(np.exp(rng.normal(3.5, 1.0, SETS)), 5, 500).astype(int)
    sets = {f"set {k}": [genes[i] for i in rng.choice(GENES, n, replace=False)] for k, n in enumerate(sizes)}
    degrees = np.clip(np.exp(rng.normal(1.5, 1.2, 740)), 1, 170).astype(int)
    targets = {
        f"miR-{k}": [genes[i] for i in rng.choice(2800, n, replace=False)] for k, n in enumerate(degrees)
    }
    on_targets = {
        f"set {k}": [genes[i] for i in rng.choice(2800, max(10, n // 4), replace=False)]
        for k, n in enumerate(sizes[:1200])
    }
    task = {
        "genes": genes,
        "sets": sets,
        "query": [genes[i] for i in rng.choice(GENES, QUERY, replace=False)],
        "ranking": {genes[i]: float(rng.normal()) for i in rng.choice(GENES, QUERY, replace=False)},
        "targets": targets,
        "on_targets": on_targets,
    }
    path.write_text(json.dumps(task), encoding="utf-8")


def our_lists(task: dict[str, Any]) -> Callable[[], Any]:
    return lambda: over_represent(sets_from(task["sets"]), task["query"], background_of(task["genes"])).p.size


def gseapy_lists(task: dict[str, Any]) -> Callable[[], Any]:
    gseapy = importlib.import_module("gseapy")
    return lambda: len(
        gseapy.enrich(
            gene_list=task["query"],
            gene_sets=task["sets"],
            background=task["genes"],
            outdir=None,
            no_plot=True,
        ).results
    )


def decoupler_lists(task: dict[str, Any]) -> Callable[[], Any]:
    decoupler, pandas = importlib.import_module("decoupler"), importlib.import_module("pandas")
    asked = set(task["query"])
    values = [1.0 - place / GENES + (gene in asked) for place, gene in enumerate(task["genes"])]
    table = pandas.DataFrame(
        [values], columns=task["genes"]
    )  # it takes the 5,000 highest values for the list
    pairs = [(name, gene) for name, genes in task["sets"].items() for gene in genes]
    net = pandas.DataFrame(pairs, columns=["source", "target"])
    return lambda: decoupler.mt.ora(table, net, n_up=QUERY, n_bm=0, n_bg=GENES, tmin=1)[1].size


def our_ranking(task: dict[str, Any]) -> Callable[[], Any]:
    rank_enrich = importlib.import_module("vesicle.enrichment.ranked").rank_enrich
    return lambda: _scores(rank_enrich(sets_from(task["sets"]), task["ranking"], seed=1, smallest=5))


def _scores(found: Any) -> dict[str, tuple[float, float]]:  # noqa: ANN401 - loaded where it is used, for its memory
    return dict(zip(found.names, zip(found.es.tolist(), found.nes.tolist(), strict=True), strict=True))


def gseapy_ranking(task: dict[str, Any]) -> Callable[[], Any]:
    gseapy, pandas = importlib.import_module("gseapy"), importlib.import_module("pandas")
    ranking = pandas.Series(task["ranking"]).sort_values(ascending=False)

    def route() -> dict[str, tuple[float, float]]:
        found = gseapy.prerank(
            rnk=ranking,
            gene_sets=task["sets"],
            permutation_num=PERMUTATIONS,
            min_size=5,
            max_size=500,
            threads=1,
            seed=1,
            outdir=None,
            no_plot=True,
        ).res2d
        return {row.Term: (float(row.ES), float(row.NES)) for row in found.itertuples()}

    return route


def our_pathways(task: dict[str, Any]) -> Callable[[], Any]:
    evidence = {(name, gene): 0.8 for name, genes in task["targets"].items() for gene in genes}
    given = dict.fromkeys([n for n, genes in task["targets"].items() if len(genes) >= 5][:4], 1.0)

    assess = importlib.import_module("vesicle.enrichment.mirna_pathways").assess_pathways

    def route() -> int:
        return assess(sets_from(task["on_targets"]), targets_from(evidence), given, draws=DRAWS).tests

    return route


LISTS = {"vesicle": our_lists, "gseapy enrich": gseapy_lists, "decoupler ora": decoupler_lists}
RANKINGS = {"vesicle, ranked": our_ranking, "gseapy prerank, 1 thread": gseapy_ranking}
PATHWAYS = {"vesicle, microRNAs": our_pathways}
ROUTES = LISTS | RANKINGS | PATHWAYS
ONCE = {"gseapy prerank, 1 thread"}
"""Compiled ahead and slow: neither warmed up nor repeated."""


def one_route(name: str, path: str) -> None:
    warnings.simplefilter("ignore")  # of the packages that it uses
    route = ROUTES[name](json.loads(Path(path).read_text(encoding="utf-8")))
    took: list[float] = []
    said: Any = None if name in ONCE else route()
    for _ in range(1 if name in ONCE else WARM):
        started = time.perf_counter()
        said = route()
        took.append(time.perf_counter() - started)
    print(json.dumps({"seconds": took, "said": said}))


def enrichment(meter: str) -> str:
    """The section of the page; ``meter`` is a program that runs another one and prints its time and peak memory."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "task.json"
        write_task(path)
        taken: dict[str, list[dict[str, Any]]] = {name: [] for name in ROUTES}
        for turn in range(ROUNDS):
            for name in ROUTES:
                if turn == 0 or name not in ONCE:
                    taken[name].append(metered(name, path, meter))
    return "\n".join([*table(taken), "", *ratios(taken)])


def metered(name: str, path: Path, meter: str) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("r", suffix=".json") as said:
        shell = f'exec "{sys.executable}" "{__file__}" "{name}" "{path}" > "{said.name}"'
        command = [sys.executable, "-S", "-c", meter, "sh", "-c", shell]
        _, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        lines = said.read().strip().splitlines()
        return json.loads(lines[-1]) | {
            "peak_mb": float(peak) / (1024 if sys.platform == "linux" else 1024**2)
        }


def middle(runs: list[dict[str, Any]]) -> float:
    return statistics.median(second for run in runs for second in run["seconds"])


def table(taken: dict[str, list[dict[str, Any]]]) -> list[str]:
    does = {
        **dict.fromkeys(LISTS, f"{QUERY} of {GENES} genes against {SETS} sets"),
        **dict.fromkeys(RANKINGS, f"{QUERY} ranked genes, {PERMUTATIONS} permutations"),
        **dict.fromkeys(PATHWAYS, f"four microRNAs, 1,200 sets, {DRAWS} draws"),
    }
    rows = [
        f"| {name} | {does[name]} | {1000 * middle(runs):.3g} | {max(run['peak_mb'] for run in runs):.0f} |"
        for name, runs in taken.items()
    ]
    head = "| What | It does | Median, warm (ms) | Peak (MB) |\n| --- | --- | --- | --- |"
    return [f"## Enrichment in gene sets\n\n{head}", *rows]


def ratios(taken: dict[str, list[dict[str, Any]]]) -> list[str]:
    ours, peer = (taken[name][0]["said"] for name in RANKINGS)
    shared = [name for name in peer if name in ours]
    scores = max(abs(ours[name][0] - peer[name][0]) for name in shared)
    normal = [abs(ours[name][1] - peer[name][1]) for name in shared]
    lists = [middle(taken[name]) for name in LISTS]
    ranked = [middle(taken[name]) for name in RANKINGS]
    return [
        f"Lists: gseapy over ours {lists[1] / lists[0]:.1f}, ours over decoupler {lists[0] / lists[2]:.2f}. Rankings: "
        f"gseapy over ours {ranked[1] / ranked[0]:.0f}; over {len(shared)} sets ES differ by at most {scores:.1g}, NES "
        f"by {statistics.median(normal):.3f} in the median and {max(normal):.3f} at most. Ours starts from names in "
        "Python's lists each time, and so does gseapy; decoupler starts from tables made before. The peak is that of a "
        "process, with the input that all of them read.",
    ]


if __name__ == "__main__":
    one_route(sys.argv[1], sys.argv[2])

"""Gates on mixtures whose truth is known, and on real tubes."""

import numpy as np
import pytest
from tests.cytometry.fcs import read_fcs

from vesicle.cytometry.gating import gate_cells, gate_ends, gate_singlets, gate_time, gate_viable
from vesicle.cytometry.modes import find_modes


class Tube:
    """Cells, debris, pairs and dead cells; what each event is, and its signals."""

    def __init__(self, *, seed=0, events=5000, debris=0.3, pairs=0.05, dead=0.1):
        rng = np.random.default_rng(seed)
        self.is_debris = rng.random(events) < debris
        self.is_pair = (rng.random(events) < pairs) & ~self.is_debris
        self.is_dead = (rng.random(events) < dead) & ~self.is_debris
        size = np.where(self.is_debris, rng.lognormal(9, 0.5, events), rng.lognormal(11.4, 0.2, events))
        self.side = np.where(self.is_debris, rng.lognormal(8.7, 0.5, events), rng.lognormal(11, 0.3, events))
        self.height = size * rng.normal(1, 0.03, events)
        self.forward = np.where(self.is_pair, 1.7 * size, size)
        self.dye = np.where(self.is_dead, rng.lognormal(9.9, 0.4, events), rng.normal(300, 100, events))
        self.time = np.sort(rng.random(events)) * 100
        self.all = np.ones(events, dtype=bool)


@pytest.mark.parametrize("debris", [0.02, 0.5, 0.9])
@pytest.mark.parametrize("seed", range(3))
def test_cells_are_found_among_rare_and_among_most_frequent_debris(debris, seed):
    tube = Tube(seed=seed, debris=debris)
    kept = gate_cells(tube.all, tube.forward, tube.side).kept
    is_cell = ~tube.is_debris & ~tube.is_pair
    assert kept[is_cell].mean() > 0.93
    assert tube.is_debris[kept].mean() < 0.005


def test_the_record_of_cells_says_what_was_taken_for_debris():
    many = gate_cells(Tube(debris=0.9).all, Tube(debris=0.9).forward, Tube(debris=0.9).side).record
    assert "taken for debris" in many.note
    assert dict(many.limits)["least forward scatter"] > 20_000
    assert (many.before, many.is_applied) == (5000, True)


def test_pairs_are_dropped_and_single_cells_kept():
    tube = Tube(pairs=0.2, debris=0)
    kept = gate_singlets(tube.all, tube.forward, tube.height).kept
    assert kept[~tube.is_pair].mean() > 0.95
    assert kept[tube.is_pair].mean() < 0.01


@pytest.mark.parametrize("dead", [0.02, 0.3, 0.8])
def test_cells_that_took_up_the_dye_are_dropped(dead):
    tube = Tube(dead=dead, debris=0)
    gate = gate_viable(tube.all, tube.dye)
    assert gate.kept[~tube.is_dead].mean() > 0.99
    assert gate.kept[tube.is_dead].mean() < 0.01
    assert gate.record.note.startswith("one mode" if dead == 0.02 else "valley")


def test_with_cells_without_the_dye_the_limit_is_their_percentile():
    tube = Tube()
    plain = np.random.default_rng(5).normal(300, 100, 4000)
    gate = gate_viable(tube.all, tube.dye, unstained=plain)
    assert dict(gate.record.limits)["dye below"] == np.percentile(plain, 99.5)


def test_a_pause_and_a_burst_are_dropped_and_a_steady_run_is_kept():
    rng = np.random.default_rng(0)
    steady = np.sort(rng.random(9000)) * 60
    assert gate_time(np.ones(9000, dtype=bool), steady).record.after == 9000
    broken = np.append(steady[(steady < 20) | (steady > 26)], rng.uniform(40, 42, 3000))
    gate = gate_time(np.ones(len(broken), dtype=bool), broken)
    is_burst = (broken > 40) & (broken < 42)
    assert gate.kept[is_burst].mean() < 0.05
    assert gate.kept[~is_burst].mean() > 0.95


@pytest.mark.parametrize("ticks", [37, 175, 792])
def test_a_coarse_clock_is_no_unsteady_rate(ticks):
    time = np.sort(np.random.default_rng(0).integers(0, ticks, 20_000)).astype(float)
    assert gate_time(np.ones(20_000, dtype=bool), time).record.after == 20_000


def test_events_at_the_end_of_a_detector_and_at_zero_are_dropped():
    values = np.append(np.random.default_rng(0).uniform(1, 1000, 500), [1023.0] * 20 + [0.0, -5.0, np.nan])
    kept = np.ones(len(values), dtype=bool)
    found = gate_ends(kept, {"FSC": values})
    assert found.record.after == 500
    assert ("FSC below", 1023.0) in found.record.limits
    assert (
        gate_ends(kept, {"FSC": values}, ceilings={"FSC": 500.0}).record.after == (values[:500] < 500).sum()
    )


def test_a_largest_value_that_is_not_a_heap_is_no_end():
    values = np.random.default_rng(0).integers(1, 300, 20_000).astype(float)
    assert gate_ends(np.ones(20_000, dtype=bool), {"FSC": values}).record.after == 20_000
    assert gate_ends(np.ones(3, dtype=bool), {"FSC": np.ones(3)}).record.after == 3


def gates_without_channels(kept):
    few = np.ones(len(kept))
    return [
        gate_ends(kept, {}),
        gate_time(kept, None),
        gate_time(kept, few),
        gate_singlets(kept, None, few),
        gate_singlets(kept, few, few),
        gate_cells(kept, few, None),
        gate_cells(kept, few, few),
        gate_viable(kept, None),
        gate_viable(kept, few),
    ]


def test_a_gate_without_its_channel_or_with_few_events_keeps_all_and_says_why():
    kept = np.ones(20, dtype=bool)
    for gate in gates_without_channels(kept):
        assert not gate.record.is_applied
        assert gate.record.note
        assert gate.record.before == gate.record.after == 20


def test_signals_that_do_not_vary_are_not_gated():
    kept, same = np.ones(500, dtype=bool), np.full(500, 7.0)
    assert "does not run" in gate_time(kept, same).record.note
    assert "same signal" in gate_singlets(kept, same, same).record.note
    assert gate_cells(kept, same, same).record.after == 500


def test_a_gate_drops_only_what_earlier_gates_kept_and_ignores_what_they_dropped():
    tube = Tube()
    mask = np.random.default_rng(1).random(5000) < 0.5
    spoiled = tube.forward.copy()
    spoiled[~mask] = np.nan
    for gate in (gate_cells(mask, spoiled, tube.side), gate_singlets(mask, spoiled, tube.height)):
        assert not gate.kept[~mask].any()
        assert gate.record.before == mask.sum()
    picked = gate_cells(np.ones(mask.sum(), dtype=bool), tube.forward[mask], tube.side[mask])
    assert np.array_equal(gate_cells(mask, spoiled, tube.side).kept[mask], picked.kept)


def test_two_mounds_in_a_plane_are_two_modes_and_a_shallow_saddle_is_none():
    y, x = np.mgrid[0:40, 0:40]
    mounds = np.exp(-((x - 10) ** 2 + (y - 10) ** 2) / 30) + 0.5 * np.exp(
        -((x - 30) ** 2 + (y - 28) ** 2) / 30
    )
    modes = find_modes(mounds, saddle=0.7)
    assert modes.share == pytest.approx([2 / 3, 1 / 3], abs=0.01)
    assert modes.label[10, 10] == 0
    assert modes.label[28, 30] == 1
    assert len(find_modes(np.array([1.0, 3.0, 2.9, 3.1, 1.0]), saddle=0.7).share) == 1


def test_real_tubes_keep_most_of_their_cells(real_data):
    for name in ("tasbe_blank.fcs", "tasbe_eyfp.fcs"):
        table, names = read_fcs(real_data / "cytometry" / "control_mix" / name)
        forward, height, side, time = (table[:, names.index(c)] for c in ("FSC-A", "FSC-H", "SSC-A", "Time"))
        kept = gate_ends(np.ones(len(table), dtype=bool), {"FSC-A": forward}).kept
        kept = gate_time(kept, time).kept
        kept = gate_singlets(kept, forward, height).kept
        assert gate_cells(kept, forward, side).record.after > 8000


def test_noise_of_a_small_particle_cytometer_is_not_taken_for_beads(real_data):
    table, names = read_fcs(real_data / "cytometry" / "beads" / "apogee_rainbow_beads.fcs")
    large, small = (table[:, names.index(f"405{kind}(Peak)")] for kind in ("LALS", "SALS"))
    gate = gate_cells(np.ones(len(table), dtype=bool), large, small)
    assert large[gate.kept].min() > 5e5
    assert 16_000 < gate.record.after < 19_000

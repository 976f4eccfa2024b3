"""The simulator runs the mesh's own code by a clock of its own: the same seed, the same run."""

from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from scattershot.cli import scattershot
from scattershot.simulation.eclipse import eclipse
from scattershot.simulation.engine import Cpu, Engine
from scattershot.simulation.figures import BOUNDS, Bound, quantile
from scattershot.simulation.plots import lines, spread
from scattershot.simulation.run import simulate
from scattershot.simulation.scenario import Scenario

TIMES = {"run_time_s", "processor_time_s"}


def run(**what: Any) -> dict[str, Any]:
    given = {"nodes": 120, "hours": 0.08, "seed": 7} | what
    result, _ = simulate(Scenario(**given), lambda _: None)
    return {name: value for name, value in result.items() if name not in TIMES}


@pytest.fixture(scope="module")
def killed() -> dict[str, Any]:
    """A small mesh of which a third of the supernodes lose power at once."""
    return run(kill=0.34)


def test_the_same_seed_gives_the_same_run_and_another_gives_another(killed: dict[str, Any]) -> None:
    assert run(kill=0.34) == killed
    assert run(kill=0.34, seed=8)["events"] != killed["events"]


def test_a_third_killed_at_once_is_replaced_within_seconds_and_nothing_is_lost(killed: dict[str, Any]) -> None:
    assert killed["supernode_failures"] >= 3
    assert BOUNDS["reelection_p99_s"].is_kept(killed["reelection_p99_s"])
    assert killed["delivery_ratio_in_the_end"] == 1.0
    assert killed["search_recall"] == 1.0
    assert killed["payloads_per_post_per_supernode"] < 1.5
    assert killed["false_deaths"] == 0


def test_views_that_are_shared_lead_to_the_same_mesh_as_those_of_each_own() -> None:
    alone, shared = run(), run(view_of_each_up_to=0)
    assert alone["view_of_its_own"]
    assert not shared["view_of_its_own"]
    assert alone["supernodes_p50"] == pytest.approx(shared["supernodes_p50"], abs=2)
    assert shared["delivery_ratio"] == alone["delivery_ratio"] == 1.0


@pytest.mark.parametrize("stress", ["flash-crowd", "restart", "partition"])
def test_after_the_worst_everybody_has_everything(stress: str) -> None:
    assert run(nodes=80, stress=frozenset({stress}), hours=0.2)["delivery_ratio_in_the_end"] == 1.0


def test_sybils_of_three_networks_hold_no_more_than_their_networks_may() -> None:
    result = run(nodes=400, view_of_each_up_to=0, hours=0.06, stress=frozenset({"sybils"}))
    assert 0 < result["sybil_share_of_supernodes"] <= 0.2


def test_withholding_is_seen_in_the_figures() -> None:
    assert run(nodes=300, seed=1, view_of_each_up_to=0, stress=frozenset({"withholding"}))["delivery_ratio"] < 1.0


def test_slow_machines_without_a_door_are_buried_in_handshakes() -> None:
    stress = frozenset({"restart"})
    slow = {"view_of_each_up_to": 0, "stress": stress, "slowness": 300.0}
    free = run(**slow, without=frozenset({"door"}))
    guarded = run(**slow)
    assert free["handshakes_given_up"] > 10 * guarded["handshakes_given_up"]
    assert free["worst_debt_s"] > guarded["worst_debt_s"]


def test_the_more_sybils_the_more_eclipses() -> None:
    few, many = eclipse(0.1, 200, 1), eclipse(0.5, 200, 1)
    assert few.both < 0.03 < 0.15 < many.both < 0.35
    assert few.links == 0.0
    assert few.burials < 0.2 < many.burials


def test_the_command_writes_figures_and_a_page_that_loads_nothing(tmp_path: Any) -> None:
    asked = ["simulate", "--nodes", "100", "--hours", "0.06", "--seed", "1", "--kill-supernodes", "0.3"]
    files = ["--json", str(tmp_path / "it.json"), "--report", str(tmp_path / "it.html")]
    result = CliRunner().invoke(scattershot, [*asked, *files])
    assert result.exit_code == 0, result.output
    figures = msgspec.json.decode((tmp_path / "it.json").read_bytes())
    assert figures.keys() >= BOUNDS.keys()
    assert len(figures["eclipse"]) == 5
    page = (tmp_path / "it.html").read_text()
    assert page.count("<svg") >= 6
    assert "<script" not in page
    assert "http" not in page
    assert "MISSED" in result.output or "kept" in result.output


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Any) -> None:
    asked = ["simulate", "--nodes", "50", "--hours", "0.05", "--seed", "1", "--json", str(tmp_path / "no" / "it.json")]
    result = CliRunner().invoke(scattershot, asked)
    assert result.exit_code == 1
    assert "cannot be written" in result.output


def test_what_was_not_measured_is_no_promise_kept() -> None:
    assert not Bound(None, 5.0).is_kept(None)
    assert Bound(0.9, None).is_kept(0.9)
    assert quantile([], 0.5) is None
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_the_clock_goes_in_order_and_a_core_does_one_thing_at_a_time() -> None:
    engine, seen = Engine(1), list[str]()
    engine.later(2.0, seen.append, "later")
    engine.later(1.0, seen.append, "sooner")
    engine.run(5.0)
    assert (seen, engine.now) == (["sooner", "later"], 5.0)
    cpu = Cpu(2.0)
    assert [cpu.work(10.0, 0.5), cpu.work(10.0, 0.5), cpu.debt(11.0)] == [11.0, 12.0, 1.0]


def test_a_plot_of_nothing_is_nothing() -> None:
    assert lines("x", "y", [("z", [])]) == ""
    assert spread("x", "y", []) == ""

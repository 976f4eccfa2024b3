"""The mesh, simulated: what would become of it with so many nodes."""

from pathlib import Path

import click

_STRESSES = ["flash-crowd", "restart", "partition", "sybils", "withholding"]


@click.command()
@click.option(
    "--nodes", type=click.IntRange(10, 2_000_000), required=True, help="How many, a good half of them online."
)
@click.option("--hours", type=click.FloatRange(0.05, 72), required=True, help="How long, by the virtual clock.")
@click.option("--seed", type=int, required=True, help="The same seed gives the same run.")
@click.option("--kill-supernodes", type=click.FloatRange(0, 0.95), default=0.0, metavar="SHARE",
              help="Let that share of them lose power at once, at half-time.")  # fmt: skip
@click.option("--stress", multiple=True, type=click.Choice(_STRESSES),
              help="What else befalls it; may be given several times.")  # fmt: skip
@click.option("--without", multiple=True, type=click.Choice(["door", "mesh-first"]),
              help="Leave a part of the protocol out, to see what it is good for.")  # fmt: skip
@click.option("--slow", type=click.FloatRange(1, 1_000), default=1.0, metavar="TIMES",
              help="How many times as long all takes a supernode's processor.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures there.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with plots there.")
def simulate(
    nodes: int, hours: float, seed: int, kill_supernodes: float, stress: tuple[str, ...], without: tuple[str, ...],
    slow: float, json_file: Path | None, report: Path | None,
) -> None:  # fmt: skip
    """Simulate a mesh of many nodes with the node's own code, and print its figures beside what was promised.

    People come and go by heavy-tailed sessions; supernodes fail, are found out and replaced; what each link costs a
    supernode is charged to its processor. A thousand nodes take a minute, a million about an hour.
    """
    import msgspec

    from scattershot.simulation.eclipse import table
    from scattershot.simulation.figures import BOUNDS
    from scattershot.simulation.report import page
    from scattershot.simulation.run import simulate as run
    from scattershot.simulation.scenario import Scenario

    what = Scenario(nodes, hours, seed, kill_supernodes, frozenset(stress), frozenset(without), slow)
    result, figures = run(what, lambda words: click.echo(words, err=True))
    eclipses = table(int(result["supernodes_p50"] or 0), seed)
    result["eclipse"] = [each._asdict() for each in eclipses]
    for name, bound in BOUNDS.items():
        value = result[name]
        shown = "not measured" if value is None else f"{value:,.6g}"
        click.echo(f"{name:32} {shown:>14}  {bound!s:10} {'kept' if bound.is_kept(value) else 'MISSED'}")
    for each in eclipses:
        told = f"both of a leaf's {each.both:.2%}, one of them {each.one_of_two:.2%}"
        click.echo(f"sybils {each.share:4.0%} of supernodes: {told}")
    try:
        if json_file is not None:
            json_file.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
        if report is not None:
            report.write_text(page(result, figures, eclipses), encoding="utf-8")
    except OSError as problem:
        raise click.ClickException(f"{problem.filename} cannot be written: {problem.strerror}.") from problem


VERBS = (simulate,)

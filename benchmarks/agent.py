"""The agent on a device: what an installation of it weighs; and of every scheme that agents run by
themselves the size of a file, what verifying finds, and the time of a decision on one core.

    python -m benchmarks.agent [SCENARIO ...]

Policies are as they are before training, in the scenario's own size. In the environment that is
made for the purpose nothing but `edgewise[agent]` is installed; it decides by the same folders.
"""

import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

import equinox as eqx

import edgewise
from edgewise import scenarios
from edgewise.core.errors import UserError
from edgewise.core.seeding import seed_keys
from edgewise.deployment.export import folder
from edgewise.deployment.export.policies import Distinct, distinct_policies
from edgewise.deployment.export.verify import verify
from edgewise.deployment.trained import Trained
from edgewise.runs.execute import program_of
from edgewise.runs.machine import cores, settle
from edgewise.runs.spec import describe

ROOT = Path(__file__).resolve().parents[1]
SEED, VERIFIED = 0, 3
MEBIBYTE = 2**20
INSTALLERS = ("_distutils_hack", "pip", "pkg_resources", "setuptools")
"""What is there before anything is installed."""


def installed(place: Path) -> Path:
    """An environment with `edgewise[agent]` alone; its Python."""
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    command = [python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt"]
    subprocess.run([*command, f"{ROOT}[agent]"], check=True)
    return python


def weights(python: Path) -> Iterator[str]:
    """What each of the environment's packages weighs, but for what installs."""
    libraries = next(python.parents[1].glob("lib/*/site-packages"))
    for part in sorted(libraries.iterdir()):
        if part.is_dir() and part.suffix != ".dist-info" and part.name not in INSTALLERS:
            yield f"  {part.name} {_bytes(part) / MEBIBYTE:.1f} MiB"
    yield f"  of edgewise, what a device runs {_bytes(ROOT / 'src/edgewise/agent') / 1024:.0f} KiB"


def _bytes(part: Path) -> int:
    files = (path for path in part.rglob("*") if "__pycache__" not in path.parts)
    return sum(path.stat().st_size for path in files if path.is_file())


def untrained(scenario: str, scheme: str) -> Trained:
    """The scheme as it is before training."""
    found, keys = scenarios.get(scenario), seed_keys(SEED)
    spec = describe(found, scheme, {})
    env = found.env(**spec.parameters)
    state = eqx.filter_jit(env.reset)(keys.layout)
    program = program_of(found, spec, env)
    if program is None:
        scheduler = eqx.filter_jit(found.scheme(scheme).planned)(env, keys.plan, state)
    else:
        begin = eqx.filter_jit(lambda: program.scheduler(program.init(keys.training, state)))
        scheduler = begin()
    return Trained.of(found, spec, SEED, state, scheduler)


def exported(scenario: str) -> Iterator[tuple[str, Trained, list[Distinct]]]:
    """Of every scheme of the scenario that its agents run by themselves."""
    for scheme in scenarios.get(scenario).schemes:
        try:
            run = untrained(scenario, scheme.name)
            yield scheme.name, run, distinct_policies(run)
        except UserError as error:
            print(f"  {scheme.name}: {error}")


def line(run: Trained, policies: list[Distinct], python: Path, place: Path) -> str:
    """Files, what verifying the first finds, and a trial in the agent's own environment."""
    found = verify(run, policies[:VERIFIED])
    folder.write(place, run, policies)
    command = [python, "-m", "edgewise.agent", place]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return (
        f"{len(policies)} files of {max(len(each.model) for each in policies)} bytes; "
        f"{found.largest_difference:.0e}, {found.unequal_choices} choices differ, of "
        f"{found.near_ties} near ties {found.unequal_near_ties}; {told.partition(': ')[2].strip()}"
    )


def main() -> None:
    """Print what is installed, then a line per scheme."""
    settle(cores()[0])
    with tempfile.TemporaryDirectory() as made:
        python = installed(Path(made, "environment"))
        print("installed:", *weights(python), sep="\n")
        for scenario in sys.argv[1:] or edgewise.list_scenarios():
            print(scenario)
            for scheme, run, policies in exported(scenario):
                place = Path(made, scenario, scheme)
                print(f"  {scheme}: {line(run, policies, python, place)}", flush=True)


if __name__ == "__main__":
    main()

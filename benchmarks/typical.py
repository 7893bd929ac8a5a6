"""How long schemes take, from the costs of finished runs into `typical.json`.

python -m benchmarks.typical results/SCENARIO ...

Runs at a scenario's default size, made on an idle machine with no programs kept from earlier, as
`make typical` makes them. Schemes and experiments that the folders do not hold stay as they are.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from edgewise.runs import durations
from edgewise.runs.durations import Durations, Took, Typical
from edgewise.runs.files import write_file
from edgewise.runs.store import Store

TYPICAL = Path(durations.__file__).parent / "typical.json"


def renewed(known: Typical, stores: Sequence[Store]) -> Typical:
    """What is known, with what these folders' runs took in its place."""
    schemes = dict(known.schemes)
    for store in stores:
        for name in {spec.scenario for spec, _ in store.runs()}:
            took = {scheme: rounded(took) for scheme, took in Durations.of(store).measured.items()}
            schemes[name] = dict(sorted({**schemes.get(name, {}), **took}.items()))
    return Typical(schemes=schemes, experiments=known.experiments)


def rounded(took: Took) -> Took:
    """No finer than it can be known."""
    return Took(fixed_s=round(took.fixed_s, 2), slots_per_s=round(took.slots_per_s, 1))


if __name__ == "__main__":
    write_file(TYPICAL, renewed(durations.typical(), [Store(Path(each)) for each in sys.argv[1:]]))

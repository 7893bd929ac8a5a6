"""The sentences of Huang et al. 2021, Sections IV and V, as numbers and verdicts.

Differences are paired over layouts; "above" means that the 95% interval of the paired difference
lies above zero.
"""

from collections.abc import Sequence

import numpy as np

from edgewise.scenarios.small_cells.communication import (
    exchanged_bytes,
    federated_bytes,
    operations,
)
from edgewise.scenarios.small_cells.figures import episodes, paper_sizes
from edgewise.scenarios.small_cells.methods import ROUND_SLOTS
from edgewise.scenarios.small_cells.reachable import REACHABLE
from edgewise.scenarios.small_cells.sweeps import (
    ENGINEERED,
    LEARNED,
    LEARNING_RATES,
    MAIN,
    RATES,
    SEEDS,
)
from edgewise.study.claims import Verdict, VerdictWord, graded
from edgewise.study.results import Results
from edgewise.study.statistics import Interval, mean_interval

Numbers = dict[str, float | Interval]
LAST = 20
"""Episodes at the end of training, over which stability is judged."""


def _ahead(results: Results, metric: str, first: str, second: str) -> Interval:
    """first - second, paired over layouts."""
    ours, theirs = (results.values(MAIN, scheme, metric) for scheme in (first, second))
    return mean_interval(ours - theirs)


def _all_above(results: Results, metric: str, pairs: Sequence[tuple[str, str]]) -> Verdict:
    numbers = {f"{a} - {b}": _ahead(results, metric, a, b) for a, b in pairs}
    return Verdict(graded([i.low > 0 for i in numbers.values()]), dict(numbers), SEEDS)


def still_rising(results: Results, scheme: str) -> Interval:
    """The last tenth of training less the tenth before it, in system reward: flat where it
    covers 0."""
    curve = episodes(results.log(MAIN, scheme))
    tenth = max(curve.shape[1] // 10, 1)
    return mean_interval(
        curve[:, -tenth:].mean(axis=1) - curve[:, -2 * tenth : -tenth].mean(axis=1)
    )


def highest_reward(results: Results) -> Verdict:
    """S1: Final reward against F-DRL and IL-DRL, how flat the curves are, and the actors' rate."""
    verdict = _all_above(results, "reward", (("ma-drl", "f-drl"), ("ma-drl", "il-drl")))
    numbers = dict(verdict.numbers)
    for scheme in LEARNED:
        numbers[f"still rising, {scheme} [system reward]"] = still_rising(results, scheme)
    for rate in LEARNING_RATES:
        ma, f = (results.values(RATES, s, "reward", actor_rate=rate) for s in ("ma-drl", "f-drl"))
        numbers[f"ma-drl - f-drl, 10,000 slots, actor rate {rate:g}"] = mean_interval(ma - f)
    note = "reward per UE, greedy policies after training; 60 times that is the system reward"
    return Verdict(verdict.outcome, numbers, SEEDS, note)


def federation_helps(results: Results) -> Verdict:
    """S2: Reward, with averaging and without."""
    verdict = _all_above(results, "reward", (("f-drl", "il-drl"),))
    clustered = {
        f"f-drl-clustered - {other}": _ahead(results, "reward", "f-drl-clustered", other)
        for other in ("il-drl", "f-drl")
    }
    return Verdict(verdict.outcome, {**verdict.numbers, **clustered}, SEEDS)


def _instability(results: Results, scheme: str) -> np.ndarray:
    """Standard deviation of the last episodes' system reward, `[layouts]`."""
    return episodes(results.log(MAIN, scheme))[:, -LAST:].std(axis=1)


def _drawdown(results: Results, scheme: str) -> np.ndarray:
    """The deepest fall from the best episode so far, in system reward, `[layouts]`."""
    curve = episodes(results.log(MAIN, scheme))
    return np.max(np.maximum.accumulate(curve, axis=1) - curve, axis=1)


def most_stable(results: Results) -> Verdict:
    """S3: Late spread and deepest fall of the training curves."""
    numbers: Numbers = {}
    holds = []
    for name, measure in (("sd", _instability), ("drawdown", _drawdown)):
        for other in ("f-drl", "il-drl"):
            more = mean_interval(measure(results, other) - measure(results, "ma-drl"))
            numbers[f"{name}, {other} - ma-drl"] = more
            holds.append(more.low > 0)
    return Verdict(graded(holds), numbers, SEEDS, "in system reward, with exploration on")


def most_even(results: Results) -> Verdict:
    """S4: How unevenly cells fare."""
    return _all_above(results, "cell_spread", (("f-drl", "ma-drl"), ("il-drl", "ma-drl")))


def less_energy(results: Results) -> Verdict:
    """S5: Energy against IL-DRL and full offloading."""
    pairs = [(b, a) for a in ("ma-drl", "f-drl") for b in ("il-drl", "full")]
    return _all_above(results, "energy", pairs)


def local_is_least(results: Results) -> Verdict:
    """S6: Everybody's energy against local computing's."""
    others = [scheme for scheme in MAIN.schemes if scheme != "local"]
    numbers = {f"{s} - local [J]": _ahead(results, "energy", s, "local") for s in others}
    note = (
        "as printed, a cycle on the device costs 1 nJ and at the edge 0.01 nJ: offloading saves "
        "energy wherever it succeeds; the preset swapped-energies shows the other reading"
    )
    return Verdict("cannot hold", dict(numbers), SEEDS, note)


def no_local_energy(results: Results) -> Verdict:
    """S7: Energy spent on devices."""
    found = {
        s: mean_interval(results.values(MAIN, s, "local_energy"))
        for s in ("ma-drl", "f-drl", "il-drl")
    }
    holds = [found["ma-drl"].mean < 1e-3, found["f-drl"].mean > 1e-2, found["il-drl"].mean > 1e-2]
    return Verdict(graded(holds), {f"{s} [J]": i for s, i in found.items()}, SEEDS)


def _ratio(results: Results, metric: str) -> Interval:
    """F-DRL over MA-DRL."""
    return mean_interval(
        results.values(MAIN, "f-drl", metric) / results.values(MAIN, "ma-drl", metric)
    )


def slightly_more_energy(results: Results) -> Verdict:
    """S8: Energy of F-DRL over MA-DRL."""
    ratio = _ratio(results, "energy")
    holds = [ratio.low > 1.0, ratio.high <= 1.15]
    return Verdict(graded(holds), {"f-drl/ma-drl": ratio}, SEEDS, "more; and no more than 15% more")


def _dominates(results: Results, first: str, second: str) -> np.ndarray:
    """On which layouts `first` meets more deadlines, on no more energy, `[layouts]`."""
    met, energy = (
        results.values(MAIN, first, metric) - results.values(MAIN, second, metric)
        for metric in ("guaranteed", "energy")
    )
    return (met > 0) & (energy <= 0)


def far_above(results: Results) -> Verdict:
    """S9: Deadlines met against full offloading and IL-DRL; and against the references."""
    numbers = {
        f"{a} - {b}": _ahead(results, "guaranteed", a, b)
        for a in ("ma-drl", "f-drl")
        for b in ("full", "il-drl")
    }
    against: Numbers = {
        f"{a} - {b}": _ahead(results, "guaranteed", a, b)
        for a in ("ma-drl", "f-drl", *ENGINEERED)
        for b in ("assign-by-rate", "power-control")
    }
    for ours in ENGINEERED:
        for other in ("assign-by-rate", "power-control"):
            against[f"layouts where {ours} meets more on less energy than {other}"] = float(
                np.mean(_dominates(results, ours, other))
            )
    note = "differences of at least 0.05; the references and our own scheme are shown beside them"
    return Verdict(
        graded([i.low >= 0.05 for i in numbers.values()]), {**numbers, **against}, SEEDS, note
    )


def highest_share(results: Results) -> Verdict:
    """S10: Deadlines met against F-DRL and IL-DRL."""
    return _all_above(results, "guaranteed", (("ma-drl", "f-drl"), ("ma-drl", "il-drl")))


def share_ratio(results: Results) -> Verdict:
    """S11: Deadlines met, F-DRL over MA-DRL."""
    ratio = _ratio(results, "guaranteed")
    return Verdict(graded([0.75 <= ratio.mean <= 0.95]), {"f-drl/ma-drl": ratio}, SEEDS)


def local_is_never_in_time(results: Results) -> Verdict:
    """S12: Deadlines that local computing meets."""
    share = results.values(MAIN, "local", "guaranteed")
    note = "by construction: the limit is 0.9 of the local latency"
    return Verdict(graded([bool(np.all(share == 0))]), {"local": float(share.max())}, SEEDS, note)


def may_be_infeasible(results: Results) -> Verdict:
    """S13: The best share of deadlines that was found."""
    found = results.experiment(REACHABLE)
    numbers: Numbers = {}
    holds = []
    for name in ("apart", "anywhere"):
        share = found[name]
        short = share.min(axis=1) < 1.0
        numbers[f"{name}: layouts with a slot below 1"] = float(short.mean())
        numbers[f"{name}: share met"] = mean_interval(share.mean(axis=1))
        holds.append(bool(short.any()))
    note = (
        "in part at most: the best share that we found, offloading as coordinated does or only the "
        "tenth that a deadline needs, is no proof that there is none better; apart: stations 250 m "
        "apart; anywhere: without that"
    )
    outcome: VerdictWord = "holds in part" if any(holds) else "does not hold"
    return Verdict(outcome, numbers, share.shape[0], note)


def cheaper_training(results: Results) -> Verdict:
    """S14: Operations (21), and bytes exchanged."""
    sizes = paper_sizes(results)
    ma, f = operations(sizes, sizes.joint), operations(sizes, sizes.own)
    sent, received = exchanged_bytes(sizes, ROUND_SLOTS)
    model = federated_bytes(sizes)
    numbers: Numbers = {
        "(21), ma-drl": float(ma),
        "(21), f-drl": float(f),
        "(21), ratio": ma / f,
        "bytes a round, ma-drl, sent": float(sent),
        "bytes a round, ma-drl, received": float(received),
        "bytes a round, f-drl, sent": float(model),
        "bytes a round, f-drl, received": float(model),
        "training, ma-drl/f-drl": mean_interval(
            results.cost(MAIN, "ma-drl")["train_s"] / results.cost(MAIN, "f-drl")["train_s"]
        ),
    }
    note = f"a base station's bytes in a round of {ROUND_SLOTS} slots"
    return Verdict(graded([f < ma, 2 * model < sent + received]), numbers, SEEDS, note)

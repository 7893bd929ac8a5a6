"""Users × slots per CPU-second of independent Q-learning, against Algorithm 1 in plain Python; and
cost per user as the network grows.

python -m benchmarks.tabular            # to 100,000 users on 23, and 10,000 on 1000 channels
python -m benchmarks.tabular --largest  # also 100,000 users on 10,000 channels: 9 GB of memory

The learning case is that of Liu, Yu, Gao 2020: 30 users on 23 channels. The environment draws every
user's fades on all channels, since a central scheme looks at them; plain Python is timed with all
of them, and with only the one that its user meets, which is all that the algorithm needs.
"""

import argparse
import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from edgewise import scenarios
from edgewise.core.seeding import seed_keys
from edgewise.scenarios.multi_rat_iot.env import MultiRatIotEnv
from edgewise.training.run import Trained, train

USERS, LORA, WIFI = 30, 10, 13
POWERS_W = ((0.05, 0.3), (0.1, 1.0))
BANDWIDTH_HZ, THRESHOLD = (125e3, 5e6), (10**-1.5, 10.0)
NOISE_W = (4.97634e-16, 5e-13)
EDGE_CPU_HZ, EDGE_J, USER_J, CYCLES_PER_BIT = 10e9, 1e-8, 1e-7, 500.0
BETA, CAPACITY, WAITING, PENALTY, SLOT_S = 5.0, 4e10, 20.0, 300.0, 4.0
DISCOUNT, EXPLORATION, FIRST_RATE, LAST_RATE, FIRST_Q = 0.9, 0.2, 0.9, 0.001, 1072.0
ACTIONS = [None] + [(c, x) for c in range(LORA + WIFI) for x in range(2)]


def plain_python(slots: int, all_fades: bool, seed: int = 0) -> float:
    """Algorithm 1 with lists and loops; the mean cost of the last tenth of the slots."""
    draw = random.Random(seed)
    mean_gain = [18.0 * draw.gauss(1000.0, 3.0) ** -2.5 for _ in range(USERS)]
    cpu_hz = [draw.uniform(0.5e9, 1e9) for _ in range(USERS)]
    table = [[[FIRST_Q] * len(ACTIONS) for _ in range(8)] for _ in range(USERS)]
    state, rate, total = [0] * USERS, FIRST_RATE, 0.0
    for k in range(slots):
        bits = [draw.uniform(10e3, 4e6) for _ in range(USERS)]
        chosen = [_choose(draw, table[i][state[i]]) for i in range(USERS)]
        if all_fades:
            _ = [[draw.expovariate(1.0) for _ in range(LORA + WIFI - 1)] for _ in range(USERS)]
        cost, following = _slot(draw, mean_gain, cpu_hz, bits, chosen)
        for i in range(USERS):
            row, a = table[i][state[i]], chosen[i]
            row[a] += rate * (cost[i] + DISCOUNT * min(table[i][following[i]]) - row[a])
        state = following
        rate *= (LAST_RATE / FIRST_RATE) ** (1 / slots)
        total += sum(cost) / USERS if k >= 0.9 * slots else 0.0
    return total / (0.1 * slots)


def _choose(draw: random.Random, row: list[float]) -> int:
    if draw.random() < EXPLORATION:
        return draw.randrange(len(ACTIONS))
    return row.index(min(row))


def _slot(
    draw: random.Random,
    mean_gain: list[float],
    cpu_hz: list[float],
    bits: list[float],
    chosen: list[int],
) -> tuple[list[float], list[int]]:
    """Costs (21) and next states (17)-(20) of one slot."""
    arriving: list[float] = [0.0] * (LORA + WIFI)
    received_w, required = [0.0] * USERS, 0.0
    for i in range(USERS):
        if chosen[i]:
            c, x = ACTIONS[chosen[i]]  # type: ignore[misc]
            power = POWERS_W[c >= LORA][x]
            received_w[i] = power * mean_gain[i] * draw.expovariate(1.0)
            arriving[c] += received_w[i]
            required += bits[i] * CYCLES_PER_BIT
    available = required <= CAPACITY
    cost, following = [], []
    for i in range(USERS):
        cycles = bits[i] * CYCLES_PER_BIT
        if not chosen[i]:
            cost.append(cycles * USER_J + BETA * cycles / cpu_hz[i])
            following.append(int(available))
            continue
        c, x = ACTIONS[chosen[i]]  # type: ignore[misc]
        rat = int(c >= LORA)
        ratio = received_w[i] / (NOISE_W[rat] + arriving[c] - received_w[i])
        needed_s = bits[i] / (BANDWIDTH_HZ[rat] * math.log2(1 + ratio))
        received = ratio > THRESHOLD[rat]
        sent_s = needed_s if received else min(needed_s, SLOT_S)
        price = (POWERS_W[rat][x] + BETA) * sent_s
        if received:
            price += cycles * EDGE_J + BETA * cycles / EDGE_CPU_HZ
            price += 0.0 if available else WAITING
        else:
            price += PENALTY
        cost.append(price)
        following.append(4 + 2 * received + available)
    return cost, following


def compiled(seeds: int, slots: int) -> tuple[float, float]:
    """The same with `edgewise`: CPU-seconds, and mean cost of the last tenth."""
    scenario = scenarios.get("multi-rat-iot")
    env, method = scenario.env(num_users=USERS), scenario.scheme("il-maq")
    assert method.program is not None
    program = method.program(env, env, episode_slots=0, **method.settings)
    keys = jax.vmap(seed_keys)(jnp.arange(seeds))
    states = eqx.filter_jit(lambda env, key: jax.vmap(env.reset)(key))(env, keys.layout)

    def run() -> Trained:
        with TemporaryDirectory() as folder:
            return train(program, keys.training, states, slots, Path(folder))

    run()
    begun = time.process_time()
    cost = -run().log["score"][:, -slots // 10 :].mean()
    return time.process_time() - begun, float(cost)


def cpu_s(run: Callable[[], Any], least_s: float = 1.0) -> float:
    """CPU-seconds of one call, over as many calls as fill `least_s`; the first is not counted."""
    jax.block_until_ready(run())
    begun, calls = time.process_time(), 0
    while time.process_time() - begun < least_s:
        jax.block_until_ready(run())
        calls += 1
    return (time.process_time() - begun) / calls


def scaling(users: int, channels: int) -> tuple[float, float]:
    """CPU-seconds of decode and evaluate, and of a whole step with its new fading."""
    lora = max(1, channels * LORA // (LORA + WIFI))
    env = scenarios.make(
        "multi-rat-iot",
        num_users=users,
        num_lora_channels=lora,
        num_wifi_channels=channels - lora,
        edge_capacity_cycles=1e9 * users,
    )
    assert isinstance(env, MultiRatIotEnv)
    key = jax.random.key(0)
    # Held in one place: a state of the largest network has 4 GB.
    held = [eqx.filter_jit(env.reset)(key)]
    action = jax.random.randint(key, (users,), 0, env.action_space.n)
    evaluate = eqx.filter_jit(lambda state, action: env.evaluate(state, env.decode(state, action)))
    evaluated_s = cpu_s(lambda: evaluate(held[0], action))
    step = eqx.filter_jit(env.step)

    def one_step() -> Any:
        held[0], outcome = step(key, held[0], action)
        return outcome

    return evaluated_s, cpu_s(one_step)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--largest", action="store_true")
    largest = parser.parse_args().largest

    print(f"Algorithm 1, {USERS} users, {LORA + WIFI} channels, 10,000 slots")
    plain = {}
    for all_fades, name in ((True, "all fades"), (False, "only its own")):
        slots = 10_000
        begun = time.process_time()
        cost = plain_python(slots, all_fades)
        plain[name] = USERS * slots / (time.process_time() - begun)
        print(
            f"{f'plain Python, {name}':28}{plain[name]:12,.0f} users × slots per CPU-second; "
            f"cost while learning {cost:.1f} J"
        )
    for seeds in (1, 10):
        spent_s, cost = compiled(seeds, 10_000)
        speed = seeds * USERS * 10_000 / spent_s
        ratios = " and ".join(f"{speed / each:.1f}" for each in plain.values())
        print(
            f"{f'edgewise, seeds at once: {seeds}':28}{speed:12,.0f} users × slots per CPU-second, "
            f"{ratios} times plain Python; cost while learning {cost:.1f} J"
        )
    print(f"\n{'users':>8}{'channels':>10}{'evaluate [ns/user]':>20}{'step [ns/user]':>18}")
    counts = [10**2, 10**3, 10**4, 10**5]
    cases = [(users, LORA + WIFI) for users in counts]
    cases += [(users, users // 10) for users in (counts if largest else counts[:-1])]
    for users, channels in cases:
        evaluated_s, step_s = scaling(users, channels)
        each = (1e9 * evaluated_s / users, 1e9 * step_s / users)
        print(f"{users:8,}{channels:10,}{each[0]:20,.0f}{each[1]:18,.0f}", flush=True)


if __name__ == "__main__":
    main()

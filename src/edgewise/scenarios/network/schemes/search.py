"""References that search for the least cost of a slot, from the whole state: by trying everything
where that is possible, else by moves that lower the cost until none does."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from edgewise.baselines.exhaustive import exhaustive
from edgewise.core.policy import AbstractScheduler
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import Decision, State
from edgewise.scenarios.network.schemes.least_finish import least_finish_decision

Scalar = Float[Array, ""]
MOST_TRIED = 100_000
"""Joint decisions that the exhaustive search prices in a slot."""
MOST_DEVICES = 128
"""A descent costs devices² × options in a slot."""
MOST_ROUNDS = 30


class Exhaustive(AbstractScheduler[NetworkEnv, State, Decision, None]):
    """The cheapest joint decision of all that options allow."""

    def decide(
        self, env: NetworkEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        options, _ = exhaustive(
            lambda option: slot_cost(env, state, env.decode(state, option)),
            env.num_devices,
            env.option_list.count,
            block=1024,
        )
        return env.decode(state, options), memory


def too_many_to_try(env: NetworkEnv) -> str | None:
    """Why the exhaustive search cannot be run; None where it can."""
    if env.continuous:
        return "it tries options, and here agents act on the unit cube: use descent"
    tried = env.option_list.count**env.num_devices
    if tried <= MOST_TRIED:
        return None
    return (
        f"{env.option_list.count} options of {env.num_devices} devices are "
        f"{tried:.2g} joint decisions, of at most {MOST_TRIED:.0e}: use descent and the bound"
    )


class Descent(AbstractScheduler[NetworkEnv, State, Decision, None]):
    """From each of several starts (everybody local; first to finish), every device in turn takes
    the best of its options as the others stand, and where none gains any more, the best exchange
    of what two devices do is made; until neither lowers the cost. The cheapest end counts."""

    def decide(
        self, env: NetworkEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        starts = (
            env.decode(state, jnp.zeros(env.num_devices, int)),
            least_finish_decision(env, state),
        )
        stacked = jax.tree.map(lambda *each: jnp.stack(each), *starts)
        ends, costs = jax.lax.map(lambda start: descend(env, state, start), stacked)
        return jax.tree.map(lambda leaf: leaf[jnp.argmin(costs)], ends), memory


def too_many_to_descend(env: NetworkEnv) -> str | None:
    """Why the descent cannot be run; None where it can."""
    if env.continuous:
        return "it moves between options, and here agents act on the unit cube"
    if env.num_devices <= MOST_DEVICES:
        return None
    return (
        f"{env.num_devices} devices, of at most {MOST_DEVICES}: a slot costs devices squared; "
        "the bound holds at any size"
    )


def slot_cost(env: NetworkEnv, state: State, decision: Decision) -> Scalar:
    """What every search here minimises: the sum of the tasks' costs."""
    return jnp.sum(env.evaluate(state, decision).cost)


def descend(env: NetworkEnv, state: State, start: Decision) -> tuple[Decision, Scalar]:
    """The end of the descent from `start`, and its cost."""
    options = _options(env, state)

    def round(held: tuple[Decision, Scalar, Bool[Array, ""], Int[Array, ""]]) -> Any:
        decision, before, _, count = held
        decision, cost = _best_responses(env, state, options, decision)
        swapped, swap_cost = _best_exchange(env, state, decision)
        exchange = swap_cost < cost
        decision = jax.tree.map(lambda a, b: jnp.where(exchange, a, b), swapped, decision)
        cost = jnp.minimum(cost, swap_cost)
        return decision, cost, cost < before, count + 1

    begin = (start, slot_cost(env, state, start), jnp.asarray(True), jnp.zeros((), int))
    decision, cost, _, _ = jax.lax.while_loop(
        lambda held: held[2] & (held[3] < MOST_ROUNDS), round, begin
    )
    return decision, cost


def _options(env: NetworkEnv, state: State) -> Decision:
    """Every option of every device, leaves `[options, devices]`."""
    each = jnp.arange(env.option_list.count)
    return jax.vmap(lambda o: env.decode(state, jnp.full(env.num_devices, o)))(each)


def _best_responses(
    env: NetworkEnv, state: State, options: Decision, decision: Decision
) -> tuple[Decision, Scalar]:
    """Every device in turn takes what costs least in all, if that is less than what it does."""

    def respond(held: tuple[Decision, Scalar], n: Int[Array, ""]) -> tuple[Any, None]:
        decision, cost = held
        tried = jax.vmap(lambda option: _with(decision, n, _row(option, n)))(options)
        costs = jax.vmap(lambda each: slot_cost(env, state, each))(tried)
        best = jnp.argmin(costs)
        better = costs[best] < cost
        kept = jax.tree.map(lambda a, b: jnp.where(better, a[best], b), tried, decision)
        return (kept, jnp.minimum(costs[best], cost)), None

    begin = (decision, slot_cost(env, state, decision))
    (decision, cost), _ = jax.lax.scan(respond, begin, jnp.arange(env.num_devices))
    return decision, cost


def _best_exchange(env: NetworkEnv, state: State, decision: Decision) -> tuple[Decision, Scalar]:
    """The best of all pairs of devices that do each other's: same site, radio, channel, power and
    server; infinite cost where one does not hear the other's site over that radio."""
    first, second = map(jnp.asarray, np.triu_indices(env.num_devices, k=1))

    def exchanged(i: Int[Array, ""], j: Int[Array, ""]) -> tuple[Decision, Scalar]:
        at_i, heard_i = _seen_from(env, state, decision, i, j)
        at_j, heard_j = _seen_from(env, state, decision, j, i)
        both = _with(_with(decision, i, at_i), j, at_j)
        return both, jnp.where(heard_i & heard_j, slot_cost(env, state, both), jnp.inf)

    if env.num_devices < 2:
        return decision, jnp.asarray(jnp.inf)
    costs = jax.lax.map(
        lambda pair: exchanged(*pair)[1], (first, second), batch_size=min(len(first), 512)
    )
    best = jnp.argmin(costs)
    return exchanged(first[best], second[best])[0], costs[best]


def _seen_from(
    env: NetworkEnv, state: State, decision: Decision, n: Int[Array, ""], other: Int[Array, ""]
) -> tuple[Decision, Bool[Array, ""]]:
    """What device `other` does, as device n would do it; and whether n can."""
    row = _row(decision, other)
    site = state.candidate[other, row.candidate]
    candidate = jnp.argmax(state.candidate[n] == site)
    hears = state.candidate[n, candidate] == site
    able = hears & (state.gain[n, candidate, row.radio, row.channel] > 0)
    moved = eqx.tree_at(lambda d: d.candidate, row, candidate)
    return moved, able | (row.server == 0)


def _row(decision: Decision, n: Int[Array, ""]) -> Decision:
    return jax.tree.map(lambda leaf: leaf[n], decision)


def _with(decision: Decision, n: Int[Array, ""], row: Decision) -> Decision:
    return jax.tree.map(lambda leaf, value: leaf.at[n].set(value), decision, row)


def best_fixed_options(
    env: NetworkEnv, key: PRNGKeyArray, state: State, num_samples: int = 16
) -> Int[Array, " devices"]:
    """The option of each device with the least mean cost over slots drawn on the layout of
    `state`, by best responses from everybody local. Planned on draws of its own."""
    keys = jax.random.split(key, num_samples)
    sampled = jax.vmap(lambda k: env.restart(k, state))(keys)

    def mean_cost(option: Int[Array, " devices"]) -> Scalar:
        decided = jax.vmap(lambda state: slot_cost(env, state, env.decode(state, option)))
        return jnp.mean(decided(sampled))

    def respond(held: tuple[Array, Scalar], n: Int[Array, ""]) -> tuple[Any, None]:
        option, cost = held
        tried = jax.vmap(lambda o: option.at[n].set(o))(jnp.arange(env.option_list.count))
        costs = jax.lax.map(mean_cost, tried)
        best = jnp.argmin(costs)
        better = costs[best] < cost
        return (jnp.where(better, tried[best], option), jnp.minimum(costs[best], cost)), None

    local = jnp.zeros(env.num_devices, int)
    turns = jnp.tile(jnp.arange(env.num_devices), 3)
    (option, _), _ = jax.lax.scan(respond, (local, mean_cost(local)), turns)
    return option

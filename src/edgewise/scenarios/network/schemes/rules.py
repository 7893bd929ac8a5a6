"""What a device can decide by itself, without learning."""

from dataclasses import replace

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from edgewise.core.policy import AbstractByLot, AbstractScheduler
from edgewise.scenarios.network.decode import decision_of, of_option, usable_links
from edgewise.scenarios.network.env import NetworkEnv
from edgewise.scenarios.network.model import Decision, State
from edgewise.scenarios.network.observe import outlook

PerLink = Float[Array, "devices links"]


class Local(AbstractScheduler[NetworkEnv, State, Decision, None]):
    """Every task on its own device."""

    def decide(
        self, env: NetworkEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        action = jnp.zeros(state.application.shape, int)
        return of_option(env.option_list, env.radios.max_power_w, state, action), memory

    def alone(self, env: NetworkEnv, state: State, agent: int) -> "Local":
        return self


class Random(AbstractScheduler[NetworkEnv, State, Decision, None]):
    """One of the options that the device has, uniform, local among them."""

    def decide(
        self, env: NetworkEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        weight = jnp.where(env.usable(state), 0.0, -jnp.inf)
        action = jax.random.categorical(key, weight, axis=1)
        return of_option(env.option_list, env.radios.max_power_w, state, action), memory

    def alone(self, env: NetworkEnv, state: State, agent: int) -> "OwnRandom":
        return OwnRandom()


class OwnRandom(AbstractByLot[NetworkEnv, State, Decision]):
    """The same by one lot a device: of the options that it has, that of the lot's rank."""

    def num_lots(self, env: NetworkEnv) -> int:
        return env.num_devices

    def by_lot(self, env: NetworkEnv, lots: Float[Array, " devices"], state: State) -> Decision:
        up_to = jnp.cumsum(env.usable(state), axis=1)
        rank = jnp.minimum((lots * up_to[:, -1]).astype(int), up_to[:, -1] - 1)
        action = jnp.sum(up_to <= rank[:, None], axis=1)
        return of_option(env.option_list, env.radios.max_power_w, state, action)


class Nearest(AbstractScheduler[NetworkEnv, State, Decision, None]):
    """Everything to the nearest site that has a radio of the device's, at full power, on the
    channel with the best rate if nobody else sent: of one radio, that of the best gain."""

    def decide(
        self, env: NetworkEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        quiet = _rates_bps(env, replace(state, last_power_w=None, last_senders=None))
        candidate = jnp.asarray(env.option_list.links[:, 0])[None, :]
        usable = usable_links(env.option_list, state)
        nearest = jnp.min(jnp.where(usable, candidate, candidate.size), axis=1, keepdims=True)
        return _best(env, state, jnp.where(candidate == nearest, quiet, -1.0)), memory

    def alone(self, env: NetworkEnv, state: State, agent: int) -> "Nearest":
        return self


class BestRate(AbstractScheduler[NetworkEnv, State, Decision, None]):
    """Everything over the link, of all, with the best rate at full power if the others sent as in
    the last slot."""

    def decide(
        self, env: NetworkEnv, key: PRNGKeyArray, state: State, memory: None
    ) -> tuple[Decision, None]:
        return _best(env, state, _rates_bps(env, state)), memory

    def alone(self, env: NetworkEnv, state: State, agent: int) -> "BestRate":
        return self


def _rates_bps(env: NetworkEnv, state: State) -> PerLink:
    """Of every link at full power, as far as the last slot tells."""
    radio = env.option_list.links[:, 1]
    seen = outlook(env.option_list, env.radios, state)
    full_w, threshold = env.radios.max_power_w[radio], env.radios.sinr_threshold[radio]
    return seen.rate_bps(full_w[None, :], threshold[None, :])


def _best(env: NetworkEnv, state: State, score: PerLink) -> Decision:
    """Everything at full power over the usable link with the best score, the first of equals, to
    the server nearest to its site."""
    usable = usable_links(env.option_list, state)
    link = jnp.argmax(jnp.where(usable, score, -1.0), axis=1)
    all_of_it = jnp.ones_like(state.task_bits)
    nearest = jnp.zeros_like(link)
    return decision_of(
        env.option_list, env.radios.max_power_w, state, link, nearest, all_of_it, all_of_it
    )

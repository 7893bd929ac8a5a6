"""From an agent's action to a decision that its device can carry out.

What an action asks for beyond the device's means (a site without the radio) means computing on the
device.
"""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from edgewise.scenarios.network.model import Decision, Index, State
from edgewise.scenarios.network.options import OptionList

LEAST_RATIO = 1e-3
"""A continuous agent that offloads less than this offloads nothing."""

Links = Bool[Array, "devices links"]


def usable_links(options: OptionList, state: State) -> Links:
    """Which (candidate, radio, channel) a device can send on: those with a gain."""
    candidate, radio, channel = options.links.T
    return state.gain[:, candidate, radio, channel] > 0


def usable_options(options: OptionList, state: State) -> Bool[Array, "devices options"]:
    """Which options a device has; local always."""
    links = usable_links(options, state)
    local = jnp.ones((links.shape[0], 1), bool)
    return jnp.concatenate([local, links[:, options.rows[:, 0]]], axis=1)


def of_option(
    options: OptionList,
    max_power_w: Float[Array, " radios"],
    state: State,
    action: Index,
) -> Decision:
    """The decision that option number `action` stands for; everything offloaded, or nothing."""
    row = jnp.clip(action, 0, options.count - 1) - 1
    link, _, server = jnp.asarray(options.rows)[row].T
    share = jnp.asarray(options.power_share, dtype=max_power_w.dtype)[row]
    sends = row >= 0
    return decision_of(options, max_power_w, state, link, server, share, sends * 1.0)


def of_cube(
    options: OptionList,
    max_power_w: Float[Array, " radios"],
    state: State,
    action: Float[Array, "devices size"],
) -> Decision:
    """The decision that a point of the unit cube stands for: scores of the links, scores of the
    offered servers (the highest counts, the first of equals), the share of the maximal power, and
    the offloaded ratio."""
    action = jnp.clip(action, 0.0, 1.0)
    links = options.links.shape[0]
    score = jnp.where(usable_links(options, state), action[:, :links], -1.0)
    server = jnp.argmax(action[:, links : links + options.num_offered], axis=1)
    share, ratio = action[:, -2], action[:, -1]
    ratio = jnp.where(ratio < LEAST_RATIO, 0.0, ratio)
    link = jnp.argmax(score, axis=1)
    return decision_of(options, max_power_w, state, link, server, share, ratio)


def cube_size(options: OptionList) -> int:
    """The numbers that `of_cube` takes of each agent."""
    return options.links.shape[0] + options.num_offered + 2


def decision_of(
    options: OptionList,
    max_power_w: Float[Array, " radios"],
    state: State,
    link: Index,
    server: Index,
    power_share: Float[Array, " devices"],
    ratio: Float[Array, " devices"],
) -> Decision:
    """Everything that is sent over `link` to the `server`-th of those that its site offers."""
    usable = usable_links(options, state)
    sends = jnp.take_along_axis(usable, link[:, None], axis=1)[:, 0] & (ratio > 0)
    # Who stays at home names a link that it has all the same, if there is any.
    link = jnp.where(sends, link, jnp.argmax(usable, axis=1))
    candidate, radio, channel = jnp.asarray(options.links)[link].T
    site = jnp.take_along_axis(state.candidate, candidate[:, None], axis=1)[:, 0]
    return Decision(
        server=jnp.where(sends, options.offered[site, server] + 1, 0),
        candidate=candidate,
        radio=radio,
        channel=channel,
        power_w=jnp.where(sends, power_share * max_power_w[radio], 0.0),
        offload_ratio=jnp.where(sends, ratio, 0.0),
    )

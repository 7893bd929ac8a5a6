"""A federated scheme taken apart: what one site computes, and what the world does with all."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import flashbax
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key, PRNGKeyArray

from edgewise.core.errors import UserError
from edgewise.core.seeding import seed_keys
from edgewise.learners.learner import Transition
from edgewise.learners.maddpg import Maddpg
from edgewise.runs.execute import program_of
from edgewise.runs.scenario import Scenario
from edgewise.runs.spec import RunSpec
from edgewise.training.federated import Federated
from edgewise.training.programs import Replay

Model = list[np.ndarray]
"""What a site sends: the arrays that are averaged, in the order of the tree."""
MOST_SITES = 64


class Felt(eqx.Module):
    """What a slot gives the sites: leaves `[envs, sites, ...]`, or `[envs, 1, ...]` for one. At the
    end of an episode `observation` is that of the next, `next_observation` that which would have
    followed."""

    reward: Float[Array, "*envs sites"]
    next_observation: Float[Array, "*envs sites features"]
    observation: Float[Array, "*envs sites features"]


class Site(eqx.Module):
    """A member of the team of `program`: its networks, moments and replay, leaves `[1, ...]`.

    It draws the numbers that the team would draw, and takes its own.
    """

    program: Federated

    @property
    def team(self) -> Maddpg:
        """All agents."""
        learner: Any = self.program.program.learner
        return learner

    def start(self, key: PRNGKeyArray, site: Int[Array, ""] | int) -> tuple[Any, Any]:
        """What site number `site` knows before the first slot, and its empty replay. The models of
        all are the first one's."""
        learned = self.team.init(jax.random.split(key)[0])
        own, first = _row(learned, site), _row(learned, 0)
        own = eqx.tree_at(self.program.models, own, self.program.models(first))
        team = self.team
        seen = jnp.zeros((1, team.observation_size))
        example = Transition(seen, jnp.zeros((1, team.action_size)), jnp.zeros(1), seen)
        return own, self._buffer.init(example)

    def act(
        self,
        keys: Key[Array, " envs"],
        site: Array,
        learned: Any,
        observation: Array,
        progress: Array,
    ) -> Float[Array, "envs 1 actions"]:
        """The exploring action in each copy of the world: `keys` are those of the slot's acting."""
        agents = self.team.num_agents
        everyone = jax.tree.map(lambda leaf: repeated(leaf, agents), learned)

        def one(key: PRNGKeyArray, seen: Array) -> Array:
            return self.team.act(key, everyone, repeated(seen, agents), progress)[site][None]

        return jax.vmap(one)(keys, observation)

    def learn(
        self,
        keys: Key[Array, "2"],
        t: Array,
        learned: Any,
        stored: Any,
        lived: Transition,
        progress: Array,
    ) -> tuple[Any, Any]:
        """What is known after slot `t`, and the replay with what was `lived` in it. `keys`: of
        sampling and of the update."""
        loop, alone = self.program.program, dataclasses.replace(self.team, num_agents=1)
        stored = self._buffer.add(stored, lived)

        def updated(learned: Any) -> Any:
            batch = self._buffer.sample(stored, keys[0]).experience
            return alone.update(keys[1], learned, batch, progress)[0]

        due = (t >= loop.warmup_slots) & (t % loop.update_every == 0)
        return jax.lax.cond(due, updated, lambda learned: learned, learned), stored

    def model(self, learned: Any) -> Model:
        """What is averaged of it."""
        return [np.asarray(leaf[0]) for leaf in jax.tree.leaves(self.program.models(learned))]

    def with_model(self, learned: Any, model: Model) -> Any:
        """The same site, going on from this model."""
        old = self.program.models(learned)
        leaves = [jnp.asarray(array)[None] for array in model]
        new = jax.tree.unflatten(jax.tree.structure(old), leaves)
        return eqx.tree_at(self.program.models, learned, new)

    @property
    def _buffer(self) -> Any:
        loop = self.program.program
        return flashbax.make_item_buffer(
            max_length=loop.capacity,
            min_length=1,
            sample_batch_size=loop.batch_size,
            add_batches=True,
        )


class World(eqx.Module):
    """The air: copies of the environment on one layout, stepped with everybody's actions."""

    loop: Replay

    def start(self, key: PRNGKeyArray, state: Any) -> tuple[Any, Array]:
        """The first states `[envs, ...]`, and what everybody observes there."""
        keys = jax.random.split(jax.random.split(key)[1], self.loop.num_envs)
        states = jax.vmap(lambda key: self.loop.env.restart(key, state))(keys)
        return states, jax.vmap(self.loop.env.observe)(states)

    def slot(
        self,
        keys: Key[Array, " envs"],
        t: Array,
        states: Any,
        actions: Float[Array, "envs sites actions"],
    ) -> tuple[Any, Felt]:
        """The next states, and what the slot was like for each site."""
        env, episode = self.loop.env, self.loop.episode_slots

        def one(key: PRNGKeyArray, state: Any, action: Array) -> tuple[Any, Felt]:
            advance_key, restart_key = jax.random.split(key)
            outcome = env.evaluate(state, env.decode(state, action))
            advanced = env.advance(advance_key, state, outcome)
            following = advanced
            if episode > 0:
                last, anew = (t + 1) % episode == 0, env.restart(restart_key, state)
                following = jax.tree.map(lambda a, b: jnp.where(last, a, b), anew, advanced)
            felt = Felt(outcome.reward, env.observe(advanced), env.observe(following))
            return following, felt

        return jax.vmap(one)(keys, states, actions)


@dataclass(frozen=True)
class Parts:
    """A run of a federated scheme on one seed, ready to be computed in pieces: each a compiled
    program, the same wherever it runs."""

    spec: RunSpec
    site: Site
    world: World
    key: PRNGKeyArray
    state: Any
    weights: tuple[float, ...]

    @classmethod
    def of(cls, scenario: Scenario, spec: RunSpec, seed: int) -> "Parts":
        """`UserError` if the scheme is none that sites can learn each by itself."""
        env = scenario.env(**spec.parameters)
        program = program_of(scenario, spec, env)
        if not isinstance(program, Federated) or not isinstance(program.program.learner, Maddpg):
            federated = ", ".join(s.name for s in scenario.schemes if s.takes("round_slots"))
            raise UserError(
                f"{spec.scheme} averages no models: --scheme is one of {federated or 'none here'}"
            )
        keys = seed_keys(seed)
        state = eqx.filter_jit(env.reset)(keys.layout)
        _check(spec, program, env.num_agents)
        weights = _weights(spec.scheme, np.asarray(program.mixing(state)))
        return cls(spec, Site(program), World(program.program), keys.training, state, weights)

    @property
    def num_sites(self) -> int:
        """One for each agent."""
        return self.site.team.num_agents

    @property
    def round_slots(self) -> int:
        """Slots between two averages."""
        return self.site.program.round_slots

    @property
    def num_rounds(self) -> int:
        """Averages of the run."""
        return self.spec.slots // self.round_slots


def _check(spec: RunSpec, program: Federated, sites: int) -> None:
    if sites > MOST_SITES:
        raise UserError(
            f"{spec.scenario} has {sites} agents, and each is a process of its own: allowed "
            f"[1, {MOST_SITES}]; set fewer"
        )
    if spec.slots % program.round_slots:
        raise UserError(
            f"--slots {spec.slots} is no whole number of rounds: give a multiple of "
            f"{program.round_slots} (--learn round_slots=N)"
        )


def _weights(scheme: str, mixing: np.ndarray) -> tuple[float, ...]:
    """Each site's weight in the one average that there is."""
    if not np.array_equal(mixing, np.broadcast_to(mixing[0], mixing.shape)):
        raise UserError(
            f"{scheme} averages within clusters, and a strategy of Flower has one model for all: "
            "--learn clusters=1"
        )
    return tuple(float(weight) for weight in mixing[0])


def _row(learned: Any, site: int | Array) -> Any:
    """One agent's part of what a team has learned; what is not stacked over agents is shared."""
    return jax.tree.map(
        lambda leaf: jax.lax.dynamic_slice_in_dim(leaf, site, 1) if leaf.ndim else leaf, learned
    )


def repeated(leaf: Array, agents: int) -> Array:
    """`[1, ...]` for each agent of a team; scalars as they are."""
    return jnp.broadcast_to(leaf, (agents, *leaf.shape[1:])) if leaf.ndim else leaf

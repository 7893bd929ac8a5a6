"""All agents of a run as graphs, and agents that decide alike as one."""

from collections.abc import Iterator
from dataclasses import dataclass

from edgewise.core.errors import UserError
from edgewise.deployment.export.graph import Graph
from edgewise.deployment.export.one_agent import OneAgent, Traced
from edgewise.deployment.export.onnx_file import model_bytes
from edgewise.deployment.trained import Trained


@dataclass(frozen=True)
class Distinct:
    """A policy, and the numbers of the agents that follow it; `agent` is the first of them."""

    agent: OneAgent
    graph: Graph
    model: bytes
    agents: tuple[int, ...]


def distinct_policies(trained: Trained) -> list[Distinct]:
    """Every policy of the run once; `UserError`, one line, if no agent can follow it by itself."""
    found: dict[bytes, Distinct] = {}
    try:
        for number, (agent, graph) in enumerate(_graphs(trained)):
            model = model_bytes(graph, f"{trained.scenario}_{trained.scheme.name}")
            key = model + b"".join(leaf.tobytes() for leaf in agent.start())
            earlier = found.get(key)
            agents = (*(earlier.agents if earlier else ()), number)
            first = earlier or Distinct(agent, graph, model, ())
            found[key] = Distinct(first.agent, first.graph, model, agents)
    except UserError as error:
        raise UserError(f"{trained.scheme.name} does not run on an agent: {error}") from None
    return list(found.values())


def _graphs(trained: Trained) -> Iterator[tuple[OneAgent, Graph]]:
    traced: Traced | None = None
    for number in range(trained.env.num_agents):
        agent = OneAgent.of(trained.seat, trained.env, trained.scheduler, trained.state, number)
        if traced is None or not traced.fits(agent):
            traced = Traced(agent)
        yield agent, traced.graph(agent)

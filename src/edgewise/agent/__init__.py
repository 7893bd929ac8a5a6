"""The agent that runs on a device: NumPy and ONNX Runtime, and nothing else.

from edgewise.agent import Agent

agent = Agent("deployed", number=3)
decision = agent.decide({"task_bits": 3e6, ...}, age_s=0.02)
"""

from edgewise.agent.agent import Agent, Decision
from edgewise.agent.reasons import REASONS

__all__ = ["REASONS", "Agent", "Decision"]

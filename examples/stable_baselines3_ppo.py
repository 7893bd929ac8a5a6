"""PPO of Stable-Baselines3 decides for a whole cell, and stands beside the optimum in one table.

pip install 'edgewise[lab,envs]' stable-baselines3
python examples/stable_baselines3_ppo.py               # in full: 200,000 slots
edgewise compare server-load-balance --schemes sb3:ppo.zip,dtomalb,local,optimum
"""

import argparse
from pathlib import Path

import gymnasium
from stable_baselines3 import PPO

import edgewise.envs


def train(file: Path, slots: int, **parameters: object) -> PPO:
    """One controller for all users, on a new layout every episode."""
    name = f"{edgewise.envs.NAMESPACE}/server-load-balance-v0"
    model = PPO("MlpPolicy", gymnasium.make(name, **parameters), device="cpu", n_steps=256, seed=0)
    model.learn(slots)
    model.save(file)
    return model


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path("ppo.zip"))
    parser.add_argument("--slots", type=int, default=200_000)
    asked = parser.parse_args()
    train(asked.out, asked.slots)

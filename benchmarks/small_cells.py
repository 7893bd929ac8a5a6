"""One slot of small-cells, step and updates of all six agents, against the matmul bound; with a
replay buffer of the printed size and of a fifth of it.

    python -m benchmarks.small_cells
"""

import edgewise
from benchmarks.maddpg import peak_flops, seconds_per_slot, update_flops
from edgewise.learners.maddpg import Maddpg
from edgewise.training.programs import Replay

BATCH, HIDDEN, EPISODE_SLOTS = 32, 64, 100


def main() -> None:
    """Print the figures."""
    env = edgewise.make("small-cells")
    peak = peak_flops()
    print(f"matrix products: {peak / 1e9:.0f} GFLOP/s")
    for name, view in (("ma-drl", "joint"), ("il-drl", "own")):
        learner = Maddpg(
            env.num_agents,
            env.observation_size,
            env.action_space,
            critic_view=view,
            hidden=(HIDDEN,),
            reward_scale=10.0,
        )
        bound_s = update_flops(learner, BATCH) / max(peak, peak_flops())
        for capacity in (2000, 10_000):
            program = Replay(env, env, learner, EPISODE_SLOTS, 1, capacity, BATCH, warmup_slots=0)
            seconds = seconds_per_slot(program)
            print(
                f"{name}, {capacity} transitions: {seconds * 1e3:.2f} ms a slot; matmul bound "
                f"{bound_s * 1e3:.2f} ms, {seconds / bound_s:.2f} times"
            )


if __name__ == "__main__":
    main()

"""What the values that Liu, Yu, Gao 2020 do not print might be as well."""

from edgewise.study.plausible import Plausible, Settled

PLAUSIBLE = (
    Plausible("task_bits", 0.5, 1.5, "the ends are printed, the law between them is not",
              factor=True),
    Plausible("edge_capacity_cycles", 2e10, 1e11, "half a slot's work to a queue of several",
              log=True),
    Plausible("waiting_cost", 5.0, 80.0, "ω: a quarter of a slot of waiting to four", log=True),
    Plausible("failure_penalty", 50.0, 1000.0, "ϖ: from where giving way to others does not pay "
              "to where nobody dares to share", log=True),
    Plausible("slot_s", 2.0, 8.0, "K_s: half to twice the time of the largest task", log=True),
    Plausible("initial_q", 0.0, 2000.0, "Q_0: the usual start at zero, to twice the cost of "
              "staying local for ever"),
    Plausible("pilot_s", 0.01, 0.5, "τ: a LoRa preamble at spreading factor 7 to a frame at 12",
              log=True),
)  # fmt: skip
SETTLED = (
    Settled("power_levels_w", "the ends are printed; more levels between them are another action"),
    Settled("edge_energy_j_per_cycle", "a correction: as printed nobody offloads (R10)"),
    Settled("user_energy_j_per_cycle", "a correction: as printed nobody offloads (R10)"),
    Settled("channel_estimation", "a switch, which a scheme sets"),
)

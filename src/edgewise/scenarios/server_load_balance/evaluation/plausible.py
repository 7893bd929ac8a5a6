"""What the values that Zhang et al. 2021 do not print might be as well."""

from edgewise.study.plausible import Plausible, Settled

PLAUSIBLE = (
    Plausible("task_bits", 0.5, 1.25, "'300 KB' may be kibibytes, or the mean size", factor=True),
    Plausible("distance_m", 0.5, 2.0, "small cells to suburban macro cells", factor=True),
    Plausible("pathloss_intercept_db", 120.0, 140.0, "the usual laws for 0.7 to 3.5 GHz"),
    Plausible("pathloss_slope_db", 30.0, 40.0, "exponents of 3 to 4"),
    Plausible("noise_w_per_hz", 4e-21, 4e-20, "noise figures of 0 to 10 dB", log=True),
    Plausible("forward_rate_bps", 1e8, 1e10, "copper to fibre between stations", log=True),
    Plausible("slot_s", 0.3, 1.0, "below 0.3 s servers are overloaded at N = 10", log=True),
    Plausible("delay_weight", 0.3, 3.0, "ω1, of the size of the other weight", log=True),
    Plausible(
        "balance_weight",
        1.0,
        1000.0,
        "ω2: from a load term of under 0.2% of the utility to one as large as the delay's",
        log=True,
    ),
)
SETTLED = (Settled("user_distances_m", "a real layout, which the paper has none of"),)

"""What the values that AlQerm et al. 2020 do not print might be as well."""

from edgewise.study.plausible import Plausible, Settled

PLAUSIBLE = (
    Plausible("servers_per_device", 1, 6, "one server alone to a handful nearby", whole=True),
    Plausible("distance_scale_m", 300.0, 3000.0, "a block to a district", log=True),
    Plausible("priority", 0.5, 2.0, "only their order is printed; their common scale", factor=True),
    Plausible("mean_rate_rps", 0.7, 1.5, "from servers with room to servers overloaded",
              factor=True),
    Plausible("active_probability", 0.4, 1.0, "from bursts to steady sources"),
    Plausible("retry_share", 0.0, 1.0, "from users who give up to users who do not"),
    Plausible("retry_limit", 1.0, 5.0, "how long users go on"),
    Plausible("capacity_units", 0.5, 1.5, "half to half as much again", factor=True),
    Plausible("unit_availability", 0.7, 1.0, "from shared servers to own ones"),
    Plausible("service_rate_rps", 0.7, 1.0, "200 is the printed maximum", factor=True),
    Plausible("nominal_rate_rps", 100.0, 200.0, "what schemes believe: the ends of k"),
    Plausible("delay_limit_s", 0.7, 2.0, "tight to loose, in the same order", factor=True),
    Plausible("cloud_delay_s", 0.1, 0.5, "a near to a far data centre", log=True),
    Plausible("grid_levels", 4, 8, "G: quarters to eighths of a server", whole=True),
)  # fmt: skip
SETTLED = (
    Settled("gain", "(36) is not invariant to it: it is 1 for every application, or there is no "
            "envy-freeness to speak of"),
    Settled("rate_spread", "devices differ about their mean, which is moved"),
    Settled("request_probability", "the axis of Figs 7 to 9, which move it themselves"),
)  # fmt: skip

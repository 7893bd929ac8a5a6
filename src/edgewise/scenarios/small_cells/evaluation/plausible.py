"""What the values that Huang et al. 2021 do not print might be as well."""

from edgewise.study.plausible import Plausible, Settled

PLAUSIBLE = (
    Plausible("min_separation_m", 0.0, 330.0, "anywhere, to as far apart as six fit"),
    Plausible("min_distance_m", 1.0, 35.0, "a lamp post to the usual 35 m of a macro cell",
              log=True),
    Plausible("deadline_reward", 1.8, 6.0, "β: just above the largest penalty, to several times "
              "it", log=True),
    Plausible("slot_s", 1.5, 10.0, "the largest deadline to four times that: it ends a "
              "transmission", log=True),
)  # fmt: skip
SETTLED = (
    Settled("channel_bandwidth_hz", "one of two readings; the other is the preset wide-band"),
    Settled("channel_score", "how actions become a matching: a reading, not a value"),
    Settled("decoding", "how actions become a ratio and a power: a scheme sets it"),
)

"""What the values that Jiang et al. 2022 have lost, or do not print, might be as well."""

from edgewise.study.plausible import Plausible, Settled

PLAUSIBLE = (
    Plausible("task_cycles", 1e8, 1e9, "100 to 1000 megacycles are usual in this group's papers",
              log=True),
    Plausible("device_cpu_hz", 2e8, 1e9, "f_l: sensors to telephones", log=True),
    Plausible("server_cpu_hz", 5e9, 2e10, "presets C and D, and twice D", log=True),
    Plausible("noise_w_per_hz", 1e-14, 1e-12, "presets C and D, and above; only its ratio to β0 "
              "matters", log=True),
    Plausible("switched_capacitance", 1e-28, 1e-26, "κ: what this field uses", log=True),
    Plausible("delay_weight", 0.3, 3.0, "w_t against w_e = 1", log=True),
    Plausible("min_fading", 0.01, 0.3, "where Rayleigh fading is cut", log=True),
)  # fmt: skip
SETTLED = (
    Settled("task_spread", "the paper's tasks are equal; a figure of its own moves it"),
    Settled("reference_gain", "only its ratio to the noise matters, which is moved"),
    Settled("cpu_power_exponent", "moved with κ, whose unit hangs on it"),
    Settled("energy_weight", "only its ratio to delay_weight matters, which is moved"),
)

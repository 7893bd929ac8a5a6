"""Parameters of Zhang et al. 2021 (EURASIP JWCN 2021:17), Table 2, in SI units."""

from pydantic import model_validator

from edgewise.core.parameters import Parameters, Vector, parameter
from edgewise.physics.units import BITS_PER_KILOBYTE, dbm_to_w


class ServerLoadBalanceParameters(Parameters):
    """One base station, M edge servers, N users; every slot each user has one task."""

    num_users: int = parameter(
        10, unit="users", kind="printed", source="Table 2", low=1, high=100_000
    )
    server_cpu_hz: Vector = parameter(
        (12e9, 14e9, 16e9, 18e9, 20e9),
        unit="Hz",
        kind="printed",
        source="Fig. 8 (Table 2: U[12,20] GHz)",
        low=0,
        open_low=True,
    )
    num_servers: int | None = parameter(
        None,
        unit="servers",
        kind="printed",
        source="Table 2: 5; set it where server_cpu_hz is one number",
        low=1,
        high=1000,
    )
    user_cpu_hz: tuple[float, float] = parameter(
        (300e6, 500e6),
        unit="Hz",
        kind="printed",
        source="Table 2; U, per user, fixed",
        low=0,
        open_low=True,
    )
    task_bits: tuple[float, float] = parameter(
        (300 * BITS_PER_KILOBYTE, 500 * BITS_PER_KILOBYTE),
        unit="bit",
        kind="corrected",
        source='Table 2 prints "U[300,500]300 KB"; read as U[300,500] kB',
        low=0,
        open_low=True,
    )
    task_cycles: tuple[float, float] = parameter(
        (800e6, 1200e6),
        unit="cycles",
        kind="printed",
        source="Table 2; U, per task",
        low=0,
        open_low=True,
    )
    bandwidth_hz: float = parameter(
        20e6, unit="Hz", kind="printed", source="Table 2", low=0, open_low=True
    )
    transmit_power_w: float = parameter(
        0.5, unit="W", kind="printed", source="Table 2", low=0, open_low=True
    )
    distance_m: tuple[float, float] = parameter(
        (50.0, 500.0),
        unit="m",
        kind="substituted",
        source="silent; uniform by area in this ring, fixed",
        low=1,
    )
    user_distances_m: tuple[float, ...] = parameter(
        (),
        unit="m",
        kind="substituted",
        source="real layouts: users are drawn from these distances; empty: from the ring",
        low=1,
    )
    pathloss_intercept_db: float = parameter(
        128.1,
        unit="dB",
        kind="substituted",
        source="silent; urban macro cell at 1 km",
        low=0,
        high=300,
    )
    pathloss_slope_db: float = parameter(
        37.6,
        unit="dB/decade",
        kind="substituted",
        source="silent; urban macro cell",
        low=0,
        high=100,
    )
    noise_w_per_hz: float = parameter(
        dbm_to_w(-174.0),
        unit="W/Hz",
        kind="substituted",
        source="silent; -174 dBm/Hz",
        low=0,
        open_low=True,
    )
    forward_rate_bps: float = parameter(
        1e9,
        unit="bit/s",
        kind="substituted",
        source="silent; 0.1 or 10 Gbit/s changes little",
        low=0,
        open_low=True,
    )
    slot_s: float = parameter(
        0.5,
        unit="s",
        kind="substituted",
        source="silent; 0.2 s overloads above N = 16, 0.1 s always",
        low=0,
        open_low=True,
    )
    delay_weight: float = parameter(1.0, unit="1/s", kind="substituted", source="silent; ω1", low=0)
    balance_weight: float = parameter(
        10.0,
        unit="1/s²",
        kind="substituted",
        source="silent; ω2: at 1 the load term is under 0.2% of the utility",
        low=0,
    )

    @model_validator(mode="after")
    def _consistent(self) -> "ServerLoadBalanceParameters":
        cpu = self.server_cpu_hz
        if cpu == ():
            raise ValueError("server_cpu_hz is empty: give at least one server")
        if isinstance(cpu, tuple) and self.num_servers not in (None, len(cpu)):
            raise ValueError(
                f"num_servers = {self.num_servers} disagrees with the {len(cpu)} values of "
                "server_cpu_hz: give one value for all servers, or one each"
            )
        if self.user_distances_m and len(self.user_distances_m) < self.num_users:
            raise ValueError(
                f"user_distances_m holds {len(self.user_distances_m)} distances, fewer than "
                f"num_users = {self.num_users}: lower num_users or give more users"
            )
        for name in ("user_cpu_hz", "task_bits", "task_cycles", "distance_m"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} = [{low:g}, {high:g}]: the lower end is the larger one")
        return self

    @property
    def server_cpu_hz_each(self) -> tuple[float, ...]:
        """One value per server [Hz]."""
        if isinstance(self.server_cpu_hz, tuple):
            return self.server_cpu_hz
        return (self.server_cpu_hz,) * (self.num_servers or 5)

"""What a computation needs is known before it is taken."""

import jax
import jax.numpy as jnp
import pytest

from edgewise.core import memory
from edgewise.core.errors import UserError
from edgewise.core.memory import available_bytes, peak_bytes, refuse_what_cannot_fit, spoken


def _peak(function, *arguments):
    return peak_bytes(jax.make_jaxpr(function)(*arguments).jaxpr)


def test_a_step_holds_what_it_reads_and_writes():
    """x of 4 kB becomes an outer product of 4 MB, which is summed up."""
    assert _peak(lambda x: jnp.sum(x[:, None] * x[None, :]), jnp.ones(1000)) == pytest.approx(
        4e6, rel=0.01
    )


def test_what_is_inside_of_loops_and_branches_counts():
    def body(carry, _):
        return carry + jnp.sum(jnp.outer(carry, carry), axis=0), None

    looped = _peak(lambda x: jax.lax.scan(body, x, None, length=3)[0], jnp.ones(1000))
    assert looped >= 4e6
    branched = _peak(
        lambda x: jax.lax.cond(x[0] > 0, lambda: jnp.outer(x, x).sum(), lambda: x[0]), jnp.ones(500)
    )
    assert branched >= 1e6


def test_mapping_over_many_multiplies():
    one, many = (
        _peak(jax.vmap(lambda x: jnp.sum(jnp.outer(x, x))), jnp.ones((count, 100)))
        for count in (1, 50)
    )
    assert many == pytest.approx(50 * one, rel=0.05)


def test_a_refusal_is_one_line_with_number_limit_and_remedy(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 2_000_000_000)
    refuse_what_cannot_fit("a run", 1e9, "the users")
    with pytest.raises(UserError) as told:
        refuse_what_cannot_fit("a run", 1.5e9, "the users", processes=2)
    assert str(told.value) == (
        "a run needs about 1.5 GB of memory, and 1 GB are available for each of 2 processes: "
        "lower the users"
    )


def test_the_machine_has_some():
    assert 1e8 < available_bytes() < 1e15
    assert spoken(3.2e8) == "320 MB"

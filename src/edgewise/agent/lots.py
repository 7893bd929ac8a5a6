"""What a policy that draws takes its draws from: a number for every place in every slot, which a
seed gives again."""

import numpy as np

PER_BLOCK = 4
"""Numbers that the generator makes at once."""
BELOW_ONE = np.float32(1.0 - 2.0**-24)


class Lots:
    """`count` numbers a slot, uniform in [0, 1), of a generator with this key (Philox, which can
    begin anywhere: the lots of a slot do not depend on the slots before it)."""

    def __init__(self, count: int, key: tuple[int, int]) -> None:
        self._count, self._key = count, key
        self._blocks = -(-count // PER_BLOCK)
        self._following = -1

    def of(self, slot: int) -> np.ndarray:
        """The lots of a slot, float32."""
        if slot != self._following:
            bits = np.random.Philox(counter=slot * self._blocks, key=list(self._key))
            self._generator = np.random.Generator(bits)
        self._following = slot + 1
        drawn = self._generator.random(self._blocks * PER_BLOCK)[: self._count]
        # The largest would be rounded to 1.
        return np.minimum(drawn.astype(np.float32), BELOW_ONE)

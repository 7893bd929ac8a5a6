"""A federation whose second site sends NaN in the first round, and hangs after the second."""

import sys
import time
from pathlib import Path

import numpy as np

from edgewise.federation.site import honest, main

HANGS = "hangs"


def ill(folder):
    """The second site's way to answer."""

    def answer(number, model):
        if number == 2:
            (folder / HANGS).touch()
            time.sleep(600)
        return [np.full_like(array, np.nan) for array in model]

    return answer


if __name__ == "__main__":
    folder, number = Path(sys.argv[1]), int(sys.argv[2])
    main(folder, number, ill(folder) if number == 1 else honest)

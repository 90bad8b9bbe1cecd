"""Types of the arrays that the columns consist of."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int16]
"""Indexes into a short list, such as the countries."""
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Numbers = Ints | slice
"""Numbers of events or of pins, in ascending order; EVERY means all of them."""
EVERY = slice(None)

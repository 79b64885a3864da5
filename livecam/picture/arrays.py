"""Names for the arrays that pictures are made of."""

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
"""uint8 (h, w); rows may have padding between them (strided views are welcome)."""
Image = NDArray[np.uint8]
"""uint8 (h, w, 3) RGB, C-contiguous."""
Mask = NDArray[np.uint8]
"""uint8 (h, w): 0 keeps the frame, 255 takes the patch."""
Affine = NDArray[np.float32]
"""float32 (2, 3): maps (x, y, 1) to (x, y), pixel centres at integers."""
Map = NDArray[np.float64]
"""float64 (2, 3): an affine map while it is being computed with."""

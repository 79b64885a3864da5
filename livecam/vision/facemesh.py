"""Which of FaceMesh's 468 points lie where on a face.

Contours go round in order. "Left" is the picture's left.
"""

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""The edge of the mesh, from the middle of the forehead."""

LEFT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
RIGHT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
"""Along the lids, from the outer corner, the lower lid first."""

LEFT_EYE_CORNERS = (33, 133)
RIGHT_EYE_CORNERS = (263, 362)
"""Outer corner, inner corner."""
OUTER_EYE_CORNERS = (33, 263)

LEFT_LIDS = (159, 145, 33, 133)
RIGHT_LIDS = (386, 374, 263, 362)
"""Middle of the upper lid, of the lower lid, outer corner, inner corner."""

LEFT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
RIGHT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)

NOSE_TIP = 4
NOSE = (
    168, 6, 197, 195, 5, 4, 1, 19, 94, 2, 98, 97, 326, 327, 129, 358, 48, 278, 64, 294,
    45, 275, 44, 274, 220, 440, 115, 344, 131, 360, 49, 279, 122, 351, 196, 419, 3, 248, 51, 281,
)  # fmt: skip

LIPS = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
)  # fmt: skip
"""The outer edge of the lips."""
INNER_LIPS = (
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
)  # fmt: skip
"""The inner edge of the lips."""
MOUTH_CORNERS = (61, 291)
UPPER_LIP, LOWER_LIP = 13, 14
"""The middle of the inner edges."""

RIGID = (168, 6, 197, 195, 5, 33, 133, 362, 263, 10, 151, 9, 8, 127, 356, 234, 454)
"""Points that expressions hardly move."""

CHEEKS_AND_FOREHEAD = (50, 280, 205, 425, 4, 199, 151, 9, 118, 347, 101, 330, 36, 266)
"""Bare skin on nearly every face."""

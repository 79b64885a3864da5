"""Options of the swap."""

from dataclasses import field
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from livecam.maskers.regions import Region
from livecam.swappers.eyes import Eyes
from livecam.swappers.manner import AS_MADE, Manner


class Faces(StrEnum):
    """Which of the faces in a picture change."""

    ONE = "one"
    """The first at first sight, and then that one."""
    MANY = "many"
    """All of them."""
    REFERENCE = "reference"
    """Those of the people of a reference picture or of a cast."""


class Order(StrEnum):
    """In which order faces are thought of when one is chosen."""

    LEFT_RIGHT = "left-right"
    RIGHT_LEFT = "right-left"
    TOP_BOTTOM = "top-bottom"
    BOTTOM_TOP = "bottom-top"
    SMALL_LARGE = "small-large"
    LARGE_SMALL = "large-small"
    BEST_WORST = "best-worst"
    """The one seen with the greatest confidence first."""
    WORST_BEST = "worst-best"
    CENTRE = "centre"
    """The one nearest to the middle of the picture first."""


class Lock(StrEnum):
    """Whether the wearer of a live run is known again by the face."""

    AUTO = "auto"
    """Where the embedder is installed."""
    ON = "on"
    OFF = "off"


class OnLost(StrEnum):
    """What is shown of a frame in which somebody could not be swapped."""

    AUTO = "auto"
    """`pass` in files, `hold,blur` live."""
    PASS = "pass"
    """The frame as it is, with the swaps there are."""
    BLUR = "blur"
    """The face made unrecognisable, live the whole person; the whole frame where no face is
    known."""
    FREEZE = "freeze"
    """The last frame with a swap; before the first, a blurred one."""
    HOLD_BLUR = "hold,blur"
    """The last frame with a swap for `hold_s`, then the person made unrecognisable; the whole
    frame where no face is known, and before the first swap."""
    SLATE = "slate"
    """A plain picture."""


class Show(StrEnum):
    """Whether the label is seen."""

    AUTO = "auto"
    """Live, but not in files: what they are stands in their metadata."""
    ON = "on"
    OFF = "off"


class Corner(StrEnum):
    """A corner of the picture."""

    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class LabelOptions:
    """The word AI that says what the picture is."""

    show: Show = Show.AUTO
    """Whether it is seen: auto (live, but not in files), on or off."""
    position: Corner = Corner.BOTTOM_RIGHT
    """The corner it stands in."""
    size: Annotated[float, Field(ge=0.02, le=0.25)] = 0.05
    """Its height as a share of the picture's."""


class Area(StrEnum):
    """A part of the face, as its landmarks bound it."""

    UPPER_FACE = "upper-face"
    """From the brows to below the nose."""
    LOWER_FACE = "lower-face"
    """From the nose down."""
    MOUTH = "mouth"
    """The lips and what is between them."""


Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class MaskOptions:
    """What is left of the swap; of several masks the smallest counts."""

    padding: tuple[Share, Share, Share, Share] = (0.0, 0.0, 0.0, 0.0)
    """How much of the swap's crop stays as it was at its top, right, bottom and left, shares of
    its side."""
    blur: Share = 0.0
    """Over how much of the crop's side the swap fades from there inwards."""
    areas: tuple[Area, ...] = ()
    """Only these parts of the face change: upper-face, lower-face, mouth; none means all."""
    regions: tuple[Region, ...] = ()
    """Only these parts of the new face are shown, as the model models.parser finds them: skin,
    left-brow, right-brow, left-eye, right-eye, glasses, nose, mouth, upper-lip, lower-lip; none
    means all, and needs no model."""
    occlusion: bool = False
    """Leave in front what is in front of the face, such as a hand, as the model models.occluder
    finds it."""
    effort: Annotated[float, Field(gt=0, le=1)] = 0.06
    """How much of the time, live, a model may look for regions or for what is in front; in between,
    what it found goes along with the face. 0.06 costs that much of a core; 1 looks without a pause.
    In files it looks at every frame."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class EnhancerOptions:
    """How the model models.enhancer sharpens the swapped face."""

    blend: Share = 0.8
    """How much of the sharpened face is seen; 0 switches it off."""
    weight: Share = 0.5
    """How much a model that can be told keeps of the face as it is: 0 invents most, 1 least."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class SwapOptions:
    """Whose face changes, and how. May be replaced while a run goes on."""

    faces: Faces = Faces.ONE
    """Which faces change: one (the first at first sight, and then that one), many (all) or
    reference (those of the people of a reference picture or a cast). Live, one and reference hide
    whoever cannot be told from these for sure."""
    order: Order = Order.LARGE_SMALL
    """Who is the one: the first from left-right, right-left, top-bottom, bottom-top, small-large,
    large-small, best-worst, worst-best (by the confidence that it is a face) or centre (nearest to
    the middle of the picture)."""
    max_distance: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """How far a face may be from a person's and still be theirs: 1 − cosine of what the embedder
    makes of the two."""
    lock: Lock = Lock.AUTO
    """Live, whether the one is known again by the face after every doubt: on, off, or auto (where
    the embedder is installed). Read when a run starts; off works at any time."""
    on_lost: OnLost = OnLost.AUTO
    """What is shown where no face is found or it is turned too far: pass (the frame as it is),
    blur, freeze (the last frame with a swap), hold,blur (that one for a moment, then blurred) or
    slate (a plain picture); auto is pass in files and hold,blur live."""
    hold_s: Annotated[float, Field(ge=0, le=0.25)] = 0.25
    """How long hold,blur shows the last frame with a swap, s."""
    label: LabelOptions = field(default_factory=LabelOptions)
    """The word AI that says what the picture is."""
    strength: Annotated[float, Field(ge=0, le=2)] = AS_MADE
    """How far the swap goes towards the portrait. The mesh swap moves brows, nose, eyes and mouth
    to the portrait's proportions; 0 leaves them where the target's are. A learned model gives its
    own likeness at 0.75; less keeps some of who the target is, more leans away from that, and both
    have the target's identity looked at once a second. Models that take a crop of the portrait
    (blendswap, uniface) and DFM files know no such measure."""
    eyes: Eyes = Eyes.TARGET
    """Whose eyes are seen: the target's, which look where the target looks, or the portrait's,
    which look at the camera."""
    boost: Annotated[int, Field(ge=1, le=4)] = 1
    """How many times finer along each side than its model a learned swapper works; takes up to
    the square of it in time."""
    morph: Annotated[float, Field(ge=0, le=1)] = 0.75
    """How far a DFM file that morphs goes from the target's face to its own."""

    mask: MaskOptions = field(default_factory=MaskOptions)
    """What is left of the swap."""
    enhancer: EnhancerOptions = field(default_factory=EnhancerOptions)
    """How the swapped face is sharpened."""

    def manner(self, *, whole: bool) -> Manner:
        """How a face is worn; `whole` as in `Manner`."""
        return Manner(
            strength=self.strength,
            eyes=self.eyes,
            boost=self.boost,
            morph=self.morph,
            whole=whole,
        )

    def policy(self, *, live: bool) -> OnLost:
        """`on_lost` with `auto` decided."""
        if self.on_lost is not OnLost.AUTO:
            return self.on_lost
        return OnLost.HOLD_BLUR if live else OnLost.PASS

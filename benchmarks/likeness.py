"""Likeness against naturalness, as `swap.strength` grows: python benchmarks/likeness.py OUT.png.

Needs the folder ../shared (clips and scorer) and matplotlib. Likeness is the cosine of the swapped
face to the portrait less that to the target; what is lost is the target's expression, in % of the
eye distance, after the pose is taken out.
"""

import argparse
import tempfile
from pathlib import Path

import matplotlib as mpl
import numpy as np
from pairs import CLIPS, SHARED, score

from livecam.build import FileSwap
from livecam.settings import load_settings

PAIRS = ("ab", "bc", "ca")
STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0)


def main() -> None:
    """Measures the curve, prints it and draws it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each clip")
    asked = parser.parse_args()
    print(f"{'strength':>9}{'id_source':>11}{'id_target':>11}{'id_win':>8}{'expr_err':>10}")
    curve = []
    for strength in STRENGTHS:
        rows = np.array([measure(pair, strength, asked.seconds) for pair in PAIRS])
        source, target, win, expression = rows.mean(axis=0)
        curve.append((source - target, expression))
        print(
            f"{strength:9.1f}{source:11.3f}{target:11.3f}{win:8.2f}{expression:10.2f}", flush=True
        )
    draw(np.array(curve), asked.out)


def measure(pair: str, strength: float, seconds: float) -> tuple[float, float, float, float]:
    """Identity towards portrait and target, share of frames won, and error of the expression."""
    face = SHARED / "people" / f"portrait_{pair[0]}.png"
    target = SHARED / "people" / f"{CLIPS[pair[1]]}.mp4"
    settings = load_settings(assignments=["output.codec=ffv1", f"swap.strength={strength}"])
    with tempfile.TemporaryDirectory() as folder:
        swap = Path(folder) / "swap.mkv"
        FileSwap(target, swap, face=face, settings=settings, end_s=seconds).run()
        found = score(face, target, swap, every=5)
    return found["id_source"], found["id_target"], found["id_win"], found["expr_err"]


def draw(curve: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", out: Path) -> None:
    """The curve as a picture."""
    mpl.use("agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 – after the backend is chosen

    figure, axes = plt.subplots(figsize=(6, 4), dpi=120)
    axes.plot(curve[:, 1], curve[:, 0], marker="o", color="#2a6f97")
    for strength, (likeness, expression) in zip(STRENGTHS, curve, strict=True):
        axes.annotate(f"{strength:g}", (expression, likeness), xytext=(5, -12),
                      textcoords="offset points")  # fmt: skip
    axes.set_xlabel("error of the target's expression, % of the eye distance")
    axes.set_ylabel("likeness: cosine to the portrait − to the target")
    axes.set_title("swap.strength")
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(out)


if __name__ == "__main__":
    main()

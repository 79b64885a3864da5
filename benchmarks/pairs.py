"""Every portrait on every clip of another person, scored: python benchmarks/pairs.py OUT.

Needs the folder ../shared (clips and scorer). Writes lossless swaps, a strip of frames of each and
a table. With --self it swaps every person with their own portrait.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np

from livecam.build import FileSwap
from livecam.settings import load_settings

SHARED = Path(__file__).resolve().parents[2] / "shared"
CLIPS = {"a": "clip_a", "b": "clip_b", "c": "clip_c_hand"}
COLUMNS = (
    "id_source", "id_target", "id_base", "id_win", "unswapped", "expr_err", "mouth_corr",
    "eye_corr", "jitter_extra", "flicker", "colour_shift", "sharpness", "bg_psnr",
)  # fmt: skip


def main() -> None:
    """Runs the pairs that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, default=5, help="identity is scored every N frames")
    parser.add_argument("--pairs", nargs="*", help="such as ab: portrait a on the clip of b")
    parser.add_argument("--set", action="append", default=[], dest="assignments")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    pairs = asked.pairs or [p + c for p in CLIPS for c in CLIPS if p != c]
    settings = load_settings(assignments=["output.codec=ffv1", *asked.assignments])
    print(f"{'pair':6}" + "".join(f"{name:>13}" for name in COLUMNS))
    rows = []
    for portrait, clip in pairs:
        face = SHARED / "people" / f"portrait_{portrait}.png"
        target = SHARED / "people" / f"{CLIPS[clip]}.mp4"
        swap = asked.out / f"{portrait}{clip}.mkv"
        FileSwap(target, swap, face=face, settings=settings, overwrite=True).run()
        row = score(face, target, swap, asked.every)
        rows.append([row.get(name, np.nan) for name in COLUMNS])
        print(f"{portrait}{clip:5}" + "".join(f"{value:13.3f}" for value in rows[-1]), flush=True)
        strip(target, swap, asked.out / f"{portrait}{clip}.png")
    print(f"{'mean':6}" + "".join(f"{value:13.3f}" for value in np.mean(rows, axis=0)))


def score(face: Path, target: Path, swap: Path, every: int) -> dict[str, float]:
    """What the scorer says."""
    report = swap.with_suffix(".json")
    command = [sys.executable, SHARED / "score" / "score_swap.py", face, target, swap]
    command += ["--every", str(every), "--json", report]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    values: dict[str, float] = json.loads(report.read_text())
    return values


def strip(target: Path, swap: Path, out: Path, *, count: int = 6) -> None:
    """Frames before (above) and after, at full size around the face."""
    with av.open(str(target)) as before, av.open(str(swap)) as after:
        pairs = list(zip(before.decode(video=0), after.decode(video=0), strict=True))
    columns = []
    for one, other in pairs[7 :: len(pairs) // count][:count]:
        a, b = (frame.to_ndarray(format="bgr24") for frame in (one, other))
        rows, cols = np.nonzero(np.abs(a.astype(int) - b).sum(axis=2) > 6)
        middle = (int(rows.mean()), int(cols.mean())) if len(rows) else (a.shape[0] // 2, 640)
        top, left = max(0, middle[0] - 220), max(0, middle[1] - 180)
        columns.append(np.vstack([x[top : top + 440, left : left + 360] for x in (a, b)]))
    height = min(len(c) for c in columns)
    cv2.imwrite(str(out), np.hstack([c[:height] for c in columns]))


if __name__ == "__main__":
    main()

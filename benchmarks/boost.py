"""What a boosted crop costs a learned swapper, as a ratio to a plain one.

The weights are generated: a graph with inswapper_128's tensors, 64 channels wide and eight
convolutions deep (real ones are larger, so that still less of the time is spent around the graph).

    python benchmarks/boost.py
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import doubles
from reflections import Recorded, Stored, identity, published_session, scene

from livecam.face import Crop
from livecam.runtime.catalog import Catalog
from livecam.swappers import FAMILIES
from livecam.swappers.manner import Manner

MODEL = "inswapper_128"
RUNS = 9


def main() -> None:
    """Prints a row for each boost."""
    doubles.WIDTH, doubles.DEPTH = 64, 6
    session = Recorded(published_session(MODEL, doubles.generator))
    swapper = FAMILIES["generator"](Catalog().manifest(MODEL), session, lambda _: Stored())
    disguise, jobs, taken = swapper.wear(identity()), {}, {}
    for boost in range(1, 5):
        manner = Manner(boost=boost)
        picture, face = scene("insightface 128", 128 * boost)
        place, side = disguise.alignment(face, manner)
        jobs[boost] = Crop(picture, place, side), face, manner
        disguise.swap(*jobs[boost], time_s=0)
        taken[boost] = []
    for _ in range(RUNS):
        for boost, job in jobs.items():
            session.fed.clear()
            start = time.perf_counter()
            disguise.swap(*job, time_s=0)
            taken[boost].append(time.perf_counter() - start)
            assert [len(fed["target"]) for fed in session.fed] == [boost**2], "one batch"
    plain = statistics.median(taken[1])
    for boost, seconds in taken.items():
        middle = statistics.median(seconds)
        print(f"boost {boost}: {1e3 * middle:6.1f} ms, {middle / plain:5.2f} of {boost**2}")


if __name__ == "__main__":
    main()

"""Hold a format to what it denies: a capability that it says to lack must really be missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from piston_core.testing.promise import Promise, expect
from piston_core.testing.samples import CAPABILITIES, Sample, proofs


def expect_honest(lossy: frozenset[str], samples: Iterable[Sample], comes_back: Callable[[Sample], bool]) -> None:
    """Raise an ``AssertionError`` unless something is lost of every capability that a format denies.

    Args:
        lossy: the capabilities.
        samples: what the format is tried with.
        comes_back: tells whether a sample is read back as it was.
    """
    tried = list(samples)
    with Promise("What a format denies is really lost.") as promise:
        for denied in sorted(lossy):
            with promise.sample(f"lossy has {denied!r}"):
                expect(denied in CAPABILITIES, f"the kit knows no such capability, but {', '.join(CAPABILITIES)}")
                needing = list(proofs(tried, denied, lossy))
                lost = any(not comes_back(each) for each in needing) or not needing
                expect(lost, f"everything that needs it ({CAPABILITIES[denied]}) came back, such as {needing[:1]}")

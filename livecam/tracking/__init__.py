"""Faces followed through time; the detector looks only when it must.

frame ─► each track: flow predicts ─► landmarker corrects ─► smoothing
             │ evidence
             ▼
           gate ──► detector ─► association ─► confirmed, corrected, new, ended tracks
"""

from livecam.tracking.followed import FollowedFrame
from livecam.tracking.gate import SEEN, Reason, Watch
from livecam.tracking.options import TrackingOptions
from livecam.tracking.tracker import Tracker

__all__ = ["SEEN", "FollowedFrame", "Reason", "Tracker", "TrackingOptions", "Watch"]

"""Faces to wear: pictures, and faces kept under a name with the agreement of whose they are."""

from livecam.faces.named import NamedFace
from livecam.faces.photos import Nobody, Photos, Wearable, open_face, pictures_of
from livecam.faces.record import KeptPhoto
from livecam.faces.store import FaceStore, faces_folder

__all__ = [
    "FaceStore",
    "KeptPhoto",
    "NamedFace",
    "Nobody",
    "Photos",
    "Wearable",
    "faces_folder",
    "open_face",
    "pictures_of",
]

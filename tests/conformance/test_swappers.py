"""What every family of swappers has to keep to."""

from dataclasses import replace

import numpy as np
import pytest
from doubles import SWAPPERS, generator
from reflections import embeddings, published_session
from wearing import PORTRAITS, face, patch, portrait, session, turned

from livecam.errors import SourceError
from livecam.face import Embedding, Identity
from livecam.picture import HD_VIDEO, Image, Patch, Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Manifest
from livecam.swappers import FAMILIES, Disguise, Swapper
from livecam.swappers.eyes import Eyes
from livecam.swappers.manner import Manner

MANIFESTS = [manifest for manifest in Catalog().manifests() if manifest.task == "swapper"]


def test_every_model_is_of_a_family_and_every_family_but_that_of_own_files_has_one() -> None:
    assert {manifest.family for manifest in MANIFESTS} == set(FAMILIES) - {"dfm"}


class Anybody:
    """Says of everybody the same."""

    def embed(self, *_: object) -> Embedding:
        return embeddings(7)["sface"]


def made(manifest: Manifest) -> Swapper:
    """With its own weights, or a double's where those cannot be had."""
    learned = manifest.name in SWAPPERS
    model = published_session(manifest.name, generator) if learned else session(manifest.name)
    return FAMILIES[manifest.family](manifest, model, lambda _: Anybody())


def somebody(who: str) -> Identity:
    """A portrait with all that swappers take of it."""
    five = face(portrait(who).mesh).landmarks
    return replace(portrait(who), landmarks=five, embeddings=embeddings(ord(who)))


def worn(manifest: Manifest, who: str = "a") -> Disguise:
    return made(manifest).wear(somebody(who))


def pixels(made: Patch | None) -> Image:
    assert made is not None
    return made.rgb(HD_VIDEO)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest.name)
class TestEvery:
    def test_gives_a_patch_over_the_face_and_nothing_beside(self, manifest: Manifest) -> None:
        picture, mesh = Picture.from_rgb(portrait("b").portrait), portrait("b").mesh
        found = patch(worn(manifest), picture, mesh)
        assert found is not None
        crop_from_frame, size = worn(manifest).alignment(face(mesh), Manner())
        assert pixels(found).shape == (size, size, 3)
        assert found.mask.shape == (size, size)
        assert found.mask.dtype == np.uint8
        np.testing.assert_array_equal(found.crop_from_frame, crop_from_frame)
        assert found.mask.any()
        border = np.concatenate([found.mask[[0, -1]].ravel(), found.mask[:, [0, -1]].ravel()])
        assert border.max() < 32, "the mask ends within the crop"
        changed = picture.paste([found]).y != picture.y
        box = face(mesh).box
        there = np.zeros_like(changed)
        there[int(box.top) : int(box.bottom), int(box.left) : int(box.right)] = True
        assert changed[there].mean() > 0.4

    def test_aligns_the_face_inside_the_crop(self, manifest: Manifest) -> None:
        for who in PORTRAITS:
            seen = face(portrait(who).mesh)
            crop_from_frame, size = worn(manifest).alignment(seen, Manner())
            assert crop_from_frame.dtype == np.float32
            inside = seen.landmarks @ crop_from_frame[:, :2].T + crop_from_frame[:, 2]
            assert inside.min() > 0.1 * size
            assert inside.max() < 0.9 * size

    def test_is_the_same_every_time_and_by_itself_for_each_face(self, manifest: Manifest) -> None:
        picture = Picture.from_rgb(portrait("b").portrait)

        def images(disguise: Disguise, *, beside: bool) -> list[bytes]:
            found = []
            for n in range(3):
                if beside:
                    patch(disguise, picture, portrait("c").mesh, track_id=1, time_s=n / 30)
                mesh = turned(portrait("b").mesh, 5 * n)
                found.append(pixels(patch(disguise, picture, mesh, time_s=n / 30)).tobytes())
            return found

        disguise = worn(manifest)
        first = images(disguise, beside=False)
        assert images(worn(manifest), beside=True) == first
        disguise.forget(set())
        assert images(disguise, beside=False) == first, "what was forgotten starts anew"

    def test_leaves_what_it_is_given_alone(self, manifest: Manifest) -> None:
        shown, picture = portrait("c"), Picture.from_rgb(portrait("c").portrait)
        before = [array.copy() for array in (shown.portrait, shown.mesh, picture.y, picture.u)]
        for eyes in Eyes:
            for strength in (0.0, 2.0):
                patch(worn(manifest, "c"), picture, shown.mesh, strength=strength, eyes=eyes)
        after = (shown.portrait, shown.mesh, picture.y, picture.u)
        assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))

    def test_two_identities_look_different(self, manifest: Manifest) -> None:
        picture, mesh = Picture.from_rgb(portrait("b").portrait), portrait("b").mesh
        swapper = made(manifest)
        a, c = (patch(swapper.wear(somebody(who)), picture, mesh) for who in ("a", "c"))
        there = (a.mask > 200) & (c.mask > 200)
        assert np.abs(pixels(a)[there].astype(int) - pixels(c)[there]).mean() > 4

    def test_an_identity_it_knows_nothing_of_is_refused(self, manifest: Manifest) -> None:
        nobody = Identity("nobody.png", portrait("a").portrait)
        swapper = made(manifest)
        with pytest.raises(SourceError, match=r"nobody\.png"):
            swapper.wear(nobody)

    def test_forgets_those_it_never_knew(self, manifest: Manifest) -> None:
        worn(manifest).forget({7, 9})

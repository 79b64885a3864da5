"""Still images in and out: upright, exact outside the change, with all they carried."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from livecam.errors import SinkError, SourceError
from livecam.face import Box
from livecam.frame import Frame
from livecam.media.still import picture_of, read_still, rgb_of
from livecam.picture import Picture
from livecam.sinks import ImageFileSink, file_sink
from livecam.sources import ImageFile, file_source

ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
REGION = Box(20, 12, 41, 33)


def scene(width: int = 64, height: int = 48, channels: int = 3) -> np.ndarray:
    ramp = np.add.outer(np.arange(height) * 2, np.arange(width))[..., None] * np.arange(
        1, channels + 1
    )
    grain = np.random.default_rng(3).integers(0, 20, (height, width, channels))
    return (30 + (ramp + grain) % 200).astype(np.uint8)


def swap(source: Path, output: Path, change: Callable[[Picture], Picture], **options: int) -> Path:
    frames = file_source(source)
    sink = ImageFileSink(output, copy_from=source, **options)
    with sink.open(frames.probe()) as send:
        for frame in frames.frames():
            send(frame.with_picture(change(frame.picture)))
    return output


def same(picture: Picture) -> Picture:
    return picture


def repainted(picture: Picture) -> Picture:
    """`picture` with other samples within `REGION`."""
    y, u, v = picture.y.copy(), picture.u.copy(), picture.v.copy()
    left, top, right, bottom = (
        int(e) for e in (REGION.left, REGION.top, REGION.right, REGION.bottom)
    )
    y[top:bottom, left:right] = 200 - y[top:bottom, left:right] // 2
    half = (slice(top // 2, (bottom + 1) // 2), slice(left // 2, (right + 1) // 2))
    u[half], v[half] = 90, 160
    return Picture(y, u, v, picture.colour)


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".bmp", ".webp"])
@pytest.mark.parametrize("size", [(64, 48), (63, 47)])
def test_nothing_changed_is_nothing_lost(
    tmp_path: Path, suffix: str, size: tuple[int, int]
) -> None:
    pixels = scene(*size)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    output = swap(tmp_path / "a.png", tmp_path / f"b{suffix}", same, quality=100)
    assert np.array_equal(np.asarray(Image.open(output).convert("RGB")), pixels)


def test_only_the_changed_region_differs(tmp_path: Path) -> None:
    pixels = scene()
    Image.fromarray(pixels).save(tmp_path / "a.png")
    after = np.asarray(Image.open(swap(tmp_path / "a.png", tmp_path / "b.png", repainted)))
    inside = np.zeros((48, 64), bool)
    inside[12:33, 20:41] = True
    assert np.array_equal(after[~inside], pixels[~inside])
    wanted = rgb_of(repainted(picture_of(pixels)))
    assert np.array_equal(after[inside], wanted[inside])


def test_colours_survive_the_way_there_and_back() -> None:
    flat = np.zeros((32, 32, 3), np.uint8)
    for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (90, 120, 150)):
        flat[:] = colour
        assert np.abs(rgb_of(picture_of(flat)).astype(int) - flat).max() <= 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_once(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "a maker"
    Image.fromarray(scene()).save(tmp_path / "a.png", exif=exif)
    turned = ImageFile(tmp_path / "a.png").probe()
    assert (turned.width, turned.height) == ((64, 48) if orientation < 5 else (48, 64))
    output = swap(tmp_path / "a.png", tmp_path / "b.png", same)
    with Image.open(output) as image:
        assert image.size == (turned.width, turned.height)
        assert image.getexif().get(0x0112, 1) == 1
        assert image.getexif()[0x010F] == "a maker"
        assert np.array_equal(np.asarray(image), read_still(tmp_path / "a.png").rgb)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tiff"])
def test_profile_exif_and_the_note_are_in_the_output(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "a maker"
    text = PngInfo()
    text.add_text("Comment", "mine")
    Image.fromarray(scene()).save(tmp_path / "a.png", exif=exif, icc_profile=ICC, pnginfo=text)
    with Image.open(swap(tmp_path / "a.png", tmp_path / f"b{suffix}", same)) as image:
        image.load()
        assert image.info["icc_profile"] == ICC
        assert image.getexif()[0x010F] == "a maker"
        if suffix == ".png":
            assert image.text["Comment"] == "mine"
            assert "Altered by livecam" in image.text["description"]
        else:
            assert "Altered by livecam" in image.getexif()[0x010E]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_kept(tmp_path: Path, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    rgba = Image.fromarray(scene(channels=4)).convert(mode)
    if mode == "P":
        rgba.info["transparency"] = 3
    rgba.save(tmp_path / "a.png")
    wanted = np.asarray(Image.open(tmp_path / "a.png").convert("RGBA"))
    output = swap(tmp_path / "a.png", tmp_path / "b.png", same)
    assert np.array_equal(np.asarray(Image.open(output).convert("RGBA")), wanted)
    swap(tmp_path / "a.png", tmp_path / "b.jpg", same)
    assert "no transparency" in caplog.text


@pytest.mark.parametrize("mode", ["L", "1", "CMYK", "I;16"])
def test_other_kinds_of_pixels_become_rgb(tmp_path: Path, mode: str) -> None:
    grey = Image.fromarray(scene()[..., 0])
    image = (
        Image.fromarray(scene()[..., 0].astype(np.uint16) * 257)
        if mode == "I;16"
        else grey.convert(mode)
    )
    image.save(tmp_path / "a.tiff")
    output = swap(tmp_path / "a.tiff", tmp_path / "b.png", same)
    got = np.asarray(Image.open(output))
    assert got.shape == (48, 64, 3)
    if mode in {"L", "I;16"}:
        assert np.abs(got[..., 0].astype(int) - scene()[..., 0]).max() <= 1


def test_what_an_image_loses_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    deep = cv2.cvtColor(scene(), cv2.COLOR_RGB2BGR).astype(np.uint16) * 257
    assert cv2.imwrite(str(tmp_path / "deep.png"), deep)
    swap(tmp_path / "deep.png", tmp_path / "out.png", same)
    pages = [Image.fromarray(scene()) for _ in range(3)]
    pages[0].save(tmp_path / "pages.tiff", save_all=True, append_images=pages[1:])
    swap(tmp_path / "pages.tiff", tmp_path / "out.tiff", same)
    assert [record.message for record in caplog.records] == [
        f"{tmp_path / 'deep.png'}: its pixels become 8 bits a channel",
        f"{tmp_path / 'pages.tiff'}: only the first of its 3 pages is read",
    ]


def test_kinds_that_cannot_be_read_say_what_can(tmp_path: Path) -> None:
    """A HEIC is no video, though FFmpeg opens one, and finds tiles in it."""
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(200))
    (tmp_path / "a.txt").write_text("no picture")
    assert isinstance(file_source(tmp_path / "a.heic"), ImageFile)
    for name in ("a.heic", "a.txt"):
        with pytest.raises(SourceError, match="none, or of an unknown kind") as why:
            ImageFile(tmp_path / name).probe()
        assert "save the HEIC of a phone as JPEG" in why.value.hint


def test_an_image_too_large_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(scene()).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(SourceError, match="is too large") as why:
        ImageFile(tmp_path / "a.png").probe()
    assert why.value.hint == "Scale it down first."


def test_what_is_no_image_or_no_image_name_is_refused(tmp_path: Path) -> None:
    Image.fromarray(scene()).save(tmp_path / "a.png")
    whole = (tmp_path / "a.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="cannot be read as an image"):
        list(ImageFile(tmp_path / "cut.png").frames())
    with pytest.raises(SourceError, match="does not exist"):
        ImageFile(tmp_path / "none.png").probe()
    for name in ("b.mp4", "b", "b.txt"):
        with pytest.raises(SinkError, match="does not end in a kind of image"):
            swap(tmp_path / "a.png", tmp_path / name, same)
    with pytest.raises(SinkError, match="is the input itself"):
        swap(tmp_path / "a.png", tmp_path / "a.png", same, overwrite=True)
    assert isinstance(file_sink(tmp_path / "b.png", copy_from=tmp_path / "a.png"), ImageFileSink)


def test_one_image_takes_one_frame(tmp_path: Path) -> None:
    Image.fromarray(scene()).save(tmp_path / "a.png")
    source = ImageFile(tmp_path / "a.png")
    frame: Frame = next(source.frames())
    sink = ImageFileSink(tmp_path / "b.png")
    with pytest.raises(SinkError, match="more frames"), sink.open(source.probe()) as send:
        list(map(send, [frame, frame]))
    with pytest.raises(SinkError, match="no frame arrived"), sink.open(source.probe()):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]

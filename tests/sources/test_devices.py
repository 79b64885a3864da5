"""Which camera is meant, what is said when none is, and the lists other systems print."""

import errno
from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from livecam.errors import SourceError
from livecam.media.modes import Mode
from livecam.sources import avfoundation, devices, directshow
from livecam.sources.camera_info import CameraInfo, Reading
from livecam.sources.devices import camera_error, cameras, find_camera, listed_camera

HD = Mode("mjpeg", 1280, 720, (Fraction(30),))


@dataclass
class Machine:
    """A system with cameras: what each answers when it is asked, by its name."""

    answers: dict[str, tuple[Mode, ...] | OSError | None]
    names: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)
    permission_hint: str = "Ask nicely."

    def candidates(self) -> list[CameraInfo]:
        names = self.names or tuple(self.answers)
        return [CameraInfo(2 * n, name, f"dev{2 * n}") for n, name in enumerate(names)]

    def modes(self, camera: CameraInfo) -> tuple[Mode, ...] | None:
        self.asked.append(camera.device)
        answer = self.answers.get(camera.device, self.answers.get(camera.name))
        if isinstance(answer, OSError):
            raise answer
        return answer

    def reading(self, camera: CameraInfo, mode: Mode, *, rate: Fraction) -> Reading:
        raise NotImplementedError


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch):
    def start(machine: Machine) -> Machine:
        monkeypatch.setattr(devices, "camera_system", lambda: machine)
        return machine

    return start


OFFICE = {"Loopback": None, "Logi C920": (HD,), "Logi Brio": (HD,), "Integrated": (HD,)}


@pytest.mark.parametrize(
    ("device", "name"),
    [
        ("Logi C920", "Logi C920"),
        ("logi c920", "Logi C920"),
        ("brio", "Logi Brio"),
        ("2", "Logi C920"),
        ("6", "Integrated"),
    ],
)
def test_a_camera_is_found_by_name_and_number_and_no_other_is_asked(on, device, name) -> None:
    machine = on(Machine(OFFICE))
    camera = find_camera(device)
    assert camera.name == name
    assert camera.modes == (HD,)
    assert set(machine.asked) == {camera.device}


def test_without_a_wish_it_is_the_first_that_gives_pictures(on) -> None:
    machine = on(Machine(OFFICE))
    assert find_camera(None).name == "Logi C920"
    assert machine.asked == ["dev0", "dev2"], "those behind it are left alone"


def test_what_is_listed_is_told_apart_without_asking_again(on) -> None:
    machine = on(Machine(OFFICE | {"Locked": PermissionError(1, "no")}))
    found = cameras()
    machine.asked.clear()

    def listed(device: str | None) -> str | None:
        camera = listed_camera(device, found)
        return camera and camera.name

    assert [listed("brio"), listed("2"), listed("dev6")] == ["Logi Brio", "Logi C920", "Integrated"]
    assert listed(None) == "Logi C920"
    assert [listed("logi"), listed("Sony"), listed("0"), listed("synthetic")] == [None] * 4
    assert listed_camera(None, []) is None
    assert machine.asked == []


def test_a_name_that_matches_nothing_lists_what_there_is(on) -> None:
    on(Machine(OFFICE))
    with pytest.raises(SourceError, match="no camera named “Sony”") as error:
        find_camera("Sony")
    assert "2 “Logi C920” (dev2)" in error.value.hint
    with pytest.raises(SourceError, match="no camera number 1"):
        find_camera("1")


def test_a_name_that_matches_two_lists_them(on) -> None:
    on(Machine(OFFICE))
    with pytest.raises(SourceError, match="“logi” may mean 2 cameras") as error:
        find_camera("logi")
    assert "Brio" in error.value.hint
    assert "Integrated" not in error.value.hint


def test_the_further_nodes_of_a_webcam_are_not_meant(on) -> None:
    on(Machine({"dev0": (HD,), "dev2": None}, names=("Webcam", "Webcam")))
    assert find_camera("webcam").device == "dev0"


def test_a_loopback_without_a_writer_is_told_apart(on) -> None:
    on(Machine(OFFICE))
    with pytest.raises(SourceError, match="gives no pictures now") as error:
        find_camera("loopback")
    assert "start what writes to it" in error.value.hint


def test_a_machine_without_cameras_says_what_else_there_is(on) -> None:
    on(Machine({}))
    with pytest.raises(SourceError, match="no camera is connected") as error:
        find_camera(None)
    assert "synthetic" in error.value.hint


def test_a_camera_without_permission_says_what_to_do(on) -> None:
    refused = PermissionError(errno.EACCES, "no")
    on(Machine({"Webcam": refused}))
    for device in (None, "webcam", "0"):
        with pytest.raises(SourceError, match=r"may not be opened|may be opened") as error:
            find_camera(device)
        assert error.value.hint == "Ask nicely."


def test_lists_all_cameras_even_those_that_may_not_be_asked(on) -> None:
    answers = {
        "Loopback": None,
        "Webcam": (HD,),
        "Locked": PermissionError(errno.EACCES, "no"),
        "Broken": OSError(errno.EIO, "broken"),
    }
    on(Machine(answers))
    assert [(c.name, c.modes) for c in cameras()] == [("Webcam", (HD,)), ("Locked", ())]


@pytest.mark.parametrize(
    ("code", "reading", "says", "hint"),
    [
        (errno.EBUSY, False, "in use by another program", "Close the program"),
        (errno.ENOENT, False, "is not there", "Plug it in"),
        (errno.ENODEV, False, "is not there", "Plug it in"),
        (errno.EACCES, False, "may not be opened", "Ask nicely"),
        (errno.ENOTTY, False, "is no camera", "livecam devices"),
        (errno.ENODEV, True, "was unplugged", "Plug it in again"),
        (errno.EINVAL, True, "was unplugged", "Plug it in again"),
        (errno.EINVAL, False, "does not work: .*FFmpeg: size", "choose another"),
    ],
)
def test_each_fault_has_its_own_words(on, code, reading, says, hint) -> None:
    on(Machine({}))
    camera = CameraInfo(0, "Webcam", "/dev/video0")
    error = camera_error(OSError(code, "…"), camera, reading=reading, complaints=["size"])
    with pytest.raises(SourceError, match=f"“Webcam” .*{says}"):
        raise error
    assert hint in error.hint


def test_reads_what_directshow_lists() -> None:
    lines = [
        "dshow: DirectShow video device options (from video devices)",
        'dshow:  Pin "Capture" (alternative pin name "0")',
        "dshow:   pixel_format=yuyv422  min s=640x480 fps=5 max s=640x480 fps=30",
        "dshow:   pixel_format=yuyv422  min s=640x480 fps=5 max s=640x480 fps=30 (tv, bt470bg)",
        "dshow:   vcodec=mjpeg  min s=1280x720 fps=15 max s=1280x720 fps=60.0002",
        "dshow:   unknown compression type 0x30323449  min s=1x1 fps=5 max s=1x1 fps=30",
    ]
    modes = directshow.listed_modes(lines)
    assert [(m.pixel_format, m.width, m.height) for m in modes] == [
        ("yuyv422", 640, 480),
        ("mjpeg", 1280, 720),
    ]
    assert modes[0].rates == (5, 10, 15, 20, 24, 25, 30)
    assert modes[1].rates[-1] == 60


def test_directshow_is_asked_for_a_format_but_never_for_a_codec() -> None:
    camera = CameraInfo(0, "Webcam", "@device_pnp_1")
    for name, asked in [("yuyv422", "yuyv422"), ("mjpeg", None), ("", None)]:
        mode = Mode(name, 640, 480, ())
        reading = directshow.DirectShow().reading(camera, mode, rate=Fraction(30000, 1001))
        assert reading.url == "video=@device_pnp_1"
        assert reading.options.get("pixel_format") == asked
        assert reading.options["framerate"] == "30000/1001"


def test_reads_what_avfoundation_lists() -> None:
    lines = [
        "avfoundation: Selected video size (1x1) is not supported by the device",
        "avfoundation: Supported modes:",
        "avfoundation:   1280x720@[15.000000 30.000030]fps",
        "avfoundation:   1280x720@[60.000240 60.000240]fps",
        "avfoundation:   640x480@[1.000000 30.000000]fps",
    ]
    assert avfoundation.listed_modes(lines) == (
        Mode("nv12", 1280, 720, (Fraction(30), Fraction(60))),
        Mode("nv12", 640, 480, (Fraction(30),)),
    )


@pytest.mark.skipif(
    not isinstance(devices.camera_system(), devices.Video4Linux), reason="other systems have none"
)
def test_a_path_that_is_no_camera_says_so() -> None:
    with pytest.raises(SourceError, match=r"/dev/null.* is no camera"):
        find_camera("/dev/null")
    with pytest.raises(SourceError, match="there is no camera /dev/video4711"):
        find_camera("/dev/video4711")

"""A Linux kernel of its own in QEMU, on this machine's files: for devices that containers lack.

The guest sees the host's root file system, read-only, under a layer in its memory: it can write
anywhere and nothing reaches the host but the folder of results. No KVM is needed; emulated, the
kernel takes some three seconds to its first command, and arithmetic is a few hundred times slower
than outside.
"""

import lzma
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from shlex import join, quote

_BOOT = Path("/boot")
_BUSYBOX = Path("/bin/busybox")
_MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
_CAMERAS = ("v4l2loopback", "vivid")
_MEMORY_MIB = 2048
_CPU = "Nehalem"
"""SSE4.2 and no more: QEMU emulates AVX several times slower than the code it would replace."""
_KERNEL_OPTIONS = (
    "console=ttyS0 quiet panic=-1 random.trust_cpu=on mitigations=off nokaslr tsc=reliable "
    "no_timer_check audit=0 apparmor=0"
)
_INIT = """\
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs dev /dev && mount -t proc proc /proc && mount -t sysfs sys /sys
for module in /modules/*; do insmod $module || poweroff -f; done
p9() { mount -t 9p -o trans=virtio,version=9p2000.L,msize=524288,$3 $1 $2 || poweroff -f; }
p9 root /below ro,cache=loose
mount -t tmpfs layer /layer
mkdir /layer/above /layer/work
mount -t overlay -o lowerdir=/below,upperdir=/layer/above,workdir=/layer/work overlay /new
mkdir -p /dev/shm /dev/pts
mount -t tmpfs run /new/run && mount -t tmpfs shm /dev/shm && mount -t devpts pts /dev/pts
ln -s /proc/self/fd /dev/fd
for folder in dev dev/shm dev/pts proc sys; do mount --bind /$folder /new/$folder; done
mkdir /new/run/results
p9 results /new/run/results cache=none
ifconfig lo 127.0.0.1 up
cd /new/run/results
chroot /new /bin/sh /run/results/command </dev/null >output 2>&1
echo $? >status
sync
poweroff -f
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command in the guest ended."""

    status: int | None
    """Its exit status; None when the guest was stopped before the command ended."""
    output: str
    """What it wrote to standard output and error."""
    console: str
    """What the kernel said."""


def why_not() -> str | None:
    """What the guest lacks here; None where it can be started."""
    needed = {
        "qemu-system-x86_64": "qemu-system-x86",
        "modprobe": "kmod",
        "v4l2-ctl": "v4l-utils",
        "ffmpeg": "ffmpeg",
        "gst-launch-1.0": "gstreamer1.0-tools",
        "chromium": "chromium",
    }
    missing = [package for name, package in needed.items() if shutil.which(name) is None]
    if not _BUSYBOX.exists():
        missing.append("busybox-static")
    if _release() is None:
        missing.append("a kernel in /boot with v4l2loopback and vivid")
    return f"not installed: {', '.join(missing)} (tests/guest/install)" if missing else None


def run(command: list[str], *, folder: Path, results: Path, timeout_s: float) -> Outcome:
    """Boots, runs `command` in `folder` of the host's files, and shuts down.

    Args:
        command: Program and arguments.
        folder: Where it starts.
        results: A folder of the host that the guest sees as /run/results and writes to.
        timeout_s: Stops the guest after this long.
    """
    release = _release()
    assert release is not None, why_not()
    path = f"{os.environ['PATH']}:/sbin:/usr/sbin"
    shared = {name: os.environ[name] for name in ("HOME", "LIVECAM_MODELS") if name in os.environ}
    exports = [f"export {name}={quote(value)}" for name, value in {**shared, "PATH": path}.items()]
    script = [*exports, f"cd {quote(str(folder))}", f"exec {join(command)}"]
    (results / "command").write_text("\n".join(script) + "\n")
    with tempfile.TemporaryDirectory(prefix="livecam-guest-") as name:
        work = Path(name)
        image = _initial_files(release, work)
        process = subprocess.Popen(_qemu(release, image, results, work), stdin=subprocess.DEVNULL)
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            pass
        finally:
            process.kill()
            process.wait()
        console = (work / "console").read_text(errors="replace")
    status = results / "status"
    return Outcome(
        int(status.read_text()) if status.exists() else None,
        (results / "output").read_text(errors="replace") if (results / "output").exists() else "",
        console,
    )


def _qemu(release: str, image: Path, results: Path, work: Path) -> list[str]:
    shares = {"root": ("/", "on"), "results": (str(results), "off")}
    devices: list[str] = []
    for tag, (path, read_only) in shares.items():
        options = f"path={path},security_model=none,readonly={read_only},multidevs=remap"
        devices += ["-fsdev", f"local,id={tag},{options}"]
        devices += ["-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"]
    return [
        *("qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none"),
        *("-no-reboot", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", _CPU),
        *("-smp", str(min(os.cpu_count() or 1, 4)), "-m", str(_MEMORY_MIB)),
        *("-kernel", str(_BOOT / f"vmlinuz-{release}"), "-initrd", str(image)),
        *("-append", _KERNEL_OPTIONS, "-serial", f"file:{work / 'console'}"),
        *("-object", "rng-random,id=rng,filename=/dev/urandom"),
        *("-device", "virtio-rng-pci,rng=rng", *devices),
    ]


def _release() -> str | None:
    """The newest installed kernel that has both kinds of camera."""
    found = [path.name.removeprefix("vmlinuz-") for path in _BOOT.glob("vmlinuz-*")]
    usable = [release for release in found if all(_files(release, name) for name in _CAMERAS)]
    return max(
        usable, key=lambda release: (_BOOT / f"vmlinuz-{release}").stat().st_mtime, default=None
    )


def _files(release: str, module: str) -> list[Path]:
    """The files of a kernel module and of those it needs, in the order of loading."""
    command = ["/sbin/modprobe", "--set-version", release, "--show-depends", module]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line.split() for line in shown.stdout.splitlines()] if shown.returncode == 0 else []
    return [Path(words[1]) for words in lines if words[0] == "insmod"]


def _initial_files(release: str, work: Path) -> Path:
    """The file system the kernel starts on: busybox, what mounts the host's files, and `init`."""
    root = work / "root"
    for folder in ("bin", "dev", "proc", "sys", "modules", "below", "layer", "new"):
        (root / folder).mkdir(parents=True)
    shutil.copy(_BUSYBOX, root / "bin")
    files = dict.fromkeys(path for module in _MODULES for path in _files(release, module))
    for number, path in enumerate(files):
        data = path.read_bytes()
        data = lzma.decompress(data) if path.suffix == ".xz" else data
        (root / "modules" / f"{number:02}.ko").write_bytes(data)
    (root / "init").write_text(_INIT)
    (root / "init").chmod(0o755)
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    archive = [_BUSYBOX, "cpio", "-o", "-H", "newc"]
    packed = subprocess.run(
        archive, input=names.encode(), cwd=root, capture_output=True, check=True
    )
    image = work / "initial"
    image.write_bytes(packed.stdout)
    return image

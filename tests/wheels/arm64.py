"""Runs a wheel of arm64 on another processor: Debian's Python for arm64, by qemu."""

import os
import platform
import shutil
import zipfile

import debian
from proofs.places import TARGET
from wheels.build import Failed, call
from wheels.quickstart import quickstart

ROOT = TARGET / "wheels-arm64"
QEMU = "qemu-aarch64-static"
NEEDS = {QEMU: "qemu-user-static", "debootstrap": "debootstrap"}


def lacking():
    """What is missing to run it, in a sentence; nothing where it runs."""
    if platform.machine() == "aarch64":
        return ""
    missing = [package for program, package in NEEDS.items() if not shutil.which(program)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        call("apt-get", "install", "-qq", "-y", *missing, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        missing = []
    if missing:
        return f"since {' and '.join(missing)} of Debian would be needed"
    return "" if os.geteuid() == 0 else "since only root may make a folder with Debian's Python of arm64"


def _python():
    """Debian's Python of arm64, unpacked and not set up: for that its own programs would have to run."""
    found = sorted(ROOT.glob("usr/bin/python3.[0-9]*"))
    if not found:
        shutil.rmtree(ROOT, ignore_errors=True)
        mirror = debian.mirror()
        if mirror is None:
            raise Failed(f"apt's lists of sources name no mirror of Debian {debian.SUITE}")
        call("debootstrap", "--arch=arm64", "--foreign", "--variant=minbase", "--include=python3", debian.SUITE, ROOT, mirror)
        for package in sorted(ROOT.glob("var/cache/apt/archives/*.deb")):
            call("dpkg-deb", "-x", package, ROOT)
        found = sorted(ROOT.glob("usr/bin/python3.[0-9]*"))
    if not found:
        raise Failed(f"no Python in {ROOT}")
    return found[0]


def runs(wheel):
    """The quickstart. A wheel is an archive of what is installed: unpacked it can be imported."""
    python = _python()
    place = TARGET / "wheels-unpacked"
    shutil.rmtree(place, ignore_errors=True)
    with zipfile.ZipFile(wheel) as files:
        files.extractall(place)
    if platform.machine() == "aarch64":
        return quickstart([shutil.which("python3")], PYTHONPATH=str(place))
    # Its name of itself is qemu's, so it is told where its own library lies.
    return quickstart([QEMU, "-L", ROOT, python], PYTHONPATH=str(place), PYTHONHOME=str(ROOT / "usr"))

"""Building: an environment with the tools, the wheel of a target, the source distribution."""

import os
import subprocess
import venv
from pathlib import Path

from proofs.places import PYTHON_PACKAGE, ROOT, TARGET

# The packages, by the name in their archives.
PENBOX = "penbox"
SANDBOX = "penbox_sandbox"
MANIFESTS = {PENBOX: PYTHON_PACKAGE / "Cargo.toml", SANDBOX: ROOT / "tests" / "sandbox" / "Cargo.toml"}
REQUIREMENTS = ROOT / "tests" / "wheels" / "requirements.txt"
PLACE = TARGET / "wheels-tools"


class Failed(Exception):
    """A step did not work; the text says which and why."""


class Target:
    """A system to build for: Rust's name of it, the platform of the wheel, the processor."""

    def __init__(self, triple, platform, processor):
        self.triple = triple
        self.platform = platform
        self.processor = processor


def call(*command, **options):
    words = [str(word) for word in command]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False, **options)
    if done.returncode != 0:
        raise Failed(f"{' '.join(words)} ended with {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def tools():
    """The Python that has the tools of the lock file."""
    python = PLACE / "bin" / "python"
    if not python.exists():
        venv.create(PLACE, with_pip=True)
    call(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", REQUIREMENTS)
    return python


def folders():
    """The folders of this machine that must stand in nothing that users get, and what stands there instead."""
    cargo = Path(os.environ.get("CARGO_HOME", "~/.cargo")).expanduser()
    sysroot = Path(call("rustc", "--print", "sysroot").strip())
    return {TARGET.resolve(): "/target", ROOT: "/penbox", cargo: "/cargo", sysroot: "/rust", Path.home(): "/home"}


def environment():
    """Where the source lay is nobody's business, and would make each build another: names of places are replaced."""
    # The last that fits wins, so the widest comes first.
    places = sorted(folders().items(), key=lambda place: len(str(place[0])))
    flags = [f"--remap-path-prefix={place}={name}" for place, name in places]
    compiler = " ".join(f"-ffile-prefix-map={place}={name}" for place, name in places)
    # maturin and zig are found beside their Python.
    path = f"{PLACE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags), "CFLAGS": compiler}


def build(python, name, target, place):
    """The wheel of a package for a target, alone of its kind in the folder."""
    call("rustup", "target", "add", target.triple)
    kind = f"{name}-*{target.platform}_{target.processor}*.whl"
    for old in place.glob(kind):
        old.unlink()
    command = (python, "-m", "maturin", "build", "-m", MANIFESTS[name], "--profile", "dist", "--locked", "--zig", "-o", place)
    call(*command, "--target", target.triple, "--compatibility", target.platform, cwd=ROOT, env=environment())
    found = sorted(place.glob(kind))
    if len(found) != 1:
        raise Failed(f"{len(found)} wheels {kind} in {place}")
    return found[0]


def source(python, place):
    for old in place.glob(f"{PENBOX}-*.tar.gz"):
        old.unlink()
    call(python, "-m", "maturin", "sdist", "-m", MANIFESTS[PENBOX], "-o", place, cwd=ROOT, env=environment())
    (archive,) = place.glob(f"{PENBOX}-*.tar.gz")
    return archive



"""Looks at a wheel: what it claims, what it holds, what it needs."""

import email
import re
import zipfile

from wheels.build import PENBOX, SANDBOX, Failed, call, folders

# The largest archive in bytes: what everybody installs, and what only tests do.
LARGEST = {PENBOX: 4_000_000, SANDBOX: 8_000_000}
# What a shared library of ours may need: the C library's parts, and on musl all of them are one.
NEEDED = re.compile(r"^(lib(c|m|dl|rt|pthread)\.so\.\d+|ld-linux-(x86-64|aarch64)\.so\.\d+|libgcc_s\.so\.1|libc\.so)$")
WANTED = {PENBOX: ["penbox/py.typed", "penbox/_native.pyi", "penbox/__init__.py"], SANDBOX: []}
BELONGS = {PENBOX: r"penbox(-[\d.]+\.dist-info)?/", SANDBOX: r"penbox_sandbox-[\d.]+\.(dist-info/|data/scripts/penbox-sandbox(\.exe)?$)"}
LICENSES = ("LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-NOTICES.txt")


def _metadata(wheel):
    with zipfile.ZipFile(wheel) as files:
        (name,) = [name for name in files.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(files.read(name))


def _library(wheel):
    """The library, or the program."""
    with zipfile.ZipFile(wheel) as files:
        (name,) = [name for name in files.namelist() if name.endswith(".so") or "/scripts/" in name]
        return files.read(name)


def _package(wheel):
    return wheel.name.partition("-")[0]


def tags(_interpreter, wheel, target):
    """One wheel for every Python from 3.11 on, of this platform; the program is for any."""
    # penbox-1.2.3-cp311-abi3-one.another.whl: an older name of the same platform may stand beside it.
    _, _, *pythons, platforms = wheel.stem.split("-")
    wanted = f"{target.platform}_{target.processor}"
    right = {PENBOX: ["cp311", "abi3"], SANDBOX: ["py3", "none"]}[_package(wheel)]
    if pythons != right or wanted not in platforms.split("."):
        raise Failed(f"{wheel.name} is not for {', '.join(right)} and {wanted}")
    return wheel.name


def size(_python, wheel, _target):
    largest = LARGEST[_package(wheel)]
    if wheel.stat().st_size > largest:
        raise Failed(f"{wheel.stat().st_size} bytes, more than {largest}")
    return f"{wheel.stat().st_size / 1e6:.2f} MB"


def contents(_python, wheel, _target):
    """The types, the licences and notices, and nothing that belongs elsewhere."""
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
    missing = [name for name in WANTED[_package(wheel)] if name not in names]
    missing += [name for name in LICENSES if not any(each.endswith(f".dist-info/licenses/{name}") for each in names)]
    # maturin adds a list of what is linked, by its name and version.
    strange = [name for name in names if not re.match(BELONGS[_package(wheel)], name) or name.endswith(".pyc")]
    if missing or strange:
        raise Failed(f"missing: {missing}; does not belong there: {strange}")
    return f"{len(names)} files"


def metadata(_python, wheel, _target):
    """Nothing else is installed; the registry's page has its links and classifiers."""
    said = _metadata(wheel)
    wrong = [] if said.get_all("Requires-Dist") is None else ["it requires other packages"]
    wrong += [] if said.get("Requires-Python") == ">=3.11" else ["Requires-Python"]
    wrong += [] if said.get("License-Expression") == "MIT OR Apache-2.0" else ["License-Expression"]
    wrong += [f"no {name}" for name in ("Project-URL", "Classifier", "Keywords", "Summary") if not said.get_all(name)]
    if wrong:
        raise Failed("; ".join(wrong))
    return f"{len(said.get_all('Classifier'))} classifiers, {len(said.get_all('Project-URL'))} links, 0 dependencies"


def places(_python, wheel, _target):
    """No folder of the machine that built it stands in it."""
    library = _library(wheel)
    found = [str(folder) for folder in folders() if str(folder).encode() + b"/" in library]
    if found:
        raise Failed(f"in the library stand {', '.join(found)}")
    return None


def needs(_python, wheel, target):
    """Which shared libraries it needs, and the youngest symbol of glibc."""
    place = wheel.with_suffix(".so")
    place.write_bytes(_library(wheel))
    try:
        said = call("readelf", "-d", "-V", "-W", place)
    finally:
        place.unlink()
    wrong = [name for name in re.findall(r"\(NEEDED\).*\[(.*)\]", said) if not NEEDED.match(name)]
    versions = sorted({tuple(map(int, each.split("."))) for each in re.findall(r"\bGLIBC_(\d+\.\d+)", said)})
    if wrong:
        raise Failed(f"it needs {', '.join(wrong)}")
    if "manylinux" in target.platform:
        if not versions or versions[-1] > (2, 17):
            raise Failed(f"it needs glibc {versions[-1:]}")
        return f"glibc {versions[-1][0]}.{versions[-1][1]}"
    if versions:
        raise Failed(f"it needs glibc: {versions}")
    return "musl"


def auditwheel(python, wheel, target):
    """The platform's own tool says the same of it. It looks for what the wheel needs on this machine, whose C library is glibc."""
    if "musllinux" in target.platform:
        return "left out: it can look at a wheel for musl on musl alone"
    said = call(python, "-m", "auditwheel", "show", wheel)
    found = re.search(r"consistent with the following platform tag:\s*\"(\S+)\"", said)
    if not found or not found[1].endswith(f"_{target.processor}"):
        raise Failed(said)
    return found[1]


def abi3(python, wheel, _target):
    if _package(wheel) == SANDBOX:
        return "left out: a program needs no Python"
    call(python, "-m", "abi3audit", "--strict", "--assume-minimum-abi3", "3.11", wheel)
    return None


def twine(python, archives):
    """The registry would take them, and show their page."""
    call(python, "-m", "twine", "check", "--strict", *archives)
    return f"{len(archives)} archives"


LOOKS = {
    "tags": tags,
    "size": size,
    "contents": contents,
    "metadata": metadata,
    "no folder of this machine": places,
    "what it needs": needs,
    "auditwheel": auditwheel,
    "abi3audit": abi3,
}

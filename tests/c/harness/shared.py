"""What the built libraries are: their symbols, names and flags."""

import re
import subprocess
from pathlib import Path

from . import build, header


def _exported(lib: Path) -> set[str]:
    return {line.split()[-1] for line in build.call(["nm", "-D", "--defined-only", lib / build.SONAME]).splitlines()}


def symbols(lib: Path) -> None:
    listed = [function.name for function in header.functions()]
    assert len(listed) == len(set(listed)) > 80, f"{len(listed)} functions"
    differ = _exported(lib) ^ set(listed)
    assert not differ, f"in the header or the library alone: {sorted(differ)}"
    archived = build.call(["nm", "-g", "--defined-only", lib / "libpenbox.a"], stdin=subprocess.DEVNULL)
    assert set(listed) <= {line.split()[-1] for line in archived.splitlines() if line.split()}, "not in libpenbox.a"


def soname(lib: Path) -> None:
    dynamic = build.call(["readelf", "-dW", lib / build.SONAME])
    assert f"Library soname: [{build.SONAME}]" in dynamic, dynamic
    assert re.search(r"FLAGS_1\).*NOW.*NODELETE", dynamic), dynamic
    needed = set(re.findall(r"NEEDED\).*\[(.*?)\]", dynamic))
    beyond = {name for name in needed if not re.match(r"(libc|libm|libgcc_s|ld-linux.*)\.so\.\d+$", name)}
    assert not beyond, f"needs {sorted(beyond)}"
    stack = next(line for line in build.call(["readelf", "-lW", lib / build.SONAME]).splitlines() if "GNU_STACK" in line)
    assert "RWE" not in stack, stack


def hooks(built: dict[str, Path]) -> None:
    hook = "penbox_test_panic_next"
    assert hook in _exported(built["hooks"]), "the hooks are missing"
    assert hook not in _exported(built["lib"]), "the hooks are in the library"

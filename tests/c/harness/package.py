"""What users install: ffi/install into a folder of its own, and consumers that find it with pkg-config and CMake."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Callable, Iterator

from . import build

PREFIX = build.WORK / "prefix of R&D"

CMAKE = """cmake_minimum_required(VERSION 3.16)
project(consumer C CXX)
find_package(penbox 0.1 REQUIRED)
add_executable(shared {quickstart}.c)
target_link_libraries(shared PRIVATE penbox::penbox)
add_executable(static {quickstart}.c)
target_link_libraries(static PRIVATE penbox::penbox_static)
add_executable(cpp {quickstart}.cpp)
target_compile_features(cpp PRIVATE cxx_std_17)
target_link_libraries(cpp PRIVATE penbox::penbox)
"""


def tests(execute: Callable) -> Iterator[tuple[str, Callable[[], object]]]:
    """The tests, in their order: each stands on the first."""
    yield "install into a prefix", _install
    yield "a consumer by pkg-config, shared", lambda: execute([_consumer("shared")])
    yield "a consumer by pkg-config, static", lambda: execute([_consumer("static")])
    yield "consumers by CMake", lambda: [execute([program]) for program in _cmake()]
    yield "CMake refuses another minor version", _other_version


def _install() -> None:
    shutil.rmtree(PREFIX, ignore_errors=True)
    # The default is the profile that users get; its fat link is what a quick run can do without.
    profile = os.environ.get("PENBOX_PROFILE", "dev")
    build.call([build.ROOT / "ffi/install", PREFIX], env={**os.environ, "PENBOX_PROFILE": profile})
    for path in ("include/penbox.h", "include/penbox/value.hpp", "lib/libpenbox.a", f"lib/{build.SONAME}"):
        assert (PREFIX / path).is_file(), path
    files = [PREFIX / "lib/pkgconfig/penbox.pc", *(PREFIX / "lib/cmake/penbox").iterdir()]
    for file in files:
        assert not re.search(r"@\w+@", file.read_text()), f"{file.name} has gaps"


def _consumer(kind: str) -> Path:
    environment = {**os.environ, "PKG_CONFIG_PATH": str(PREFIX / "lib/pkgconfig")}
    words = ["pkg-config", "--cflags", "--libs", "penbox", *(["--static"] if kind == "static" else [])]
    flags = shlex.split(build.call(words, env=environment))
    if kind == "static":
        flags = [f"-l:libpenbox.a" if flag == "-lpenbox" else flag for flag in flags]
    else:
        flags.append(f"-Wl,-rpath,{PREFIX / 'lib'}")
    out = build.WORK / "bin" / f"consumer-{kind}"
    out.parent.mkdir(parents=True, exist_ok=True)
    build.call(["gcc", "-std=c99", *build.STRICT, build.HERE / "quickstart.c", "-o", out, *flags])
    needs_it = build.SONAME in build.call(["readelf", "-d", out])
    assert needs_it == (kind == "shared"), f"{kind}: the library is {'' if needs_it else 'not '}asked for at run time"
    return out


def _cmake() -> list[Path]:
    source, out = _fresh("cmake"), _fresh("cmake-build")
    (source / "CMakeLists.txt").write_text(CMAKE.format(quickstart=build.HERE / "quickstart"))
    build.call(["cmake", "-S", source, "-B", out, f"-DCMAKE_PREFIX_PATH={PREFIX}"])
    build.call(["cmake", "--build", out])
    return [out / name for name in ("shared", "static", "cpp")]


def _other_version() -> None:
    source, out = _fresh("cmake-other"), _fresh("cmake-other-build")
    (source / "CMakeLists.txt").write_text(CMAKE.format(quickstart=build.HERE / "quickstart").replace("0.1 ", "0.0 "))
    words = ["cmake", "-S", source, "-B", out, f"-DCMAKE_PREFIX_PATH={PREFIX}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "compatible" in done.stderr, done.stderr


def _fresh(name: str) -> Path:
    folder = build.WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder

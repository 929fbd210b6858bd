"""What is tested of the headers, the sources and the libraries without running a program."""

from pathlib import Path
from typing import Callable, Iterator

from . import build, calls, examples, refused, shared, surface


def tests(built: dict[str, Path]) -> Iterator[tuple[str, Callable[[], object]]]:
    """The tests, in their order."""
    for standard in ("c99", "c11", "c17", "c2x", "c++17", "c++20"):
        yield f"penbox.h alone and twice, {standard}", lambda: _header(standard, "penbox.h")
    for standard in ("c++17", "c++20"):
        for path in ["penbox.hpp", *sorted(f"penbox/{path.name}" for path in (build.INCLUDE / "penbox").iterdir())]:
            yield f"{path} alone and twice, {standard}", lambda: _header(standard, path)
        yield f"what must not compile does not, {standard}", lambda: refused.check(standard)
    yield "format", _format
    yield "symbols are those of the header", lambda: shared.symbols(built["lib"])
    yield "functions and methods are those of the spec", surface.check
    yield "soname and flags", lambda: shared.soname(built["lib"])
    yield "test hooks are in no library but their own", lambda: shared.hooks(built)


def _header(standard: str, name: str) -> None:
    language = "c++" if "++" in standard else "c"
    source = build.WORK / "generated" / f"header.{language}"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(f"#include <{name}>\n#include <{name}>\nint main(void) {{ return 0; }}\n")
    compiler = "g++" if language == "c++" else "gcc"
    flags = ["-x", language, f"-std={standard}", *build.STRICT, "-fsyntax-only"]
    build.call([compiler, *flags, f"-I{build.INCLUDE}", source])


def _format() -> None:
    hpp = [build.INCLUDE / "penbox.hpp", *(build.INCLUDE / "penbox").glob("*.hpp")]
    folders = (build.HERE, examples.FOLDER, calls.FOLDER)
    ours = [path for folder in folders for path in folder.iterdir() if path.suffix in (".c", ".h", ".cpp", ".hpp")]
    testees = [build.ROOT / "tests/conformance/testees" / name for name in ("testee.c", "files.h", "cancel.h", "webhook.h")]
    build.call(["clang-format", "--dry-run", "-Werror", *sorted([*hpp, *ours, *testees])])

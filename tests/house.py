#!/usr/bin/env python3
"""The house rules that no linter knows: one version everywhere, small files, unsafe where it belongs, no tokens, true examples.

    tests/house.py [RULE...]

Without a name all rules run. The rules about imports, floors, the system, openings of doc comments,
constants and examples are in `house_rules`.
"""

import json
import re
import subprocess
import sys
import tomllib

sys.dont_write_bytecode = True

from house_rules.circles import no_circle_of_files  # noqa: E402
from house_rules.constants import constants_say_why  # noqa: E402
from house_rules.examples import public_functions_have_examples  # noqa: E402
from house_rules.floors import imports_go_down  # noqa: E402
from house_rules.openings import doc_comments_name_their_subject  # noqa: E402
from house_rules.project import ROOT, report  # noqa: E402
from house_rules.system import the_system_has_one_door  # noqa: E402

SOURCES = (".rs", ".py", ".ts", ".mjs", ".c", ".h", ".hpp", ".cpp")
MOST_LINES = 400
UNSAFE = re.compile(r"^[^/\"]*\bunsafe\b +(\{|fn|impl|trait|extern)")
# What these hold of a thread is for tests alone.
TESTS_ONLY = ("core/src/transport/fault_injection.rs", "core/src/testing/simulation/scheduler.rs")
TOKEN = re.compile(r"pnbx_[0-9a-f]{40,}")


def tracked():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def text(path):
    return path.read_text(encoding="utf-8", errors="replace")


def one_version():
    """Every manifest and header names the workspace's version."""
    version = tomllib.loads(text(ROOT / "Cargo.toml"))["workspace"]["package"]["version"]
    header = dict(re.findall(r"#define PENBOX_VERSION_(MAJOR|MINOR|PATCH) (\d+)", text(ROOT / "include/penbox.h")))
    found = {
        "package.json": json.loads(text(ROOT / "bindings/node/package.json"))["version"],
        "penbox.h": ".".join(header.get(part, "?") for part in ("MAJOR", "MINOR", "PATCH")),
    }
    project = tomllib.loads(text(ROOT / "bindings/python/pyproject.toml"))["project"]
    if "version" not in project.get("dynamic", []):
        found["pyproject.toml"] = project["version"]
    return [f"{name} has the version {other}, not {version}" for name, other in found.items() if other != version]


def small_files():
    long = []
    for path in tracked():
        if path.suffix not in SOURCES or "@generated" in "".join(text(path).splitlines(True)[:5]):
            continue
        lines = text(path).count("\n")
        if lines > MOST_LINES:
            long.append(f"{path.relative_to(ROOT)} has {lines} lines, more than {MOST_LINES}")
    return long


def unsafe_in_its_place():
    allowed = ("ffi/", "bindings/node/", "bindings/codegen/", "tests/fuzz/abi/")
    return [
        f"unsafe in {path.relative_to(ROOT)}: {line.strip()}"
        for path in tracked()
        if path.suffix == ".rs" and not str(path.relative_to(ROOT)).startswith(allowed)
        for line in text(path).splitlines()
        if UNSAFE.search(line)
    ]


def one_reader_of_the_environment():
    """The SDK reads the process's environment in one place: a language may have one of its own, and C none at all."""
    place, sizes = "core/src/auth/environment.rs", "core/src/testing/simulation/mod.rs"
    shipped = ("core/src/", "ffi/src/", "bindings/node/src/", "bindings/python/src/")
    reads = re.compile(r"\benv::vars?(_os)?\(|\bload_native_certs\(|\bgetenv\(")
    return [
        f"{name} reads the environment: {line.strip()}"
        for name in (str(path.relative_to(ROOT)) for path in tracked() if path.suffix == ".rs")
        if name.startswith(shipped) and name not in (place, sizes)
        for line in text(ROOT / name).splitlines()
        if reads.search(line)
    ]


def nothing_of_a_thread_is_dropped():
    """Calls work in destructors of threads and in atexit handlers, where a thread-local value that has a destructor is gone."""
    wrong = []
    for path in tracked():
        name = str(path.relative_to(ROOT))
        if path.suffix != ".rs" or not name.startswith(("core/src/", "ffi/src/")) or name in TESTS_ONLY:
            continue
        code = text(path).split("#[cfg(test)]\nmod ")[0]
        for block in re.findall(r"thread_local! \{(.*?)^\}|thread_local! \{(.*)\}$", code, re.M | re.S):
            for kind in re.findall(r"static \w+: (.+?) =", "".join(block)):
                if not re.fullmatch(r"Cell<\w+>", kind) and f"assert!(!std::mem::needs_drop::<{kind}>());" not in code:
                    wrong.append(f"{name}: nothing shows that a thread-local {kind} has no destructor")
    return wrong


def no_tokens():
    return [
        f"{path.relative_to(ROOT)} holds what looks like a token"
        for path in tracked()
        if "test" not in str(path.relative_to(ROOT)) and path.suffix != ".md" and TOKEN.search(text(path))
    ]


def quickstarts_are_shown():
    """The README shows the example files that the tests run, to the letter."""
    readme = text(ROOT / "README.md")
    examples = re.findall(r"<!-- (\S+) -->\n```\w+\n(.*?)```", readme, re.S)
    wrong = [f"README.md does not show {name} as it is" for name, shown in examples if text(ROOT / name) != shown]
    return wrong if len(examples) >= 4 else [*wrong, "README.md shows fewer than four quickstarts"]


RULES = (
    one_version,
    small_files,
    unsafe_in_its_place,
    one_reader_of_the_environment,
    nothing_of_a_thread_is_dropped,
    no_tokens,
    quickstarts_are_shown,
    no_circle_of_files,
    imports_go_down,
    the_system_has_one_door,
    doc_comments_name_their_subject,
    constants_say_why,
    public_functions_have_examples,
)


def main(names):
    rules = {rule.__name__: rule for rule in RULES}
    unknown = [name for name in names if name not in rules]
    if unknown:
        print(f"there is no rule {unknown[0]}; the rules are: {', '.join(rules)}", file=sys.stderr)
        return 2
    return report([rules[name] for name in names] or RULES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

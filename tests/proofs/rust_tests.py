"""Tests of Rust: each test program that holds wanted ones is run once, with their full names."""

import json
import re
from pathlib import Path

from . import earlier
from .places import ROOT, run, tail

# As `tests/run rust` builds them: other packages or features would build everything once more.
BUILD = ("cargo", "test", "--workspace", "--no-run", "--locked", "--message-format=json")
RESULT = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", re.M)


def results(wanted):
    """What came of the wanted tests, `{(file, name): problem or None}`."""
    code, printed = run(*BUILD)
    messages = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    programs = [each for each in messages if each.get("executable") and each.get("profile", {}).get("test")]
    if code != 0 or not programs:
        return {each: f"the tests do not build\n{tail(_rendered(messages) or printed)}" for each in wanted}
    found = {each: [] for each in wanted}
    paths = {}
    for program in programs:
        files = {file for file, _ in wanted if _holds(program, file) is not None}
        listed = _listed(program) if files else []
        for file, name in wanted:
            if file in files:
                paths_of = [path for path in listed if _is(path, _holds(program, file), name)]
                found[file, name] += paths_of
                paths.setdefault(program["executable"], (program, []))[1].extend(paths_of)
    outcomes = {}
    for program, names in paths.values():
        if names:
            outcomes |= _run(program, sorted(set(names)))
    return {each: _judge([outcomes[path] for path in found[each]]) for each in wanted}


def _rendered(messages):
    return "".join(each["message"].get("rendered") or "" for each in messages if each.get("reason") == "compiler-message")


def _judge(problems):
    return next(filter(None, problems), None) if problems else "no test of this name"


def _holds(program, file):
    """The path of the file's module in a test program; None where it is not part of it."""
    root, path = Path(program["target"]["src_path"]), ROOT / file
    if path == root:
        return ""
    # A test program of one file, beside others of its kind, has no modules but in folders of its own.
    if root.name not in ("lib.rs", "main.rs") or not path.is_relative_to(root.parent):
        return None
    words = path.relative_to(root.parent).with_suffix("").parts
    return "::".join(words[:-1] if words[-1] == "mod" else words)


def _is(path, module, name):
    words = path.split("::")
    return words[-1] == name and (not module or path.startswith(f"{module}::"))


def _listed(program):
    _, printed = run(program["executable"], "--list", "--format", "terse", cwd=_home(program))
    return re.findall(r"^(\S+): test$", printed, re.M)


def _home(program):
    """The folder that cargo runs a package's tests in."""
    return Path(program["manifest_path"]).parent


def _run(program, paths):
    done = earlier.rust().get(Path(program["executable"]).name, set())
    passed = dict.fromkeys(path for path in paths if path in done)
    paths = [path for path in paths if path not in done]
    if not paths:
        return passed
    code, printed = run(program["executable"], "--exact", *paths, cwd=_home(program))
    ended = RESULT.search(printed)
    if not ended or sum(map(int, ended.groups())) != len(paths):
        return passed | {path: f"the test program failed, exit code {code}\n{tail(printed)}" for path in paths}
    failed = set(re.findall(r"^    (\S+)$", printed.rpartition("\nfailures:\n")[2], re.M)) if code else set()
    ignored = set(re.findall(r"^test (\S+) .*\.\.\. ignored", printed, re.M))

    def problem(path):
        if path in ignored:
            return "it is ignored"
        return f"it failed\n{tail(printed)}" if path in failed or (code and not failed) else None

    return passed | {path: problem(path) for path in paths}

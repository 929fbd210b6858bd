"""Many mutants in one program: each is a switch that a variable of the environment turns on, so that one build serves them all.

cargo-mutants says where a mutant is and what it puts there. Another value of a function, a guard and a missing arm of a match, and a
missing `!` can be written beside the code as it is; what is left (operators, and what does not compile so) it builds one by one.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import threading
import time

from . import ledger, suites
from .tree import COPY, HOME, Failed, run

VARIABLE = "PENBOX_MUTANT"
# The mutants that did not compile as switches, with the lines around them.
UNFIT = HOME / "unfit.json"
# The switch, in the copy of the crate only. 0 is no mutant.
SWITCH = """
#[doc(hidden)]
pub(crate) mod mutant {
    pub(crate) fn is(number: u32) -> bool {
        static ON: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
        number == *ON.get_or_init(|| std::env::var("PENBOX_MUTANT").map_or(0, |text| text.parse().unwrap_or(0)))
    }
}
"""
MARK = re.compile(r"crate::mutant::is\((\d+)\)")
CHECK = ("cargo", "check", "--locked", "-p", "penbox", "--lib", "--profile", "test", "--message-format=json")
# The time without a fault counts so many times, and so many seconds at least.
PATIENCE, LEAST = 10, 60


def weave(mutants):
    """Writes these mutants into the copy: `{number: mutant}` of those that compile."""
    # What did not compile before does not need to be tried again: finding it out is most of the time that the build takes.
    unfit_ones = json.loads(UNFIT.read_text(encoding="utf-8")) if UNFIT.is_file() else []
    numbered = {number: mutant for number, mutant in enumerate(mutants, 1) if is_switch(mutant) and mutant["diff"] not in unfit_ones}
    whole = {mutant["file"]: (COPY / mutant["file"]).read_text(encoding="utf-8") for mutant in numbered.values()}
    root = COPY / "core" / "src" / "lib.rs"
    root.write_text(root.read_text(encoding="utf-8") + SWITCH, encoding="utf-8")
    while numbered:
        for file, text in whole.items():
            mine = {number: mutant for number, mutant in numbered.items() if mutant["file"] == file}
            (COPY / file).write_text(_woven(text, mine), encoding="utf-8")
        unfit = _unfit()
        if not unfit:
            return numbered
        if not unfit & set(numbered):
            raise Failed("what does not compile is none of the mutants")
        unfit_ones += [numbered[number]["diff"] for number in unfit & set(numbered)]
        UNFIT.write_text(json.dumps(unfit_ones), encoding="utf-8")
        numbered = {number: mutant for number, mutant in numbered.items() if number not in unfit}
    return {}


def is_switch(mutant):
    """Whether a mutant is of a kind that can be written beside the code."""
    return _edit(0, mutant, "") is not None


def _offset(lines, place):
    return lines[place["line"] - 1] + place["column"] - 1


def _woven(text, mutants):
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    edits = []
    for number, mutant in mutants.items():
        start, end = (_offset(lines, mutant["span"][end]) for end in ("start", "end"))
        edits.append((start, end, number, mutant))
    # From the end, and what is inside before what is around it; of one place the last number comes first.
    done = sorted(edits, key=lambda edit: (edit[0], -edit[1], -edit[2]))
    inserts = []
    for start, end, number, mutant in done:
        inserts += _edit(number, mutant, text[start:end], start, end)
    for place, _, words in sorted(inserts, key=lambda insert: (insert[0], insert[1]), reverse=True):
        text = text[:place] + words + text[place:]
    return text


def _edit(number, mutant, old, start=0, end=0):
    """What is put in where, `[(place, order, words)]`; nothing for a mutant that is no switch."""
    on = f"crate::mutant::is({number})"
    match mutant["genre"]:
        case "FnValue":
            return [(start, 0, f"if {on} {{ return {mutant['replacement']}; }}\n")]
        case "MatchArmGuard" if mutant["replacement"] == "true":
            return [(start, 1, f"{on} || ("), (end, -1, ")")]
        case "MatchArmGuard":
            return [(start, 1, f"!{on} && ("), (end, -1, ")")]
        case "UnaryOperator" if " delete ! " in mutant["name"]:
            return [(start, 0, f"{on} ^ ")]
        case "MatchArm":
            head = old.partition("=>")[0]
            guard = re.search(r"\bif\b", head)
            if guard is None:
                return [(start + len(head), 0, f" if !{on} ")]
            return [(start + guard.end(), 0, f" !{on} && ("), (start + len(head), -2, ")")]
    return None


def _unfit():
    """The numbers of the switches that do not compile."""
    code, said = run(*CHECK)
    if code == 0:
        return set()
    messages = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    found = set()
    for each in messages:
        message = each.get("message") or {}
        if each.get("reason") == "compiler-message" and message.get("level") == "error":
            for span in message["spans"]:
                for line in span["text"]:
                    found |= {int(number) for number in MARK.findall(line["text"])}
    if not found:
        shown = [each["message"]["rendered"] for each in messages if each.get("reason") == "compiler-message" and each["message"]["level"] == "error"]
        raise Failed("".join(shown)[:4000] or said[-4000:])
    return found


def built(*arguments):
    """The test programs that these arguments of `cargo test` build."""
    _, said = run("cargo", "test", "--locked", "-p", "penbox", "--no-run", "--message-format=json", *arguments, check=True)
    messages = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return [each["executable"] for each in messages if each.get("executable") and each["profile"]["test"]]


def tried(mutants, is_whole=True):
    """What came of those mutants that can be switches and compile, `{name: outcome}`. They stay in the copy. Without `is_whole` who survives
    the tests of its own folder is open."""
    switches = weave(mutants)
    if not switches:
        return {}
    found = {}
    programs = built(*suites.NEAR)
    for folder in sorted({ledger.folder(mutant) for mutant in switches.values()}):
        mine = {number: mutant for number, mutant in switches.items() if ledger.folder(mutant) == folder}
        found |= _pass(f"{folder}, its own tests", mine, programs, (*suites.FOLDERS[folder], *suites.LATER))
    left = {number: mutant for number, mutant in switches.items() if found[mutant["name"]] != "CaughtMutant"}
    if not is_whole:
        return found | {mutant["name"]: ledger.OPEN for mutant in left.values()}
    return found | (_pass("all tests", left, built(*suites.ALL), suites.SKIPS) if left else {})


def _pass(name, switches, programs, words):
    """Runs tests with one switch after another on."""
    started = time.monotonic()
    if outcome(programs, 0, words, None) != "MissedMutant":
        raise Failed(f"{name}: they fail without a fault")
    limit = max(LEAST, PATIENCE * (time.monotonic() - started))
    print(f"{name}: {len(switches)} switches, {limit / PATIENCE:.1f} s each", flush=True)
    found = {}
    for number, mutant in switches.items():
        found[mutant["name"]] = outcome(programs, number, words, limit)
        if found[mutant["name"]] != "CaughtMutant":
            print(f"  {found[mutant['name']]} {mutant['name']}", flush=True)
    return found


def outcome(programs, number, arguments, limit):
    """What comes of the tests with a switch on."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PENBOX_")}
    environment = {**clean, VARIABLE: str(number), "PENBOX_SIMULATION": "60"}
    for program in programs:
        result = _run([program, *arguments], environment, limit)
        if result != "MissedMutant":
            return result
    return "MissedMutant"


def _run(command, environment, limit):
    """Runs a test program until the first of its tests fails."""
    process = subprocess.Popen(
        command, cwd=COPY / "core", env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        errors="replace", start_new_session=True,
    )
    late = threading.Event()

    def end(*of):
        for each in of:
            each.set()
        # With the processes that its tests have started.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(limit or 3600, end, (late,))
    timer.start()
    try:
        for line in process.stdout:
            if re.match(r"test \S+ .*\bFAILED$", line.rstrip()):
                end()
                process.wait()
                return "CaughtMutant"
        code = process.wait()
    finally:
        timer.cancel()
        process.stdout.close()
    return "Timeout" if late.is_set() else "CaughtMutant" if code else "MissedMutant"

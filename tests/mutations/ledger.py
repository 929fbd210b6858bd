"""tests/mutants.json: what came of each shard, at which commit, and the survivors that a person has looked at.

A shard holds how many mutants were tested, and of them how many were caught, did not end (a fault that makes the tests hang is seen,
too) and do not compile; `missed` holds the survivors, `open` those that have met the tests of their own folder only. `listed` holds the survivors that stay, each with its reason.
"""

import json
import re

from .tree import ROOT, Failed

PLACE = ROOT / "tests" / "mutants.json"
# What makes a survivor the one that is listed. A line may move, and its number with it.
IDENTITY = ("file", "function", "mutation", "line", "column")
# The outcome of a mutant that has not met all tests yet.
OPEN = "Open"
# The least length of a reason, in words: "equivalent" alone explains nothing.
LEAST_WORDS = 5


def load():
    return json.loads(PLACE.read_text(encoding="utf-8")) if PLACE.is_file() else {"shards": [], "listed": []}


def save(held):
    held["shards"].sort(key=lambda shard: (shard["folder"], [int(part) for part in re.findall(r"\d+", shard["shard"])]))
    held["listed"].sort(key=identity)
    PLACE.write_text(json.dumps(held, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def identity(mutant):
    return tuple(mutant[key] for key in IDENTITY)


def folder(mutant):
    return mutant["file"].split("/")[2]


def summary(results):
    """The counts of outcomes `[(outcome, mutant)]`, and the survivors."""
    missed = [mutant for outcome, mutant in results if outcome == "MissedMutant"]
    count = {name: sum(outcome == name for outcome, _ in results) for name in ("CaughtMutant", "Timeout", "Unviable")}
    waiting = [mutant for outcome, mutant in results if outcome == OPEN]
    unknown = {outcome for outcome, _ in results} - {"MissedMutant", OPEN, *count}
    if unknown:
        raise Failed(f"cargo-mutants has outcomes that nothing counts: {', '.join(sorted(unknown))}")
    return {
        "tested": len(results), "caught": count["CaughtMutant"], "timeouts": count["Timeout"], "unviable": count["Unviable"],
        "missed": sorted(missed, key=identity), "open": sorted(waiting, key=identity),
    }


def keep(of, part, commit, results, left=None):
    """Keeps what came of a shard, in place of an earlier result of the same."""
    held = load()
    held["shards"] = [shard for shard in held["shards"] if (shard["folder"], shard["shard"]) != (of, part)]
    held["shards"].append({"folder": of, "shard": part, "commit": commit, **summary(results)} | ({} if left is None else {"left": left}))
    save(held)


def is_left(mutant):
    """Whether a mutant is one of those that do not compile as switches."""
    return any(identity(each) == identity(mutant) for shard in load()["shards"] for each in shard.get("left", []))


def unlisted(held=None):
    """The survivors that have no reason."""
    held = held or load()
    reasons = {identity(each) for each in held["listed"]}
    return [each for shard in held["shards"] for each in shard["missed"] if identity(each) not in reasons]


def to_try(folders):
    """The survivors without a reason, and those that have not met all tests, of these folders or of all."""
    held = load()
    reasons = {identity(each) for each in held["listed"]}
    waiting = [each for shard in held["shards"] for each in shard["open"] if identity(each) not in reasons]
    return [each for each in [*unlisted(held), *waiting] if not folders or folder(each) in folders]


def renew(tried, commit, results):
    """Takes those that are caught by now, or are gone with their line, from the survivors of their shards."""
    held = load()
    survive = {identity(mutant) for outcome, mutant in results if outcome == "MissedMutant"}
    seen = {identity(mutant): outcome for outcome, mutant in results}
    asked = {identity(mutant) for mutant in tried}
    for shard in held["shards"]:
        tested = [each for each in [*shard["missed"], *shard["open"]] if identity(each) in asked]
        for key in ("missed", "open"):
            shard[key] = [each for each in shard[key] if each not in tested]
        shard["missed"] = sorted([*shard["missed"], *(each for each in tested if identity(each) in survive)], key=identity)
        for mutant in [each for each in tested if identity(each) not in survive]:
            shard["again"] = commit
            # One whose line is gone counts no longer.
            match seen.get(identity(mutant)):
                case "CaughtMutant":
                    shard["caught"] += 1
                case "Timeout":
                    shard["timeouts"] += 1
                case "Unviable":
                    shard["unviable"] += 1
                case None:
                    shard["tested"] -= 1
    save(held)


def faults_of(held):
    """What is wrong with the file itself."""
    for each in held["listed"]:
        if len(each.get("reason", "").split()) < LEAST_WORDS:
            yield f"listed without a reason of {LEAST_WORDS} words: {shown(each)}"
        if each["line"] not in (ROOT / each["file"]).read_text(encoding="utf-8"):
            yield f"listed, and its line is gone: {shown(each)}"
    for shard in held["shards"]:
        parts = sum(shard[key] for key in ("caught", "timeouts", "unviable")) + len(shard["missed"]) + len(shard["open"])
        if parts != shard["tested"]:
            yield f"{shard['folder']} {shard['shard']}: {shard['tested']} tested, and {parts} have an outcome"


def shown(mutant):
    return f"{mutant['file']}: {mutant['mutation']}\n     {mutant['line']}"


def report():
    """Prints what the file holds; the exit code."""
    held = load()
    for name in sorted({shard["folder"] for shard in held["shards"]}):
        shards = [shard for shard in held["shards"] if shard["folder"] == name]
        total = {key: sum(shard[key] for shard in shards) for key in ("tested", "caught", "timeouts", "unviable")}
        missed, waiting = (sum(len(shard[key]) for shard in shards) for key in ("missed", "open"))
        ran = ", ".join(shard["shard"] for shard in shards)
        counts = ", ".join(f"{number} {key}" for key, number in total.items())
        print(f"  {name:10} {counts}, {missed} missed, {waiting} open; shards {ran}")
    caught = sum(shard["caught"] + shard["timeouts"] for shard in held["shards"])
    return _end(list(faults_of(held)), unlisted(held), caught, len(held["listed"]))


def judge(results):
    """Prints what came of mutants that are not kept; the exit code."""
    held, counts = load(), summary(results)
    reasons = {identity(each) for each in held["listed"]}
    left = [each for each in counts["missed"] if identity(each) not in reasons]
    return _end([], left, counts["caught"] + counts["timeouts"], len(counts["missed"]) - len(left))


def _end(wrong, left, caught, listed):
    for problem in wrong:
        print(f"FAIL {problem}")
    for each in left:
        print(f"FAIL no test sees {shown(each)}")
    print(f"mutants: {caught} caught, {listed} listed")
    return 1 if wrong or left else 0

"""A copy of the project, in which the code is changed. It and what is built of it stay in target/mutants, so that a mutant costs the
build of one crate, and an interrupted run leaves no fault in the project."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "target" / "mutants"
COPY = HOME / "tree"
BUILD = HOME / "build"
# Nobody debugs a mutant: without the lines of its code it is built and linked sooner. Of the mutated crate alone, so that what it needs
# is built as everywhere.
SETTINGS = """[profile.dev.package.penbox]
debug = false
"""
# The folders that decide what a shard's result is of.
JUDGED = ("core", "tests/sandbox", "Cargo.toml", "Cargo.lock")


class Failed(Exception):
    """What keeps mutants from being made or tried."""


def run(*words, cwd=COPY, limit=None, check=False):
    """Runs a program: its exit code and what it printed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PENBOX_")}
    # The worlds of the simulation are as many as take seconds: each mutant is met by all of them.
    environment = {**clean, "CARGO_TARGET_DIR": str(BUILD), "PENBOX_SIMULATION": "60"}
    command = [str(word) for word in words]
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", check=False, timeout=limit,
        )
    except subprocess.TimeoutExpired as expired:
        return -1, str(expired)
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout[-4000:]}")
    return done.returncode, done.stdout


def git(*words):
    return run("git", *words, cwd=ROOT, check=True)[1]


def copy():
    """Makes the copy equal to the project. A file that is equal already stays as it is: nothing of it is built anew."""
    place = HOME / ".cargo" / "config.toml"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(SETTINGS, encoding="utf-8")
    names = set(git("ls-files", "-co", "--exclude-standard").splitlines())
    for path in [path for path in COPY.rglob("*") if path.is_file() and str(path.relative_to(COPY)) not in names]:
        path.unlink()
    for name in names:
        source, target = ROOT / name, COPY / name
        if not source.is_file():
            target.unlink(missing_ok=True)
            continue
        content = source.read_bytes()
        if not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        target.chmod(source.stat().st_mode & 0o777)


def commit():
    """The commit that a result is of: nothing that decides it may be changed and not committed."""
    changed = git("status", "--porcelain", "--", *JUDGED)
    if changed:
        raise Failed(f"a shard's result is kept with its commit, and this is not committed:\n{changed}")
    return git("rev-parse", "HEAD").strip()[:12]


def changes(base):
    """The lines of the core that were changed since a commit."""
    return git("diff", "--no-ext-diff", base, "--", "core/src")


def written(diff):
    """A file that holds a diff."""
    place = HOME / "changes.diff"
    place.write_text(diff, encoding="utf-8")
    return place

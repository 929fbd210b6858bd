"""Where the project has its parts, and the programs that make calls in the four languages."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
VENV = ROOT / ".venv"
OPENAPI_VENV = ROOT / ".venv-openapi"
PYTHON_PACKAGE = ROOT / "bindings" / "python"
NODE_PACKAGE = ROOT / "bindings" / "node"
C_TESTEE = TARGET / "conformance-testee-c"
TESTEES = {
    "rust": f"{TARGET / 'debug' / 'testee-rust'}",
    "c": f"{C_TESTEE}",
    "python": f"{VENV / 'bin' / 'python'} tests/conformance/testees/testee.py",
    "node": "node tests/conformance/testees/testee.mjs",
}
# The asynchronous client of Python behaves as the other one does: the cases alone are put to it.
ASYNC_TESTEE = ("--testee", f"python_async={VENV / 'bin' / 'python'} tests/conformance/testees/testee_async.py")
# A proof that takes longer hangs: the longest suite of one language takes some minutes whole.
LIMIT = 900
# What is shown of a program that failed as a whole.
SHOWN = 2000


def testees(*names):
    """The arguments of a runner that puts its cases to these languages, by default to all."""
    return [part for name in names or TESTEES for part in ("--testee", f"{name}={TESTEES[name]}")]


def run(*command, cwd=ROOT, env=None):
    """Runs a program to its end: its exit code and all that it printed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PENBOX_")}
    environment = {**clean, "PENBOX_SANDBOX_BIN": str(TARGET / "debug" / "penbox-sandbox"), **(env or {})}
    # A file, not a pipe: a process that a test left behind would hold a pipe open.
    with tempfile.TemporaryFile() as out:
        try:
            words = [str(word) for word in command]
            done = subprocess.run(
                words, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, check=False, timeout=LIMIT
            )
            code, more = done.returncode, ""
        except subprocess.TimeoutExpired:
            code, more = -1, f"\nit did not end within {LIMIT} s"
        except OSError as error:
            code, more = 127, f"\n{error}"
        out.seek(0)
        return code, out.read().decode("utf-8", "replace") + more


def tail(text):
    return text.strip()[-SHOWN:]


def read(name):
    """A file of the project; nothing where there is none."""
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def load(name):
    return json.loads(read(name) or "null")

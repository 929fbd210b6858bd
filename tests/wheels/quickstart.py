"""The quickstart of the README, on a sandbox, by a Python that has the package."""

import os
import subprocess

from proofs.places import PYTHON_PACKAGE, ROOT, TARGET
from wheels.build import Failed, call

EXAMPLE = PYTHON_PACKAGE / "examples" / "quickstart.py"
# The sandbox's own, which it prints in its help.
TOKEN = "pnbx_" + "1234567890abcdef" * 3


def quickstart(python, **variables):
    """Runs it; `python` is the command that the file is given to. Says what was created."""
    sandbox = TARGET / "debug" / "penbox-sandbox"
    if not sandbox.exists():
        call("cargo", "build", "-q", "-p", "penbox-sandbox", "--bins", "--locked", cwd=ROOT)
    with subprocess.Popen([sandbox, "--exit-on-stdin-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PENBOX", "PYTHON"))}
        environment = {**clean, **variables, "PENBOX_API_TOKEN": TOKEN, "PENBOX_BASE_URL": url}
        # Not in the project, whose own package would be found first.
        done = subprocess.run(
            [*map(str, python), EXAMPLE], cwd=TARGET, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        process.stdin.close()
        process.wait(20)
    lines = done.stdout.splitlines()
    created = lines[0].removeprefix("created ") if lines else ""
    if done.returncode != 0 or lines[1:] != [f"open: {created} pending"]:
        raise Failed(done.stdout + done.stderr)
    return f"quickstart: {lines[0]}"

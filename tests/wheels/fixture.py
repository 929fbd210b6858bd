"""A user's test with pytest's fixtures, by a Python that has both packages: the sandbox's program is found beside it."""

import os
import subprocess
import tempfile
from pathlib import Path

from wheels.build import Failed

TESTS = """
def test_the_contact_answers(penbox_sandbox, penbox_client):
    form = penbox_client.forms.create(flow={"slug": "client-onboarding"})
    penbox_sandbox.complete_form(form.id)
    assert penbox_client.forms.get(form.id).status == "completed"


def test_each_test_begins_anew(penbox_client):
    assert not list(penbox_client.forms.list())
"""


def fixture(python):
    """Runs it, and says what pytest counted."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PENBOX", "PYTHON", "VIRTUAL_ENV"))}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "conftest.py").write_text('pytest_plugins = ["penbox.pytest_plugin"]\n')
        Path(folder, "test_ours.py").write_text(TESTS)
        command = [str(python), "-m", "pytest", "-q"]
        done = subprocess.run(command, cwd=folder, env=clean, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(done.stdout + done.stderr)
    return done.stdout.strip().splitlines()[-1]

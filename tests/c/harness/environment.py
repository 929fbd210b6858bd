"""Who reads the environment, also in a program that another user runs with its owner's rights."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Callable, Iterator

from . import build
from .sandbox import TOKEN

NOBODY = 65534


def tests(suite, built: dict[str, Path], valgrind: list[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    """The tests, in their order: the programs are compiled by the first of each."""
    for kind, lib, flags in (("plain", built["lib"], ()), ("played", built.get("hooks", built["lib"]), ("-DPENBOX_TEST_HOOKS",))):
        program = build.WORK / f"bin/environment-{kind}-c"
        yield f"environment.c {kind}: compiles", lambda: build.program(build.HERE / "environment.c", program, lib, *flags)
        yield f"environment.c {kind}: runs", lambda: _judge(suite, *suite.end(suite.start([program, kind], more=_set())))
        checked = [*valgrind, program, kind]
        yield f"environment.c {kind}: valgrind", lambda: _judge(suite, *suite.end(suite.start(checked, more=_set())))
    yield "environment.c raised: runs", lambda: _raised(suite, built["lib"])


def _set() -> dict[str, object]:
    return {"PENBOX_API_TOKEN_PROD": TOKEN, "SSL_CERT_FILE": "/not/there.pem", "SSL_CERT_DIR": "/not/there"}


def _judge(suite, code: int, out: str, error: str) -> None:
    assert code == 0 and error == "", f"it ended with {code}: {out}{error}"
    assert re.search(r"^\d+ checks, 0 failures$", out, re.M), out


def _raised(suite, lib: Path) -> None:
    """A copy of the program that belongs to root and runs with root's rights, run by somebody else."""
    if os.geteuid() != 0:
        print("        not tried: only root can make such a program; \"played\" stands for it", flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="penbox-raised-") as folder:
        here = Path(folder)
        here.chmod(0o755)
        shutil.copy(lib / build.SONAME, here / build.SONAME)
        (here / build.SONAME).chmod(0o755)
        (here / "libpenbox.so").symlink_to(build.SONAME)
        program = build.program(build.HERE / "environment.c", here / "environment", here)
        program.chmod(0o4755)
        environment = {"PATH": os.environ["PATH"], "PENBOX_API_TOKEN": TOKEN, "PENBOX_BASE_URL": suite.sandbox.url}
        environment |= {name: str(value) for name, value in _set().items()}
        done = subprocess.run(
            [program, "raised"], env=environment, user=NOBODY, group=NOBODY, capture_output=True, text=True, timeout=60, check=False
        )
    suite.captured.append(done.stdout + done.stderr)
    _judge(suite, done.returncode, done.stdout, done.stderr)

"""The tests, one after the other, and what they print."""

import os
import re
import subprocess
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Callable, Iterator

from . import (
    at_end, build, calls, environment, examples, fork, generate, header, http_side, large, load, monitoring, package,
    paging, static, webhooks,
)
from .sandbox import TOKEN, Sandbox
from .silent import Silent

# What programs are given of the environment: nothing that steers a client but what the test sets.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")

# A token is found by its secret part, or by any twelve bytes of it at these places.
SECRETS = ("c2VjcmV0LW9mLW1pc3VzZS5j",)

VALGRIND = [
    "valgrind",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect",
    "--show-leak-kinds=definite,indirect",
    "--error-exitcode=9",
    "--quiet",
]


# What every other test needs, and what needs the library with test hooks.
GROUND = ("build of libpenbox", "start of the sandbox")
HOOKED = "panics.c"
# What is run with the library that has test hooks.
WITH_HOOKS = (HOOKED, "environment.c played")


class Suite:
    """Counts what passed and what failed."""

    def __init__(self, only: tuple[str, ...] = ()) -> None:
        self.only = only
        self.passed = 0
        self.failed = 0
        self.captured: list[str] = []
        self.tokens = {TOKEN, *SECRETS}
        self.sandbox: Sandbox | None = None

    def test(self, name: str, body: Callable[[], object]) -> None:
        """Runs a test and prints its line; a test says what is wrong by raising."""
        if not self.chooses(name):
            return
        start = time.monotonic()
        problem = None
        try:
            body()
        except (build.Failed, AssertionError) as failed:
            problem = str(failed) or traceback.format_exc()
        except Exception:  # a fault of the test is a failure of it, not the end of the run
            problem = traceback.format_exc()
        took = time.monotonic() - start
        if problem is None:
            self.passed += 1
            print(f"ok      {name} ({took:.1f} s)", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {name} ({took:.1f} s)\n{_indented(self._clean(problem))}", flush=True)

    @contextmanager
    def beside(self) -> "Iterator[Suite]":
        """A suite for tests that run at the same time, with a sandbox of its own. In the end this one has counted them, too."""
        other = Suite(self.only)
        other.sandbox = Sandbox()
        try:
            yield other
        finally:
            other.sandbox.stop()
            self.passed += other.passed
            self.failed += other.failed
            self.captured += other.captured
            self.tokens |= other.tokens

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """Inside, no test is run: the compilers of their programs begin."""
        self.test = self._begin
        try:
            with build.COMPILERS.ahead():
                yield
        finally:
            del self.test

    def _begin(self, name: str, body: Callable[[], object]) -> None:
        if name.endswith(": compiles") and self.chooses(name):
            body()

    def chooses(self, name: str) -> bool:
        """Whether a test is among those to be run."""
        if not self.only or name in GROUND or name.startswith("tool "):
            return True
        if name == "build of libpenbox with test hooks":
            return any(name.startswith(each) or each.startswith(name) for name in WITH_HOOKS for each in self.only)
        return name.startswith(self.only) and not name.endswith(": valgrind")

    def execute(self, command: list, *, token: str = TOKEN, url: str | None = None, timeout: int = 300) -> str:
        """Runs a program with a token; its output is kept for the scan. Standard error is the program's: the library says nothing there."""
        code, out, error = self.end(self.start(command, token=token, url=url), timeout)
        if code != 0 or error:
            raise build.Failed(f"{command[0]} ended with {code}\n{out}standard error: {error}".rstrip())
        return out

    def start(
        self,
        command: list,
        *,
        token: str = TOKEN,
        url: str | None = None,
        cwd: Path | None = None,
        more: dict[str, object] | None = None,
    ) -> subprocess.Popen:
        """Starts a program with a token; `more` is put into its environment."""
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment["PENBOX_API_TOKEN"] = token
        environment["PENBOX_BASE_URL"] = url or self.sandbox.url
        environment |= {name: str(value) for name, value in (more or {}).items()}
        self.tokens.add(token)
        return subprocess.Popen(
            [str(word) for word in command],
            env=environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )

    def end(self, process: subprocess.Popen, timeout: int = 300) -> tuple[int, str, str]:
        """Waits for a program: its exit code and both outputs, which are kept for the scan."""
        with process:
            try:
                out, error = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        self.captured.append(out + error)
        return process.returncode, out, error

    def scan(self) -> None:
        """No output holds a token, or twelve bytes of one."""
        assert len(self.captured) > 10, "nothing was captured"
        text = "\n".join(self.captured)
        for token in self.tokens:
            secret = token.removeprefix("pnbx_")
            for start in range(0, len(secret) - 11, 6):
                assert secret[start : start + 12] not in text, "a token, or a part of one, was printed"

    def closes(self) -> int:
        """Prints the closing line; the exit code."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.failed == 0 else 1

    def _clean(self, text: str) -> str:
        for token in self.tokens:
            text = text.replace(token.removeprefix("pnbx_"), "***")
        return text


def _indented(text: str) -> str:
    lines = text.splitlines()
    if len(lines) > 60:
        lines = [*lines[:30], "...", *lines[-30:]]
    return "".join(f"        {line}\n" for line in lines).rstrip()


def run(only: tuple[str, ...] = ()) -> int:
    """Everything, or the tests that begin so; the exit code."""
    suite = Suite(only)
    try:
        _run(suite)
    finally:
        if suite.sandbox is not None:
            suite.sandbox.stop()
    return suite.closes()


def run_memory() -> int:
    """Only the programs that measure memory; the exit code."""
    suite = Suite()
    built: dict[str, Path] = {}
    suite.test("build of libpenbox", lambda: built.update(lib=build.library("lib")))
    if built:
        for name, body in large.tests(suite, built["lib"]):
            suite.test(name, body)
    return suite.closes()


def run_load() -> int:
    """Only the programs that live long or call very often; the exit code."""
    suite = Suite()
    try:
        built: dict[str, Path] = {}
        suite.test("build of libpenbox", lambda: built.update(lib=build.library("lib")))
        suite.test("start of the sandbox", lambda: setattr(suite, "sandbox", Sandbox()))
        for name, body in load.tests(suite, built["lib"], VALGRIND) if not suite.failed else ():
            suite.test(name, body)
    finally:
        if suite.sandbox is not None:
            suite.sandbox.stop()
    return suite.closes()


def _run(suite: Suite) -> None:
    for tool in build.PACKAGES:
        suite.test(f"tool {tool}", lambda: build.need(tool))
    if suite.failed:
        return
    # The hooks first: what cargo leaves in its folder is then the library that users get.
    built: dict[str, Path] = {}
    suite.test("build of libpenbox with test hooks", lambda: built.update(hooks=build.library("lib-hooks", "test-hooks")))
    suite.test("build of libpenbox", lambda: built.update(lib=build.library("lib")))
    suite.test("start of the sandbox", lambda: setattr(suite, "sandbox", Sandbox()))
    if suite.failed:
        return
    with suite.ahead():
        _programs(suite, built)
        _beside(suite, built)
    with suite.beside() as other, ThreadPoolExecutor() as pool:
        beside = pool.submit(_beside, other, built)
        _programs(suite, built)
        beside.result()
    suite.test("the testee builds and answers", lambda: _testee(suite, built["lib"]))
    for name, body in package.tests(suite.execute):
        suite.test(name, body)
    suite.test("no output holds a token", suite.scan)


def _beside(suite: Suite, built: dict[str, Path]) -> None:
    """A half of the tests, which has nothing in common with the other half: no folder, no port, no measure of time."""
    for tests in (static.tests(built), at_end.tests(suite, built["lib"], VALGRIND), examples.tests(suite, built["lib"], VALGRIND)):
        for name, body in tests:
            suite.test(name, body)


def _programs(suite: Suite, built: dict[str, Path]) -> None:
    lib, hooks = built["lib"], built.get("hooks", built["lib"])
    jobs = ("quickstart.c", "quickstart.cpp", "main_job.c", "main_job.cpp", "params.c", "values.c", "everything.c", "lifetimes.cpp")
    jobs += ("tokens.c", "tokens.cpp", "doctor.c", "doctor.cpp", "stats.c", "stats.cpp")
    for source in jobs:
        _both(suite, source, lib)
    for standard in ("c++17", "c++20"):
        _both(suite, "texts.cpp", lib, f"-std={standard}", "-Wno-deprecated-declarations")
    for source in ("files.c", "files.cpp", "disk_full.c", "freed.c"):
        _both(suite, source, lib, "-pthread", arguments=[build.WORK / "moved"], before=build.empty_folder)
    for source in ("recording.c", "recording.cpp"):
        _both(suite, source, lib, arguments=[build.WORK / "moved", generate.RECORDED], before=build.empty_folder)
    for name, body in large.tests(suite, lib):
        suite.test(name, body)
    _both(suite, "misuse.c", lib, after=_nothing_sent)
    for source in ("threads.c", "cancel.c", "cancel.cpp", "wait.c", "wait.cpp"):
        _both(suite, source, lib, "-pthread")
    for name, body in fork.tests(suite, lib):
        suite.test(name, body)
    _both(suite, "load.c", lib, "-ldl", arguments=[lib / "libpenbox.so"])
    for name, body in chain(environment.tests(suite, built, VALGRIND), load.tests(suite, lib, VALGRIND)):
        suite.test(name, body)
    for name, body in paging.tests(suite, lib, VALGRIND):
        suite.test(name, body)
    for name, body in chain(http_side.tests(suite, lib, VALGRIND), monitoring.tests(suite, lib, VALGRIND)):
        suite.test(name, body)
    for name, body in webhooks.tests(suite, lib, VALGRIND):
        suite.test(name, body)
    for source in ("errors.c", "errors.cpp"):
        for prepared in ("revoked", "limited", "refused", "silent")[: 4 if source.endswith(".c") else 2]:
            _both(suite, source, lib, arguments=[prepared], prepared=prepared)
    for name, folder, panics in (("wrong.c", lib, False), (HOOKED, hooks, True)):
        source = build.WORK / "generated" / name
        build.write(source, generate.program(panics))
        _both(suite, source, folder, checked=f"{len(header.functions())} functions")
    _replay(suite, lib)


def _replay(suite: Suite, lib: Path) -> None:
    """The fuzz target of tests/fuzz/abi on its corpus, which tests/fuzz/run grows."""
    source, generated = calls.FOLDER / "replay.c", build.WORK / "generated"
    inputs = sorted((calls.FOLDER.parent / "corpus/abi").iterdir())
    ready: list[Path] = []

    def compiles() -> None:
        calls.write(generated / "calls.inc")
        flags = ("-pthread", f"-I{calls.FOLDER}", f"-I{generated}")
        ready.append(build.program(source, build.WORK / "bin/replay-c", lib, *flags))

    suite.test("replay.c: compiles", compiles)
    for how, prefix, near in (("runs", [], 10), ("valgrind", VALGRIND, 1)):

        def body() -> None:
            assert ready, "it did not compile"
            build.empty_folder()
            code, out, error = suite.end(suite.start([*prefix, ready[0], near, *inputs], cwd=build.WORK / "moved"))
            assert code == 0, f"it ended with {code}: {out}{error}"
            print(f"        {out}", end="", flush=True)

        suite.test(f"replay.c: {how}", body)


def _both(
    suite: Suite,
    source: str | Path,
    lib: Path,
    *flags: str,
    arguments: list | None = None,
    prepared: str = "",
    before: Callable[[], None] | None = None,
    after: Callable[[Suite], None] | None = None,
    checked: str = "",
) -> None:
    """A program, compiled, then run natively and under valgrind."""
    source = build.HERE / source
    # A standard's program has a name of its own, for one may be compiled while another runs.
    standard = "".join(flag.removeprefix("-std=") for flag in flags if flag.startswith("-std="))
    out = build.WORK / "bin" / f"{source.name.replace('.', '-')}{standard}"
    label = f"{source.name} {prepared}".rstrip()
    ready: list[Path] = []
    suite.test(f"{label}: compiles", lambda: ready.append(build.program(source, out, lib, *flags)))
    for how, prefix in (("runs", []), ("valgrind", VALGRIND)):

        def body() -> None:
            assert ready, "it did not compile"
            if before is not None:
                before()
            _execute(suite, [*prefix, ready[0], *(arguments or [])], source.name, prepared, checked)
            if after is not None:
                after(suite)

        suite.test(f"{label}: {how}", body)


def _execute(suite: Suite, command: list, name: str, prepared: str, checked: str) -> None:
    sandbox = suite.sandbox
    sandbox.reset()
    sandbox.steer("POST", "forms", {"count": 250})
    token, url = TOKEN, sandbox.url
    with Silent() as silent:
        if prepared == "revoked":
            token = sandbox.steer("POST", "tokens")["token"]
            sandbox.steer("POST", "tokens/revoke", {"token": token})
        elif prepared == "limited":
            sandbox.steer("PUT", "rate_limit", {"requests": 0, "window_ms": 60000, "retry_after": 7})
        elif prepared == "refused":
            url = "http://127.0.0.1:1/v1"
        elif prepared == "silent":
            url = silent.url
        output = suite.execute(command, token=token, url=url)
    if name.startswith("quickstart"):
        assert re.search(r"^created [0-9a-f-]{36}", output), output
        assert any(each["method"] == "POST" for each in sandbox.requests()), "no form was made"
    else:
        counted = re.search(r"^(\d+) checks, 0 failures$", output, re.M)
        assert counted and int(counted[1]) > 3, output
        assert checked in output, f"expected {checked}: {output}"


def _nothing_sent(suite: Suite) -> None:
    sent = suite.sandbox.requests()
    assert sent == [], f"{len(sent)} requests were sent"


def _testee(suite: Suite, lib: Path) -> None:
    out = build.testee(str(build.WORK / "bin/testee"), lib)
    settings = f'{{"base_url": "{suite.sandbox.url}", "token": "{TOKEN}"}}'
    call = f'{{"id": 7, "operation": "workspaces.list", "params": {{}}, "settings": {settings}, "options": {{}}}}\n'
    suite.sandbox.reset()
    done = subprocess.run([out], input=call, capture_output=True, text=True, timeout=60, check=False)
    suite.captured.append(done.stdout + done.stderr)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('{"id":7,"result":[{') and done.stdout.count("\n") == 1, done.stdout

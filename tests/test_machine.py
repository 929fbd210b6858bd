"""What a fresh machine meets: what is missing is named at once, in one message with the lines to type, and nothing is built."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import machine  # noqa: E402
from proofs.places import NODE_PACKAGE, PYTHON_PACKAGE, ROOT, TARGET  # noqa: E402

# What a program that is asked for its version says, where it is new enough.
GOOD = {
    "cargo": "cargo 1.95.0 (f2d3ce0bd 2026-03-21)",
    "rustc": "rustc 1.95.0 (1a2b3c4d5 2026-03-21)",
    "node": "v20.19.0",
    "npm": "10.8.2",
    "gcc": "12.2.0",
    "g++": "12.2.0",
    **dict.fromkeys(("valgrind", "pkg-config", "cmake", "make", "clang-format", "readelf", "git", "openssl"), "1"),
}
# What shell scripts use beside them.
SHELL = ("sh", "env", "dirname", "sed", "sort", "head", "mkdir", "cat")


class Bare(unittest.TestCase):
    """A machine with what a test gives it: one folder is all that the PATH leads to."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path = self.folder / "bin"
        self.path.mkdir()
        for name in SHELL:
            (self.path / name).symlink_to(shutil.which(name))

    def have(self, **programs):
        """Programs that say one thing, and note how they were called."""
        for name, says in programs.items():
            program = self.path / name
            program.write_text(f'#!/bin/sh\necho "${{0##*/}} $*" >>{self.folder}/calls 2>/dev/null\necho "{says}"\n')
            program.chmod(0o755)

    def have_all(self, **instead):
        words = {**GOOD, **instead}
        for name, says in words.items():
            if says is not None:
                self.have(**{name: says})

    def calls(self):
        calls = self.folder / "calls"
        return calls.read_text() if calls.exists() else ""

    def run_with(self, *command, **options):
        environment = {"PATH": str(self.path), "HOME": str(self.folder)}
        return subprocess.run(
            [str(word) for word in command], env=environment, capture_output=True, text=True, timeout=120, check=False, **options
        )


class Machine(Bare):
    """`tests/run` looks at the machine before it does anything."""

    def said(self):
        """`tests/run`, in a copy whose logs are its own; with no apt-get it may install nothing, as an ordinary user."""
        copy = self.folder / "copy"
        for name in ("tests/run", "tests/machine.py", "tests/proofs/__init__.py", "tests/proofs/places.py", "Cargo.toml"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
        done = self.run_with(sys.executable, copy / "tests" / "run")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"\n0 passed, 1 failed\n$")
        built = [line for line in self.calls().splitlines() if "version" not in line]
        self.assertEqual(built, [], done.stdout)
        return done.stdout

    def test_all_that_is_missing_is_named_at_once(self):
        said = self.said()
        for part in (
            "nothing was built",
            "sudo apt-get install -y binutils clang-format cmake g++ gcc git make openssl pkg-config valgrind",
            f"cargo is missing, Rust {machine.shown(machine.rust_least())} or later is needed: {machine.RUSTUP}",
            f"node is missing, Node 20 or later is needed: {machine.NODE}",
        ):
            self.assertIn(part, said)

    def test_what_is_too_old_is_named_with_its_version(self):
        self.have_all(cargo="cargo 1.65.0", node="v18.20.4", gcc="9.4.0", valgrind=None)
        said = self.said()
        for part in (
            f"cargo is 1.65.0, Rust {machine.shown(machine.rust_least())} or later",
            "node is 18.20.4, Node 20 or later",
            "gcc is 9.4.0, gcc 10 or later",
            "sudo apt-get install -y valgrind\n",
        ):
            self.assertIn(part, said)
        self.assertNotIn("g++ is", said)

    def test_a_part_of_rust_that_is_left_out_is_named(self):
        self.have_all()
        (self.path / "cargo").write_text('#!/bin/sh\n[ "$1" != clippy ] || exit 101\necho "cargo 1.95.0"\n')
        self.assertIn("clippy is missing: rustup component add clippy", self.said())

    def test_this_machine_is_good_enough(self):
        self.assertEqual(machine.faults(packages_too=False), [])

    def test_an_old_python_is_named(self):
        kept, sys.version_info = sys.version_info, (3, 9, 2)
        try:
            faults = machine.faults(packages_too=False)
        finally:
            sys.version_info = kept
        self.assertEqual([fault.partition(":")[0] for fault in faults], ["python3 is 3.9.2, Python 3.11 or later is needed"])


class Packages(Bare):
    """What builds a package says in one sentence why it cannot."""

    def sentence(self, done, *parts):
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stdout + done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)

    def backend(self):
        code = "import penbox_backend; penbox_backend.get_requires_for_build_wheel()"
        return self.run_with(sys.executable, "-B", "-c", code, cwd=PYTHON_PACKAGE / "backend")

    def test_pip_without_rust(self):
        self.sentence(self.backend(), "there is no cargo: install it from https://rustup.rs")

    def test_pip_with_an_old_rust(self):
        self.have(cargo="cargo 1.65.0")
        self.sentence(self.backend(), "cargo is 1.65.0: install it from https://rustup.rs")

    def test_pip_with_rust(self):
        self.have_all()
        self.assertEqual(self.backend().returncode, 0)

    def addon(self, *options):
        return self.run_with(os.path.realpath(shutil.which("node")), *options, NODE_PACKAGE / "scripts" / "build.mjs")

    def test_npm_without_rust(self):
        self.sentence(self.addon(), "there is no cargo: install it from https://rustup.rs")

    def test_npm_with_an_old_rust(self):
        self.have(cargo="cargo 1.65.0 (4bc8f24d3 2022-10-20)")
        self.sentence(self.addon(), "cargo is 1.65.0: install it from https://rustup.rs")

    def test_npm_with_an_old_node(self):
        older = self.folder / "older.cjs"
        older.write_text(
            'for (const [of, name, value] of [[process, "version", "v18.19.0"], [process, "versions", { ...process.versions, node: "18.19.0" }]])\n'
            "  Object.defineProperty(of, name, { value });\n"
        )
        self.sentence(self.addon("--require", older), "needs Node 20 or later, and this is v18.19.0")

    def test_the_installer_of_the_c_library_without_rust(self):
        done = self.run_with(ROOT / "ffi" / "install", self.folder / "prefix")
        self.sentence(done, "there is no cargo: install it from https://rustup.rs")
        self.assertFalse((self.folder / "prefix").exists())

    def test_the_installer_of_the_c_library_with_an_old_rust(self):
        self.have(cargo="cargo 1.9.0")
        self.sentence(self.run_with(ROOT / "ffi" / "install", self.folder / "prefix"), "cargo is 1.9: install it")

    def test_the_installer_of_the_c_library_without_a_linker(self):
        self.have(cargo="cargo 1.95.0")
        self.sentence(self.run_with(ROOT / "ffi" / "install", self.folder / "prefix"), "sudo apt-get install -y gcc")


class Module(unittest.TestCase):
    """A machine with Debian's python3 has no libpython to link with."""

    def test_the_python_module_needs_no_libpython(self):
        module = TARGET / "debug" / "lib_native.so"
        done = subprocess.run(["readelf", "-dW", module], capture_output=True, text=True, check=True)
        needed = [line.split("[")[1].rstrip("]") for line in done.stdout.splitlines() if "(NEEDED)" in line]
        self.assertIn("libc.so.6", needed)
        self.assertEqual([name for name in needed if "python" in name], [])


if __name__ == "__main__":
    result = unittest.main(verbosity=2, exit=False).result
    failed = len(result.failures) + len(result.errors) + len(result.skipped)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)

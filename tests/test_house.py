"""The rules of the house: each fails on a breach that is planted in a small tree, says where it is,
and passes without it.
"""

# ruff: noqa: PT009 (unittest, for this runs before any environment exists)

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from house_rules.circles import no_circle_of_files  # noqa: E402
from house_rules.constants import constants_say_why  # noqa: E402
from house_rules.examples import public_functions_have_examples  # noqa: E402
from house_rules.floors import HOME, LEVEL, RESERVED, imports_go_down  # noqa: E402
from house_rules.imports import imports  # noqa: E402
from house_rules.lines import count  # noqa: E402
from house_rules.modules import CRATES, crates, load  # noqa: E402
from house_rules.openings import doc_comments_name_their_subject  # noqa: E402
from house_rules.project import ROOT  # noqa: E402
from house_rules.surface import binding_names, root_names  # noqa: E402
from house_rules.system import the_system_has_one_door  # noqa: E402
from house_rules.tokens import tokens  # noqa: E402

# A core that obeys every rule, with what looks like a breach to a reader of lines.
CLEAN = {
    "lib.rs": """
        //! A client. What it is for: tests.
        mod client; mod error; mod send;
        pub use client::Client;
        pub use error::{Error, Kind};
        #[doc(hidden)]
        pub use error::Hidden;
        pub mod bindings { pub use crate::send::call; }
        """,
    "client.rs": "use crate::send::call; use crate::Error; pub struct Client;",
    "error/mod.rs": """
        mod kind;
        pub use kind::Kind;
        pub struct Error; pub struct Hidden;
        """,
    "error/kind.rs": """
        use super::Error;
        /// The kind of an [`Error`](crate::client::Client).
        pub enum Kind { A }
        """,
    "send/mod.rs": """
        #[cfg(test)]
        mod scripted;
        pub(crate) mod call;
        pub(crate) use call::call;
        """,
    "send/call.rs": """
        /// The most attempts: a fourth one helped in none of a thousand calls.
        const ATTEMPTS: u32 = 3;
        const _: () = assert!(1 < 2);
        /* crate::client::Client /* Instant::now() */ */
        pub(crate) fn call() -> &'static str { "crate::client::Client; Instant::now()" }
        #[cfg(any(test, fuzzing))]
        use crate::client::Client;
        #[cfg(test)]
        mod tests {
            use crate::client::Client;
            const CALLS: u32 = 3;
            fn now() { std::time::Instant::now(); }
        }
        """,
    "send/scripted.rs": "use crate::client::Client; const S: u32 = 3; fn f() { thread::sleep(1) }",
}
RULES = (
    *(no_circle_of_files, imports_go_down, the_system_has_one_door),
    *(doc_comments_name_their_subject, constants_say_why, public_functions_have_examples),
)


class Tree(unittest.TestCase):
    """A project with a core of a few lines."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write(CLEAN)

    def write(self, files, folder="core/src"):
        for name, text in files.items():
            path = self.root / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def add(self, name, text, folder="core/src"):
        """Adds lines to a file: they begin in the line that is returned."""
        path = self.root / folder / name
        before = path.read_text()
        path.write_text(f"{before}\n{text}\n")
        return before.count("\n") + 2

    def faults(self, rule, *words):
        """The rule's only fault has these words; every other rule passes."""
        found = rule(self.root)
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])
        for other in RULES:
            if other is not rule:
                self.assertEqual(other(self.root), [], other.__name__)

    def needed(self):
        home = self.root / "core" / "src"
        found = imports(load(self.root, CRATES["core"]))
        return {
            (str(e.source.relative_to(home)), str(e.target.relative_to(home)))
            for e in found
            if not e.passes_on
        }


class Rules(Tree):
    def test_a_clean_tree_passes(self):
        for rule in RULES:
            self.assertEqual(rule(self.root), [], rule.__name__)

    def test_a_circle_of_files(self):
        self.add("send/mod.rs", "mod retry;")
        self.write({"send/retry.rs": "use super::call::call;\npub(crate) struct Retry;"})
        line = self.add("send/call.rs", "fn again(_: super::retry::Retry) {}")
        way = f"core/src/send/call.rs:{line} -> core/src/send/retry.rs:1 -> core/src/send/call.rs"
        self.faults(
            no_circle_of_files,
            f"core/src/send/call.rs:{line}: a circle of 2 files",
            way,
            "move what they share",
        )

    def test_a_circle_of_three_through_a_re_export(self):
        self.add("send/mod.rs", "mod a; mod b; mod c;\npub(crate) use {a::A, b::B, c::C};")
        for name, other in ("aB", "bC", "cA"):
            text = f"use crate::send::{other};\npub(crate) struct {name.upper()};"
            self.write({f"send/{name}.rs": text})
        self.faults(no_circle_of_files, "core/src/send/a.rs:1: a circle of 3 files")

    def test_a_folder_that_needs_what_it_passes_on(self):
        self.add("error/mod.rs", "fn kind() -> Kind { Kind::A }")
        way = "core/src/error/kind.rs:2 -> core/src/error/mod.rs:3 -> core/src/error/kind.rs"
        self.faults(no_circle_of_files, "core/src/error/kind.rs:2: a circle of 2 files", way)

    def test_a_circle_in_each_crate(self):
        for part, entry in list(CRATES.items())[1:]:
            folder = Path(entry).parent
            self.write(
                {
                    Path(entry).name: "mod a; mod b;",
                    "a.rs": "use crate::b::B;",
                    "b.rs": "fn f() { super::a::g() }",
                },
                folder,
            )
            self.faults(no_circle_of_files, f"{folder}/a.rs:1: a circle of 2 files")
            (self.root / entry).unlink()
            self.assertEqual(no_circle_of_files(self.root), [], part)

    def test_an_import_from_above(self):
        self.add("lib.rs", "mod cancel;")
        self.write({"cancel.rs": "\nfn of(_: &crate::Client) {}"})
        wanted = "core/src/cancel.rs:2: imports core/src/client.rs, which is above"
        self.faults(imports_go_down, wanted, "move what both need to cancel or below")

    def test_a_file_on_no_floor(self):
        self.add("lib.rs", "mod stray;")
        self.write({"stray.rs": ""})
        self.faults(imports_go_down, "core/src/stray: it is on no floor: give it one")

    def test_neighbours_that_need_each_other(self):
        self.add("lib.rs", "mod config; mod json;")
        self.write(
            {
                "config/mod.rs": "mod a; mod b;",
                "config/a.rs": "use crate::json::b::B;",
                "config/b.rs": "",
            }
        )
        self.write(
            {
                "json/mod.rs": "mod a; pub(crate) mod b;",
                "json/a.rs": "",
                "json/b.rs": "pub(crate) struct B;",
            }
        )
        self.assertEqual(imports_go_down(self.root), [])
        self.add("json/a.rs", "use crate::config::b::C;")
        self.faults(
            imports_go_down,
            "core/src/config/a.rs:1, core/src/json/a.rs:2: config and json",
            "need the other only",
        )

    def test_each_thing_of_the_system_out_of_its_place(self):
        for text, noun in (
            (
                "use std::time::Instant as I; fn f() { I::now(); }",
                "the monotonic clock: take it from core/src/system.rs",
            ),
            ("fn f() -> D { began.elapsed() }", "the monotonic clock"),
            (
                "use std::time; fn f() { x.map_or_else(time::SystemTime::now, g); }",
                "the wall clock",
            ),
            ("fn f() { std::thread::sleep(D) }", "sleep: wait with a deadline"),
            (
                "use std::{thread::{self}}; fn f() { thread::spawn(g); }",
                "a thread: take it from core/src/system.rs",
            ),
            ("use std::thread::Builder; fn f() { Builder::new().spawn(g); }", "a thread"),
            ("fn f() { let _ = getrandom::u32(); }", "randomness"),
            ("macro_rules! now { () => { std::time::Instant::now() }; }", "the monotonic clock"),
        ):
            with self.subTest(text):
                self.write(CLEAN)
                line = self.add("send/call.rs", text)
                found = the_system_has_one_door(self.root)
                self.assertTrue(
                    any(
                        f"core/src/send/call.rs:{line}: " in each and noun in each for each in found
                    ),
                    found,
                )
                self.assertEqual(
                    {each.partition(": ")[0] for each in found}, {f"core/src/send/call.rs:{line}"}
                )

    def test_the_system_in_its_place_and_in_a_binding(self):
        self.add("lib.rs", "mod system;")
        self.write({"system.rs": "fn now() { std::time::Instant::now(); getrandom::u32(); }"})
        self.write({"lib.rs": "\nfn f() { std::time::Instant::now(); }"}, "ffi/src")
        self.faults(
            the_system_has_one_door,
            "ffi/src/lib.rs:2: std::time::Instant::now is the monotonic clock",
        )

    def test_headless_openings(self):
        for opening in ("What", "Whether", "One whose", "That of", "Those that", "Nothing", "Where"):
            for text in (
                f"/// {opening} it is.",
                f"/** *{opening}* it is. */",
                f"    /// `x` is.\n\n/// {opening} it is.",
                f"///\n/// {opening} it is.",
            ):
                with self.subTest(text):
                    self.write(CLEAN)
                    line = self.add("send/call.rs", f"{text}\nstruct S;") + text.count("\n")
                    wanted = f'core/src/send/call.rs:{line}: a doc comment opens with "{opening}"'
                    self.faults(doc_comments_name_their_subject, wanted, "name the subject first")

    def test_what_is_no_opening(self):
        self.add(
            "send/call.rs",
            "/// The kind.\n/// What it is.\nstruct S;\n// What.\n/// Whatever is.\nstruct T;",
        )
        self.assertEqual(doc_comments_name_their_subject(self.root), [])

    def test_a_constant_without_a_reason(self):
        for text in (
            "const LIMIT: u64 = 5 * 1024;",
            "/// The limit.\npub(crate) const LIMIT: Duration = Duration::from_secs(4);",
            "// A comment of the struct that is above.\nstruct S;\nconst LIMIT: [u8; 2] = [1, 2];",
            "impl S {\n    const LIMIT: u64 = 5; // the limit\n}",
            "//! A file that says much of itself, and nothing of this number.\nconst LIMIT: u64 = 5;",
        ):
            with self.subTest(text):
                self.write(CLEAN)
                line = self.add("send/call.rs", text)
                line += text[: text.index("const ")].count("\n")
                self.faults(
                    constants_say_why,
                    f"core/src/send/call.rs:{line}: LIMIT has a number but no reason",
                )

    def test_constants_that_need_none(self):
        for text in (
            "const LIMIT: u64 = 5; // section 4.2 of RFC 9110 allows no more",
            "// No answer of a year was half as large.\n#[allow(x)]\npub const LIMIT: u64 = 5;",
            "const NAME: [&str; 2] = [A, B];",
            "fn f<const N: usize>(_: [u8; N]) {} const fn g() -> u8 { 3 }",
        ):
            with self.subTest(text):
                self.write(CLEAN)
                self.add("send/call.rs", text)
                self.assertEqual(constants_say_why(self.root), [])


class Imports(Tree):
    def test_paths_of_every_form(self):
        forms = r"""
            use crate::error::Kind;
            use crate::{error::{Kind as K}};
            use super::super::Kind;
            use crate::error::*;
            fn f() { crate::error::Kind::A; }
            fn f() { super::super::error::Kind::A; }
            use crate::error; fn f(_: error::Kind) {}
            macro_rules! m { () => { $crate::Kind::A }; }
            mod inner { use super::super::super::Kind; }
            pub(crate) use crate::Kind;
            #[cfg(not(test))] use crate::Kind;
            #[cfg(feature = "x")] use crate::Kind;
            fn f() { use crate::Kind; }
            #[cfg(unix)] mod m { use crate::Kind; } #[cfg(not(unix))] mod m { fn f() {} }
            """
        for text in forms.strip().splitlines():
            with self.subTest(text):
                self.write(CLEAN)
                self.add("send/call.rs", text)
                self.assertIn(("send/call.rs", "error/kind.rs"), self.needed())

    def test_what_is_no_import(self):
        forms = r"""
            // use crate::Kind;
            struct S; /// [`crate::Kind`]
            const S: &str = r#"use crate::Kind;"#;
            pub(in crate::send) fn f() {}
            #[cfg(all(test, unix))] use crate::Kind;
            #[test] fn f() { crate::Kind::A; }
            struct S { #[cfg(test)] kind: crate::Kind }
            struct S { #[cfg(test)] kind: Map<u8, crate::Kind>, other: u8 }
            fn f() { match x { #[cfg(fuzzing)] crate::Kind::A => {} B => {} } }
            use error::Kind;
            fn f<'a>(_: &'a str) -> char { '"' }
            #[cfg(test)] const X: [crate::Kind; 1] = [crate::Kind::A];
            #[cfg(test)] impl X { fn f(_: [u8; 2]) { crate::Kind::A; } }
            """
        for text in forms.strip().splitlines():
            with self.subTest(text):
                self.write(CLEAN)
                before = self.needed()
                self.add("send/call.rs", text)
                self.assertEqual(self.needed(), before)
                self.add("send/call.rs", "fn after() { crate::Kind::A; }")
                self.assertIn(("send/call.rs", "error/kind.rs"), self.needed())

    def test_a_file_that_only_tests_have(self):
        self.assertNotIn("send/scripted.rs", {source for source, _ in self.needed()})
        self.add("send/scripted.rs", "#![cfg(test)]")
        self.add("send/mod.rs", "mod timed;")
        self.write({"send/timed.rs": "#![cfg(test)]\nuse crate::Client;"})
        self.assertNotIn("send/timed.rs", {source for source, _ in self.needed()})

    def test_a_re_export_of_ones_own_is_none(self):
        self.assertNotIn(("error/mod.rs", "error/kind.rs"), self.needed())
        self.add("error/mod.rs", "pub use crate::send::call;")
        self.assertIn(("error/mod.rs", "send/call.rs"), self.needed())


class Project(unittest.TestCase):
    """The project's own tree: no rule passes because there is nothing that it looks at."""

    def test_every_crate_is_looked_at(self):
        self.assertEqual(set(crates(ROOT)), set(CRATES))

    def test_every_floor_is_lived_on(self):
        home = ROOT / HOME
        there = {file.relative_to(home).parts[0].removesuffix(".rs") for file in home.rglob("*.rs")}
        self.assertEqual(LEVEL.keys() - RESERVED, there)
        self.assertLessEqual(RESERVED, LEVEL.keys())


class Counts(Tree):
    def test_tokens_keep_what_looks_like_something_else_apart(self):
        found = tokens("b'\\'' 'a' 'a r#\"\"//\"# /* /* */ // */ //// x\n//! y\nr#type 1..2")
        kinds = "char char lifetime text comment comment doc word number mark mark number"
        self.assertEqual(" ".join(token.kind for token in found), kinds)

    def test_lines_of_each_language(self):
        rust = "/// A.\n/// B.\nfn f() {}  // c\n\n// d\n\n#[cfg(test)]\nmod tests {\n    // e\n}\n"
        product, tests = count("a.rs", rust)
        self.assertEqual(
            (product, tests), ({"docs": 2, "code": 1, "comments": 1}, {"code": 3, "comments": 1})
        )
        python = '"""A.\n\nB.\n"""\n# c\nX = """\n# no comment\n"""  # d\n'
        self.assertEqual(count("a.py", python)[0], {"docs": 3, "comments": 1, "code": 3})
        script = "#!/usr/bin/env python3\nX = 1\n"
        self.assertEqual(count("a", script)[0], {"comments": 1, "code": 1})
        typescript = "/** A. */\n/*\n b\n*/\nf(); // c\n// d\n/**\n * E.\n */\n"
        self.assertEqual(count("a.ts", typescript)[0], {"docs": 4, "comments": 4, "code": 1})
        self.assertEqual(count("run", "#!/bin/sh\n# a\nset -e\n")[0], {"comments": 1, "code": 2})

    def test_names_of_the_surface(self):
        self.assertEqual(root_names(self.root), {"Client", "Error", "Kind", "bindings"})
        self.assertEqual(binding_names(self.root), {"call"})


if __name__ == "__main__":
    result = unittest.main(verbosity=2, exit=False).result
    failed = len(result.failures) + len(result.errors) + len(result.skipped)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)

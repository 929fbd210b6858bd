"""The rule about examples: it fails on a function without one, and passes with one."""

# ruff: noqa: PT009 (unittest, for this runs before any environment exists)

import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from house_rules.examples import public_functions_have_examples  # noqa: E402
from test_house import Tree  # noqa: E402


class Examples(Tree):
    def test_a_function_without_an_example(self):
        name = "Client::forms has no example that runs"
        bare = "/// A.\n"
        line = self.add("client.rs", f"impl Client {{\n    {bare}    pub fn forms(&self) {{}}\n}}")
        self.faults(public_functions_have_examples, f"core/src/client.rs:{line + 2}: {name}")
        for fence in ("```no_run", "```ignore", "```text", "```compile_fail"):
            example = f"    /// {fence}\n    /// client.forms();\n    /// ```\n"
            text = f"impl Client {{\n    {bare}{example}    pub fn forms(&self) {{}}\n}}\n"
            self.write({"client.rs": "pub struct Client;\n" + text})
            self.faults(public_functions_have_examples, name)
            self.write({"client.rs": "pub struct Client;\n" + text.replace(fence, "```")})
            self.assertEqual(public_functions_have_examples(self.root), [])

    def test_an_example_of_the_type_must_call_the_function(self):
        calls = {"client.forms()": 0, "Client::forms::<A>()": 0, "client.forms": 1}
        for call, faults in calls.items():
            example = f"/// ```\n/// {call};\n/// ```\npub struct Client;\n"
            body = "impl<'a> Client {\n    pub const fn forms(&self) {}\n}\n"
            self.write({"client.rs": example + body})
            self.assertEqual(len(public_functions_have_examples(self.root)), faults, call)

    def test_inputs_and_what_testing_exports_have_examples(self):
        self.add("lib.rs", "pub use client::Form;")
        self.add("client.rs", "input! {\n    /// A.\n    Form {\n        id: String;\n    }\n}")
        self.faults(public_functions_have_examples, "Form has no example that runs")
        self.setUp()
        self.write({"testing/mod.rs": "mod a;\npub use a::{Script, error};"})
        self.write({"testing/a.rs": "pub struct Script;\n\npub fn error() {}\npub fn other() {}\n"})
        self.faults(public_functions_have_examples, "core/src/testing/a.rs:3: error has no example")

    def test_what_needs_no_example(self):
        hidden = "    #[doc(hidden)]\n    pub fn forms(&self) {}\n    pub(crate) fn get(&self) {}"
        other = "pub(crate) struct A;\nimpl A {\n    pub fn b() {}\n}"
        self.add("client.rs", f"impl Client {{\n{hidden}\n}}\n{other}")
        self.assertEqual(public_functions_have_examples(self.root), [])


if __name__ == "__main__":
    result = unittest.main(verbosity=2, exit=False).result
    wrong = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - wrong} passed, {wrong} failed")
    sys.exit(1 if wrong else 0)

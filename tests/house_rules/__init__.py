"""The rules of `tests/house.py` that need to know what a Rust file says: its tokens, its modules,
its imports.

A rule is a function of the project's folder. It returns a sentence for each breach: the file, the
line, what to do. Only the standard library is used: the rules run before any environment exists,
and a Rust grammar would not spare the work that matters here, as it leaves the bodies of macros and
the meaning of `cfg` to its user.
"""

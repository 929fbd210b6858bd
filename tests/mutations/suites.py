"""The tests that a mutant meets: first the few that stand nearest to its folder, then all that bear on it."""

# The tests of the library whose paths hold one of these words. One program to build, and some seconds to run.
FOLDERS = {
    "auth": ("auth::", "config::"),
    "error": ("error::", "send::"),
    "send": ("send::", "call::", "testing::simulation"),
    "files": ("files::",),
    "transport": ("transport::", "send::"),
}
NEAR = ("--lib",)
# Tests of it that take half a minute in a debug build wait for the second pass.
SLOW = ("of_random_texts_only_those", "the_time_is_linear")
LATER = tuple(part for name in SLOW for part in ("--skip", name))
# The second pass: all tests of the library, all of those over sockets, and those of logs.
ALL = ("--lib", "--test", "it", "--test", "logs")
# Passed over: tests of the examples, which are programs of their own; what takes a minute and holds no line that others do not; and
# what a busy machine makes late.
PASSED_OVER = ("examples::", "testing::pool", "a_storm", "thundering_herd", "outage", "idle::a_client", "a_process_with_little_memory")
SKIPS = tuple(part for name in PASSED_OVER for part in ("--skip", name))


def near(folders):
    """The arguments of `cargo test` for the first pass."""
    return [*NEAR, "--", *sorted({word for folder in folders for word in FOLDERS[folder]}), *LATER]


def all_of_them():
    """The arguments of `cargo test` for the second pass."""
    return [*ALL, "--", *SKIPS]

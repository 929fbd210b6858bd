//! The detection of raised privileges: rights that the user who started the process does not have.

/// Returns true if the program runs with raised privileges: set-user-ID, set-group-ID, or capabilities of its file. A
/// user with fewer rights controls its environment, which then must decide neither which CAs are trusted nor which
/// token is sent.
pub(crate) fn is_raised() -> bool {
    #[cfg(feature = "test-hooks")]
    if crate::hooks::is_privilege_raised() {
        return true;
    }
    of_system()
}

/// Reads the kernel's own mark, as the C library's `secure_getenv` does: it covers capabilities, which the ids do not
/// show.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[expect(unsafe_code, reason = "a function of the C library")]
fn of_system() -> bool {
    // SAFETY: it takes a number and reads what the kernel gave the process; an unknown one gives 0.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

/// Compares the real ids with the effective ones, which differ in a set-user-ID or set-group-ID program.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
#[expect(unsafe_code, reason = "functions of the C library")]
fn of_system() -> bool {
    // SAFETY: they take nothing and cannot fail.
    unsafe { libc::getuid() != libc::geteuid() || libc::getgid() != libc::getegid() }
}

/// Returns false: Windows has no program that runs with the rights of its file's owner.
#[cfg(not(unix))]
fn of_system() -> bool {
    false
}

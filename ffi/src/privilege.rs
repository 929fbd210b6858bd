//! Whether the process has rights that whoever started it has not.

/// Whether the program runs with raised privileges: set-user-ID, set-group-ID, or capabilities of its file. Its environment is
/// then that of somebody who may do less, and decides neither whom to trust nor whose token is sent.
pub(crate) fn is_raised() -> bool {
    #[cfg(feature = "test-hooks")]
    if crate::hooks::plays_raised() {
        return true;
    }
    of_system()
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[expect(unsafe_code, reason = "a function of the C library")]
fn of_system() -> bool {
    // SAFETY: it takes a number and reads what the kernel gave the process; an unknown one gives 0.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
#[expect(unsafe_code, reason = "functions of the C library")]
fn of_system() -> bool {
    // SAFETY: they take nothing and cannot fail.
    unsafe { libc::getuid() != libc::geteuid() || libc::getgid() != libc::getegid() }
}

#[cfg(not(unix))]
fn of_system() -> bool {
    false
}

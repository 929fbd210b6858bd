//! The caller's data behind a callback that the library keeps.

#![expect(unsafe_code, reason = "pointers and functions of C")]

use std::ffi::c_void;

/// The `user` pointer of a callback that the library keeps, freed with its last owner.
pub(crate) struct Owned {
    pub(crate) user: *mut c_void,
    pub(crate) free: Option<unsafe extern "C" fn(user: *mut c_void)>,
}

// SAFETY: the header says that the pointer is used and freed on any thread that uses the client.
unsafe impl Send for Owned {}
// SAFETY: as above; for hooks the header says that several threads use it at once. Nothing here dereferences the pointer.
unsafe impl Sync for Owned {}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            // SAFETY: the setter's caller promised it; this is the last owner.
            unsafe { free(self.user) };
        }
    }
}

//! The linker's flags of the shared library: its soname, and the one that keeps it from being unloaded.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    match os.as_str() {
        // The soname's number is that of the binary interface, as `penbox_abi_version` returns it.
        "linux" | "android" | "freebsd" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libpenbox.so.0");
            // Threads and their destructors may run after a dlclose, and need the library's code.
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        "macos" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libpenbox.0.dylib")
        }
        _ => {}
    }
}

//! `include/penbox.h`, by cbindgen from `ffi/src` as it is about to be.

use std::path::{Path, PathBuf};

use crate::file::{File, MARK};

/// The modules in the order in which the header shows them; the operations come last.
const ORDER: &[&str] = &[
    "status",
    "version",
    "config",
    "settings",
    "client",
    "token_provider",
    "hook_callbacks",
    "log",
    "operation",
    "request",
    "stats",
    "check",
    "recording",
    "verifier",
    "verifier_config",
    "replay_store",
    "headers",
    "cancel",
    "options",
    "params",
    "params_set",
    "value",
    "value_text",
    "value_read",
    "value_http",
    "pager",
    "error",
    "error_read",
    "error_text",
    "error_http",
    "callbacks",
];

/// The text at the top of the header: an example and the rules of the interface.
const RULES: &str = include_str!("rules.txt");

/// The header, of the sources as this run makes them: those on disk may be stale, and then the header would be, too.
pub(super) fn file(known: &[&[File]], resources: &[&str]) -> Result<File, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = Scratch::new()?;
    let mut config = cbindgen::Config::from_file(root.join("ffi/cbindgen.toml"))?;
    config.header = Some(format!("/* {MARK} */\n\n{}", RULES.trim_end()));
    config.after_includes = Some(versions());
    let mut builder = cbindgen::Builder::new().with_config(config);
    let modules = ORDER.iter().map(|name| (*name).to_owned());
    let operations = resources.iter().map(|name| format!("operations/{name}"));
    for (position, module) in modules.chain(operations).enumerate() {
        let path = format!("ffi/src/{module}.rs");
        let text = match known
            .iter()
            .copied()
            .flatten()
            .find(|file| file.path == path)
        {
            Some(file) => file.text.clone(),
            None => std::fs::read_to_string(root.join(&path))
                .map_err(|error| format!("{path}: {error}"))?,
        };
        builder = builder.with_src(folder.put(&format!("{position}.rs"), &text)?);
    }
    let bindings = builder
        .generate()
        .map_err(|error| format!("penbox.h: {error}"))?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).map_err(|error| format!("penbox.h: {error}"))?;
    Ok(File::new("include/penbox.h", text))
}

/// The version macros. The ABI's number is written out, for it changes by decision and not with a version.
fn versions() -> String {
    let number = |name: &str, value: &str| format!("\n#define PENBOX_VERSION_{name} {value}");
    format!(
        "\n/** The version this header belongs to. */\n#define PENBOX_VERSION \"{}\"{}{}{}\n\n\
         /** The binary interface this header describes: see `penbox_abi_version`. */\n#define PENBOX_ABI_VERSION 0\n",
        env!("CARGO_PKG_VERSION"),
        number("MAJOR", env!("CARGO_PKG_VERSION_MAJOR")),
        number("MINOR", env!("CARGO_PKG_VERSION_MINOR")),
        number("PATCH", env!("CARGO_PKG_VERSION_PATCH")),
    )
}

/// A folder for the sources that cbindgen reads, removed when done: it reads files only, and some of these are not
/// written yet.
struct Scratch(PathBuf);

impl Scratch {
    /// Makes a folder that no other process uses.
    fn new() -> Result<Scratch, String> {
        let folder = std::env::temp_dir().join(format!("penbox-codegen-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        Ok(Scratch(folder))
    }

    /// Writes a file into the folder, and returns its path.
    fn put(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.0.join(name);
        std::fs::write(&path, text).map_err(|error| error.to_string())?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

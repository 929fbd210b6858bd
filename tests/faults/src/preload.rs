//! The library that is loaded before others, which makes the system under a testee fail.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use penbox_conformance::args::TesteeArg;
use tempfile::TempDir;

/// The failures, and the byte that stands for each.
const FAILURES: &[(&str, u8)] = &[
    ("name_not_found", b'n'),
    ("name_hangs", b'h'),
    ("name_without_family", b'f'),
    ("first_address_dead", b'd'),
    ("network_unreachable", b'u'),
    ("no_descriptors", b'e'),
    ("no_threads", b't'),
    ("clock_jumps", b'c'),
    ("disk_full", b'w'),
    ("disk_fills", b'p'),
    ("disk_loses", b'y'),
    ("signals", b's'),
    ("small_buffers", b'b'),
];

/// How long a signal may still be on its way.
const LIMIT: Duration = Duration::from_secs(5);

/// The library, built.
#[derive(Debug)]
pub struct Preload {
    folder: TempDir,
}

/// The switch of one process.
#[derive(Debug, Clone)]
pub struct Switch(PathBuf);

impl Preload {
    /// Builds it with gcc.
    ///
    /// # Errors
    /// There is no gcc, or it refuses.
    pub fn build(source: &Path) -> Result<Self, String> {
        let folder = tempfile::Builder::new()
            .prefix("penbox-faults-")
            .tempdir()
            .map_err(|error| error.to_string())?;
        let built = Command::new("gcc")
            .args([
                "-std=gnu11",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-O1",
                // It has names of its own for `open`, and some compilers turn it on.
                "-U_FORTIFY_SOURCE",
                "-fPIC",
                "-shared",
                "-o",
            ])
            .arg(folder.path().join("preload.so"))
            .arg(source)
            .arg("-ldl")
            .output()
            .map_err(|error| format!("gcc: {error}"))?;
        if built.status.success() {
            Ok(Self { folder })
        } else {
            Err(String::from_utf8_lossy(&built.stderr).into_owned())
        }
    }

    /// Where the certificate authorities lie that the system under a testee trusts.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A testee under the library, and its switch.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn under(&self, arg: &TesteeArg, lane: usize) -> io::Result<(TesteeArg, Switch)> {
        let switch = Switch(self.folder.path().join(format!("{}-{lane}", arg.name)));
        fs::write(&switch.0, [0, 0])?;
        let mut command = vec![
            "env".to_owned(),
            format!(
                "LD_PRELOAD={}",
                self.folder.path().join("preload.so").display()
            ),
            format!("PENBOX_FAULT_CONTROL={}", switch.0.display()),
            // To the testee they are the system's: nothing that a client reads names them.
            format!("PENBOX_FAULT_CA_FILE={}", self.ca_file().display()),
        ];
        command.extend(arg.command.iter().cloned());
        let under = TesteeArg {
            name: arg.name.clone(),
            command,
        };
        Ok((under, switch))
    }
}

impl Switch {
    /// Has the system fail from now on.
    ///
    /// # Errors
    /// There is no such failure, or the file system refuses.
    pub fn on(&self, failure: &str) -> Result<(), String> {
        let (_, byte) = FAILURES
            .iter()
            .find(|(name, _)| *name == failure)
            .ok_or_else(|| format!("unknown preload {failure:?}"))?;
        self.write(*byte).map_err(|error| error.to_string())
    }

    /// Has the system work again, and waits until no signal is on its way any more.
    ///
    /// # Errors
    /// The file system refuses, or signals do not end.
    pub fn off(&self) -> Result<(), String> {
        let told = |error: io::Error| error.to_string();
        self.write(0).map_err(told)?;
        let start = Instant::now();
        while fs::read(&self.0).map_err(told)?.get(1) != Some(&0) {
            if start.elapsed() > LIMIT {
                return Err("the signals of the preloaded library do not end".to_owned());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Forgets a process that is gone.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn reset(&self) -> Result<(), String> {
        fs::write(&self.0, [0, 0]).map_err(|error| error.to_string())
    }

    /// Never cuts the file short: the testee has it in its memory.
    fn write(&self, byte: u8) -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).open(&self.0)?.write_all(&[byte])
    }
}

//! The targets of downloads: the mode of a new file and of one that is replaced, and paths that can be none.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use penbox::{Download, ErrorKind, Outcome};

use crate::common::{Server, Step, answer};

fn file() -> Step {
    let named = "content-disposition: attachment; filename=\"x\"\r\n";
    answer("200 OK", named, &[7; 300_000])
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Downloads to a path. Checks that nobody else could read the bytes before the file was whole.
fn download(to: &Path, overwrite: bool) {
    let server = Server::start(vec![file()]);
    let folder = match to.is_dir() {
        true => to,
        false => to.parent().unwrap(),
    };
    let mut looks = 0;
    let to = Download::to(to).overwrite(overwrite).on_progress(|_, _| {
        let parts = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let is_part = |path: &PathBuf| path.to_string_lossy().contains("/.penbox-");
        for part in parts.filter(is_part) {
            assert_eq!(mode(&part), 0o600);
            looks += 1;
        }
        ControlFlow::Continue(())
    });
    server.client().attachments().download("a", to).unwrap();
    assert!(looks > 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_new_file_has_the_mode_of_any_new_file() {
    let name = "file_targets::a_new_file_has_the_mode_of_any_new_file";
    let folder = tempfile::tempdir().unwrap();
    if std::env::var_os("PENBOX_TEST_UMASK").is_none() {
        // The umask belongs to the whole process, so each is tried in a process of its own.
        for umask in ["022", "002", "077", "000"] {
            let run = std::process::Command::new("sh")
                .args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")])
                .arg(std::env::current_exe().unwrap())
                .args(["--exact", name, "--nocapture"])
                .env("PENBOX_TEST_UMASK", umask)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
            assert!(
                run.status.success() && said.contains("1 passed"),
                "{umask}: {said}"
            );
        }
        return;
    }
    let own = folder.path().join("own");
    fs::write(&own, "").unwrap();
    download(folder.path(), false);
    download(&folder.path().join("y"), true);
    let link = folder.path().join("link");
    symlink(&own, &link).unwrap();
    download(&link, true);
    for name in ["x", "y", "link"] {
        let path = folder.path().join(name);
        assert_eq!(mode(&path), mode(&own), "{name}");
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
    }
}

#[test]
fn a_file_that_is_replaced_keeps_its_mode() {
    for (before, after) in [
        (0o664, 0o664),
        (0o600, 0o600),
        (0o444, 0o444),
        (0o777, 0o777),
        (0o6755, 0o755),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for to in [path.as_path(), folder.path()] {
            fs::write(&path, "old").unwrap();
            fs::set_permissions(&path, Permissions::from_mode(before)).unwrap();
            download(to, true);
            assert_eq!(mode(&path), after, "{before:o}");
            assert_eq!(fs::metadata(&path).unwrap().len(), 300_000);
            fs::remove_file(&path).unwrap();
        }
    }
}

#[test]
fn a_device_or_a_link_to_one_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let within = |name: &str| folder.path().join(name);
    let pipe = std::process::Command::new("mkfifo")
        .arg(within("pipe"))
        .status();
    assert!(pipe.unwrap().success());
    symlink("/dev/null", within("null")).unwrap();
    symlink(within("null"), within("far")).unwrap();
    symlink("pipe", within("x")).unwrap();
    symlink("loop", within("loop")).unwrap();
    let device = PathBuf::from("/dev/null");
    let targets = ["pipe", "null", "far", "x", "loop"].map(within);
    let server = Server::start(vec![file()]);
    let client = server.client();
    for path in targets.iter().chain([&device]) {
        for overwrite in [false, true] {
            let to = Download::to(path).overwrite(overwrite);
            let error = client.attachments().download("a", to).unwrap_err();
            let found = (error.kind(), error.reason(), error.outcome());
            assert_eq!(found, (ErrorKind::File, None, Outcome::NotSent), "{error}");
            let hint = error.hint().unwrap_or_default();
            assert!(!hint.contains("overwrite"), "{path:?}: {hint}");
        }
    }
    // In a folder the server's name may be that of a link.
    let to = Download::to(folder.path()).overwrite(true);
    let error = client.attachments().download("a", to).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Done);
    assert!(error.message().ends_with("is no regular file"), "{error}");
    for path in &targets[1..] {
        assert!(path.is_symlink(), "{path:?}");
    }
    assert_eq!(crate::files::names(folder.path()).len(), 5);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_link_to_a_file_is_replaced_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (own, link) = (folder.path().join("own"), folder.path().join("link"));
    fs::write(&own, "kept").unwrap();
    for target in [&own, &folder.path().join("nowhere")] {
        symlink(target, &link).unwrap();
        let server = Server::start(vec![]);
        let to = Download::to(&link);
        let error = server.client().attachments().download("a", to).unwrap_err();
        assert_eq!(error.reason(), Some("exists"), "{error}");
        download(&link, true);
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
        assert_eq!(fs::read_to_string(&own).unwrap(), "kept");
        fs::remove_file(&link).unwrap();
    }
}

/// A call for root only: no other user can make files of others. True where the test runs as root.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

#[test]
fn a_file_that_is_replaced_keeps_its_owner_and_group() {
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    for (owner, group) in [(33, 33), (0, 33), (33, 0)] {
        for to in [path.as_path(), folder.path()] {
            fs::write(&path, "old").unwrap();
            chown(&path, Some(owner), Some(group)).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o6640)).unwrap();
            download(to, true);
            let found = fs::metadata(&path).unwrap();
            assert_eq!((found.uid(), found.gid()), (owner, group));
            assert_eq!(mode(&path), 0o640);
            assert_eq!(found.len(), 300_000);
            fs::remove_file(&path).unwrap();
        }
    }
}

/// A user that may not choose the group of a file keeps it from the group that the file then has.
#[test]
fn a_group_that_cannot_be_kept_leaves_no_rights_to_another() {
    let name = "file_targets::a_group_that_cannot_be_kept_leaves_no_rights_to_another";
    if let Ok(path) = std::env::var("PENBOX_TEST_AS_USER") {
        download(Path::new(&path), true);
        return;
    }
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // The other user needs a copy of this program, too: its own may be in a folder of root's.
    let program = folder.path().join("it");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let within = folder.path().join("within");
    fs::create_dir(&within).unwrap();
    chown(&within, Some(1_234), Some(1_234)).unwrap();
    for path in [folder.path(), &program, &within] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    let path = within.join("x");
    for (group, before, after) in [
        // Among the user's own groups, one may be chosen.
        (4_321, 0o640, (4_321, 0o640)),
        (9_999, 0o640, (1_234, 0o600)),
        (9_999, 0o664, (1_234, 0o644)),
    ] {
        fs::write(&path, "old").unwrap();
        chown(&path, Some(1_234), Some(group)).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(before)).unwrap();
        let run = std::process::Command::new("setpriv")
            .args(["--reuid=1234", "--regid=1234", "--groups=4321"])
            .arg(&program)
            .args(["--exact", name, "--nocapture"])
            .env("PENBOX_TEST_AS_USER", &path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success() && said.contains("1 passed"), "{said}");
        let found = fs::metadata(&path).unwrap();
        assert_eq!((found.len(), found.uid()), (300_000, 1_234));
        assert_eq!((found.gid(), mode(&path)), after, "{group} {before:o}");
    }
}

#[test]
fn a_path_that_can_be_none_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let within = |name: &str| folder.path().join(name);
    fs::write(within("file"), "kept").unwrap();
    let long = "x".repeat(256);
    let of_bytes = |bytes: &[u8]| PathBuf::from(OsStr::from_bytes(bytes));
    let server = Server::start(vec![]);
    let client = server.client();
    for (path, kind, said) in [
        (PathBuf::new(), ErrorKind::InvalidArgument, "an empty path"),
        (of_bytes(b"a\0b"), ErrorKind::InvalidArgument, "a NUL"),
        (of_bytes(b"/\0"), ErrorKind::InvalidArgument, "a NUL"),
        (within("new/"), ErrorKind::File, "not a folder that exists"),
        (within("new/."), ErrorKind::File, "not a folder that exists"),
        (
            within("new/.."),
            ErrorKind::File,
            "not a folder that exists",
        ),
        (within("file/"), ErrorKind::File, "not a folder that exists"),
        (within("new/x"), ErrorKind::File, "cannot be written to"),
        (within("file/x"), ErrorKind::File, "cannot be written"),
        (within(&long), ErrorKind::File, "cannot be written"),
        // Nobody can make a file there, root included.
        (
            PathBuf::from("/proc/self/x"),
            ErrorKind::File,
            "cannot be written to",
        ),
    ] {
        for overwrite in [false, true] {
            let to = Download::to(&path).overwrite(overwrite);
            let error = client.attachments().download("a", to).unwrap_err();
            assert_eq!(
                (error.kind(), error.outcome()),
                (kind, Outcome::NotSent),
                "{path:?}"
            );
            assert!(error.message().contains(said), "{path:?}: {error}");
            assert_eq!(error.operation(), Some("attachments.download"));
        }
    }
    assert_eq!((server.requests().len(), server.connections()), (0, 0));
    assert_eq!(crate::files::names(folder.path()), ["file"]);
    // An existing folder is a target, however it is written.
    for end in ["", "/", "/.", "/new/.."] {
        fs::create_dir_all(within("new")).unwrap();
        let to = format!("{}{end}", folder.path().display());
        let server = Server::start(vec![file()]);
        let file = server
            .client()
            .attachments()
            .download("a", Download::to(&to))
            .unwrap();
        fs::remove_file(file.path.unwrap()).unwrap();
        assert!(!within("x").exists());
    }
}

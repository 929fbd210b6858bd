//! Commands that behave, and commands that do not: each fault has its own reason.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

use std::sync::Arc;
use std::time::Instant;

use super::*;
use crate::ErrorKind;
use crate::cancel::{CancelScope, CancelSource};

const TOKEN: &str = "pnbx_of-a-secret-manager";

fn shell(script: &str) -> Command {
    Command::of(["sh", "-c", script].map(str::to_owned).to_vec()).unwrap()
}

fn asked(script: &str) -> std::result::Result<Token, AskError> {
    // The script holds no token in one piece, since a command must not.
    let script = format!("P=pnb; T=\"${{P}}x_of-a-secret-manager\"; {script}");
    let limits = AskLimits {
        cancel: &CancelScope::default(),
        deadline: None,
    };
    ask_within(&shell(&script), &limits, Duration::from_secs(5))
}

fn failed(script: &str) -> Error {
    match asked(script) {
        Err(AskError::Failed(error)) => error,
        Err(AskError::Ended) => panic!("{script}: ended"),
        Ok(_) => panic!("{script}: gave a token"),
    }
}

/// Waits until a process is gone, or is a zombie. A kill is a signal, whose effect comes a little later.
fn await_end(pid: &str) {
    let stat = format!("/proc/{}/stat", pid.trim());
    let lives = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
    let started = Instant::now();
    while lives() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{pid} was not killed"
        );
        std::thread::yield_now();
    }
}

#[test]
fn a_token_is_read_with_one_line_break_or_none() {
    for script in [
        "printf %s \"$T\"",
        "echo \"$T\"",
        "printf '%s\\r\\n' \"$T\"",
        // What others read or write on the way is no concern of ours.
        "echo warning: slow >&2; cat; echo \"$T\"",
        // The command has ended, though what it left behind holds its output.
        "sleep 30 & echo \"$T\"",
    ] {
        let started = Instant::now();
        let Ok(token) = asked(script) else {
            panic!("{script}: no token");
        };
        assert_eq!(token, Token::new(TOKEN).unwrap(), "{script}");
        assert!(started.elapsed() < Duration::from_secs(4), "{script}");
    }
}

#[test]
fn a_word_of_a_list_may_have_spaces_and_quotes() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("a 'quoted' name");
    std::os::unix::fs::symlink("/bin/sh", &link).unwrap();
    let words = [
        link.to_str().unwrap(),
        "-c",
        "P=pnbx; echo $P\"_$1\"",
        "sh",
        "two words",
    ];
    let limits = AskLimits {
        cancel: &CancelScope::default(),
        deadline: None,
    };
    let command = Command::of(words.map(str::to_owned).to_vec()).unwrap();
    let Err(AskError::Failed(error)) = ask(&command, &limits) else {
        panic!("a token with a space was taken");
    };
    assert!(error.message().contains("contains a space"), "{error}");
}

#[test]
fn each_fault_has_its_own_reason_and_shows_no_secret() {
    for (script, reason) in [
        ("exit 0", "command_empty"),
        ("echo; echo", "command_empty"),
        ("echo \"$T\"; echo \"$T\"", "command_lines"),
        ("echo '{'; echo '\"token\": 1}'", "command_lines"),
        ("echo \"$T\"; exit 3", "command_failed"),
        ("kill -9 $$", "command_failed"),
        ("echo \"$T\" >&2; echo \"$T\"", "command_stderr"),
        ("echo \"login with $T\" >&2; exit 1", "command_stderr"),
        ("echo \"$T\" >&2", "command_stderr"),
        ("echo \"Bearer $T\"", "token_malformed"),
        ("printf '\\377'", "token_malformed"),
        ("echo null", "token_malformed"),
    ] {
        let error = failed(script);
        assert_eq!(
            (error.kind(), error.reason()),
            (ErrorKind::Config, Some(reason)),
            "{script}"
        );
        assert_eq!(error.outcome(), crate::Outcome::NotSent);
        assert!(
            !format!("{error} {error:?}").contains("of-a-secret"),
            "{error}"
        );
        assert_eq!(error.retryable(), reason == "command_failed");
    }
    let missing = Command::of(vec!["/nowhere/token".to_owned()]).unwrap();
    let limits = AskLimits {
        cancel: &CancelScope::default(),
        deadline: None,
    };
    let Err(AskError::Failed(error)) = ask(&missing, &limits) else {
        panic!("a program that is not there gave a token");
    };
    assert_eq!(error.reason(), Some("command_not_started"));
}

#[test]
fn the_end_of_standard_error_is_shown_with_its_secrets_masked() {
    let error =
        failed("echo '> Authorization: Bearer hvs.CAESIJ' >&2; echo denied by policy >&2; exit 2");
    let said =
        "failed with the exit status 2; it wrote: > Authorization: Bearer *** denied by policy";
    assert!(error.message().ends_with(said), "{error}");
    let error = failed("yes 0123456789 | head -c 300000 >&2; exit 2");
    assert!(error.message().len() < 1_200 && error.message().len() > 300);
}

#[test]
fn a_command_that_hangs_is_killed_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    let script = format!(
        "sleep 600 & echo $! > {0}; echo $$ >> {0}; wait",
        pids.display()
    );
    let limits = AskLimits {
        cancel: &CancelScope::default(),
        deadline: None,
    };
    let answer = ask_within(&shell(&script), &limits, Duration::from_millis(500));
    let Err(AskError::Failed(error)) = answer else {
        panic!("a command without an end gave a token");
    };
    assert_eq!(error.reason(), Some("command_timeout"));
    assert!(error.message().contains("0.5 s") && error.retryable());
    let pids = std::fs::read_to_string(pids).unwrap();
    assert_eq!(pids.lines().count(), 2);
    pids.lines().for_each(await_end);
}

#[test]
fn a_command_ends_with_the_call_that_wants_its_token() {
    let source = Arc::new(CancelSource::default());
    let cancel = CancelScope {
        call: Some(Arc::clone(&source)),
        ..CancelScope::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let script = format!(
        "echo $$ > {0}.new; mv {0}.new {0}; exec sleep 600",
        pid.display()
    );
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let limits = AskLimits {
                cancel: &cancel,
                deadline: None,
            };
            ask(&shell(&script), &limits)
        });
        while !pid.exists() {
            std::thread::yield_now();
        }
        let cancelled = Instant::now();
        source.cancel();
        assert!(matches!(asking.join().unwrap(), Err(AskError::Ended)));
        assert!(cancelled.elapsed() < Duration::from_secs(1));
    });
    await_end(&std::fs::read_to_string(pid).unwrap());
    let limits = AskLimits {
        cancel: &CancelScope::default(),
        deadline: Some(Instant::now() + Duration::from_millis(200)),
    };
    assert!(matches!(
        ask(&shell("sleep 600"), &limits),
        Err(AskError::Ended)
    ));
}

#[test]
fn a_command_is_not_given_penboxs_own_secrets() {
    // The variables of the test's process cannot be set while other tests run, so the preparation is looked at.
    let prepared = super::super::command_run::prepared(&shell("true"))
        .ok()
        .unwrap();
    let removed: Vec<_> = prepared
        .get_envs()
        .filter(|(_, value)| value.is_none())
        .collect();
    assert_eq!(removed.len(), 4);
    assert!(
        removed
            .iter()
            .all(|(name, _)| name.to_string_lossy().starts_with("PENBOX_API_TOKEN"))
    );
}

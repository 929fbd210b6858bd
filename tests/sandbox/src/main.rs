//! The sandbox as a program: prints its URL as the first line and serves until it is told to end.
#![forbid(unsafe_code)]

mod cli;

use std::io::{self, Read, Write};
use std::process::ExitCode;

use cli::{Command, Options};
use penbox_sandbox::{Sandbox, SandboxOptions};
use tokio::sync::oneshot;

fn main() -> ExitCode {
    let options = match cli::parse(std::env::args_os().skip(1)) {
        Ok(Command::Serve(options)) => options,
        Ok(Command::Print(text)) => {
            return match io::stdout().write_all(text.as_bytes()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            };
        }
        Err(message) => {
            complain(&format!("{message}\nTry penbox-sandbox --help."));
            return ExitCode::from(2);
        }
    };
    match serve(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// The options of the sandbox. A seed file that does not fit is named.
fn started(options: &Options) -> io::Result<SandboxOptions> {
    let mut started = SandboxOptions::default()
        .port(options.port)
        .log_requests(options.log)
        .webhooks_anywhere(options.webhooks_anywhere);
    if let Some(host) = options.host {
        started = started.host(host);
    }
    if let Some(path) = &options.seed {
        let wrong = |error: &dyn std::fmt::Display| {
            io::Error::other(format!("{}: {error}", path.display()))
        };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
        let seed = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
        started = started.seed(seed);
    }
    Ok(started)
}

fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "penbox-sandbox: {message}");
}

fn serve(options: Options) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        // Before the URL is out, or a signal sent right after it would kill instead of end.
        let signal = signal()?;
        let sandbox = Sandbox::start(started(&options)?)?;
        if options.host.is_some_and(|host| !host.is_loopback()) {
            complain(
                "warning: whoever reaches this address can read and change all that the sandbox holds",
            );
        }
        let mut stdout = io::stdout();
        writeln!(stdout, "{}", sandbox.url())?;
        stdout.flush()?;
        let (_keep, eof) = stdin_eof(options.exit_on_stdin_eof)?;
        tokio::select! {
            () = signal => {}
            _ = eof => {}
        }
        sandbox.stop();
        Ok(())
    })
}

/// Completes at the end of stdin, if that is watched; the sender kept alive means "never".
fn stdin_eof(watch: bool) -> io::Result<(Option<oneshot::Sender<()>>, oneshot::Receiver<()>)> {
    let (sender, receiver) = oneshot::channel();
    if !watch {
        return Ok((Some(sender), receiver));
    }
    std::thread::Builder::new()
        .name("stdin".to_owned())
        .spawn(move || {
            let mut buffer = [0; 1024];
            let mut stdin = io::stdin();
            loop {
                match stdin.read(&mut buffer) {
                    Ok(0) => break,
                    Err(error) if error.kind() != io::ErrorKind::Interrupted => break,
                    _ => {}
                }
            }
            let _ = sender.send(());
        })?;
    Ok((None, receiver))
}

#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

//! Turns under the client's own rate limit, over real sockets: first come, first served, and the places of files.

use std::io::Write;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use penbox::{CallOptions, CancelToken, Download, ErrorKind, Outcome, Upload};

use crate::crowd::{PATIENCE, end, start};
use crate::desk::{Desk, blocking};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn calls_are_served_in_the_order_in_which_they_were_made() {
    let desk = Desk::open();
    let client = desk.builder().rate_limit("1/s").build().unwrap();
    client.forms().get("first").unwrap();
    let token = CancelToken::new();
    let pooled = |id: &str, options| {
        start(
            &client,
            "forms.get",
            &format!(r#"{{"id": "{id}"}}"#),
            options,
        )
    };
    let none = CallOptions::new;
    let one = blocking(&client, "1", none());
    // Many at a time, which ask from threads of the pool.
    let mut ends: Vec<_> = (2..6).map(|id| pooled(&id.to_string(), none())).collect();
    let leaving = pooled("cancelled", none().cancel(&token));
    let gone = blocking(&client, "gone", none().cancel(&token));
    ends.push(pooled("6", none()));
    let last = blocking(&client, "7", none());
    token.cancel();
    for error in [
        end(&leaving).unwrap_err(),
        gone.recv_timeout(PATIENCE).unwrap().unwrap_err(),
    ] {
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Cancelled, Outcome::NotSent)
        );
    }
    one.recv_timeout(PATIENCE).unwrap().unwrap();
    ends.iter().for_each(|call| drop(end(call).unwrap()));
    last.recv_timeout(PATIENCE).unwrap().unwrap();
    assert_eq!(desk.order(), ["first", "1", "2", "3", "4", "5", "6", "7"]);
    desk.assert_rate(1);
}

/// A call of the pool asks once it has a thread. Of two the one that was made first is served first, whichever thread is faster.
#[test]
fn the_time_at_which_a_call_was_made_counts() {
    let desk = Desk::open();
    let client = desk.builder().rate_limit("1/s").build().unwrap();
    client.forms().get("first").unwrap();
    let [early, late] = [(); 2].map(|()| CallOptions::new().begin());
    let ends = [
        blocking(&client, "late", late),
        blocking(&client, "early", early),
    ];
    for end in ends {
        end.recv_timeout(PATIENCE).unwrap().unwrap();
    }
    assert_eq!(desk.order(), ["first", "early", "late"]);
}

#[test]
fn a_call_is_told_at_once_when_its_turn_would_come() {
    let desk = Desk::open();
    let client = desk.builder().rate_limit("1/10s").build().unwrap();
    client.forms().get("first").unwrap();
    let waiting: Vec<_> = ["1", "2"]
        .map(|id| blocking(&client, id, CallOptions::new()))
        .into();
    let begun = Instant::now();
    let hasty = client.with_options(CallOptions::new().timeout(SECOND * 29));
    let error = hasty.forms().get("3").unwrap_err();
    assert!(begun.elapsed() < SECOND * 5, "{:?}", begun.elapsed());
    let facts = (
        error.kind(),
        error.outcome(),
        error.attempts(),
        error.reason(),
    );
    assert_eq!(facts, (ErrorKind::RateLimit, Outcome::NotSent, 0, None));
    // Two are before it, and the slot is free ten seconds after the first answer.
    let wait = error.retry_after().unwrap();
    assert!(wait > SECOND * 25 && wait <= SECOND * 30, "{wait:?}");
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("timeout") && hint.contains("rate_limit"),
        "{hint}"
    );
    // One that could wait long enough, but whose time is over while it waits for a slower one.
    client.close();
    for call in waiting {
        let error = call.recv_timeout(PATIENCE).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
    }
}

/// While the only slot is in flight nobody knows when it is free. The calls that wait learn that it is too late for them: one in the
/// end, as no answer comes, or else once the answer has come.
#[test]
fn a_call_that_runs_out_of_time_in_the_queue_is_told_so_and_the_next_goes_on() {
    for (is_pooled, is_answered) in [(true, false), (false, false), (true, true), (false, true)] {
        let desk = Desk::open();
        let client = desk.builder().rate_limit("1/s").build().unwrap();
        let first = start(
            &client,
            "forms.get",
            r#"{"id": "hang"}"#,
            CallOptions::new(),
        );
        desk.wait_for(1);
        // Longer than the window, so that a turn may come in time.
        let short = || CallOptions::new().timeout(Duration::from_millis(1_500));
        let begun = Instant::now();
        let pooled = is_pooled.then(|| start(&client, "forms.get", r#"{"id": "a"}"#, short()));
        let blocked = (!is_pooled).then(|| blocking(&client, "b", short()));
        let patient = blocking(&client, "c", CallOptions::new());
        if is_answered {
            // Its slot is free a window later than this, and so after the other's time.
            thread::sleep(Duration::from_millis(600).saturating_sub(begun.elapsed()));
            desk.release();
        }
        let error = match (pooled, blocked) {
            (Some(pooled), _) => end(&pooled).unwrap_err(),
            (_, Some(blocked)) => blocked.recv_timeout(PATIENCE).unwrap().unwrap_err(),
            _ => unreachable!(),
        };
        let facts = (error.kind(), error.outcome(), error.attempts());
        assert_eq!(
            facts,
            (ErrorKind::RateLimit, Outcome::NotSent, 0),
            "{error:?}"
        );
        assert!(error.retry_after() > Some(Duration::ZERO), "{error:?}");
        let took = begun.elapsed();
        assert_eq!(took < Duration::from_millis(1_400), is_answered, "{took:?}");
        desk.release();
        end(&first).unwrap();
        patient.recv_timeout(PATIENCE).unwrap().unwrap();
        assert_eq!(desk.order(), ["hang", "c"]);
        desk.assert_rate(1);
    }
}

#[test]
fn a_file_gives_its_place_back_a_window_after_its_head() {
    let desk = Desk::open();
    let client = desk.builder().rate_limit("2/s").build().unwrap();
    thread::scope(|scope| {
        let download = |id: &'static str| {
            let attachments = client.clone();
            move || {
                attachments
                    .attachments()
                    .download(id, Download::memory())
                    .map(|file| file.size)
            }
        };
        // The head of one comes late: its place is free only a window after that.
        let files = [
            scope.spawn(download("f")),
            scope.spawn(download("slow-file")),
        ];
        desk.wait_for(2);
        for id in ["1", "2", "3"] {
            client.forms().get(id).unwrap();
        }
        // None of the files has its last byte yet.
        assert!(files.iter().all(|file| !file.is_finished()));
        desk.wait_for(3);
        desk.release();
        for file in files {
            assert_eq!(file.join().unwrap().unwrap(), 5);
        }
    });
    desk.assert_rate(2);
}

/// A source that says when it is read, and ends when the test says so.
struct Paused(Sender<()>, Receiver<()>);

impl std::io::Read for Paused {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        let _ = self.0.send(());
        let _ = self.1.recv();
        Ok(0)
    }
}

/// The server counts an upload at some time between its first byte and the answer's head, so its place is taken for as long.
#[test]
fn an_upload_keeps_its_place_until_its_head() {
    let desk = Desk::open();
    let client = desk.builder().rate_limit("1/s").build().unwrap();
    thread::scope(|scope| {
        let ((is_read, reads), (end_source, source)) = (channel(), channel());
        let attachments = client.attachments();
        let upload = scope.spawn(move || {
            let upload = Upload::reader(Paused(is_read, source), None, "a.bin");
            attachments.upload(upload)
        });
        reads.recv_timeout(PATIENCE).unwrap();
        let next = blocking(&client, "next", CallOptions::new());
        let early = next.recv_timeout(SECOND + SECOND / 2);
        assert!(early.is_err(), "the upload's place was given away");
        end_source.send(()).unwrap();
        upload.join().unwrap().unwrap();
        next.recv_timeout(PATIENCE).unwrap().unwrap();
    });
    assert_eq!(desk.order(), ["attachments", "next"]);
    desk.assert_rate(1);
}

/// An upload sends nothing before the first bytes of its pipe are there, so until then it takes no place either.
#[cfg(unix)]
#[test]
fn an_upload_that_waits_for_its_pipe_takes_no_place() {
    let desk = Desk::open();
    let client = desk.builder().rate_limit("1/h").build().unwrap();
    thread::scope(|scope| {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let (waits, waiting) = channel();
        let options = CallOptions::new().interrupt_check(move || {
            let _ = waits.send(());
            false
        });
        let own = client.with_options(options.timeout(SECOND * 20));
        let upload = scope.spawn(move || own.attachments().upload(Upload::pipe(reader, "a.bin")));
        waiting.recv_timeout(PATIENCE).unwrap();
        client.forms().get("first").unwrap();
        writer.write_all(b"late").unwrap();
        let error = upload.join().unwrap().unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::RateLimit, Outcome::NotSent)
        );
    });
    assert_eq!(desk.order(), ["first"]);
}

/// A call of the pool that waits for a slot holds no thread meanwhile. When its slot is free and its client's workers are busy, the
/// calls behind it must not wait for them, too.
#[test]
fn a_call_that_gets_no_thread_holds_no_other_up() {
    let desk = Desk::open();
    let builder = desk.builder().rate_limit("1/s").max_workers(1);
    let client = builder.build().unwrap();
    client.forms().get("first").unwrap();
    // The download takes the only worker for as long as its last byte is missing.
    let (sender, ended) = channel();
    let (own, options) = (client.clone(), CallOptions::new().begin());
    let given = options.clone();
    let download = async move {
        let (id, to) = (r#"{"id": "file"}"#, Download::memory());
        let file = own.resumable_download("attachments.download", id, to, &given);
        file.await.map(|file| file.size)
    };
    client.start("attachments.download", &options, download, move |size| {
        let _ = sender.send(size);
    });
    // Both have asked for a slot before the download has its own.
    let pooled = |id: &str| {
        let params = format!(r#"{{"id": "{id}"}}"#);
        start(&client, "forms.get", &params, CallOptions::new())
    };
    let ends = ["early", "late"].map(pooled);
    desk.wait_for(2);
    let (one, two) = (
        blocking(&client, "blocking-1", CallOptions::new()),
        blocking(&client, "blocking-2", CallOptions::new()),
    );
    for call in [one, two] {
        call.recv_timeout(PATIENCE).unwrap().unwrap();
    }
    assert_eq!(desk.order()[2..], ["blocking-1", "blocking-2"]);
    desk.release();
    assert_eq!(ended.recv_timeout(PATIENCE).unwrap().unwrap(), 5);
    ends.iter().for_each(|call| drop(end(call).unwrap()));
    assert_eq!(desk.order()[4..], ["early", "late"]);
    desk.assert_rate(1);
}

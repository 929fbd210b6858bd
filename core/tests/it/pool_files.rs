//! Files in the pool: queued uploads and downloads end on time and move nothing, and those that hang hold up no other client.

use std::io::{Cursor, Seek, SeekFrom};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use penbox::{CallOptions, CancelToken, Client, Download, ErrorKind, Outcome, Upload};

use crate::crowd::{Crowd, Ended, end, facts, get};

/// A source that several owners look at: the call, and the test.
#[derive(Clone)]
struct Shared(Arc<Mutex<Cursor<Vec<u8>>>>);

impl std::io::Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().read(buffer)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.lock().unwrap().seek(to)
    }
}

fn upload(client: &Client, source: &Shared, options: CallOptions) -> Ended {
    let options = options.begin();
    let (sender, ended) = channel();
    let (own, given, source) = (client.clone(), options.clone(), source.clone());
    let call = async move {
        let upload = Upload::seekable(source, "a.bin");
        let answer = own
            .resumable_upload("attachments.upload", "{}", upload, &given)
            .await?;
        Ok(answer.document.text().to_owned())
    };
    client.start("attachments.upload", &options, call, move |result| {
        let _ = sender.send(result);
    });
    ended
}

fn download(client: &Client, id: &str, to: &std::path::Path, options: CallOptions) -> Ended {
    let options = options.begin();
    let (sender, ended) = channel();
    let (own, given, to) = (client.clone(), options.clone(), to.to_owned());
    let params = format!(r#"{{"id": "{id}"}}"#);
    let call = async move {
        let to = Download::to(to);
        let file = own
            .resumable_download("attachments.download", &params, to, &given)
            .await?;
        Ok(file.size.to_string())
    };
    client.start("attachments.download", &options, call, move |result| {
        let _ = sender.send(result);
    });
    ended
}

#[test]
fn a_queued_file_ends_on_time_and_moves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for way in ["limit", "limit for files", "token", "close"] {
        let server = Crowd::start();
        let limit = Duration::from_millis(100);
        let builder = server.builder().max_workers(1);
        let builder = match way {
            "limit for files" => builder.file_timeout(limit),
            _ => builder,
        };
        let client = builder.build().unwrap();
        let hung = get(&client, "hang");
        server.wait_for(1);
        let (token, options) = (CancelToken::new(), CallOptions::new());
        let options = match way {
            "limit" => options.timeout(limit),
            _ => options.cancel(&token),
        };
        let source = Shared(Arc::new(Mutex::new(Cursor::new(vec![7; 1 << 20]))));
        source.0.lock().unwrap().set_position(5);
        let up = upload(&client, &source, options.clone());
        let down = download(&client, "f", &folder.path().join("f"), options);
        let kind = match way {
            "limit" | "limit for files" => ErrorKind::Timeout,
            "token" => {
                token.cancel();
                ErrorKind::Cancelled
            }
            _ => {
                client.close();
                ErrorKind::Closed
            }
        };
        for (ended, operation) in [(&up, "attachments.upload"), (&down, "attachments.download")] {
            let error = end(ended).unwrap_err();
            assert_eq!(facts(&error), (kind, Outcome::NotSent, 0), "{way}");
            assert_eq!(error.operation(), Some(operation));
        }
        assert_eq!(source.0.lock().unwrap().position(), 5, "{way}: it was read");
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "{way}");
        client.close();
        assert!(end(&hung).is_err());
        assert!(server.arrived.try_recv().is_err(), "{way}: it was sent");
    }
}

#[test]
fn files_that_hang_hold_up_no_other_clients_file() {
    let server = Crowd::start();
    let folder = tempfile::tempdir().unwrap();
    let hanging = server.builder().build().unwrap();
    let other = server.builder().build().unwrap();
    let held: Vec<Ended> = (0..300)
        .map(|number| {
            let to = folder.path().join(number.to_string());
            download(&hanging, "hang", &to, CallOptions::new())
        })
        .collect();
    server.wait_for(256);
    let to = folder.path().join("f");
    let size = end(&download(&other, "file", &to, CallOptions::new())).unwrap();
    assert_eq!(size, std::fs::metadata(&to).unwrap().len().to_string());
    let source = Shared(Arc::new(Mutex::new(Cursor::new(vec![7; 10]))));
    end(&upload(&other, &source, CallOptions::new())).unwrap();
    hanging.close();
    for ended in &held {
        assert_eq!(end(ended).unwrap_err().kind(), ErrorKind::Closed);
    }
    assert_eq!(
        folder.path().read_dir().unwrap().count(),
        1,
        "parts are left"
    );
}

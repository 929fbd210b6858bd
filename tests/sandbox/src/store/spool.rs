use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use super::content::Content;

/// What is kept in memory before it goes to the disk.
const STEP: usize = 1024 * 1024;
/// What is looked at to tell the type.
const HEAD: usize = 64;

/// A file on its way in: any size, constant memory.
pub(crate) struct Spool {
    file: Arc<File>,
    waiting: Vec<u8>,
    /// The first bytes.
    pub(crate) head: Vec<u8>,
    pub(crate) size: u64,
}

impl Spool {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            file: Arc::new(tempfile::tempfile()?),
            waiting: Vec::new(),
            head: Vec::new(),
            size: 0,
        })
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let missing = (HEAD - self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..missing]);
        self.size += bytes.len() as u64;
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= STEP {
            self.flush().await?;
        }
        Ok(())
    }

    pub(crate) async fn finish(mut self) -> io::Result<Content> {
        self.flush().await?;
        Ok(Content::Disk(self.file))
    }

    /// On a thread for blocking work: a slow disk must not hold up other requests.
    async fn flush(&mut self) -> io::Result<()> {
        let file = Arc::clone(&self.file);
        let mut bytes = std::mem::take(&mut self.waiting);
        self.waiting = tokio::task::spawn_blocking(move || {
            file.as_ref().write_all(&bytes)?;
            bytes.clear();
            io::Result::Ok(bytes)
        })
        .await
        .map_err(io::Error::other)??;
        Ok(())
    }
}

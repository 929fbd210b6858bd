//! A second client of the Rust testee, which calls while the first one meets a fault.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use penbox::{Client, Error};
use serde_json::{Map, Value, json};

use crate::Call;
use crate::pooled;

/// What is to be done with a second client.
#[derive(serde::Deserialize)]
pub(crate) struct Beside {
    /// Its settings; without them it is ended.
    pub(crate) settings: Option<Map<String, Value>>,
}

/// A client that makes one call after another on a thread of its own.
pub(crate) struct Second {
    over: Arc<AtomicBool>,
    calling: JoinHandle<Result<u64, Error>>,
}

impl Second {
    /// Makes the first call, and starts the others.
    pub(crate) fn start(client: Client, pool: bool) -> Result<Second, Error> {
        get(&client, pool)?;
        let over = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&over);
        let calling = thread::spawn(move || {
            let mut calls = 1;
            while !end.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(20));
                get(&client, pool)?;
                calls += 1;
            }
            client.close();
            Ok(calls)
        });
        Ok(Second { over, calling })
    }

    /// Ends them: how many there were.
    pub(crate) fn end(self) -> Result<u64, Error> {
        self.over.store(true, Ordering::SeqCst);
        let ended = self.calling.join();
        ended.map_err(|_| Error::internal("the second client's thread failed"))?
    }
}

/// One call.
fn get(client: &Client, pool: bool) -> Result<(), Error> {
    if !pool {
        return client.forms().get("beside").map(drop);
    }
    let line = json!({"id": 0, "params": {"id": "beside"}});
    let call: Call =
        serde_json::from_value(line).map_err(|error| Error::internal(error.to_string()))?;
    pooled::perform(client, "forms.get", &call).map(drop)
}

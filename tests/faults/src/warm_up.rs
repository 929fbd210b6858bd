//! The first calls of a testee's process, after which it has what it keeps.

use std::net::Ipv4Addr;
use std::time::Instant;

use serde_json::json;

use crate::combination::Driver;
use crate::job::get;
use crate::lane::Lane;
use crate::second::Second;
use crate::server::Server;
use crate::step::{self, Step};
use crate::variant::Variant;
use crate::vars::Vars;

/// A server that fails once and then takes its time: a call waits for its repetition, and others run meanwhile.
fn slow() -> Variant {
    let failure = step::Reply {
        status: 500,
        ..step::Reply::default()
    };
    Variant {
        answers: vec![
            vec![Step::Reply(Box::new(failure))],
            vec![Step::WaitMs(100), Step::Healthy],
        ],
        ..Variant::well()
    }
}

/// A process that has made a call of each sort has all the threads and descriptors that it keeps.
///
/// # Errors
/// The testee does not survive them, or no server starts.
pub fn warm_up(lane: &mut Lane) -> Result<(), String> {
    let server = Server::start(Ipv4Addr::LOCALHOST, &slow(), Vars::default())
        .map_err(|error| error.to_string())?;
    let origin = format!("http://127.0.0.1:{}/v1", server.port());
    for driver in Driver::of(lane.name()) {
        let second = Second::start(lane, *driver)?;
        for operation in ["forms.get", "forms.list"] {
            let mut line = get("warm");
            line["operation"] = operation.into();
            line["pool"] = (*driver == Driver::Pool).into();
            if operation == "forms.list" {
                line["params"] = json!({});
            }
            line["settings"] =
                json!({"base_url": origin, "token": penbox_conformance::vars::TOKEN});
            lane.call(line)?;
            lane.close()?;
        }
        let now = Instant::now();
        second.stop(lane, now, now)?;
    }
    drop(server.stop());
    if lane.is_new() {
        lane.note();
    }
    Ok(())
}

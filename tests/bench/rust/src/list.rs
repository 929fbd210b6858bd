//! A page over HTTP on a connection that is kept.

use penbox::{Client, FormList};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::decode::{read_forms, read_value};
use crate::measure::{Contestant, in_turn};

pub(crate) fn measure(arguments: &Arguments) -> Result<(), String> {
    if !arguments.wants("page") {
        return Ok(());
    }
    let bytes = arguments.page()?;
    let expected = serde_json::from_slice::<Value>(&bytes).map_or(0, |tree| read_value(&tree));
    let client = Client::builder()
        .token(format!("pnbx_{}", "0".repeat(48)))
        .base_url(arguments.url()?)
        .build()
        .map_err(|error| error.to_string())?;
    let page = || {
        let page = client.forms().list(FormList::default()).page(1);
        page.map_or(0, |page| read_forms(&page.data))
    };
    in_turn(
        "page",
        expected,
        arguments,
        vec![Contestant::new("penbox", page)],
    )
}

//! From a page's bytes to something that can be read, without a network.

use penbox::{Form, Page};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::measure::{Contestant, in_turn};

/// What the typed path does with what it received: UTF-8 is checked once, then the text is decoded. The copy is this benchmark's own: a
/// client decodes the text it received, this one keeps the bytes for the next time.
fn typed(bytes: &[u8]) -> Option<Page<Form>> {
    Page::from_json(std::str::from_utf8(bytes).ok()?).ok()
}

/// Five fields of each form; what is returned depends on all of them.
pub(crate) fn read_forms(forms: &[Form]) -> usize {
    forms
        .iter()
        .map(|form| {
            let user = form.user.as_ref();
            form.id.len()
                + length(form.created_at.as_deref())
                + form
                    .status
                    .as_ref()
                    .map_or(0, |status| status.as_str().len())
                + length(user.and_then(|user| user.email.as_deref()))
                + length(form.links.as_ref().and_then(|links| links.fill.as_deref()))
        })
        .sum()
}

/// The same of a tree.
pub(crate) fn read_value(page: &Value) -> usize {
    let forms = page["data"].as_array().map_or(&[][..], Vec::as_slice);
    forms
        .iter()
        .map(|form| {
            length(form["id"].as_str())
                + length(form["created_at"].as_str())
                + length(form["status"].as_str())
                + length(form["user"]["email"].as_str())
                + length(form["links"]["fill"].as_str())
        })
        .sum()
}

fn length(text: Option<&str>) -> usize {
    text.map_or(0, str::len)
}

pub(crate) fn measure(arguments: &Arguments) -> Result<(), String> {
    let bytes = arguments.page()?;
    let tree = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
    if arguments.wants("page_decode") {
        let count = |tree: Option<Value>| {
            tree.map_or(0, |tree| tree["data"].as_array().map_or(0, Vec::len))
        };
        let contestants = vec![
            Contestant::new("penbox", || typed(&bytes).map_or(0, |page| page.len())),
            Contestant::new("serde_json::Value", || count(tree(&bytes))),
        ];
        in_turn("page_decode", 100, arguments, contestants)?;
    }
    if arguments.wants("page_decode_read") {
        let expected = tree(&bytes).map_or(0, |tree| read_value(&tree));
        let contestants = vec![
            Contestant::new("penbox", || {
                typed(&bytes).map_or(0, |page| read_forms(&page.data))
            }),
            Contestant::new("serde_json::Value", || {
                tree(&bytes).map_or(0, |tree| read_value(&tree))
            }),
        ];
        in_turn("page_decode_read", expected, arguments, contestants)?;
    }
    Ok(())
}

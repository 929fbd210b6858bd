//! Judges what a call that moves a file left behind: the result, the folder, the progress.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::case::Case;
use crate::check::Reply;
use crate::folder::{CONTENT, Folder, Node, Tree};
use crate::json::{differences, shorten};
use crate::multipart::summary;
use crate::transfer::{Progress, TargetWay};

/// Each call of the progress callback: the bytes moved so far, and the whole size where it is known.
pub type Told = Vec<(u64, Option<u64>)>;

/// What a testee says of a download. A member that is null may as well be absent.
const FACTS: &[&str] = &["path", "name", "content_type", "size", "sha256"];

/// Judges the result of a download: the members that the case names and null for the others, and the size and the digest of
/// what the server sent.
#[must_use]
pub fn result(case: &Case, expected: &Value, got: &Value, folder: &Folder) -> Vec<String> {
    let body = &case.served();
    let mut facts = Map::new();
    for name in FACTS {
        facts.insert((*name).to_owned(), expected[*name].clone());
    }
    let digest = Sha256::digest(body);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    facts.insert("size".to_owned(), body.len().into());
    facts.insert("sha256".to_owned(), digest.into());
    let mut got = got.clone();
    if let Some(members) = got.as_object_mut() {
        for name in FACTS {
            members.entry(*name).or_insert(Value::Null);
        }
        if let Some(path) = members["path"].as_str() {
            members["path"] = json!(folder.shown(path));
        }
    }
    let mut wrong = differences(&Value::Object(facts), &got);
    wrong
        .iter_mut()
        .for_each(|line| line.insert_str(0, "result "));
    wrong
}

/// Judges what lies in the folder after the call: what lay there before and the whole file where it belongs, or nothing more
/// after an error.
#[must_use]
pub fn left(case: &Case, reply: &Reply, folder: &Folder) -> Vec<String> {
    let mut tree = match folder.tree() {
        Ok(tree) => tree,
        Err(error) => return vec![format!("the folder cannot be read: {error}")],
    };
    let mut expected = folder.before().clone();
    let way = case.to.as_ref().map(|to| to.way);
    match (way, reply, &case.expect.result) {
        (Some(way), Reply::Result(_), Some(result)) => {
            let name = match (way, result["path"].as_str()) {
                (TargetWay::Memory | TargetWay::Writer, _) => Some(CONTENT.to_owned()),
                (_, path) => path.map(Folder::in_target),
            };
            expected.extend(name.map(|name| {
                let mode = folder.mode_of(&name);
                (name, Node::File(case.served(), mode))
            }));
        }
        // What a writer got before an error is the caller's.
        (Some(TargetWay::Writer), ..) => {
            tree.remove(CONTENT);
        }
        _ => {}
    }
    changes(&expected, &tree)
}

fn changes(expected: &Tree, got: &Tree) -> Vec<String> {
    let names: BTreeSet<&String> = expected.keys().chain(got.keys()).collect();
    let differing = names
        .into_iter()
        .filter(|name| expected.get(*name) != got.get(*name));
    differing
        .map(|name| {
            let (expected, got) = (show(expected.get(name)), show(got.get(name)));
            format!("the folder: {name:?}: expected {expected}, got {got}")
        })
        .collect()
}

fn show(node: Option<&Node>) -> String {
    match node {
        None => "nothing".to_owned(),
        Some(Node::Folder) => "a folder".to_owned(),
        Some(Node::File(bytes, mode)) => {
            format!("a file of {} with the mode {mode:o}", summary(bytes))
        }
        Some(Node::Link(to)) => format!("a link to {to:?}"),
    }
}

/// Judges what the callback was told: it never goes back, the whole size never changes, and at the end all was moved. One
/// that cancels is not called again.
#[must_use]
pub fn progress(case: &Case, reply: &Reply, told: &Told) -> Vec<String> {
    let wrong = |what: String| {
        vec![format!(
            "progress: {what}: {}",
            shorten(&format!("{told:?}"))
        )]
    };
    let size = match &case.file {
        Some(file) => file.content.as_ref().map_or(0, |content| content.0.len()),
        None => case.served().len(),
    } as u64;
    match (case.progress, told.last()) {
        (None, None) => Vec::new(),
        (None, Some(_)) => wrong("nobody asked for it".to_owned()),
        (Some(Progress::Cancel), _) if told.len() != 1 => {
            wrong("expected one call, which cancels".to_owned())
        }
        (Some(Progress::Watch), last)
            if matches!(reply, Reply::Result(_)) && last.is_none_or(|last| last.0 != size) =>
        {
            wrong(format!("expected {size} bytes at last"))
        }
        _ if told.windows(2).any(|pair| pair[0].0 > pair[1].0) => wrong("it went back".to_owned()),
        _ if told.windows(2).any(|pair| pair[0].1 != pair[1].1) => {
            wrong("the whole size changed".to_owned())
        }
        _ if told
            .iter()
            .any(|(_, total)| total.is_some_and(|total| total != size)) =>
        {
            wrong(format!("expected a whole size of {size}"))
        }
        _ => Vec::new(),
    }
}

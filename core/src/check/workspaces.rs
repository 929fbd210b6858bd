//! The findings about the workspaces that the token opens.

use super::finding::{Findings, Level};
use crate::call::page::Page;
use crate::endpoints::workspaces::Workspace;
use crate::error::{name, printable};

/// The longest name of a workspace that is shown, so that a line stays one.
const LONGEST: usize = 64;
/// The most workspaces that are named. A token belongs to one workspace (Authentication page), so more are rare.
const MOST: usize = 20;

/// Looks at the answer of `GET /workspaces`. `wanted` is the workspace that the token should open, by its slug or id.
pub(super) fn look(findings: &mut Findings, answer: String, wanted: Option<&str>) {
    let page: Page<Workspace> = match Page::from_json(answer) {
        Ok(page) => page,
        Err(_) => {
            return findings.add_with_fix(
                "answer",
                Level::Error,
                "The server answered with something that is no list of workspaces.",
                concat!(
                    "Something between the client and the API may have answered instead of it: check ",
                    name!("base_url"),
                    " and any proxy."
                ),
            );
        }
    };
    findings.add("token_accepted", Level::Ok, "The API accepts the token.");
    let total = page.meta.as_ref().and_then(|meta| meta.total_count);
    let has_more = total.is_some_and(|total| total > page.data.len() as u64);
    let all = listed(&page.data, has_more);
    if page.data.is_empty() {
        findings.add_with_fix(
            "no_workspace",
            Level::Warning,
            "The token opens no workspace.",
            "Create a token at https://app.penbox.io/workspace/settings/api, and choose the workspace there.",
        );
    }
    let Some(wanted) = wanted else {
        if !page.data.is_empty() {
            findings.add("workspace", Level::Ok, format!("The token opens {all}."));
        }
        return;
    };
    let shown = printable(wanted, LONGEST);
    let is_wanted = |one: &Workspace| one.slug.as_deref() == Some(wanted) || *one.id == *wanted;
    if page.data.iter().any(is_wanted) {
        findings.add(
            "workspace",
            Level::Ok,
            format!("The token opens the workspace {shown}."),
        );
    } else if has_more {
        findings.add(
            "workspace_unknown",
            Level::Warning,
            format!("The workspace {shown} is not on the first page; the token opens {all}."),
        );
    } else {
        findings.add_with_fix(
            "wrong_workspace",
            Level::Error,
            format!("The token does not open the workspace {shown}; it opens {all}."),
            "Tokens belong to one workspace: use the token of that one, or correct the slug.",
        );
    }
}

/// The workspaces in words.
fn listed(workspaces: &[Workspace], has_more: bool) -> String {
    let name = |one: &Workspace| printable(one.slug.as_deref().unwrap_or(&one.id), LONGEST);
    let names: Vec<String> = workspaces.iter().take(MOST).map(name).collect();
    let more = if has_more || workspaces.len() > MOST {
        ", ..."
    } else {
        ""
    };
    match names.len() {
        0 => "none".to_owned(),
        1 => format!("the workspace {}{more}", names[0]),
        _ => format!("the workspaces {}{more}", names.join(", ")),
    }
}

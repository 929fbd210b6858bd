//! The check of a client: the debugging list of the Authentication page, looked at by the program itself. Its result is a report,
//! each finding of which says what to do. It sends one `GET /workspaces` and no more.

mod address;
mod answer;
mod clock;
mod env_file;
mod finding;
mod git_ignore;
mod git_repository;
mod options;
mod report;
mod run;
mod token;
mod waits;
mod workspaces;

pub use finding::{Finding, Level};
pub use options::CheckOptions;
pub use report::Report;
pub(crate) use run::{check, check_of_error, curl_request};

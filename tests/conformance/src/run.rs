//! Puts the cases through the testees.

use serde_json::{Value, json};

use crate::args::Args;
use crate::around::with_token_file;
use crate::case::Case;
use crate::case_files;
use crate::check::{self, Reply};
use crate::coverage::{self, Uncovered};
use crate::folder::Folder;
use crate::leak::LeakScan;
use crate::moved;
use crate::report::{Coverage, Report, Row};
use crate::rows;
use crate::server::Server;
use crate::spec::Spec;
use crate::testee::Testee;
use crate::token_file::TokenFile;
use crate::vars::{TOKEN, Vars};

/// Runs every case that the arguments choose through every testee.
///
/// # Errors
/// There was no run: a case file or the spec cannot be read, or no case was chosen.
pub fn everything(args: &Args) -> Result<Report, String> {
    let mut cases = Case::load_all(&args.cases)?;
    let spec = args.spec.as_deref().map(Spec::load).transpose()?;
    let coverage = match &spec {
        Some(spec) => Coverage::Checked(coverage::gaps(
            &cases,
            spec,
            &Uncovered::load(&args.uncovered)?,
        )),
        None => Coverage::Unchecked,
    };
    choose(args, &mut cases, |case| &case.name)?;
    let mut testees: Vec<Testee> = args
        .testees
        .iter()
        .map(|arg| Testee::new(arg, args.timeout))
        .collect();
    let mut rows = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let id = index as u64 + 1;
        let runs = testees
            .iter_mut()
            .map(|testee| one(case, id, testee, spec.as_ref()))
            .collect();
        rows.push(Row {
            name: case.name.clone(),
            failures: runs,
        });
    }
    // What came late on stderr belongs to no case in particular: the last one carries it.
    for (column, testee) in testees.iter_mut().enumerate() {
        let rest = testee.finish();
        let leak = LeakScan::new([TOKEN]).find(&rest);
        if let (Some(how), Some(row)) = (leak, rows.last_mut()) {
            row.failures[column].push(format!(
                "stderr holds the token at the end of the run ({how})"
            ));
        }
    }
    Ok(Report {
        testees: testees
            .iter()
            .map(|testee| testee.name().to_owned())
            .collect(),
        rows,
        coverage,
    })
}

/// The cases that the arguments choose, as they are with their rows put in: one JSON object a line, its name among its members.
///
/// # Errors
/// A case file cannot be read, or no case was chosen.
pub fn listing(args: &Args) -> Result<String, String> {
    let mut cases = Vec::new();
    for file in case_files::read_all(&args.cases)? {
        cases.extend(rows::expand(&file.name, &file.text)?);
    }
    choose(args, &mut cases, |(name, _)| name)?;
    let lines = cases.into_iter().map(|(name, mut case)| {
        case["name"] = name.into();
        case.to_string()
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// Leaves the cases that the arguments choose.
fn choose<T>(args: &Args, cases: &mut Vec<T>, name: impl Fn(&T) -> &String) -> Result<(), String> {
    // A part that names no case is a slip: its caller believes that something ran.
    if let Some(part) = args.in_vain(cases.iter().map(|case| name(case).as_str())) {
        return Err(format!("--only {part}: no such case"));
    }
    cases.retain(|case| args.chooses(name(case)));
    Ok(())
}

/// Runs one case through one testee; an empty list is a pass.
fn one(case: &Case, id: u64, testee: &mut Testee, spec: Option<&Spec>) -> Vec<String> {
    let folder = match Folder::make(case) {
        Ok(folder) => folder,
        Err(error) => return vec![format!("the folder of the call cannot be made: {error}")],
    };
    let token_file = match TokenFile::make(case.token_file.as_deref()) {
        Ok(token_file) => token_file,
        Err(error) => return vec![format!("the token file cannot be made: {error}")],
    };
    let mut answers = case.answers.clone();
    for answer in &mut answers {
        answer.token_path = token_file.path();
    }
    let server = match Server::start(&answers) {
        Ok(server) => server,
        Err(error) => return vec![format!("the server does not start: {error}")],
    };
    let vars = Vars {
        port: server.port(),
    };
    let filled = case
        .filled(&vars)
        .and_then(|case| Ok((case.settings(&vars)?, case)));
    let (settings, case) = match &filled {
        Ok((settings, case)) => (settings, case),
        Err(problem) => return vec![problem.clone()],
    };
    let token = settings
        .get("token")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let mut call = json!({
        "id": id,
        "operation": case.operation,
        "params": case.params,
        "settings": settings,
        "options": case.options,
    });
    if let Some(around) = &case.around {
        call["around"] = json!(around);
    }
    if let Some(webhook) = &case.webhook {
        call["webhook"] = json!(webhook);
    }
    if let Some(members) = call.as_object_mut() {
        members.extend(folder.members(case));
    }
    let path = token_file.path();
    testee.live_in(&with_token_file(&case.environment, &path.to_string_lossy()));
    let answered = testee.call(&call.to_string());
    let record = server.stop();

    let scan = LeakScan::new([TOKEN].into_iter().chain(token.as_deref()));
    let mut failures = check::wire(case, &record, &vars, token.as_deref(), &scan);
    match answered {
        Ok(line) => {
            if let Some(how) = scan.find(line.as_bytes()) {
                failures.push(format!("the answer holds the token ({how})"));
            }
            match Reply::parse(&line, id) {
                Ok((reply, told)) => {
                    let heard = &record.requests;
                    failures.extend(check::reply(case, &reply, heard, spec, &folder));
                    failures.extend(moved::left(case, &reply, &folder));
                    failures.extend(moved::progress(case, &reply, &told));
                }
                Err(problem) => {
                    failures.push(problem);
                    testee.stop();
                }
            }
        }
        Err(problem) => failures.push(problem),
    }
    if let Some(how) = scan.find(&testee.stderr()) {
        failures.push(format!("stderr holds the token ({how})"));
    }
    failures
}

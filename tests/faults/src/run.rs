//! Puts the faults before the testees.

use std::collections::BTreeMap;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use penbox_conformance::args::TesteeArg;

use crate::args::Args;
use crate::fault::{Fault, MATRIX};
use crate::job::Job;
use crate::lane::Lane;
use crate::own;
use crate::plan::{self, Cell};
use crate::preload::Preload;
use crate::report::{Cells, Outcome, Report, Row};
use crate::scene::Trust;

/// What went wrong, by fault.
type Wrong = BTreeMap<String, Vec<String>>;

/// What came of one language.
struct Column {
    wrong: Wrong,
    scanned: usize,
}

/// Runs every fault that the arguments choose in every language.
///
/// # Errors
/// There was no run: a case cannot be read, none is named so, or the preloaded library cannot be built.
pub fn everything(args: &Args) -> Result<Report, String> {
    let faults = Fault::load_all(&args.cases)?;
    let known: Vec<String> = ids(&faults).collect();
    if let Some(word) = args.in_vain(&known) {
        return Err(format!("--only {word}: no such fault"));
    }
    let preload = Preload::build(&args.cases.with_file_name("preload").join("preload.c"))?;
    let trust = Trust::make(&preload.ca_file())?;
    let waits = |fault: &&Fault| args.waiting || fault.waits_for.is_none();
    let chosen: Vec<&Fault> = faults
        .iter()
        .filter(|fault| args.chooses(&fault.id))
        .collect();
    let ready: Vec<&str> = chosen
        .iter()
        .copied()
        .filter(waits)
        .map(|fault| fault.id.as_str())
        .collect();
    let planned = plan(&faults, &ready, args);
    let columns: Vec<Column> = thread::scope(|scope| {
        let started: Vec<_> = args
            .testees
            .iter()
            .zip(&planned)
            .map(|(arg, cells)| scope.spawn(|| column(arg, cells, args, &preload, &trust)))
            .collect();
        let column = |column: thread::ScopedJoinHandle<'_, _>| {
            column.join().map_err(|_| "a column failed".to_owned())?
        };
        started
            .into_iter()
            .map(column)
            .collect::<Result<_, String>>()
    })?;
    let outcome = |fault: &Fault, testee: usize| -> Outcome {
        let surface = args.testees[testee].name.as_str();
        match (own::stands(fault, surface), &fault.waits_for) {
            _ if !fault.is_of(surface) => Outcome::NotApplicable,
            (Some(Ok(())), _) => Outcome::Elsewhere,
            (Some(Err(problem)), _) => Outcome::Open(problem),
            (None, Some(feature)) if !args.waiting || fault.variants.is_empty() => {
                Outcome::Open(format!("waits for {feature}"))
            }
            _ => match columns[testee].wrong.get(&fault.id) {
                Some(wrong) => Outcome::Failed(wrong.clone()),
                None => Outcome::Ok,
            },
        }
    };
    let mut rows = Vec::new();
    for id in known.into_iter().filter(|id| args.chooses(id)) {
        let fault = chosen.iter().find(|fault| fault.id == id);
        let of = |testee| fault.map_or(Outcome::Missing, |fault| outcome(fault, testee));
        rows.push(Row {
            title: fault.map_or_else(String::new, |fault| fault.title.clone()),
            outcomes: (0..args.testees.len()).map(of).collect(),
            id,
        });
    }
    Ok(Report {
        testees: args.testees.iter().map(|arg| arg.name.clone()).collect(),
        cells: Cells::of(&args.testees, &planned),
        rows,
        scanned: columns.iter().map(|column| column.scanned).sum(),
    })
}

/// The names of the faults of the matrix; the place alone where there is no case.
fn ids(faults: &[Fault]) -> impl Iterator<Item = String> {
    let named = |place: String| {
        let fault = faults.iter().find(|fault| fault.place() == place);
        fault.map_or(place, |fault| fault.id.clone())
    };
    places().map(named)
}

/// The places of the matrix: `a1` to `l12`.
fn places() -> impl Iterator<Item = String> {
    let of = |(group, most): &(char, u32)| {
        let group = *group;
        (1..=*most).map(move |number| format!("{group}{number}"))
    };
    MATRIX.iter().flat_map(of)
}

/// One language: as many processes as there are lanes share the work.
fn column(
    arg: &TesteeArg,
    cells: &[Cell<'_>],
    args: &Args,
    preload: &Preload,
    trust: &Trust,
) -> Result<Column, String> {
    let (long, short): (Vec<&Cell<'_>>, _) = cells.iter().partition(|cell| cell.fault.is_long);
    let in_order = long.into_iter().chain(short);
    let jobs: Vec<Job<'_>> = in_order.filter_map(Job::of).collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Wrong::new());
    let scanned = AtomicUsize::new(0);
    let work = |number| -> Result<(), String> {
        let under = preload.under(arg, number);
        let (under, switch) = under.map_err(|error| error.to_string())?;
        let mut lane = Lane::new(&under, args.back);
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::SeqCst)) {
            let lines = job.run(&mut lane, &switch, trust);
            if !lines.is_empty() {
                let name = job.name();
                let lines = lines.into_iter().map(|line| format!("{name}: {line}"));
                let mut wrong = wrong.lock().unwrap_or_else(PoisonError::into_inner);
                wrong.entry(job.fault.to_owned()).or_default().extend(lines);
            }
        }
        scanned.fetch_add(lane.scanned(), Ordering::SeqCst);
        lane.finish();
        Ok(())
    };
    thread::scope(|scope| {
        let work = &work;
        let start = |lane| scope.spawn(move || work(lane));
        let started: Vec<_> = (0..args.lanes).map(start).collect();
        started
            .into_iter()
            .try_for_each(|lane| lane.join().map_err(|_| "a lane failed".to_owned())?)
    })?;
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Column {
        wrong,
        scanned: scanned.into_inner(),
    })
}

/// The cells of each testee: those that are chosen for its language, or all that the arguments ask for.
fn plan<'a>(faults: &'a [Fault], ready: &[&str], args: &Args) -> Vec<Vec<Cell<'a>>> {
    let mut chosen = plan::choose(faults);
    let of = |arg: &TesteeArg| {
        let is_whole = args.all || !args.within.is_empty();
        let cells = match chosen.remove(arg.name.as_str()).filter(|_| !is_whole) {
            Some(cells) => cells,
            None => plan::all(faults, &arg.name),
        };
        let is_run = |cell: &Cell<'a>| {
            ready.contains(&cell.fault.id.as_str()) && cell.combination.is_among(&args.within)
        };
        cells.into_iter().filter(is_run).collect()
    };
    args.testees.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_matrix_has_139_faults() {
        assert_eq!(places().count(), 139);
    }

    #[test]
    fn every_fault_has_a_case() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
        let faults = Fault::load_all(&folder).unwrap();
        let known: Vec<&str> = faults.iter().map(Fault::place).collect();
        assert_eq!(known, places().collect::<Vec<_>>());
        let runs = |surface: &&str| faults.iter().filter(|fault| fault.is_of(surface)).count();
        let runs: Vec<usize> = ["rust", "c", "python", "node"].iter().map(runs).collect();
        // Of Python alone: l4, l5; of Node alone: l6, l7. Node has no fork: l1, l2. Of Rust alone: h14.
        assert_eq!(runs, [135, 134, 136, 134]);
    }
}

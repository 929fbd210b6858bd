//! Samples of contestants in turn, one JSON line each.

use std::time::Instant;

use cpu_time::ProcessTime;
use serde_json::json;

use crate::arguments::Arguments;

/// One way to do a work; what it returns is checked.
pub(crate) struct Contestant<'a> {
    pub(crate) who: &'static str,
    pub(crate) run: Box<dyn FnMut() -> usize + 'a>,
}

impl<'a> Contestant<'a> {
    pub(crate) fn new(who: &'static str, run: impl FnMut() -> usize + 'a) -> Self {
        let run = Box::new(run);
        Contestant { who, run }
    }
}

/// Measures contestants in turn. Each must return `expected`: what it read of the page.
pub(crate) fn in_turn(
    work: &str,
    expected: usize,
    arguments: &Arguments,
    mut contestants: Vec<Contestant<'_>>,
) -> Result<(), String> {
    contestants.retain(|contestant| arguments.invites(contestant.who));
    for contestant in &mut contestants {
        let seen = (contestant.run)();
        if seen != expected {
            return Err(format!(
                "{work}: {} read {seen}, not {expected}",
                contestant.who
            ));
        }
    }
    for _ in 0..arguments.rounds {
        for contestant in &mut contestants {
            let (started, cpu) = (Instant::now(), ProcessTime::now());
            for _ in 0..arguments.iterations {
                std::hint::black_box((contestant.run)());
            }
            let (wall, cpu) = (started.elapsed().as_nanos(), cpu.elapsed().as_nanos());
            let times = f64::from(arguments.iterations.max(1));
            let sample = json!({"work": work, "who": contestant.who, "ns_per_op": wall as f64 / times, "cpu_ns_per_op": cpu as f64 / times});
            println!("{sample}");
        }
    }
    Ok(())
}

//! Which calls are made, and under which circumstances.

use std::collections::{BTreeMap, BTreeSet};

use crate::combination::{Combination, Company, Driver, Scheme, Slot};
use crate::fault::Fault;
use crate::variant::Variant;

/// The languages, in the order in which their cells are chosen, whatever testees there are.
pub const SURFACES: &[&str] = &["rust", "c", "python", "node"];

/// One form of a fault in one language under one combination of circumstances.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    /// The fault.
    pub fault: &'a Fault,
    /// Its form.
    pub variant: &'a Variant,
    /// The circumstances.
    pub combination: Combination,
}

impl Cell<'_> {
    /// Whether the result is a file, of which the case says what it says of JSON.
    #[must_use]
    pub fn is_borrowed(&self) -> bool {
        self.combination.slot == Slot::Download && self.variant.download.is_none()
    }
}

/// Two values of different dimensions that some call had at once, and how often.
pub type Pairs = BTreeMap<(&'static str, &'static str), usize>;

/// The forms of a fault that a language can meet, from those that ask apart from those that give: what is chosen for one of
/// them is one call.
struct Side<'a> {
    fault: &'a Fault,
    variant: &'a Variant,
    asks: bool,
    /// A fault of one side only has two cells there.
    picks: usize,
}

/// Chooses the cells of each language, by the language: each side of each form has one, each fault at least two.
///
/// One with values that have rarely met so far comes before others, so that all pairs of values are tried over all faults. One that
/// another language has for the same side comes last. The choice knows neither the testees that are there nor the faults
/// that are run: it is always the same.
#[must_use]
pub fn choose<'a>(faults: &'a [Fault]) -> BTreeMap<&'static str, Vec<Cell<'a>>> {
    // By fault, form and side: what other languages have.
    let mut taken: BTreeMap<(&str, &str, bool), Vec<Combination>> = BTreeMap::new();
    let mut chosen = BTreeMap::new();
    for surface in SURFACES {
        let mut met = Pairs::new();
        let mut cells = Vec::new();
        for side in faults.iter().flat_map(|fault| sides(fault, surface)) {
            let mut free = side.all(surface);
            let key = (
                side.fault.id.as_str(),
                side.variant.name.as_str(),
                side.asks,
            );
            let others = taken.entry(key).or_default();
            for _ in 0..side.picks.min(free.len()) {
                let cost = |one: &Combination| {
                    let same = others.iter().filter(|other| is_alike(one, other)).count();
                    let pairs = one.pairs();
                    let often = pairs.iter().map(|pair| met.get(pair).unwrap_or(&0));
                    // The rarest pair counts most: a sum alone would leave it to the end.
                    let rarest = often.clone().min().copied().unwrap_or(0);
                    (same, rarest, often.sum::<usize>())
                };
                let Some(at) = (0..free.len()).min_by_key(|at| cost(&free[*at])) else {
                    break;
                };
                let one = free.remove(at);
                one.pairs()
                    .into_iter()
                    .for_each(|pair| *met.entry(pair).or_default() += 1);
                others.push(one);
                cells.push(side.cell(one));
            }
        }
        chosen.insert(*surface, cells);
    }
    chosen
}

/// Every cell of a language.
#[must_use]
pub fn all<'a>(faults: &'a [Fault], surface: &str) -> Vec<Cell<'a>> {
    let sides = faults.iter().flat_map(|fault| sides(fault, surface));
    let cells = |side: Side<'a>| {
        let combinations = side.all(surface);
        combinations.into_iter().map(move |one| side.cell(one))
    };
    sides.flat_map(cells).collect()
}

/// How often each two values met in these cells.
#[must_use]
pub fn pairs<'a>(cells: impl IntoIterator<Item = &'a Cell<'a>>) -> Pairs {
    let mut met = Pairs::new();
    for cell in cells {
        for pair in cell.combination.pairs() {
            *met.entry(pair).or_default() += 1;
        }
    }
    met
}

/// Two languages with the same circumstances but for the driver, which most of them cannot choose.
fn is_alike(one: &Combination, other: &Combination) -> bool {
    (one.slot, one.scheme, one.company) == (other.slot, other.scheme, other.company)
}

fn sides<'a>(fault: &'a Fault, surface: &str) -> Vec<Side<'a>> {
    if !fault.is_of(surface) {
        return Vec::new();
    }
    let forms = fault.variants.iter().filter(|form| form.is_of(surface));
    let mut sides: Vec<Side<'a>> = forms
        .flat_map(|variant| {
            [true, false].map(|asks| Side {
                fault,
                variant,
                asks,
                picks: 1,
            })
        })
        .filter(|side| !side.all(surface).is_empty())
        .collect();
    if let [side] = sides.as_mut_slice()
        && !fault.is_long
    {
        side.picks = 2;
    }
    sides
}

impl<'a> Side<'a> {
    /// Every combination that makes sense for it in a language.
    fn all(&self, surface: &str) -> Vec<Combination> {
        let slots = Slot::ALL
            .into_iter()
            .filter(|slot| slot.asks() == self.asks);
        let slots = slots.filter(|slot| self.variant.expect(*slot).is_some());
        let mut all = BTreeSet::new();
        for slot in slots {
            for scheme in Scheme::ALL {
                for company in Company::ALL {
                    for driver in Driver::of(surface) {
                        all.insert(Combination {
                            slot,
                            work: self.variant.work(slot),
                            scheme,
                            company,
                            driver: *driver,
                        });
                    }
                }
            }
        }
        let can = |one: &Combination| self.variant.can(one);
        all.into_iter().filter(can).collect()
    }

    fn cell(&self, combination: Combination) -> Cell<'a> {
        Cell {
            fault: self.fault,
            variant: self.variant,
            combination,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn faults() -> Vec<Fault> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
        Fault::load_all(&folder).unwrap()
    }

    #[test]
    fn each_two_values_that_can_meet_do_in_each_language() {
        let faults = faults();
        for (surface, cells) in choose(&faults) {
            let possible = pairs(&all(&faults, surface));
            let met = pairs(&cells);
            let missing: Vec<_> = possible
                .keys()
                .filter(|pair| !met.contains_key(pair))
                .collect();
            assert!(missing.is_empty(), "{surface}: {missing:?}");
            // Not once by chance: whoever breaks what only two of them show together must be seen.
            let rare: Vec<_> = met.iter().filter(|(_, times)| **times < 5).collect();
            assert!(rare.is_empty(), "{surface}: {rare:?}");
        }
    }

    #[test]
    fn each_fault_has_two_cells_and_each_form_one() {
        let faults = faults();
        let chosen = choose(&faults);
        for (surface, cells) in &chosen {
            for fault in faults.iter().filter(|fault| fault.is_of(surface)) {
                let own: Vec<_> = cells
                    .iter()
                    .filter(|cell| cell.fault.id == fault.id)
                    .collect();
                let most = match fault.is_long {
                    true => 1,
                    false => all(std::slice::from_ref(fault), surface).len(),
                };
                assert!(own.len() >= most.min(2), "{surface}, {}", fault.id);
                for form in fault.variants.iter().filter(|form| form.is_of(surface)) {
                    assert!(own.iter().any(|cell| cell.variant.name == form.name));
                }
            }
        }
    }

    #[test]
    fn the_choice_is_always_the_same() {
        let faults = faults();
        let shown = |faults: &[Fault]| {
            let chosen = choose(faults);
            let cells = chosen.values().flatten();
            let shown = |cell: &Cell<'_>| format!("{} {}", cell.fault.id, cell.combination);
            cells.map(shown).collect::<Vec<_>>()
        };
        assert_eq!(shown(&faults), shown(&faults));
    }
}

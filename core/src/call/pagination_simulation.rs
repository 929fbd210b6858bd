//! Pagination of simulated lists that change meanwhile: no item is skipped, and none is given twice.

use std::collections::BTreeSet;

use super::page_info::{PageInfo, PageRequest, Verdict};
use super::pagination::Pagination;
use super::request_builder::PageOf;
use crate::send::Tally;

/// The party that changes the list.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Writer {
    /// Nobody.
    Nobody,
    /// The caller, with the item that it was just given.
    Caller,
    /// The caller, with any item, and with new ones.
    Busy,
    /// Another thread of the client, while a page is in flight.
    Clone,
    /// Another program, which only removes items.
    Others,
}

/// A list on a server, and the client that writes to it.
struct SimulatedList {
    items: Vec<u32>,
    size: u64,
    writes: Tally,
    created: u32,
    /// The items that were in the list all the time and never moved to a page that was read already.
    stayed: BTreeSet<u32>,
    requests: u64,
    random: u64,
}

struct Fetched {
    page: PageOf,
    writes: Tally,
    items: Vec<String>,
    total: u64,
}

fn info(fetched: &Fetched, size: u64) -> PageInfo<'_> {
    PageInfo {
        ids: fetched.items.iter().map(|id| Some(id.as_str())).collect(),
        current_page: Some(fetched.page.number),
        total_pages: Some(fetched.total.div_ceil(size)),
        total_count: Some(fetched.total),
        page_size: Some(size),
        has_meta: true,
    }
}

impl SimulatedList {
    fn new(count: u32, size: u64, seed: u64) -> SimulatedList {
        SimulatedList {
            items: (0..count).collect(),
            size,
            writes: Tally::default(),
            created: count,
            stayed: (0..count).collect(),
            requests: 0,
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
        }
    }

    fn random_below(&mut self, limit: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as usize % limit.max(1)
    }

    fn record_write(&mut self) {
        self.writes.begun += 1;
        self.writes.ended += 1;
    }

    /// Changes an item: it leaves, moves to the end, stays where it is, or (where it was given already) moves to the start.
    fn change(&mut self, item: u32, is_given: bool) {
        let Some(at) = self.items.iter().position(|it| *it == item) else {
            return;
        };
        match self.random_below(4) {
            0 if is_given => {
                self.items.remove(at);
                self.items.insert(0, item);
            }
            0 | 1 => {
                self.items.remove(at);
                self.stayed.remove(&item);
            }
            2 => {
                self.items.remove(at);
                self.items.push(item);
                // Another thread may move the item to the end after the last page was read: then no later page has it.
                if !is_given {
                    self.stayed.remove(&item);
                }
            }
            _ => {}
        }
    }

    fn change_any(&mut self) {
        let at = self.random_below(self.items.len());
        if let Some(item) = self.items.get(at).copied() {
            self.change(item, false);
        }
    }

    /// Plays the caller, who was given an item.
    fn receive(&mut self, item: u32, writer: Writer) {
        match writer {
            Writer::Caller if self.random_below(3) > 0 => {
                self.record_write();
                self.change(item, true);
            }
            Writer::Busy => {
                for _ in 0..self.random_below(3) {
                    self.record_write();
                    match self.random_below(3) {
                        0 => self.change(item, true),
                        1 => self.change_any(),
                        _ => {
                            self.items.insert(0, self.created);
                            self.created += 1;
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// Plays the others while a page is in flight, before or after the server has read it.
    fn write_meanwhile(&mut self, writer: Writer) {
        match writer {
            Writer::Clone if self.random_below(2) > 0 => {
                self.record_write();
                self.change_any();
            }
            Writer::Others if self.random_below(3) == 0 && !self.items.is_empty() => {
                let at = self.random_below(self.items.len());
                let item = self.items.remove(at);
                self.stayed.remove(&item);
            }
            _ => {}
        }
    }

    fn fetch(&mut self, page: PageOf, writer: Writer) -> Fetched {
        let writes = self.writes;
        self.requests += 1;
        self.write_meanwhile(writer);
        let start = (page.number - 1) * self.size;
        let items = self.items.iter().skip(start as usize);
        let items = items.take(self.size as usize).map(u32::to_string);
        let fetched = Fetched {
            page,
            writes,
            items: items.collect(),
            total: self.items.len() as u64,
        };
        self.write_meanwhile(writer);
        fetched
    }

    /// Reads the whole list as a pager does.
    fn read_all(&mut self, writer: Writer, prefetches: bool) -> Vec<u32> {
        let first = PageOf {
            number: 1,
            size: self.size,
        };
        let (mut pagination, mut all) = (Pagination::new(first), Vec::new());
        let (mut held, mut prefetched): (Option<Vec<u32>>, Option<Fetched>) = (None, None);
        loop {
            if let Some(items) = held.take_if(|_| !pagination.is_looking_back()) {
                pagination.record_given(&vec![true; items.len()], self.writes);
                self.hand_over(items, writer, &mut all);
                continue;
            }
            let Some(page) = pagination.plan(self.writes) else {
                return all;
            };
            let stale = pagination.is_stale(self.writes);
            let ready = prefetched.take().filter(|it| !stale && it.page == page);
            let is_ahead = ready.is_some();
            let fetched = ready.unwrap_or_else(|| self.fetch(page, writer));
            let info = info(&fetched, self.size);
            let request = PageRequest {
                page,
                writes: fetched.writes,
                is_ahead,
            };
            let new = |fresh: &[bool]| {
                let items = fetched.items.iter().zip(fresh).filter(|(_, new)| **new);
                items.map(|(id, _)| id.parse().unwrap()).collect()
            };
            match pagination.advance(&info, &request, self.writes).unwrap() {
                Verdict::Give(fresh) => {
                    let following = pagination.next().filter(|_| !pagination.is_looking_back());
                    if let Some(page) = following.filter(|_| prefetches && held.is_none()) {
                        prefetched = Some(self.fetch(page, writer));
                    }
                    self.hand_over(new(&fresh), writer, &mut all);
                }
                Verdict::Hold(fresh) => held = Some(new(&fresh)),
                Verdict::Discard => {}
            }
        }
    }

    fn hand_over(&mut self, items: Vec<u32>, writer: Writer, all: &mut Vec<u32>) {
        for item in items {
            all.push(item);
            self.receive(item, writer);
        }
    }
}

#[test]
fn nothing_is_passed_over_and_nothing_comes_twice() {
    let (mut lists, mut most) = (0, 0);
    for seed in 0..100 {
        for writer in [Writer::Caller, Writer::Busy, Writer::Clone, Writer::Others] {
            for (size, prefetches) in [(1, false), (2, false), (7, true), (10, false), (100, true)]
            {
                // A thread that writes as fast as pages of one item are read may move items to pages that were read already.
                if writer == Writer::Clone && size < 2 {
                    continue;
                }
                let mut list = SimulatedList::new(1 + (seed % 90) as u32, size, seed);
                let all = list.read_all(writer, prefetches);
                let place = format!("seed {seed}, {writer:?}, size {size}");
                let once: BTreeSet<u32> = all.iter().copied().collect();
                assert_eq!(once.len(), all.len(), "{place}");
                let missed: Vec<&u32> = list.stayed.difference(&once).collect();
                assert!(missed.is_empty(), "{place}: {missed:?}");
                most = most.max(list.requests);
                lists += 1;
            }
        }
    }
    println!(
        "pagination: {lists} of {lists} simulated lists, at most {most} requests for 90 items"
    );
}

#[test]
fn a_list_that_nobody_changes_is_read_page_by_page() {
    for (count, size) in [(0, 10), (1, 1), (30, 10), (31, 10), (90, 1)] {
        for prefetches in [false, true] {
            let mut list = SimulatedList::new(count, size, 1);
            let all = list.read_all(Writer::Nobody, prefetches);
            let pages = u64::from(count).div_ceil(size).max(1);
            assert_eq!((all, list.requests), (list.items.clone(), pages));
        }
    }
}

#[test]
fn a_list_that_empties_itself_costs_a_request_a_page() {
    let mut list = SimulatedList::new(350, 100, 1);
    let first = PageOf {
        number: 1,
        size: 100,
    };
    let mut pagination = Pagination::new(first);
    let mut all = 0;
    while let Some(page) = pagination.plan(list.writes) {
        let fetched = list.fetch(page, Writer::Nobody);
        let info = info(&fetched, 100);
        let request = PageRequest {
            page,
            writes: fetched.writes,
            is_ahead: false,
        };
        let Verdict::Give(fresh) = pagination.advance(&info, &request, list.writes).unwrap() else {
            panic!("nothing is read before what is missing is known");
        };
        assert!(fresh.iter().all(|new| *new));
        all += fresh.len();
        for _ in fresh {
            list.record_write();
            list.items.remove(0);
        }
    }
    assert_eq!((all, list.requests), (350, 4));
}

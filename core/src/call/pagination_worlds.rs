//! Walks over lists that change meanwhile, in made-up worlds: nothing is passed over, and nothing is given twice.

use std::collections::BTreeSet;

use super::page_info::{PageInfo, PageRequest, Verdict};
use super::pagination::Pagination;
use super::request_builder::PageOf;
use crate::send::Tally;

/// Who changes the list.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    /// Nobody.
    Nobody,
    /// The caller, with what was just given.
    Caller,
    /// The caller, with anything, and it makes new items.
    Busy,
    /// Another thread of the client, while a page is on its way.
    Clone,
    /// Another program, which only takes away.
    Others,
}

struct World {
    list: Vec<u32>,
    size: u64,
    writes: Tally,
    made: u32,
    /// Items that were in the list all the time, and never before the walk.
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

impl World {
    fn new(count: u32, size: u64, seed: u64) -> World {
        World {
            list: (0..count).collect(),
            size,
            writes: Tally::default(),
            made: count,
            stayed: (0..count).collect(),
            requests: 0,
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as usize % limit.max(1)
    }

    fn wrote(&mut self) {
        self.writes.begun += 1;
        self.writes.ended += 1;
    }

    /// Changes an item: it leaves, moves to the end, stays where it is, or (where it was given already) moves to the start.
    fn change(&mut self, item: u32, is_given: bool) {
        let Some(at) = self.list.iter().position(|it| *it == item) else {
            return;
        };
        match self.below(4) {
            0 if is_given => {
                self.list.remove(at);
                self.list.insert(0, item);
            }
            0 | 1 => {
                self.list.remove(at);
                self.stayed.remove(&item);
            }
            2 => {
                self.list.remove(at);
                self.list.push(item);
                // One that another thread moves to the end, after the last page was read, is on no page that is still to come.
                if !is_given {
                    self.stayed.remove(&item);
                }
            }
            _ => {}
        }
    }

    fn anything(&mut self) {
        let at = self.below(self.list.len());
        if let Some(item) = self.list.get(at).copied() {
            self.change(item, false);
        }
    }

    /// What the caller does once it was given an item.
    fn given(&mut self, item: u32, who: Who) {
        match who {
            Who::Caller if self.below(3) > 0 => {
                self.wrote();
                self.change(item, true);
            }
            Who::Busy => {
                for _ in 0..self.below(3) {
                    self.wrote();
                    match self.below(3) {
                        0 => self.change(item, true),
                        1 => self.anything(),
                        _ => {
                            self.list.insert(0, self.made);
                            self.made += 1;
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// What others do while a page is on its way, before or after the server has read it.
    fn meanwhile(&mut self, who: Who) {
        match who {
            Who::Clone if self.below(2) > 0 => {
                self.wrote();
                self.anything();
            }
            Who::Others if self.below(3) == 0 && !self.list.is_empty() => {
                let at = self.below(self.list.len());
                let item = self.list.remove(at);
                self.stayed.remove(&item);
            }
            _ => {}
        }
    }

    fn fetch(&mut self, page: PageOf, who: Who) -> Fetched {
        let writes = self.writes;
        self.requests += 1;
        self.meanwhile(who);
        let start = (page.number - 1) * self.size;
        let items = self.list.iter().skip(start as usize);
        let items = items.take(self.size as usize).map(u32::to_string);
        let fetched = Fetched {
            page,
            writes,
            items: items.collect(),
            total: self.list.len() as u64,
        };
        self.meanwhile(who);
        fetched
    }

    /// Walks the list as a pager does.
    fn walk(&mut self, who: Who, prefetches: bool) -> Vec<u32> {
        let first = PageOf {
            number: 1,
            size: self.size,
        };
        let (mut walk, mut all) = (Pagination::new(first), Vec::new());
        let (mut held, mut ahead): (Option<Vec<u32>>, Option<Fetched>) = (None, None);
        loop {
            if let Some(items) = held.take_if(|_| !walk.is_looking_back()) {
                walk.gave(&vec![true; items.len()], self.writes);
                self.hand_over(items, who, &mut all);
                continue;
            }
            let Some(page) = walk.plan(self.writes) else {
                return all;
            };
            let stale = walk.is_stale(self.writes);
            let ready = ahead.take().filter(|it| !stale && it.page == page);
            let is_ahead = ready.is_some();
            let fetched = ready.unwrap_or_else(|| self.fetch(page, who));
            let told = info(&fetched, self.size);
            let asked = PageRequest {
                page,
                writes: fetched.writes,
                is_ahead,
            };
            let new = |fresh: &[bool]| {
                let items = fetched.items.iter().zip(fresh).filter(|(_, new)| **new);
                items.map(|(id, _)| id.parse().unwrap()).collect()
            };
            match walk.advance(&told, &asked, self.writes).unwrap() {
                Verdict::Give(fresh) => {
                    let following = walk.next().filter(|_| !walk.is_looking_back());
                    if let Some(page) = following.filter(|_| prefetches && held.is_none()) {
                        ahead = Some(self.fetch(page, who));
                    }
                    self.hand_over(new(&fresh), who, &mut all);
                }
                Verdict::Hold(fresh) => held = Some(new(&fresh)),
                Verdict::Discard => {}
            }
        }
    }

    fn hand_over(&mut self, items: Vec<u32>, who: Who, all: &mut Vec<u32>) {
        for item in items {
            all.push(item);
            self.given(item, who);
        }
    }
}

#[test]
fn nothing_is_passed_over_and_nothing_comes_twice() {
    let (mut worlds, mut most) = (0, 0);
    for seed in 0..100 {
        for who in [Who::Caller, Who::Busy, Who::Clone, Who::Others] {
            for (size, prefetches) in [(1, false), (2, false), (7, true), (10, false), (100, true)]
            {
                // A thread that writes as fast as pages of one item are read may move items past the walk.
                if who == Who::Clone && size < 2 {
                    continue;
                }
                let mut world = World::new(1 + (seed % 90) as u32, size, seed);
                let all = world.walk(who, prefetches);
                let place = format!("seed {seed}, {who:?}, size {size}");
                let once: BTreeSet<u32> = all.iter().copied().collect();
                assert_eq!(once.len(), all.len(), "{place}");
                let missed: Vec<&u32> = world.stayed.difference(&once).collect();
                assert!(missed.is_empty(), "{place}: {missed:?}");
                most = most.max(world.requests);
                worlds += 1;
            }
        }
    }
    println!("walks: {worlds} of {worlds} worlds, at most {most} requests for 90 items");
}

#[test]
fn a_list_that_nobody_changes_is_read_page_by_page() {
    for (count, size) in [(0, 10), (1, 1), (30, 10), (31, 10), (90, 1)] {
        for prefetches in [false, true] {
            let mut world = World::new(count, size, 1);
            let all = world.walk(Who::Nobody, prefetches);
            let pages = u64::from(count).div_ceil(size).max(1);
            assert_eq!((all, world.requests), (world.list.clone(), pages));
        }
    }
}

#[test]
fn a_list_that_empties_itself_costs_a_request_a_page() {
    let mut world = World::new(350, 100, 1);
    let first = PageOf {
        number: 1,
        size: 100,
    };
    let mut walk = Pagination::new(first);
    let mut all = 0;
    while let Some(page) = walk.plan(world.writes) {
        let fetched = world.fetch(page, Who::Nobody);
        let told = info(&fetched, 100);
        let asked = PageRequest {
            page,
            writes: fetched.writes,
            is_ahead: false,
        };
        let Verdict::Give(fresh) = walk.advance(&told, &asked, world.writes).unwrap() else {
            panic!("nothing is read before what is missing is known");
        };
        assert!(fresh.iter().all(|new| *new));
        all += fresh.len();
        for _ in fresh {
            world.wrote();
            world.list.remove(0);
        }
    }
    assert_eq!((all, world.requests), (350, 4));
}

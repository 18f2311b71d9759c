//! Answering from all entries: one pass over them, newest first, and what is wanted of the ranks that it gives.

use std::io;

use super::Step;
use super::entries::Entries;
use super::order::{Order, Ranked, next};
use super::question::{Found, PageOfRuns, Query};
use super::sieve::Sieve;
use super::words::Words;
use super::yields::Counting;
use crate::history::key;
use crate::history::record::{RunKey, Tally};

/// One page of the runs that a sieve lets through; `counted` is what they come to, where that is known already.
pub(super) fn page<O: Order>(
    (entries, words): (&mut Entries, &Words),
    order: &O,
    sieve: &Sieve<'_>,
    counted: Option<Tally>,
    query: &Query,
) -> io::Result<PageOfRuns> {
    let mut counting = counted.is_none().then(|| Counting::new(words));
    let wanted = query
        .anchor
        .as_ref()
        .and_then(|key| Some((key.seconds()?, key::identity_of(key)?, words.models.find(key::model_of(key)?)?)));
    // Where a run stands is told by all that stand before it.
    let mut ranked = if wanted.is_some() { Ranked::all(order) } else { Ranked::first(order, rows_up_to(query)) };
    let mut anchor = None;
    let places = entries.newest_first(words, sieve.since(), |number, entry| {
        if sieve.lets_through(entry) {
            if let Some(counting) = &mut counting {
                counting.count(entry);
            }
            let rank = order.rank(number, entry);
            if wanted.is_some_and(|wanted| entry.is_at(wanted, words)) {
                anchor = Some(rank);
            }
            ranked.push(rank);
        }
    })?;
    let anchor = anchor.map(|anchor| ranked.row_of(&anchor));
    let found = ranked.len();
    let first = first_row(anchor.unwrap_or(query.row), query.limit, found);
    let rows = ranked.page(first, query.limit).iter().map(|rank| order.number(rank));
    let keys: io::Result<Vec<RunKey>> = rows.map(|number| Ok(entries.at(number, &places)?.key(words))).collect();
    let tally = counted.or(counting.map(|counting| counting.tally())).unwrap_or_default();
    Ok(PageOfRuns { all: entries.len(), found, tally, first, anchor, keys: keys? })
}

/// The next run that a second sieve lets through among those that the first one does.
pub(super) fn find<O: Order>(
    (entries, words): (&mut Entries, &Words),
    order: &O,
    [sieve, text]: [&Sieve<'_>; 2],
    (row, step): (usize, Step),
) -> io::Result<Found> {
    let (mut ranked, mut hits) = (Ranked::all(order), Vec::new());
    entries.newest_first(words, sieve.since(), |number, entry| {
        if sieve.lets_through(entry) {
            let rank = order.rank(number, entry);
            ranked.push(rank);
            if text.lets_through(entry) {
                hits.push(rank);
            }
        }
    })?;
    let from = ranked.at(row);
    let row = next(order, &hits, from.as_ref(), step).map(|rank| ranked.row_of(&rank));
    Ok(Found { row, found: hits.len() })
}

/// How many rows there are up to the end of the page around the wanted row.
fn rows_up_to(query: &Query) -> usize {
    first_row(query.row, query.limit, usize::MAX).saturating_add(query.limit)
}

/// A page around a wanted row, so that there is something to scroll to on both sides.
fn first_row(wanted: usize, limit: usize, found: usize) -> usize {
    wanted.saturating_sub(limit / 2).min(found.saturating_sub(limit))
}

//! What a campaign found: every acknowledged run is looked for, and whatever is amiss is said and counted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use serde_json::Value;

use super::look::Sight;
use super::shop::Shop;

/// Findings said in full, of each part; the others are only counted.
const MOST_SAID: usize = 25;

/// Notices of reopenings said in full, of each part.
const MOST_NOTICES: usize = 5;

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A run that was shown is gone, or was gone and read again.
    Lost,
    /// A run is there twice.
    Doubled,
    /// A run or a count is not what a direct judgement says.
    Unlike,
    /// The store cannot be opened.
    Unreadable,
    /// The remaining files were not picked up.
    Unfinished,
}

const KINDS: [(Kind, &str); 5] = [
    (Kind::Lost, "lost"),
    (Kind::Doubled, "doubled"),
    (Kind::Unlike, "unlike"),
    (Kind::Unreadable, "unreadable"),
    (Kind::Unfinished, "not picked up"),
];

/// One thing that is amiss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// Of what kind.
    pub(super) kind: Kind,
    /// How many runs.
    pub(super) count: usize,
    /// In words.
    pub(super) words: String,
}

impl Finding {
    pub(super) fn new(kind: Kind, count: usize, words: impl Into<String>) -> Self {
        // What a failed program says comes in several lines.
        let words = words.into().split_whitespace().collect::<Vec<_>>().join(" ");
        Self { kind, count, words }
    }
}

/// Counts of one part of a campaign.
#[derive(Debug, Default)]
pub(super) struct Score {
    /// Kills or power losses.
    pub(super) cases: usize,
    /// Those of them after which something was amiss.
    failed: usize,
    counts: BTreeMap<Kind, usize>,
    set_aside: usize,
    wordy: usize,
    slowest_ms: f64,
    said: usize,
}

impl Score {
    /// Notes how a reopening went; what it had to say is no finding, and worth reading.
    pub(super) fn opened(&mut self, case: &str, sight: &Sight) {
        self.slowest_ms = self.slowest_ms.max(sight.opened_ms);
        self.set_aside += usize::from(sight.set_aside.is_some());
        self.wordy += usize::from(!sight.notes.is_empty());
        if !sight.notes.is_empty() && self.wordy <= MOST_NOTICES {
            println!("  · {case}: {}", sight.notes.join(" "));
        }
    }

    /// Counts the findings of one case, and says the first ones.
    pub(super) fn note(&mut self, case: &str, findings: &[Finding]) {
        self.failed += usize::from(!findings.is_empty());
        for finding in findings {
            *self.counts.entry(finding.kind).or_default() += finding.count;
            self.said += 1;
            if self.said <= MOST_SAID {
                println!("  ! {case}: {}", finding.words);
            }
        }
    }

    /// Whether every case went well.
    pub(super) fn is_clean(&self) -> bool {
        self.failed == 0
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} of them with a finding", self.cases, self.failed)?;
        for (kind, word) in KINDS {
            write!(f, " · {} {word}", self.counts.get(&kind).copied().unwrap_or(0))?;
        }
        write!(f, " · {} reopenings with a notice, {} stores set aside", self.wordy, self.set_aside)?;
        write!(f, " · slowest reopening {:.0} ms", self.slowest_ms)
    }
}

/// What was shown of one store in its life so far: contents, hexadecimal.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown(HashSet<String>);

impl Shown {
    /// How many runs were shown.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The first workbooks were shown before this store's life begins.
    pub(super) fn settle(&mut self, shop: &Shop, first: usize) {
        self.0.extend(shop.made.iter().take(first).map(|made| made.content.clone()));
    }

    /// Takes the lines a watch has printed; what is amiss with them.
    pub(super) fn acknowledge(&mut self, shop: &Shop, lines: &[Value]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut again = Vec::new();
        for line in lines {
            let content = line.get("content").and_then(Value::as_str).unwrap_or_default();
            let odd = odd(shop, content, line);
            let is_kept = odd.as_ref().is_none_or(|odd| odd.kind != Kind::Lost);
            if is_kept && !self.0.insert(content.to_owned()) {
                again.push(content);
            }
            findings.extend(odd);
        }
        if !again.is_empty() {
            let words =
                format!("{} runs were gone, and were read and shown again: {}", again.len(), names(shop, &again));
            findings.push(Finding::new(Kind::Lost, again.len(), words));
        }
        findings
    }

    /// Compares a reopened store with what was shown; what it shows counts as shown from here on, and only that.
    pub(super) fn compare(&mut self, shop: &Shop, sight: &Sight) -> Vec<Finding> {
        let seen: HashSet<&str> = sight.runs.iter().map(|run| run.content.as_str()).collect();
        let shown = std::mem::take(&mut self.0);
        let lost: Vec<&str> = shown.iter().map(String::as_str).filter(|content| !seen.contains(content)).collect();
        let mut findings = Vec::new();
        if !lost.is_empty() {
            let some = names(shop, &lost);
            let words = format!("{} of {} shown runs are gone: {some}{}", lost.len(), shown.len(), said(sight));
            findings.push(Finding::new(Kind::Lost, lost.len(), words));
        }
        findings.extend(unlike(shop, sight));
        findings.extend(doubled(sight));
        findings.extend(miscounted(sight));
        self.0.extend(seen.into_iter().map(str::to_owned));
        findings
    }
}

/// What is amiss with a single line.
fn odd(shop: &Shop, content: &str, line: &Value) -> Option<Finding> {
    let name = line.get("file").and_then(Value::as_str).unwrap_or("a file without a name");
    if let Some(reason) = line.get("not_kept").and_then(Value::as_str) {
        return Some(Finding::new(Kind::Lost, 1, format!("{name} was shown and not kept: {reason}")));
    }
    let like = shop.of_content(content).is_some_and(|made| made.is_said_by(line));
    (!like).then(|| Finding::new(Kind::Unlike, 1, format!("{name} was shown unlike its direct judgement")))
}

/// What opening had to say, for a finding.
fn said(sight: &Sight) -> String {
    if sight.notes.is_empty() { String::new() } else { format!(" (opening said: {})", sight.notes.join(" | ")) }
}

/// The first few names of some contents.
fn names(shop: &Shop, contents: &[&str]) -> String {
    let names = contents.iter().filter_map(|content| shop.of_content(content)).map(|made| made.name.as_str());
    let mut names: Vec<&str> = names.map(|name| name.split("_TA_").next().unwrap_or(name)).collect();
    names.sort_unstable();
    let more = if names.len() > 3 { ", …" } else { "" };
    names.truncate(3);
    format!("{}{more}", names.join(", "))
}

fn unlike(shop: &Shop, sight: &Sight) -> Vec<Finding> {
    let unlike = sight.runs.iter().filter(|run| {
        shop.of_content(&run.content).is_none_or(|made| made.judgement != run.judgement) || !run.found_by_key
    });
    unlike.map(|run| Finding::new(Kind::Unlike, 1, format!("the run of {} is unlike its file", run.content))).collect()
}

fn doubled(sight: &Sight) -> Vec<Finding> {
    let keys = twice(sight.runs.iter().map(|run| &run.key));
    let contents = twice(sight.runs.iter().map(|run| &run.content));
    let logged = twice(sight.logged.iter());
    let counts = [(keys, "keys"), (contents, "contents"), (logged, "log lines")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    counts.map(|(count, what)| Finding::new(Kind::Doubled, count, format!("{count} {what} are there twice"))).collect()
}

/// How many come more than once.
fn twice<T: std::hash::Hash + Eq>(of: impl Iterator<Item = T>) -> usize {
    let mut counts: HashMap<T, usize> = HashMap::new();
    of.for_each(|one| *counts.entry(one).or_default() += 1);
    counts.values().filter(|count| **count > 1).count()
}

fn miscounted(sight: &Sight) -> Vec<Finding> {
    let mut findings = Vec::new();
    if sight.total != sight.counted {
        let words = format!("the tally says {:?}, counting again {:?}", sight.total, sight.counted);
        findings.push(Finding::new(Kind::Unlike, 1, words));
    }
    let logged: HashSet<_> = sight.logged.iter().collect();
    let unlogged = sight.runs.iter().filter(|run| !logged.contains(&run.key)).count();
    if unlogged > 0 {
        findings.push(Finding::new(Kind::Lost, unlogged, format!("{unlogged} runs have lost their line in the log")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::look::Seen;
    use super::*;
    use crate::cli::demo::Temporary;
    use crate::config::Config;
    use crate::history::{RunKey, Tally};

    fn sight(shop: &Shop, which: &[usize]) -> Sight {
        let seen = |&n: &usize| {
            let made = &shop.made[n];
            let (content, judgement) = (made.content.clone(), made.judgement.clone());
            Seen { key: RunKey(vec![u8::try_from(n).unwrap()]), content, judgement, found_by_key: true }
        };
        let runs: Vec<Seen> = which.iter().map(seen).collect();
        let total = Tally { runs: which.len() as u64, ..Tally::default() };
        let logged = runs.iter().map(|run| run.key.clone()).collect();
        Sight { runs, logged, total, counted: total, ..Sight::default() }
    }

    fn kinds(findings: &[Finding]) -> Vec<(Kind, usize)> {
        findings.iter().map(|finding| (finding.kind, finding.count)).collect()
    }

    #[test]
    fn what_was_shown_and_is_gone_is_lost_and_what_is_there_twice_is_doubled() {
        let folder = Temporary::new("score-test").expect("a folder");
        let shop = Shop::new(&folder.0, 3, &Config::default()).expect("workbooks");
        let mut shown = Shown::default();
        assert_eq!(kinds(&shown.compare(&shop, &sight(&shop, &[0, 1, 2]))), []);
        assert_eq!(kinds(&shown.compare(&shop, &sight(&shop, &[0, 2]))), [(Kind::Lost, 1)]);
        assert_eq!(kinds(&shown.compare(&shop, &sight(&shop, &[0, 2]))), [], "a loss is counted once");
        let twice = kinds(&shown.compare(&shop, &sight(&shop, &[0, 1, 2, 2])));
        assert_eq!(twice, [(Kind::Doubled, 1); 3], "key, content and log line");
        let mut odd = sight(&shop, &[0, 1, 2]);
        odd.runs[0].judgement.clear();
        odd.total.runs = 2;
        odd.logged.pop();
        let expected = [(Kind::Unlike, 1), (Kind::Unlike, 1), (Kind::Lost, 1)];
        assert_eq!(kinds(&shown.compare(&shop, &odd)), expected);
    }

    #[test]
    fn an_acknowledgement_that_comes_twice_was_lost_in_between() {
        let folder = Temporary::new("score-line-test").expect("a folder");
        let shop = Shop::new(&folder.0, 1, &Config::default()).expect("workbooks");
        let mut shown = Shown::default();
        let line = serde_json::json!({ "content": shop.made[0].content, "file": "a.xls", "not_kept": "disk full" });
        assert_eq!(kinds(&shown.acknowledge(&shop, &[line])), [(Kind::Lost, 1)]);
        let line = serde_json::json!({ "content": shop.made[0].content, "file": "a.xls", "not_kept": null });
        let again = shown.acknowledge(&shop, &[line.clone(), line]);
        assert_eq!(kinds(&again), [(Kind::Unlike, 1), (Kind::Unlike, 1), (Kind::Lost, 1)], "it also says too little");
    }
}

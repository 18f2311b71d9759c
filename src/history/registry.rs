//! Trained models: their bytes in chunks, a card for each version, and which version speaks.
//!
//! The chunks are written first, the card and the word that deploys it last and together: a version is there whole,
//! or not at all.

use serde::{Deserialize, Serialize};

use super::audit::Signed;
use super::error::StoreError;
use super::key;
use super::plan;
use super::record::{FileFacts, LogEntry, LogOutcome};
use super::store::Store;
use super::value;
use super::value::Stored;
use crate::analysis::Learner;
use crate::learning::Card;

/// Bytes of a model in one value: larger values become files of their own that are never synced.
const CHUNK: usize = 60 * 1024;
/// Versions that are kept of each model, the deployed one beside them.
const MOST_VERSIONS: usize = 5;
/// How the reason begins when a person chose who speaks; the rest is that person.
const CHOSEN_BY: &str = "chosen by ";

/// Which version of a model speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The version that speaks; `None` = the formula does.
    pub deployed: Option<u32>,
    /// The last number that was given.
    pub last: u32,
    /// Since when, milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// Why, in words.
    pub why: String,
}

/// One version with its standing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    /// Everything about it.
    pub card: Card,
    /// Whether it is the one that speaks.
    pub deployed: bool,
    /// Since when and why this or another version speaks.
    pub head: Head,
}

/// A stretch of a model's bytes.
#[derive(Debug, Serialize, Deserialize)]
struct Chunk(Vec<u8>);

impl Stored for Chunk {
    fn is_packed(_schema: u8) -> bool {
        true
    }
}
impl Stored for Head {}
impl Stored for Card {}

impl Store {
    /// Keeps a new version under the next number, deployed or not. Older ones beyond the last five go, never the
    /// deployed one. Returns the card with its number.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn keep_model(&self, mut card: Card, blob: &[u8], deploy: Option<&str>) -> Result<Card, StoreError> {
        let head_key = key::model_head(card.learner, &card.scope);
        let head: Option<Head> = self.value(&head_key)?;
        let since_ms = card.trained_ms;
        let mut head = head.unwrap_or(Head { deployed: None, last: 0, since_ms, why: "first version".to_owned() });
        card.version = head.last + 1;
        for (number, bytes) in (0u16..).zip(blob.chunks(CHUNK)) {
            let key = key::model_chunk(card.learner, &card.scope, card.version, number);
            self.writing(|draft| draft.put(key, &Chunk(bytes.to_vec())))?;
        }
        head.last = card.version;
        if let Some(why) = deploy {
            (head.deployed, head.since_ms, head.why) = (Some(card.version), since_ms, why.to_owned());
        }
        self.writing(|draft| {
            draft.put(key::model_card(card.learner, &card.scope, card.version), &card)?;
            draft.put(head_key, &head)
        })?;
        self.prune_versions(card.learner, &card.scope, &head)?;
        Ok(card)
    }

    /// Writes down in the log what became of a model.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn note_learning(&self, what: &str, failed: bool, by: &str, at_ms: i64) -> Result<LogEntry, StoreError> {
        let outcome = LogOutcome::Learning { what: what.to_owned(), failed, by: by.to_owned() };
        self.writing(|draft| plan::note(draft, at_ms, FileFacts::none(), outcome))
    }

    fn prune_versions(&self, learner: Learner, scope: &str, head: &Head) -> Result<(), StoreError> {
        let cards: Vec<Card> = self.cards(&key::model_cards(learner, scope))?;
        let old = cards.iter().rev().skip(MOST_VERSIONS).filter(|card| Some(card.version) != head.deployed);
        for card in old {
            self.writing(|draft| {
                for number in 0..u16::try_from(chunks_of(card)).unwrap_or(u16::MAX) {
                    draft.remove(key::model_chunk(learner, scope, card.version, number));
                }
                draft.remove(key::model_card(learner, scope, card.version));
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Lets another version speak, or none: then the formula does.
    ///
    /// # Errors
    /// [`StoreError::NoSuchModel`]; else as [`Store::commit`].
    pub fn deploy_model(
        &self,
        learner: Learner,
        scope: &str,
        version: Option<u32>,
        why: &str,
        at_ms: i64,
    ) -> Result<Head, StoreError> {
        let head_key = key::model_head(learner, scope);
        let head: Option<Head> = self.value(&head_key)?;
        let unknown = || StoreError::NoSuchModel { learner: learner.word(), scope: scope.to_owned(), version };
        let mut head = head.ok_or_else(unknown)?;
        if let Some(version) = version {
            self.value::<Card>(&key::model_card(learner, scope, version))?.ok_or_else(unknown)?;
        }
        let spoke = std::mem::replace(&mut head.deployed, version);
        (head.since_ms, head.why) = (at_ms, why.to_owned());
        self.writing(|draft| {
            if let Some(by) = why.strip_prefix(CHOSEN_BY) {
                let said =
                    |version: Option<u32>| version.map_or("the formula speaks".to_owned(), |v| format!("v{v} speaks"));
                let what = [learner.title(), scope].join(" ").trim().to_owned();
                let (act, by, why) = ("deploy".to_owned(), by.to_owned(), String::new());
                draft.sign(Signed { at_ms, act, what, by, why, before: said(spoke), after: said(version) });
            }
            draft.put(head_key, &head)
        })?;
        Ok(head)
    }

    /// Every version of every model, by learner, product model and number. A damaged card is left out: without it
    /// its model is refused.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn registered_models(&self) -> Result<Vec<Registered>, StoreError> {
        let mut found = Vec::new();
        for card in self.cards(key::MODEL_CARDS)? {
            let head: Option<Head> = self.value(&key::model_head(card.learner, &card.scope)).ok().flatten();
            let nobody = || Head { deployed: None, last: card.version, since_ms: card.trained_ms, why: String::new() };
            let head = head.unwrap_or_else(nobody);
            found.push(Registered { deployed: head.deployed == Some(card.version), card, head });
        }
        Ok(found)
    }

    /// The bytes of a version, checked against its card.
    ///
    /// # Errors
    /// [`StoreError::DamagedModel`] when a chunk is missing or damaged or the whole is not what was trained.
    pub fn model_bytes(&self, card: &Card) -> Result<Vec<u8>, StoreError> {
        let damaged = |cause: String| StoreError::DamagedModel {
            learner: card.learner.word(),
            scope: card.scope.clone(),
            version: card.version,
            cause,
        };
        let mut bytes = Vec::new();
        for number in 0..u16::try_from(chunks_of(card)).unwrap_or(u16::MAX) {
            let key = key::model_chunk(card.learner, &card.scope, card.version, number);
            let chunk: Option<Chunk> = self.value(&key).map_err(|error| damaged(error.to_string()))?;
            bytes.extend(chunk.ok_or_else(|| damaged(format!("part {number} is missing")))?.0);
        }
        if *blake3::hash(&bytes).as_bytes() != card.content {
            return Err(damaged("the checksum of the whole does not fit".to_owned()));
        }
        Ok(bytes)
    }

    fn cards(&self, prefix: &[u8]) -> Result<Vec<Card>, StoreError> {
        let pairs = self.shelf().prefixed(prefix, usize::MAX, false)?;
        Ok(pairs.iter().filter_map(|(_, bytes)| value::decode(bytes).ok()).collect())
    }
}

fn chunks_of(card: &Card) -> usize {
    usize::try_from(card.bytes).unwrap_or(usize::MAX).div_ceil(CHUNK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::SigmaSettings;
    use crate::learning::Gate;

    fn card(learner: Learner, scope: &str, blob: &[u8]) -> Card {
        Card {
            learner,
            scope: scope.to_owned(),
            version: 0,
            trained_ms: 1_000,
            app: "0".to_owned(),
            rows: 1,
            units: 1,
            failures: 0,
            runs: (0, 1),
            filter: SigmaSettings::default().identity(),
            features: Vec::new(),
            settings: String::new(),
            figures: Vec::new(),
            reliability: Vec::new(),
            gate: Gate { deployed: true, checks: Vec::new() },
            content: *blake3::hash(blob).as_bytes(),
            bytes: blob.len() as u64,
        }
    }

    #[test]
    fn the_last_five_versions_and_the_deployed_one_are_kept_and_can_speak_again() {
        let store = Store::in_memory();
        let blob = |n: u8| vec![n; 150_000];
        for n in 1..=8 {
            let card = card(Learner::FinalTest, "", &blob(n));
            let kept = store.keep_model(card, &blob(n), (n == 1).then_some("first")).expect("kept");
            assert_eq!(kept.version, u32::from(n));
        }
        let other = card(Learner::DriftDetector, "8340-1", &[7]);
        store.keep_model(other, &[7], None).expect("kept");
        let found = store.registered_models().expect("readable");
        let of = |learner| found.iter().filter(move |m| m.card.learner == learner).map(|m| m.card.version);
        assert_eq!(of(Learner::FinalTest).collect::<Vec<_>>(), [1, 4, 5, 6, 7, 8]);
        assert_eq!(of(Learner::DriftDetector).collect::<Vec<_>>(), [1]);
        let first = found.iter().find(|m| m.deployed).expect("deployed");
        assert_eq!(first.card.version, 1);
        assert_eq!(store.model_bytes(&first.card).expect("whole"), blob(1));
        store.deploy_model(Learner::FinalTest, "", Some(6), "rolled back", 2).expect("deployed");
        assert!(store.deploy_model(Learner::FinalTest, "", Some(3), "gone", 3).is_err());
        let head = store.deploy_model(Learner::FinalTest, "", None, "the formula is enough", 4).expect("none");
        assert_eq!((head.deployed, head.last), (None, 8));
    }

    #[test]
    fn a_damaged_or_missing_part_is_named_and_the_model_refused() {
        let store = Store::in_memory();
        let blob = vec![3; 150_000];
        let card = store.keep_model(card(Learner::TrimVerdict, "", &blob), &blob, None).expect("kept");
        let part = key::model_chunk(Learner::TrimVerdict, "", 1, 1);
        store.shelf().apply(&[(part.clone(), Some(vec![3, 0, 0]))].into()).expect("memory");
        let refused = store.model_bytes(&card).expect_err("damaged").to_string();
        assert!(refused.contains("trim-verdict") && refused.contains("damaged"), "{refused}");
        store.shelf().apply(&[(part, None)].into()).expect("memory");
        let refused = store.model_bytes(&card).expect_err("missing").to_string();
        assert!(refused.contains("part 1 is missing"), "{refused}");
    }
}

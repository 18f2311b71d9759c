//! A model as bytes: a header that says what it is, and a hash over all of it.
//!
//! ```text
//! "TWML" | kind u8 | schema u16 | version length u8 | version | body length u64 | body (postcard) | BLAKE3, 32 bytes
//! ```
//!
//! Numbers are big-endian. Anything that is off is refused with its reason; a refused model is trained again.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::LearningError;

const MAGIC: &[u8; 4] = b"TWML";
const HASH: usize = blake3::OUT_LEN;
/// The program that wrote a model: another version may mean something else by the same figures.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Seals a model of a kind and schema.
///
/// A value that cannot be written, which no model of this crate is, gives no bytes, and [`open`] refuses those.
///
/// ```
/// use trimwatch::learning::blob;
///
/// let bytes = blob::seal(7, 1, &(0.5, "sigma"));
/// let (weight, name): (f64, String) = blob::open(7, 1, &bytes)?;
/// assert_eq!((weight, name.as_str()), (0.5, "sigma"));
/// let error = blob::open::<(f64, String)>(7, 2, &bytes).unwrap_err();
/// assert_eq!(error.to_string(), "the model cannot be used: schema 1, this program knows schema 2");
/// # Ok::<(), trimwatch::learning::LearningError>(())
/// ```
pub fn seal(kind: u8, schema: u16, value: &impl Serialize) -> Vec<u8> {
    let Ok(body) = postcard::to_stdvec(value) else { return Vec::new() };
    let mut bytes = header(kind, schema);
    bytes.extend((body.len() as u64).to_be_bytes());
    bytes.extend_from_slice(&body);
    let hash = blake3::hash(&bytes);
    bytes.extend_from_slice(hash.as_bytes());
    bytes
}

fn header(kind: u8, schema: u16) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.push(kind);
    bytes.extend(schema.to_be_bytes());
    // A version is a few characters.
    bytes.push(u8::try_from(VERSION.len()).unwrap_or(u8::MAX));
    bytes.extend(VERSION.bytes().take(usize::from(u8::MAX)));
    bytes
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`LearningError::Damaged`] with the reason: not a model, another kind, schema or program version, cut, too long, a
/// hash that does not fit, or a body that is no such value.
pub fn open<T: DeserializeOwned>(kind: u8, schema: u16, bytes: &[u8]) -> Result<T, LearningError> {
    let refused = |reason: String| Err(LearningError::Damaged(reason));
    let Some(rest) = bytes.strip_prefix(MAGIC) else { return refused("these bytes are no model".to_owned()) };
    let mut rest = Rest(rest);
    let found = rest.array().map(u8::from_be_bytes)?;
    if found != kind {
        return refused(format!("kind {found} where {kind} is asked for"));
    }
    let found = rest.array().map(u16::from_be_bytes)?;
    if found != schema {
        return refused(format!("schema {found}, this program knows schema {schema}"));
    }
    let length = rest.array().map(u8::from_be_bytes)?;
    let version = rest.take(usize::from(length))?;
    if version != VERSION.as_bytes() {
        return refused(format!("trained by trimwatch {}, this is {VERSION}", String::from_utf8_lossy(version)));
    }
    let length = rest.array().map(u64::from_be_bytes)?;
    if length.checked_add(HASH as u64) != Some(rest.0.len() as u64) {
        return refused(format!("{} bytes follow where {length} and the hash should", rest.0.len()));
    }
    let (sealed, hash) = bytes.split_at_checked(bytes.len() - HASH).unwrap_or_default();
    if blake3::hash(sealed).as_bytes() != hash {
        return refused("the hash does not fit".to_owned());
    }
    let body = rest.0.split_at_checked(rest.0.len() - HASH).unwrap_or_default().0;
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        Ok(_) => refused("more bytes than the model has".to_owned()),
        Err(error) => refused(error.to_string()),
    }
}

/// What of the bytes was not read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], LearningError> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or_else(|| LearningError::Damaged("cut short".to_owned()))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], LearningError> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| LearningError::Damaged("cut short".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use ndarray::Array2;

    use super::super::random::Random;
    use super::super::{FeaturesPerSplit, Forest, ForestSettings};
    use super::*;

    fn reason(kind: u8, schema: u16, bytes: &[u8]) -> String {
        open::<(u32, String)>(kind, schema, bytes).expect_err("refused").to_string()
    }

    #[test]
    fn whatever_is_off_is_refused_with_its_reason() {
        let bytes = seal(3, 9, &(5_u32, "x"));
        assert_eq!(open(3, 9, &bytes), Ok((5_u32, "x".to_owned())));
        assert!(reason(3, 9, b"").ends_with("these bytes are no model"));
        assert!(reason(4, 9, &bytes).ends_with("kind 3 where 4 is asked for"));
        assert!(reason(3, 8, &bytes).ends_with("schema 9, this program knows schema 8"));
        assert!(reason(3, 9, &bytes[..bytes.len() - 1]).contains("bytes follow where"));
        assert!(reason(3, 9, &[&bytes[..], b"y"].concat()).contains("bytes follow where"));
        let mut other = bytes.clone();
        other[8] = b'7';
        assert!(reason(3, 9, &other).contains("trained by trimwatch 7."), "{}", reason(3, 9, &other));
        let mut rotten = bytes;
        *rotten.last_mut().expect("a byte") ^= 1;
        assert!(reason(3, 9, &rotten).ends_with("the hash does not fit"));
        let longer = seal(3, 9, &(5_u32, "x", 1_u8));
        assert!(reason(3, 9, &longer).ends_with("more bytes than the model has"));
    }

    fn small() -> Forest {
        let x = Array2::from_shape_fn((40, 2), |(row, column)| ((row * (7 + column)) % 40) as f64);
        let y: Vec<f64> = (0..40).map(|row| f64::from(u8::from(row % 3 == 0))).collect();
        let features_per_split = FeaturesPerSplit::All;
        let settings = ForestSettings { trees: 3, depth: 4, min_split: 4, min_leaf: 2, features_per_split, seed: 1 };
        Forest::fit(x.view(), &y, &settings, 1, &|_| ControlFlow::Continue(())).expect("fitted")
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let bytes = small().to_bytes();
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[place] ^= 1 << bit;
                assert!(matches!(Forest::from_bytes(&flipped), Err(LearningError::Damaged(_))), "{place} {bit}");
            }
            assert!(matches!(Forest::from_bytes(&bytes[..place]), Err(LearningError::Damaged(_))), "{place}");
        }
    }

    /// The body under a header and hash that fit: what is left are the forest's own checks.
    #[test]
    fn a_forged_forest_is_refused_or_answers() {
        let body = postcard::to_stdvec(&small()).expect("written");
        let mut random = Random::new(2);
        let mut answered = 0;
        for _ in 0..4_000 {
            let mut forged = body.clone();
            for _ in 0..=random.below(3) {
                let place = random.below(forged.len());
                forged[place] = random.next_u64().to_le_bytes()[0];
            }
            if let Ok(forest) = postcard::from_bytes::<Forest>(&forged) {
                let said = forest.predict_one(&vec![1.0; forest.width()]);
                answered += u32::from(said.is_ok());
                assert_eq!(Forest::from_bytes(&forest.to_bytes()).map(|back| back.to_bytes()), Ok(forest.to_bytes()));
            }
        }
        assert!((1..4_000).contains(&answered), "{answered}");
    }
}

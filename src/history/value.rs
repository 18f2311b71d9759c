//! Values of the store: one schema byte, a checksum, a compact encoding.

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::packing::{Codes, packed, unpacked};

/// Version of every value's encoding.
pub(super) const SCHEMA: u8 = 3;
/// What a store as a whole calls itself once it has volumes: values are those of the schema before, and a program
/// that knows of no volumes must not take what the engine has for everything.
pub(super) const LAYOUT: u8 = 4;
/// The oldest encoding that is still read.
const OLDEST: u8 = 1;

/// Why a value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ValueError {
    /// Written by another version of the program.
    #[error("schema {found}, this program knows schema {known}")]
    Schema {
        /// The schema byte found.
        found: u8,
        /// The newest that this program knows.
        known: u8,
    },
    /// The checksum does not fit, or the bytes are no value of this kind.
    #[error("damaged: {0}")]
    Damaged(String),
}

/// A kind of value that the store keeps.
pub(super) trait Stored: Serialize + DeserializeOwned {
    /// Whether values of this kind are compressed in a schema.
    fn is_packed(_schema: u8) -> bool {
        false
    }

    /// How values of this kind are compressed. Whoever reads one takes either.
    fn codes() -> Codes {
        Codes::Own
    }

    /// Today's value from the body of an older schema. Kinds that never changed read as they do today.
    fn of_older(_schema: u8, body: &[u8]) -> Result<Self, ValueError> {
        plain(body)
    }
}

/// Encodes a value, compressed where its kind is worth it.
pub(super) fn encode<T: Stored>(value: &T) -> Result<Vec<u8>, ValueError> {
    let body = postcard::to_stdvec(value).map_err(|e| ValueError::Damaged(e.to_string()))?;
    Ok(if T::is_packed(SCHEMA) { sealed(&packed(&body, T::codes())?) } else { sealed(&body) })
}

/// Decodes what [`encode`] made, in this schema or an older one.
pub(super) fn decode<T: Stored>(bytes: &[u8]) -> Result<T, ValueError> {
    let (schema, body) = opened(bytes)?;
    if T::is_packed(schema) { unpacked(body, |body| of_schema(schema, body))? } else { of_schema(schema, body) }
}

/// Bytes a value takes in postcard, uncompressed.
pub(super) fn plain_len<T: Stored>(bytes: &[u8]) -> Result<u64, ValueError> {
    let value: T = decode(bytes)?;
    postcard::to_stdvec(&value).map(|body| body.len() as u64).map_err(|e| ValueError::Damaged(e.to_string()))
}

fn of_schema<T: Stored>(schema: u8, body: &[u8]) -> Result<T, ValueError> {
    if schema == SCHEMA { plain(body) } else { T::of_older(schema, body) }
}

/// A body as today's encoding has it.
pub(super) fn plain<T: DeserializeOwned>(body: &[u8]) -> Result<T, ValueError> {
    postcard::from_bytes(body).map_err(|e| ValueError::Damaged(e.to_string()))
}

fn sealed(body: &[u8]) -> Vec<u8> {
    let mut value = vec![SCHEMA];
    value.extend(crc32fast::hash(body).to_be_bytes());
    value.extend_from_slice(body);
    value
}

fn opened(bytes: &[u8]) -> Result<(u8, &[u8]), ValueError> {
    let short = || ValueError::Damaged("too short".to_owned());
    let (schema, rest) = bytes.split_first().ok_or_else(short)?;
    if !(OLDEST..=SCHEMA).contains(schema) {
        return Err(ValueError::Schema { found: *schema, known: SCHEMA });
    }
    let (sum, body) = rest.split_first_chunk::<4>().ok_or_else(short)?;
    if u32::from_be_bytes(*sum) != crc32fast::hash(body) {
        return Err(ValueError::Damaged("the checksum does not fit".to_owned()));
    }
    Ok((*schema, body))
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_bit_is_noticed_and_another_schema_is_named() {
        let value = encode(&(7u64, -3i64)).expect("encoded");
        assert_eq!(decode::<(u64, i64)>(&value), Ok((7, -3)));
        let mut flipped = value.clone();
        if let Some(last) = flipped.last_mut() {
            *last ^= 1;
        }
        assert!(matches!(decode::<(u64, i64)>(&flipped), Err(ValueError::Damaged(_))));
        let mut newer = value;
        newer[0] = 9;
        let error = decode::<(u64, i64)>(&newer).expect_err("newer");
        assert_eq!(error.to_string(), "schema 9, this program knows schema 3");
    }
}

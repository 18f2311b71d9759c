//! One value of the store as one line of a backup.
//!
//! Runs and log entries are written so that people and other programs can read them:
//! `{"key":"…","run":{…}}`, `{"key":"…","log":{…}}`. Everything else, and what JSON cannot say without loss, stands
//! as its bytes: `{"key":"…","value":"…"}`. Keys and bytes are hexadecimal.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::record::{LogEntry, RunRecord};
use super::value;
use super::value::Stored;

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    key: String,
    #[serde(flatten)]
    content: Content,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Content {
    Run(Box<RunRecord>),
    Log(Box<LogEntry>),
    Value(String),
}

/// The line of a pair, without its end.
pub(super) fn to_line(key: &[u8], bytes: &[u8]) -> String {
    let readable = match key.first() {
        Some(b'r' | b'v') => exact::<RunRecord>(bytes).map(|run| Content::Run(Box::new(run))),
        Some(b'l') => exact::<LogEntry>(bytes).map(|log| Content::Log(Box::new(log))),
        _ => None,
    };
    let content = readable.unwrap_or_else(|| Content::Value(hex::encode(bytes)));
    let raw = || format!(r#"{{"key":"{}","value":"{}"}}"#, hex::encode(key), hex::encode(bytes));
    serde_json::to_string(&Line { key: hex::encode(key), content }).unwrap_or_else(|_| raw())
}

/// The value, when JSON and back gives the very same bytes.
fn exact<T: Stored + DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let decoded: T = value::decode(bytes).ok()?;
    let words = serde_json::to_string(&decoded).ok()?;
    let back: T = serde_json::from_str(&words).ok()?;
    (value::encode(&back).ok()? == bytes).then_some(decoded)
}

/// The pair of a line.
pub(super) fn of_line(line: &str) -> Result<(Vec<u8>, Vec<u8>), String> {
    let Line { key, content } = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let key = hex::decode(key).map_err(|e| e.to_string())?;
    let bytes = match content {
        Content::Run(run) => value::encode(&*run).map_err(|e| e.to_string())?,
        Content::Log(log) => value::encode(&*log).map_err(|e| e.to_string())?,
        Content::Value(bytes) => hex::decode(bytes).map_err(|e| e.to_string())?,
    };
    Ok((key, bytes))
}

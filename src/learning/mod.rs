//! History → models → predictions.

mod card;

pub use card::{Card, CardBin, CardCheck, CardFeature, Figure};

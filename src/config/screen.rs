//! `theme`, `marker` and `[keys]`: what the screen looks like and which keys do what.

use serde::{Deserialize, Deserializer, Serialize};

/// A set of colours, each of the terminal's own sixteen; the background is never set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Quiet colours for a dark background.
    #[default]
    Default,
    /// Bright colours on a dark background, nothing dimmed.
    HighContrast,
    /// Blue against yellow, neither red nor green.
    ColourBlind,
    /// Dark colours for a light background.
    Light,
    /// No colours: bold, dim, reverse and underline only.
    Mono,
}

impl Theme {
    /// All themes in the order they are gone through.
    pub const ALL: [Self; 5] = [Self::Default, Self::HighContrast, Self::ColourBlind, Self::Light, Self::Mono];

    /// The word in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::HighContrast => "high-contrast",
            Self::ColourBlind => "colour-blind",
            Self::Light => "light",
            Self::Mono => "mono",
        }
    }
}

/// What charts are drawn with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Marker {
    /// Eight dots a cell.
    #[default]
    Braille,
    /// Two halves a cell.
    Half,
    /// One dot a cell.
    Dot,
    /// One plain character a cell.
    Ascii,
}

impl Marker {
    /// All markers, the finest first.
    pub const ALL: [Self; 4] = [Self::Braille, Self::Half, Self::Dot, Self::Ascii];

    /// The word in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Braille => "braille",
            Self::Half => "half",
            Self::Dot => "dot",
            Self::Ascii => "ascii",
        }
    }
}

/// The keys of one action: `"x"`, or a list; an empty list leaves it to the palette.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Keys(pub Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a key or a list of keys")]
        enum Written {
            One(String),
            Several(Vec<String>),
        }
        Ok(Self(match Written::deserialize(from)? {
            Written::One(key) => vec![key],
            Written::Several(keys) => keys,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn looks_and_keys_are_read_as_they_are_written() {
        let text = "theme = \"colour-blind\"\nmarker = \"half\"\n[keys]\nsearch = \"F3\"\nquit = [\"Q\", \"ctrl-q\"]\n";
        let config: Config = toml::from_str(text).expect("a configuration");
        assert_eq!((config.theme, config.marker), (Theme::ColourBlind, Marker::Half));
        assert_eq!(config.keys.get("quit"), Some(&Keys(vec!["Q".to_owned(), "ctrl-q".to_owned()])));
        let again: Config = toml::from_str(&toml::to_string(&config).expect("TOML")).expect("the same");
        assert_eq!(again, config);
        for theme in Theme::ALL {
            let config: Config = toml::from_str(&format!("theme = \"{}\"", theme.word())).expect("a theme");
            assert_eq!(config.theme, theme);
        }
        for marker in Marker::ALL {
            let config: Config = toml::from_str(&format!("marker = \"{}\"", marker.word())).expect("a marker");
            assert_eq!(config.marker, marker);
        }
    }

    #[test]
    fn a_key_that_is_no_text_is_refused_in_words() {
        let error = toml::from_str::<Config>("[keys]\nquit = 3\n").expect_err("no key").to_string();
        assert!(error.contains("a key or a list of keys"), "{error}");
    }
}

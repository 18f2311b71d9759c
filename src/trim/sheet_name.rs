//! Sheet names decide the layout, and nothing else does.

/// A System A data sheet: `SEC<s> TRK<t> <pass>` or `SEC<s> TRK<t> <pass> TRM<recipe>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DataSheet {
    /// The name as it stands.
    pub(super) name: String,
    /// Section number.
    pub(super) section: u32,
    /// Track number.
    pub(super) track: u32,
    /// Pass number; 0 = untrimmed.
    pub(super) pass: u32,
    /// Recipe number after `TRM`.
    pub(super) recipe: Option<u32>,
}

impl DataSheet {
    /// Reads a sheet name; `None` for every other sheet of the workbook.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let mut words = name.split_whitespace();
        let section = numbered(words.next()?, "SEC")?;
        let track = numbered(words.next()?, "TRK")?;
        let pass = numbered(words.next()?, "")?;
        let recipe = match words.next() {
            Some(word) => Some(numbered(word, "TRM")?),
            None => None,
        };
        words.next().is_none().then(|| Self { name: name.to_owned(), section, track, pass, recipe })
    }

    /// `TRK1`; `SEC2 TRK1` outside section 1.
    pub(super) fn track_name(&self) -> String {
        if self.section == 1 { format!("TRK{}", self.track) } else { format!("SEC{} TRK{}", self.section, self.track) }
    }
}

/// The number of a System B pass sheet `Trim <n>`; `Trim Parameters` and `TrimVolts1` are none.
pub(super) fn trim_pass(name: &str) -> Option<u32> {
    numbered(name.strip_prefix("Trim ")?, "").filter(|&n| n > 0)
}

fn numbered(word: &str, prefix: &str) -> Option<u32> {
    let digits = word.strip_prefix(prefix)?;
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_sheets_are_told_from_their_neighbours() {
        let sheet = DataSheet::parse("SEC1 TRK2 3 TRM1").expect("a pass");
        assert_eq!((sheet.section, sheet.track, sheet.pass, sheet.recipe), (1, 2, 3, Some(1)));
        assert_eq!(sheet.track_name(), "TRK2");
        let other = DataSheet::parse("SEC2 TRK1 0").expect("untrimmed");
        assert_eq!((other.track_name().as_str(), other.recipe), ("SEC2 TRK1", None));
        for name in ["ref", "Report Data", "SEC1 TRK1", "SEC1 TRK1 x", "SEC1 TRK1 1 TRM", "SEC1 TRK1 1 TRM1 old"] {
            assert_eq!(DataSheet::parse(name), None, "{name}");
        }
    }

    #[test]
    fn trim_parameters_and_trim_volts_are_no_pass() {
        assert_eq!(trim_pass("Trim 2"), Some(2));
        for name in ["Trim Parameters", "TrimVolts1", "Trim", "Trim 0", "Trim +1"] {
            assert_eq!(trim_pass(name), None, "{name}");
        }
    }
}

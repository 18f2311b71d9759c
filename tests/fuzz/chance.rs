//! Chance from a seed: the same cases every time, and bytes spoiled in every way a disk or a copy spoils them.

/// A small generator (`SplitMix64`).
pub struct Chance(u64);

/// Numbers at the edges of what fields can hold.
const EDGES: [u64; 14] = [
    0,
    1,
    2,
    0x7F,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x0001_0000,
    0x7FFF_FFFF,
    0xFFFF_FFF9,
    0xFFFF_FFFE,
    0xFFFF_FFFF,
    0x7FFF_FFFF_FFFF_FFFF,
    u64::MAX,
];

impl Chance {
    /// The chance of one case of a target.
    pub fn of(target: &str, seed: u64, case: u64) -> Self {
        let target = target.bytes().fold(seed, |mixed, byte| mixed.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte));
        let mut own = Self(target ^ case.wrapping_mul(0xd605_1a3b_5f2c_9e47));
        own.next();
        own
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `most`; 0 of none.
    pub fn below(&mut self, most: usize) -> usize {
        let most = most.max(1) as u64;
        usize::try_from(self.next() % most).unwrap_or(0)
    }

    /// Whether it is one case in `many`.
    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// One of several texts.
    pub fn piece(&mut self, of: &[&'static str]) -> &'static str {
        of[self.below(of.len())]
    }

    /// A number as fields hold it: at an edge, small, or any.
    pub fn number(&mut self) -> u64 {
        match self.below(3) {
            0 => *self.pick(&EDGES),
            1 => self.below(300) as u64,
            _ => self.next() >> self.below(64),
        }
    }

    /// The four low bytes of such a number, little-endian.
    pub fn word(&mut self) -> [u8; 4] {
        let mut word = [0; 4];
        word.iter_mut().zip(self.number().to_le_bytes()).for_each(|(to, from)| *to = from);
        word
    }

    /// A figure no instrument gives, or one that it might.
    pub fn figure(&mut self) -> f64 {
        const ODD: [f64; 20] = [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            0.0,
            -0.0,
            1.0,
            -1.0,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
            1e100,
            -1e100,
            1e99,
            1e39,
            -1e39,
            3.5e38,
            1e-300,
            1e15,
            -1e-9,
        ];
        match self.below(4) {
            0 | 1 => *self.pick(&ODD),
            2 => f64::from_bits(self.next()),
            _ => (self.below(2_000_001) as f64 - 1e6) / 1e5,
        }
    }

    /// Cut, zeroed, flipped, doubled, removed or overwritten somewhere, once or a few times.
    pub fn spoil(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            self.spoil_once(&mut bytes);
        }
        bytes
    }

    fn spoil_once(&mut self, bytes: &mut Vec<u8>) {
        let longest = *self.pick(&[1, 4, 16, 600, 5_000]);
        let (at, length) = (self.below(bytes.len()), 1 + self.below(longest));
        let end = (at + length).min(bytes.len());
        match self.below(9) {
            0 => bytes.truncate(at),
            1 => bytes[at..end].fill(0),
            2 => bytes[at..].fill(0),
            3 => bytes[at..end].fill(0xFF),
            4 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            5 => drop(bytes.drain(at..end)),
            6 => {
                let word = self.word();
                bytes.iter_mut().skip(at).zip(word).for_each(|(to, from)| *to = from);
            }
            7 => bytes.extend((0..length).map(|_| 0)),
            _ => bytes.iter_mut().skip(at).take(length.min(8)).for_each(|byte| *byte ^= 1 << (self.0 % 8)),
        }
    }

    /// A text with everything in it that a name, a cell or a line should not hold.
    pub fn text(&mut self, most: usize) -> String {
        const ODD: [char; 18] = [
            '\0',
            '\x1b',
            '\n',
            '\t',
            '"',
            '\\',
            '\'',
            '\u{202e}',
            '\u{feff}',
            'ß',
            'İ',
            'ǅ',
            '−',
            '\u{301}',
            '猫',
            '🦀',
            '\u{10ffff}',
            '\u{a0}',
        ];
        (0..self.below(most))
            .map(|_| match self.below(6) {
                0 => *self.pick(&ODD),
                1 => char::from_u32(u32::try_from(self.below(0x11_0000)).unwrap_or(0)).unwrap_or('\u{fffd}'),
                _ => char::from(b' ' + u8::try_from(self.below(95)).unwrap_or(0)),
            })
            .collect()
    }
}

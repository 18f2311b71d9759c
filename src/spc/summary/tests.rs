//! NIST's reference data sets for mean, deviation and autocorrelation, and what else a summary says.
//!
//! Source: NIST/ITL Statistical Reference Datasets, univariate summary statistics. All nine but the digits of pi: `NumAcc1` to
//! `NumAcc4` are made, Lottery, Lew, Mavro and Michelso are embedded.

use super::*;

const LEW: [i16; 200] = [
    -213, -564, -35, -15, 141, 115, -420, -360, 203, -338, -431, 194, -220, -513, 154, -125, -559, 92, -21, -579, -52,
    99, -543, -175, 162, -457, -346, 204, -300, -474, 164, -107, -572, -8, 83, -541, -224, 180, -420, -374, 201, -236,
    -531, 83, 27, -564, -112, 131, -507, -254, 199, -311, -495, 143, -46, -579, -90, 136, -472, -338, 202, -287, -477,
    169, -124, -568, 17, 48, -568, -135, 162, -430, -422, 172, -74, -577, -13, 92, -534, -243, 194, -355, -465, 156,
    -81, -578, -64, 139, -449, -384, 193, -198, -538, 110, -44, -577, -6, 66, -552, -164, 161, -460, -344, 205, -281,
    -504, 134, -28, -576, -118, 156, -437, -381, 200, -220, -540, 83, 11, -568, -160, 172, -414, -408, 188, -125, -572,
    -32, 139, -492, -321, 205, -262, -504, 142, -83, -574, 0, 48, -571, -106, 137, -501, -266, 190, -391, -406, 194,
    -186, -553, 83, -13, -577, -49, 103, -515, -280, 201, 300, -506, 131, -45, -578, -80, 138, -462, -361, 201, -211,
    -554, 32, 74, -533, -235, 187, -372, -442, 182, -147, -566, 25, 68, -535, -244, 194, -351, -463, 174, -125, -570,
    15, 72, -550, -190, 172, -424, -385, 198, -218, -536, 96,
];

const LOTTERY: [i16; 218] = [
    162, 671, 933, 414, 788, 730, 817, 33, 536, 875, 670, 236, 473, 167, 877, 980, 316, 950, 456, 92, 517, 557, 956,
    954, 104, 178, 794, 278, 147, 773, 437, 435, 502, 610, 582, 780, 689, 562, 964, 791, 28, 97, 848, 281, 858, 538,
    660, 972, 671, 613, 867, 448, 738, 966, 139, 636, 847, 659, 754, 243, 122, 455, 195, 968, 793, 59, 730, 361, 574,
    522, 97, 762, 431, 158, 429, 414, 22, 629, 788, 999, 187, 215, 810, 782, 47, 34, 108, 986, 25, 644, 829, 630, 315,
    567, 919, 331, 207, 412, 242, 607, 668, 944, 749, 168, 864, 442, 533, 805, 372, 63, 458, 777, 416, 340, 436, 140,
    919, 350, 510, 572, 905, 900, 85, 389, 473, 758, 444, 169, 625, 692, 140, 897, 672, 288, 312, 860, 724, 226, 884,
    508, 976, 741, 476, 417, 831, 15, 318, 432, 241, 114, 799, 955, 833, 358, 935, 146, 630, 830, 440, 642, 356, 373,
    271, 715, 367, 393, 190, 669, 8, 861, 108, 795, 269, 590, 326, 866, 64, 523, 862, 840, 219, 382, 998, 4, 628, 305,
    747, 247, 34, 747, 729, 645, 856, 974, 24, 568, 24, 694, 608, 480, 410, 729, 947, 293, 53, 930, 223, 203, 677, 227,
    62, 455, 387, 318, 562, 242, 428, 968,
];

/// Filter transmittance above 2, in ten-thousandths.
const MAVRO: [i16; 50] = [
    18, 17, 18, 19, 18, 17, 15, 14, 15, 15, 17, 18, 18, 19, 19, 21, 20, 16, 14, 13, 13, 15, 15, 16, 15, 14, 13, 14, 15,
    14, 15, 16, 15, 16, 19, 20, 20, 21, 22, 23, 24, 25, 27, 26, 26, 26, 27, 26, 25, 24,
];

/// Speed of light above 299 Mm/s, in hundredths.
const MICHELSO: [i16; 100] = [
    85, 74, 90, 107, 93, 85, 95, 98, 98, 88, 100, 98, 93, 65, 76, 81, 100, 100, 96, 96, 96, 94, 96, 94, 88, 80, 85, 88,
    90, 84, 83, 79, 81, 88, 88, 83, 80, 79, 76, 80, 88, 88, 88, 86, 72, 72, 62, 86, 97, 95, 88, 91, 85, 87, 84, 84, 85,
    84, 84, 84, 89, 81, 81, 82, 80, 77, 76, 74, 75, 76, 91, 92, 89, 86, 88, 72, 84, 85, 85, 78, 89, 84, 78, 81, 76, 81,
    79, 81, 82, 85, 87, 87, 81, 74, 81, 94, 95, 80, 81, 87,
];

/// Mean, deviation and lag-1 autocorrelation as certified, and to which share the last two must come out.
fn certified(values: &[f64], mean: f64, deviation: f64, lag1: f64, within: f64) {
    let found = Summary::of(values).expect("values");
    let near = |found: f64, expected: f64| (found / expected - 1.0).abs() <= within;
    assert!((found.mean / mean - 1.0).abs() < 1e-15, "{} for {mean}", found.mean);
    assert!(near(found.deviation, deviation), "{} for {deviation}", found.deviation);
    assert!(near(found.lag1, lag1), "{} for {lag1}", found.lag1);
}

fn plain(numbers: &[i16]) -> Vec<f64> {
    numbers.iter().map(|number| f64::from(*number)).collect()
}

/// A value, then 500 times the one a tenth below it and the one a tenth above.
fn alternating(whole: f64) -> Vec<f64> {
    let pairs = (0..500).flat_map(|_| [whole + 0.1, whole + 0.3]);
    std::iter::once(whole + 0.2).chain(pairs).collect()
}

#[test]
fn sets_that_were_measured_have_their_certified_figures() {
    certified(&plain(&LEW), -177.435, 277.332_168_044_316, -0.307_304_800_605_679, 1e-14);
    certified(&plain(&LOTTERY), 518.958_715_596_330, 291.699_727_470_969, -0.120_948_622_967_393, 1e-14);
    let mavro: Vec<f64> = MAVRO.iter().map(|part| (20_000.0 + f64::from(*part)) / 10_000.0).collect();
    certified(&mavro, 2.001_856, 0.000_429_123_454_003_053, 0.937_989_183_438_248, 1e-12);
    let michelso: Vec<f64> = MICHELSO.iter().map(|part| (29_900.0 + f64::from(*part)) / 100.0).collect();
    certified(&michelso, 299.852_4, 0.079_010_547_819_051_8, 0.535_199_668_621_283, 1e-12);
}

#[test]
fn sets_that_lose_their_digits_have_their_certified_figures() {
    let exact = Summary::of(&[10_000_001.0, 10_000_003.0, 10_000_002.0]).expect("three values");
    assert_eq!((exact.mean, exact.deviation, exact.lag1), (10_000_002.0, 1.0, -0.5));
    certified(&alternating(1.0), 1.2, 0.1, -0.999, 1e-13);
    // Their tenths are not exact in binary: nine and eight digits are all that the numbers hold.
    certified(&alternating(1_000_000.0), 1_000_000.2, 0.1, -0.999, 1e-9);
    certified(&alternating(10_000_000.0), 10_000_000.2, 0.1, -0.999, 1e-8);
}

#[test]
fn the_rest_of_a_summary_is_as_defined() {
    let found = Summary::of(&[1.0, 2.0, 4.0, 9.0]).expect("four values");
    assert_eq!((found.median, found.n), (3.0, 4));
    assert!((found.moving_range - 8.0 / 3.0).abs() < 1e-15);
    assert!((found.skew - 1.330_9).abs() < 1e-4, "{}", found.skew);
    assert!((found.lag1_bound() - 1.0).abs() < 1e-15 && !found.is_autocorrelated());
    assert!(found.lag1_upper() > found.lag1 && found.lag1_upper() <= 1.0);
}

#[test]
fn values_that_do_not_vary_have_neither_skew_nor_autocorrelation() {
    let found = Summary::of(&[3.0; 12]).expect("values");
    assert_eq!((found.deviation, found.skew, found.lag1), (0.0, 0.0, 0.0));
}

#[test]
fn too_little_and_no_number_are_said_to_be_so() {
    assert_eq!(Summary::of(&[1.0]), Err(SpcError::TooFew { found: 1, needed: 2 }));
    assert_eq!(Summary::of(&[1.0, f64::NAN]), Err(SpcError::NotFinite { place: 1 }));
}

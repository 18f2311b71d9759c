//! Makes values smaller and whole again: raw deflate, in room that each thread keeps for it.

use std::cell::RefCell;

use miniz_oxide::deflate::core::{
    CompressionStrategy, CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output,
    create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use miniz_oxide::inflate::{DecompressError, TINFLStatus};

use super::value::ValueError;

/// How hard is tried to make values small, 0 … 10.
const EFFORT: i32 = 6;
/// Largest unpacked value, curves as a rule, bytes: 65,536 points of five sweeps.
pub(super) const MAX_UNPACKED: usize = 16 * 1024 * 1024;
/// Room that a thread keeps, bytes: enough for nearly every run and most curves.
const ROOM: usize = 16 * 1024;

/// Whether a packed value brings the codes along that suit it best, or goes by those of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codes {
    /// Its own.
    Own,
    /// The format's. A value as small as a run is no larger for it, and read in half the time.
    Fixed,
}

/// What unpacking takes for itself. Taken anew for every value it would be more than the values themselves.
struct Unpacker {
    state: DecompressorOxide,
    room: Vec<u8>,
}

thread_local! {
    static UNPACKER: RefCell<Box<Unpacker>> =
        RefCell::new(Box::new(Unpacker { state: DecompressorOxide::new(), room: Vec::new() }));
}

/// Packs the body of a value.
pub(super) fn packed(body: &[u8], codes: Codes) -> Result<Vec<u8>, ValueError> {
    let strategy = match codes {
        Codes::Own => CompressionStrategy::Default,
        Codes::Fixed => CompressionStrategy::Fixed,
    };
    let flags = create_comp_flags_from_zip_params(EFFORT, 0, strategy as i32);
    let mut packed = Vec::with_capacity(body.len());
    let take = |part: &[u8]| {
        packed.extend_from_slice(part);
        true
    };
    match compress_to_output(&mut CompressorOxide::new(flags), body, TDEFLFlush::Finish, take) {
        (TDEFLStatus::Done, _) => Ok(packed),
        (status, _) => Err(ValueError::Damaged(format!("it cannot be packed: {status:?}"))),
    }
}

/// Looks at the body of a packed value, whatever codes it has.
pub(super) fn unpacked<T>(packed: &[u8], look: impl FnOnce(&[u8]) -> T) -> Result<T, ValueError> {
    UNPACKER.with_borrow_mut(|unpacker| {
        let looked = unpacker.unpack(packed).map(look);
        unpacker.room.truncate(ROOM);
        unpacker.room.shrink_to(ROOM);
        looked.map_err(|status| ValueError::Damaged(DecompressError { status, output: Vec::new() }.to_string()))
    })
}

impl Unpacker {
    fn unpack(&mut self, packed: &[u8]) -> Result<&[u8], TINFLStatus> {
        self.state.init();
        self.room.resize(self.room.len().max(ROOM), 0);
        let (mut taken, mut made) = (0, 0);
        loop {
            let left = packed.get(taken..).unwrap_or_default();
            let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
            let (status, read, written) = decompress(&mut self.state, left, &mut self.room, made, flags);
            (taken, made) = (taken + read, made + written);
            match status {
                TINFLStatus::Done => return self.room.get(..made).ok_or(TINFLStatus::BadParam),
                TINFLStatus::HasMoreOutput if self.room.len() < MAX_UNPACKED => {
                    self.room.resize((2 * self.room.len()).min(MAX_UNPACKED), 0);
                }
                status => return Err(status),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use miniz_oxide::deflate::compress_to_vec;
    use miniz_oxide::inflate::decompress_to_vec;

    use super::*;

    /// Figures that repeat themselves badly.
    fn figures(many: u32) -> Vec<u8> {
        (0..many).flat_map(|n| (n % 1_009 * n % 65_537).to_be_bytes()).collect()
    }

    #[test]
    fn what_is_packed_with_either_codes_is_read_here_and_by_any_other_reader() {
        let words = b"all 47 points inside, worst margin +59.6 %".repeat(9);
        for body in [Vec::new(), vec![7], words, figures(4_095), figures(4_097), figures(400_000)] {
            let own = packed(&body, Codes::Own).expect("packed");
            let fixed = packed(&body, Codes::Fixed).expect("packed");
            assert_eq!(own, compress_to_vec(&body, 6), "to the byte what it was before there was a choice");
            // Two bits after the first name the kind of a block; 2 is one that brings codes along.
            assert!(fixed.first().is_some_and(|first| first >> 1 & 3 < 2), "{} bytes", body.len());
            for packed in [own, fixed] {
                assert_eq!(decompress_to_vec(&packed).expect("read"), body);
                assert_eq!(unpacked(&packed, <[u8]>::to_vec).as_ref(), Ok(&body));
            }
        }
    }

    #[test]
    fn a_large_or_a_damaged_value_leaves_the_next_one_nothing() {
        let said = |packed: &[u8]| unpacked(packed, <[u8]>::to_vec).map_err(|error| error.to_string());
        let small = packed(b"246", Codes::Fixed).expect("packed");
        let large = packed(&figures(400_000), Codes::Own).expect("packed");
        let endless = packed(&vec![0; MAX_UNPACKED + 1], Codes::Own).expect("packed");
        for (packed, why) in [
            (large.get(..5_000).unwrap_or_default(), "damaged: Truncated input stream"),
            (&[7, 7, 7], "damaged: Invalid input data"),
            (&[], "damaged: Truncated input stream"),
            (&endless, "damaged: Output size exceeded the specified limit"),
        ] {
            assert_eq!(said(packed), Err(why.to_owned()));
            assert_eq!(said(&small).as_deref(), Ok(&b"246"[..]));
            assert_eq!(said(&large), Ok(figures(400_000)));
            assert!(UNPACKER.with_borrow(|unpacker| unpacker.room.capacity() <= ROOM), "what was large is given back");
        }
        let full = packed(&vec![0; MAX_UNPACKED], Codes::Own).expect("packed");
        assert_eq!(said(&full).map(|body| body.len()), Ok(MAX_UNPACKED));
    }
}

//! The made samples of `samples/incoming`, in the program itself: `demo` and `bench` need no checkout.

/// A file of the drop folder with its path.
macro_rules! sample {
    ($path:literal) => {
        ($path, include_bytes!(concat!("../../samples/incoming/", $path)))
    };
}

/// Path below the drop folder, and bytes. In the order of the runs' times.
pub(super) const SAMPLES: &[(&str, &[u8])] = &[
    // One line a file; a test compares the list with the folder.
    sample!("LTS/9101-1_201_TA_Test Data_3-2-2026_6-40 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_202_TA_Test Data_3-2-2026_9-10 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_203_TA_Test Data_3-3-2026_6-40 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_203_TA_Test Data_3-3-2026_6-40 AM_ResTrimmed Correct.xls"),
    sample!("LTS/9101-1_204_TA_Test Data_3-3-2026_9-10 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_205_TA_Test Data_3-4-2026_6-40 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_206_TA_Test Data_3-4-2026_9-10 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_207_TA_Test Data_3-5-2026_6-40 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_208_TA_Test Data_3-5-2026_9-10 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_209_TA_Test Data_3-6-2026_6-40 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_210_TA_Test Data_3-6-2026_9-10 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_211_TA_Test Data_3-7-2026_6-40 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_212_TA_Test Data_3-7-2026_9-10 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_213_TA_Test Data_3-8-2026_6-40 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_214_TA_Test Data_3-8-2026_9-10 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_215_TA_Test Data_3-9-2026_6-40 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_216_TA_Test Data_3-9-2026_9-10 AMTrimmed Correct.xls"),
    sample!("LTS/9101-1_216_TA_Test Data_3-9-2026_9-35 AMTouch-up_Lin Out.xls"),
    sample!("LTS/9101-1_216_TA_Test Data_3-9-2026_10-00 AMTrimmed Correct.xls"),
    sample!("LTS/9203_31_TA_Test Data_3-10-2026_9-37 AMTrimmed Correct.xls"),
    sample!("LTS/9203_32_TA_Test Data_3-10-2026_9-44 AMTrimmed Correct.xls"),
    sample!("LTS/9203_33_TA_Test Data_3-10-2026_9-51 AMTrimmed Correct.xls"),
    sample!("LTS/9203_34_TA_Test Data_3-10-2026_9-58 AMTrimmed Correct.xls"),
    sample!("LTS/9203_35_TA_Test Data_3-10-2026_10-05 AMTrimmed Correct.xls"),
    sample!("LTS/9407-12_7_TB_Test Data_3-11-2026_6-30 AMTrimmed Correct.xls"),
    sample!("LTS/9407-12_8_TB_Test Data_3-11-2026_6-42 AMTrimmed Correct.xls"),
    sample!("LTS/9407-12_9_TB_Test Data_3-11-2026_6-54 AMTrimmed Correct.xls"),
    sample!("LTS/9407-12_10_TB_Test Data_3-11-2026_7-06 AMTrimmed Correct.xls"),
    sample!("LTS/9204_88_TA_Test Data_3-12-2026_6-15 AMTrimmed Correct.xls"),
    sample!("LTS/9204_89_TA_Test Data_3-12-2026_6-27 AMTrimmed Correct.xls"),
    sample!("LTS/9204_90_TA_Test Data_3-12-2026_6-41 AMScrap_Cut in wiper path.xls"),
    sample!("DLTS/9102A_51_TEST DATA_3-13-2026_6-20 AM.xls"),
    sample!("DLTS/9102A_52_TEST DATA_3-13-2026_6-45 AM.xls"),
    sample!("DLTS/9102A_53_TEST DATA_3-13-2026_7-10 AM.xls"),
    sample!("DLTS/9102A_54_TEST DATA_3-13-2026_7-35 AM.xls"),
    sample!("DLTS/9102A_55_TEST DATA_3-13-2026_9-00 AM.xls"),
    sample!("DLTS/9305-B_4B_TEST DATA_3-14-2026_6-10 AM.xls"),
    sample!("DLTS/9305-B_5B_TEST DATA_3-14-2026_6-43 AM.xls"),
    sample!("DLTS/9305-B_6B_TEST DATA_3-14-2026_7-16 AM.xls"),
    sample!("DLTS/9305-B_7B_TEST DATA_3-14-2026_7-49 AM.xls"),
    sample!("DLTS/9306_70_TEST DATA_3-15-2026_6-05 AM.xls"),
    sample!("DLTS/9306_71_TEST DATA_3-15-2026_6-24 AM.xls"),
    sample!("DLTS/9306_72_TEST DATA_3-15-2026_6-43 AM.xls"),
    sample!("DLTS/9509 LOW TAPS_329_2_TEST DATA_3-16-2026_7-00 AM.xls"),
    sample!("DLTS/9509 LOW TAPS_330_TEST DATA_3-16-2026_7-15 AM.xls"),
    sample!("DLTS/9509 LOW TAPS_331_TEST DATA_3-16-2026_7-30 AM.xls"),
    sample!("DLTS/9509 LOW TAPS_0_TEST DATA_3-16-2026_7-35 AM.xls"),
    sample!("DLTS/9408_11_TEST DATA_3-17-2026_6-45 AM.xlsx"),
    sample!("DLTS/9408_12_TEST DATA_3-17-2026_7-01 AM.xlsx"),
    sample!("DLTS/9408_13_TEST DATA_3-17-2026_7-17 AM.xlsx"),
    sample!("DLTS/9408_14_TEST DATA_3-17-2026_7-33 AM.xlsx"),
    sample!("DLTS/9408_15_TEST DATA_3-17-2026_7-49 AM.xlsx"),
    sample!("LTS/9510-2_5_TA_Test Data_3-18-2026_7-40 AMTrimmed Correct.xlsx"),
    sample!("LTS/9510-2_6_TA_Test Data_3-18-2026_8-00 AMTrimmed Correct.xlsx"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_here() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/incoming");
        let mut there = Vec::new();
        for laser in ["DLTS", "LTS"] {
            for entry in std::fs::read_dir(folder.join(laser)).expect("the samples") {
                there.push(format!("{laser}/{}", entry.expect("a file").file_name().to_string_lossy()));
            }
        }
        let mut here: Vec<&str> = SAMPLES.iter().map(|(path, _)| *path).collect();
        here.sort_unstable();
        there.sort_unstable();
        assert_eq!(here, there);
    }
}

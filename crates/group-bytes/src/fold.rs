//! Text folded for comparison: case and Latin accents do not count.
//!
//! A table of the Latin blocks instead of full Unicode decomposition: the table is half a
//! kilobyte, the Unicode data would weigh more than the rest of the app's text handling. Letters of
//! other scripts are lower-cased and compared as they stand; for that too there is a table of two kilobytes,
//! for the standard library's has twelve, and it would be the only one to use it.

use crate::word::{HIGH, ONES};

/// Base letters of U+00C0 to U+017F, in order.
const LATIN: &[u8; 192] = b"aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
/// Base letters of U+1E00 to U+1EFF, in order; a space where there is none.
const LATIN_ADDITIONAL: &[u8; 256] = b"aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyassssdaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy      ";

/// Upper-case letters that have none of the above: from which to which, and how far behind each its
/// lower-case one stands. Where that is the next letter, upper and lower case take turns.
#[rustfmt::skip]
static LOWER: [(u32, u32, i32); 177] = [
    (0x181, 0x181, 210), (0x182, 0x184, 1), (0x186, 0x186, 206), (0x187, 0x187, 1),
    (0x189, 0x18a, 205), (0x18b, 0x18b, 1), (0x18e, 0x18e, 79), (0x18f, 0x18f, 202),
    (0x190, 0x190, 203), (0x191, 0x191, 1), (0x193, 0x193, 205), (0x194, 0x194, 207),
    (0x196, 0x196, 211), (0x197, 0x197, 209), (0x198, 0x198, 1), (0x19c, 0x19c, 211),
    (0x19d, 0x19d, 213), (0x19f, 0x19f, 214), (0x1a0, 0x1a4, 1), (0x1a6, 0x1a6, 218),
    (0x1a7, 0x1a7, 1), (0x1a9, 0x1a9, 218), (0x1ac, 0x1ac, 1), (0x1ae, 0x1ae, 218),
    (0x1af, 0x1af, 1), (0x1b1, 0x1b2, 217), (0x1b3, 0x1b5, 1), (0x1b7, 0x1b7, 219),
    (0x1b8, 0x1b8, 1), (0x1bc, 0x1bc, 1), (0x1c4, 0x1c4, 2), (0x1c5, 0x1c5, 1), (0x1c7, 0x1c7, 2),
    (0x1c8, 0x1c8, 1), (0x1ca, 0x1ca, 2), (0x1cb, 0x1db, 1), (0x1de, 0x1ee, 1), (0x1f1, 0x1f1, 2),
    (0x1f2, 0x1f4, 1), (0x1f6, 0x1f6, -97), (0x1f7, 0x1f7, -56), (0x1f8, 0x21e, 1),
    (0x220, 0x220, -130), (0x222, 0x232, 1), (0x23a, 0x23a, 10795), (0x23b, 0x23b, 1),
    (0x23d, 0x23d, -163), (0x23e, 0x23e, 10792), (0x241, 0x241, 1), (0x243, 0x243, -195),
    (0x244, 0x244, 69), (0x245, 0x245, 71), (0x246, 0x24e, 1), (0x370, 0x372, 1), (0x376, 0x376, 1),
    (0x37f, 0x37f, 116), (0x386, 0x386, 38), (0x388, 0x38a, 37), (0x38c, 0x38c, 64),
    (0x38e, 0x38f, 63), (0x391, 0x3a1, 32), (0x3a3, 0x3ab, 32), (0x3cf, 0x3cf, 8),
    (0x3d8, 0x3ee, 1), (0x3f4, 0x3f4, -60), (0x3f7, 0x3f7, 1), (0x3f9, 0x3f9, -7),
    (0x3fa, 0x3fa, 1), (0x3fd, 0x3ff, -130), (0x400, 0x40f, 80), (0x410, 0x42f, 32),
    (0x460, 0x480, 1), (0x48a, 0x4be, 1), (0x4c0, 0x4c0, 15), (0x4c1, 0x4cd, 1), (0x4d0, 0x52e, 1),
    (0x531, 0x556, 48), (0x10a0, 0x10c5, 7264), (0x10c7, 0x10c7, 7264), (0x10cd, 0x10cd, 7264),
    (0x13a0, 0x13ef, 38864), (0x13f0, 0x13f5, 8), (0x1c89, 0x1c89, 1), (0x1c90, 0x1cba, -3008),
    (0x1cbd, 0x1cbf, -3008), (0x1efa, 0x1efe, 1), (0x1f08, 0x1f0f, -8), (0x1f18, 0x1f1d, -8),
    (0x1f28, 0x1f2f, -8), (0x1f38, 0x1f3f, -8), (0x1f48, 0x1f4d, -8), (0x1f59, 0x1f59, -8),
    (0x1f5b, 0x1f5b, -8), (0x1f5d, 0x1f5d, -8), (0x1f5f, 0x1f5f, -8), (0x1f68, 0x1f6f, -8),
    (0x1f88, 0x1f8f, -8), (0x1f98, 0x1f9f, -8), (0x1fa8, 0x1faf, -8), (0x1fb8, 0x1fb9, -8),
    (0x1fba, 0x1fbb, -74), (0x1fbc, 0x1fbc, -9), (0x1fc8, 0x1fcb, -86), (0x1fcc, 0x1fcc, -9),
    (0x1fd8, 0x1fd9, -8), (0x1fda, 0x1fdb, -100), (0x1fe8, 0x1fe9, -8), (0x1fea, 0x1feb, -112),
    (0x1fec, 0x1fec, -7), (0x1ff8, 0x1ff9, -128), (0x1ffa, 0x1ffb, -126), (0x1ffc, 0x1ffc, -9),
    (0x2126, 0x2126, -7517), (0x212a, 0x212a, -8383), (0x212b, 0x212b, -8262), (0x2132, 0x2132, 28),
    (0x2160, 0x216f, 16), (0x2183, 0x2183, 1), (0x24b6, 0x24cf, 26), (0x2c00, 0x2c2f, 48),
    (0x2c60, 0x2c60, 1), (0x2c62, 0x2c62, -10743), (0x2c63, 0x2c63, -3814),
    (0x2c64, 0x2c64, -10727), (0x2c67, 0x2c6b, 1), (0x2c6d, 0x2c6d, -10780),
    (0x2c6e, 0x2c6e, -10749), (0x2c6f, 0x2c6f, -10783), (0x2c70, 0x2c70, -10782),
    (0x2c72, 0x2c72, 1), (0x2c75, 0x2c75, 1), (0x2c7e, 0x2c7f, -10815), (0x2c80, 0x2ce2, 1),
    (0x2ceb, 0x2ced, 1), (0x2cf2, 0x2cf2, 1), (0xa640, 0xa66c, 1), (0xa680, 0xa69a, 1),
    (0xa722, 0xa72e, 1), (0xa732, 0xa76e, 1), (0xa779, 0xa77b, 1), (0xa77d, 0xa77d, -35332),
    (0xa77e, 0xa786, 1), (0xa78b, 0xa78b, 1), (0xa78d, 0xa78d, -42280), (0xa790, 0xa792, 1),
    (0xa796, 0xa7a8, 1), (0xa7aa, 0xa7aa, -42308), (0xa7ab, 0xa7ab, -42319),
    (0xa7ac, 0xa7ac, -42315), (0xa7ad, 0xa7ad, -42305), (0xa7ae, 0xa7ae, -42308),
    (0xa7b0, 0xa7b0, -42258), (0xa7b1, 0xa7b1, -42282), (0xa7b2, 0xa7b2, -42261),
    (0xa7b3, 0xa7b3, 928), (0xa7b4, 0xa7c2, 1), (0xa7c4, 0xa7c4, -48), (0xa7c5, 0xa7c5, -42307),
    (0xa7c6, 0xa7c6, -35384), (0xa7c7, 0xa7c9, 1), (0xa7cb, 0xa7cb, -42343), (0xa7cc, 0xa7da, 1),
    (0xa7dc, 0xa7dc, -42561), (0xa7f5, 0xa7f5, 1), (0xff21, 0xff3a, 32), (0x10400, 0x10427, 40),
    (0x104b0, 0x104d3, 40), (0x10570, 0x1057a, 39), (0x1057c, 0x1058a, 39), (0x1058c, 0x10592, 39),
    (0x10594, 0x10595, 39), (0x10c80, 0x10cb2, 64), (0x10d50, 0x10d65, 32), (0x118a0, 0x118bf, 32),
    (0x16e40, 0x16e5f, 32), (0x16ea0, 0x16eb8, 27), (0x1e900, 0x1e921, 34),
];

/// The lower-case letter, or the letter itself.
fn lower(c: char) -> char {
    let code = c as u32;
    let place = LOWER.partition_point(|(_, end, _)| *end < code);
    match LOWER.get(place) {
        Some((start, _, by))
            if *start <= code && (*by != 1 || (code - start).is_multiple_of(2)) =>
        {
            char::from_u32(code.wrapping_add_signed(*by)).unwrap_or(c)
        }
        _ => c,
    }
}

/// Appends the folded form of one character: nothing for a combining accent, two letters for a
/// ligature, else one.
pub fn fold_char(c: char, out: &mut String) {
    let code = c as u32;
    let table = match code {
        0..=0x7f => {
            out.push(c.to_ascii_lowercase());
            return;
        }
        0x300..=0x36f => return,
        0xc0..=0x17f => LATIN.get((code - 0xc0) as usize),
        0x1e00..=0x1eff => LATIN_ADDITIONAL.get((code - 0x1e00) as usize),
        _ => None,
    };
    match c {
        'ß' | 'ẞ' => out.push_str("ss"),
        'æ' | 'Æ' => out.push_str("ae"),
        'œ' | 'Œ' => out.push_str("oe"),
        'þ' | 'Þ' => out.push_str("th"),
        'ĳ' | 'Ĳ' => out.push_str("ij"),
        _ => match table.filter(|letter| **letter != b' ') {
            Some(letter) => out.push(char::from(*letter)),
            None => out.push(lower(c)),
        },
    }
}

/// The folded form of a text. Folding twice changes nothing more.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Eight bytes of ASCII with capital letters made small.
#[inline]
const fn lower_each(word: u64) -> u64 {
    let from_a = word.wrapping_add(ONES * (0x80 - b'A' as u64));
    let behind_z = word.wrapping_add(ONES * (0x7f - b'Z' as u64));
    // A capital's highest bit is set by the first alone; a quarter of that is what makes it small.
    word | ((from_a & !behind_z & HIGH) >> 2)
}

/// Appends the folded form of a text, as one line: where it has line ends, spaces.
pub fn fold_line_into(text: &str, out: &mut Vec<u8>) {
    let from = out.len();
    let mut marks = 0;
    // Copied by hand, too: a browser's own copying takes longer for so few.
    let mut add = |word: [u8; 8]| {
        let word = u64::from_le_bytes(word);
        // What is not ASCII, and line ends.
        marks |= word | ((word ^ (ONES * 0x0a)).wrapping_sub(ONES) & !word);
        out.extend_from_slice(&lower_each(word).to_le_bytes());
    };
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    words.iter().for_each(|word| add(*word));
    let mut last = [0; 8];
    last.iter_mut()
        .zip(rest)
        .for_each(|(room, byte)| *room = *byte);
    add(last);
    out.truncate(from + text.len());
    if marks & HIGH != 0 {
        out.truncate(from);
        let in_line = |byte| if byte == b'\n' { b' ' } else { byte };
        out.extend(fold(text).into_bytes().into_iter().map(in_line));
    }
}

/// Appends the folded form of a text.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let from = out.len();
        out.push_str(text);
        if let Some(added) = out.get_mut(from..) {
            added.make_ascii_lowercase();
        }
        return;
    }
    for c in text.chars() {
        fold_char(c, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_and_accents_do_not_count() {
        assert_eq!(fold("Équipe PARIS"), "equipe paris");
        assert_eq!(fold("Ökologie Straße"), "okologie strasse");
        assert_eq!(fold("e\u{301}quipe"), "equipe");
        assert_eq!(fold("Nguyễn Łódź Þór Œuvre"), "nguyen lodz thor oeuvre");
        assert_eq!(fold("ẞ × Ω Привет"), "ss × ω привет");
    }

    #[test]
    fn every_letter_is_lower_cased_as_the_standard_library_does() {
        // Up to what Unicode 16 has: who compiles with a later one may find more letters there.
        let all = (0x180..=0x1_e943).filter_map(char::from_u32);
        let others = all.filter(|c| !matches!(*c as u32, 0x300..=0x36f | 0x1e00..=0x1ef9));
        for c in others {
            let folded = lower(c);
            if folded != c {
                assert!(c.to_lowercase().eq([folded]), "{c}");
            }
        }
        let living = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏΪΫἈἘἨἸὈὙὨАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЃЄЅІЇЈЉЊЋЌЎЏҐҒҖҚҢҮҰҲҺӘӨԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖᲐᲑᲒႠႡႢƏƊƘƁƎȘȚǍǑǓǕᎠᎡᏰⰀⲀꙀＡＺ𐐀𞤀";
        for c in living.chars() {
            let mut folded = String::new();
            fold_char(c, &mut folded);
            let lower = c.to_lowercase().collect::<String>();
            assert!(folded == lower && lower != c.to_string(), "{c}");
        }
    }

    #[test]
    fn eight_bytes_are_made_small_as_one_is_whatever_stands_beside_it() {
        for byte in 0..0x80u8 {
            for other in [0, b'@', b'A', b'Z', b'[', 0x7f] {
                for at in 0..8 {
                    let mut word = [other; 8];
                    word[at] = byte;
                    let small = lower_each(u64::from_le_bytes(word)).to_le_bytes();
                    assert_eq!(
                        small,
                        word.map(|byte| byte.to_ascii_lowercase()),
                        "{word:?}"
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "[ -~À-ɏ\u{300}-\u{36f}Ḁ-ỿa-z]{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_line_is_the_folded_text_without_line_ends(
            before in "[a-z\n]{0,3}", ascii in "[ -~]{0,40}", any in "[ -~À-ɏ\n]{0,40}",
        ) {
            for text in [ascii, any] {
                let mut line = before.clone().into_bytes();
                fold_line_into(&text, &mut line);
                let expected = format!("{before}{}", fold(&text).replace('\n', " "));
                prop_assert_eq!(String::from_utf8(line), Ok(expected));
            }
        }
    }
}

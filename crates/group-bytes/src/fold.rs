//! Text folded for comparison: case and Latin accents do not count.
//!
//! A table of the Latin blocks instead of full Unicode decomposition: the table is half a
//! kilobyte, the Unicode data would weigh more than the rest of the app's text handling. Letters of
//! other scripts are lower-cased and compared as they stand.

/// Base letters of U+00C0 to U+017F, in order.
const LATIN: &[u8; 192] = b"aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
/// Base letters of U+1E00 to U+1EFF, in order; a space where there is none.
const LATIN_ADDITIONAL: &[u8; 256] = b"aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyassssdaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy      ";

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
            None => out.extend(c.to_lowercase()),
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

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "[ -~À-ɏ\u{300}-\u{36f}Ḁ-ỿa-z]{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}

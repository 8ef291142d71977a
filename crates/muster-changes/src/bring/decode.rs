//! The bytes of a file, as text.

use std::fmt;

/// The most bytes that are read: more than a hundred thousand memberships.
pub const MOST_BYTES: usize = 16 << 20;

/// How the text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As nearly everything is today.
    Utf8,
    /// As some programs on Windows say "Unicode".
    Utf16,
    /// As older programs write western languages. Taken for whatever is not UTF-8: nothing in the bytes proves it.
    Windows1252,
}

impl Encoding {
    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// Why no text could be made of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Nothing is in it.
    Empty,
    /// More than [`MOST_BYTES`].
    TooLarge,
    /// A workbook and not text, by the ending such files have.
    Workbook(&'static str),
    /// Something else that is not text.
    NotText,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("The file is empty."),
            Self::TooLarge => f.write_str(
                "The file has more than 16 MB. Cut it into several files, or leave out columns that are not needed.",
            ),
            Self::Workbook(ending) => write!(
                f,
                "This is a workbook ({ending}), which cannot be read here. Save it as CSV in your spreadsheet program and choose that file, or select the cells there, copy them and paste them here.",
            ),
            Self::NotText => f.write_str(
                "This file is not text. Choose a CSV or JSON file, or copy cells in your spreadsheet program and paste them here.",
            ),
        }
    }
}

/// What Windows-1252 has in place of the control characters from 0x80 on; U+FFFD where it has nothing.
const WINDOWS: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž',
    '\u{fffd}', '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}',
    'ž', 'Ÿ',
];

/// Makes text of the bytes of a file, and says how they were read.
///
/// # Errors
/// Why there is no text in them, as a sentence that says what to do.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding), Unfit> {
    if bytes.len() > MOST_BYTES {
        return Err(Unfit::TooLarge);
    }
    if let Some(ending) = workbook(bytes) {
        return Err(Unfit::Workbook(ending));
    }
    let (text, encoding) = match bytes {
        [0xff, 0xfe, rest @ ..] => (wide(rest, u16::from_le_bytes), Encoding::Utf16),
        [0xfe, 0xff, rest @ ..] => (wide(rest, u16::from_be_bytes), Encoding::Utf16),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => (text.to_owned(), Encoding::Utf8),
                Err(_) => (
                    bytes.iter().map(|byte| western(*byte)).collect(),
                    Encoding::Windows1252,
                ),
            }
        }
    };
    if text.contains('\0') || text.starts_with("%PDF") {
        return Err(Unfit::NotText);
    }
    if text.trim().is_empty() {
        return Err(Unfit::Empty);
    }
    Ok((text, encoding))
}

/// The usual ending of a workbook that begins with these bytes.
fn workbook(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Some(".xls");
    }
    let begins = bytes.strip_prefix(b"PK\x03\x04")?;
    // The first name in such a file is told behind thirty bytes.
    let named = begins.get(26..).unwrap_or_default();
    Some(if named.starts_with(b"mimetype") {
        ".ods"
    } else {
        ".xlsx"
    })
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes
        .chunks_exact(2)
        .filter_map(|pair| Some(unit(pair.try_into().ok()?)));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn western(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS
            .get(usize::from(byte - 0x80))
            .copied()
            .unwrap_or_default(),
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_however_it_was_written() {
        let of = |bytes: &[u8]| decode(bytes).unwrap();
        assert_eq!(of("Öl".as_bytes()), ("Öl".to_owned(), Encoding::Utf8));
        assert_eq!(of(b"\xef\xbb\xbfa"), ("a".to_owned(), Encoding::Utf8));
        assert_eq!(of(b"\xff\xfe\xd6\0l\0"), ("Öl".to_owned(), Encoding::Utf16));
        assert_eq!(of(b"\xfe\xff\0\xd6\0l"), ("Öl".to_owned(), Encoding::Utf16));
        assert_eq!(
            of(b"\xd6l \x80 \x96"),
            ("Öl € –".to_owned(), Encoding::Windows1252)
        );
    }

    #[test]
    fn what_is_no_text_says_what_to_do() {
        let of = |bytes: &[u8]| decode(bytes).unwrap_err();
        assert_eq!(of(b"PK\x03\x04\x14\0\x06\0"), Unfit::Workbook(".xlsx"));
        let mut ods = b"PK\x03\x04".to_vec();
        ods.extend([0; 26]);
        ods.extend(b"mimetypeapplication/vnd.oasis");
        assert_eq!(of(&ods), Unfit::Workbook(".ods"));
        assert_eq!(
            of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1.."),
            Unfit::Workbook(".xls")
        );
        assert_eq!(of(b"a\0b"), Unfit::NotText);
        assert_eq!(of(b"%PDF-1.7"), Unfit::NotText);
        assert_eq!(of(b" \n"), Unfit::Empty);
        assert_eq!(of(&vec![b'a'; MOST_BYTES + 1]), Unfit::TooLarge);
        assert!(
            Unfit::Workbook(".xlsx")
                .to_string()
                .contains("Save it as CSV")
        );
    }
}

//! Where the pieces of a pasted text stand.

use group_api::fold;

/// One piece of a text, which may be blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its row, from 0. A quoted cell may go over several lines, so a row is not a line.
    pub(super) row: u32,
    /// The line in which it begins, from 1.
    pub(super) line: u32,
    /// Its place in the row, from 0.
    pub(super) place: u32,
    /// Where it stands in the text, without blanks around it, with its quotes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// At what a text is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// A list: at commas, semicolons, tabs and line ends. Quoted text of several lines is a list too.
    List,
    /// A table: at this and at line ends that are not within quotes.
    Table(char),
}

/// How far a closing quote is looked for: a lone quote must not cost the whole text.
const LONGEST_QUOTED: usize = 4096;

/// White space, or one of the characters that cannot be seen and come along with what is copied:
/// zero-width spaces, marks of direction and byte order, soft hyphens.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether a line ends here.
pub(super) const fn ends_line(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// The separators of one row.
#[derive(Clone, Copy)]
struct Separators([Option<char>; 3]);

impl Separators {
    fn of(cut: Cut, line: &str) -> Self {
        Self(match cut {
            Cut::Table(separator) => [Some(separator), None, None],
            Cut::List => [
                Some(';'),
                Some('\t'),
                Some(',').filter(|_| comma_separates(line)),
            ],
        })
    }

    fn has(self, c: char) -> bool {
        self.0.contains(&Some(c))
    }
}

/// Whether commas separate people in this line of a list. Mail programs write `Doe, Ann <ann@x.org>;`.
fn comma_separates(line: &str) -> bool {
    if !line.contains('<') {
        return true;
    }
    let is_addressed = |part: &str| {
        part.trim_end_matches(is_blank).ends_with('>') && part.matches('<').count() == 1
    };
    let mut parts = line
        .split([';', '\t'])
        .filter(|part| !part.chars().all(is_blank));
    if !parts.all(is_addressed) {
        return true;
    }
    if line.contains(';') {
        return false;
    }
    // Without semicolons a name before the comma may be a person of its own, unless it is in the address.
    match (line.split_once(','), line.rsplit_once('<')) {
        (Some((first, _)), Some((names, address))) if names.matches(',').count() == 1 => {
            let surname = fold(first.trim_matches(|c| is_blank(c) || c == '"'));
            surname.chars().count() < 2 || !fold(address).contains(&surname)
        }
        _ => true,
    }
}

/// Cuts a text. Blank cells are told as well: in a table they hold their column's place.
pub(super) fn cells(text: &str, cut: Cut) -> Vec<Cell> {
    let mut cells = Vec::new();
    let (mut at, mut row, mut line, mut place) = (0, 0, 1, 0);
    let mut separators = Separators::of(cut, first_line(text));
    loop {
        at += leading(rest(text, at), |c| {
            is_blank(c) && !ends_line(c) && !separators.has(c)
        });
        let (start, began) = (at, line);
        if let Some(quoted) = quoted(rest(text, at), cut, separators) {
            line += line_ends(rest(text, at).get(..quoted).unwrap_or_default());
            at += quoted;
        }
        at += leading(rest(text, at), |c| !ends_line(c) && !separators.has(c));
        let inside = text.get(start..at).unwrap_or_default();
        cells.push(Cell {
            row,
            line: began,
            place,
            start,
            end: start + inside.trim_end_matches(is_blank).len(),
        });
        let behind = rest(text, at);
        match behind.chars().next() {
            None => return cells,
            Some(c) if ends_line(c) => {
                at += if behind.starts_with("\r\n") {
                    2
                } else {
                    c.len_utf8()
                };
                row += 1;
                line += 1;
                place = 0;
                separators = Separators::of(cut, first_line(rest(text, at)));
            }
            Some(c) => {
                at += c.len_utf8();
                place += 1;
            }
        }
    }
}

/// The length of the quoted text at the beginning, with its quotes, if it is closed and something
/// that may stand behind it does.
fn quoted(text: &str, cut: Cut, separators: Separators) -> Option<usize> {
    let inside = text.strip_prefix('"')?;
    let mut chars = inside.char_indices();
    loop {
        let (at, c) = chars.next()?;
        if at > LONGEST_QUOTED || cut == Cut::List && ends_line(c) {
            return None;
        }
        if c != '"' {
            continue;
        }
        let behind = rest(inside, at + 1);
        if behind.starts_with('"') {
            chars.next();
            continue;
        }
        let next = behind
            .chars()
            .find(|c| !is_blank(*c) || ends_line(*c) || separators.has(*c));
        let fits = next.is_none_or(|c| c == '<' || ends_line(c) || separators.has(c));
        return fits.then_some(at + 2);
    }
}

fn rest(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

fn first_line(text: &str) -> &str {
    text.split(ends_line).next().unwrap_or_default()
}

/// How many bytes the characters at the beginning take that are so.
fn leading(text: &str, is_so: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_so(c)).unwrap_or(text.len())
}

/// How many lines end in a text.
pub(super) fn line_ends(text: &str) -> u32 {
    let mut before = ' ';
    let mut count = 0;
    for c in text.chars() {
        if ends_line(c) && !(before == '\r' && c == '\n') {
            count += 1;
        }
        before = c;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, cut: Cut) -> Vec<(u32, u32, &str)> {
        cells(text, cut)
            .into_iter()
            .filter(|cell| cell.end > cell.start)
            .map(|cell| (cell.line, cell.place, &text[cell.start..cell.end]))
            .collect()
    }

    #[test]
    fn a_list_is_cut_at_everything_that_separates() {
        assert_eq!(
            texts(
                "\u{feff} ann,bo;\tcy \r\n\n\u{a0}dan\u{200b}\reve",
                Cut::List
            ),
            [
                (1, 0, "ann"),
                (1, 1, "bo"),
                (1, 3, "cy"),
                (3, 0, "dan"),
                (4, 0, "eve")
            ]
        );
    }

    #[test]
    fn quotes_hold_commas_together_unless_they_are_not_closed() {
        assert_eq!(
            texts("\"Doe, Ann\" <a@x.org>, \"b\"\"o\" ,cy", Cut::List),
            [
                (1, 0, "\"Doe, Ann\" <a@x.org>"),
                (1, 1, "\"b\"\"o\""),
                (1, 2, "cy")
            ]
        );
        assert_eq!(
            texts("\"ann, bo\ncy", Cut::List),
            [(1, 0, "\"ann"), (1, 1, "bo"), (2, 0, "cy")]
        );
        // What a spreadsheet makes of one cell with a list in it.
        assert_eq!(
            texts("\"ann\nbo, cy\"\ndan", Cut::List),
            [(1, 0, "\"ann"), (2, 0, "bo"), (2, 1, "cy\""), (3, 0, "dan")]
        );
    }

    #[test]
    fn a_table_keeps_lines_within_quotes_and_blank_cells() {
        let text = "a,\"b\r\nc\",d\n,e";
        assert_eq!(
            texts(text, Cut::Table(',')),
            [(1, 0, "a"), (1, 1, "\"b\r\nc\""), (2, 2, "d"), (3, 1, "e")]
        );
        assert_eq!(cells(text, Cut::Table(',')).last().unwrap().row, 1);
    }

    #[test]
    fn surnames_before_a_comma_as_mail_programs_write_them() {
        assert_eq!(
            texts("Doe, Ann <a@x.org>; Roe, Bo <b@x.org>", Cut::List),
            [(1, 0, "Doe, Ann <a@x.org>"), (1, 1, "Roe, Bo <b@x.org>")]
        );
        assert_eq!(
            texts("Dœ, Ann <ann.doe@x.org>", Cut::List),
            [(1, 0, "Dœ, Ann <ann.doe@x.org>")]
        );
        // The first may be somebody else.
        assert_eq!(
            texts("cy, Ann <ann@x.org>", Cut::List),
            [(1, 0, "cy"), (1, 1, "Ann <ann@x.org>")]
        );
        assert_eq!(
            texts("Ann <a@x.org>, Bo <b@x.org>;", Cut::List),
            [(1, 0, "Ann <a@x.org>"), (1, 1, "Bo <b@x.org>")]
        );
    }
}

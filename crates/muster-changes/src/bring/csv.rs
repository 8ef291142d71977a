//! A text cut into rows and cells, by whatever separates them.

use super::table::{MOST_COLUMNS, MOST_ROWS, NoTable, Table, Unit};

/// How much of the text is looked at to find out what separates its cells.
const LOOKED_AT: usize = 64 << 10;
/// How far a closing quote is looked for; a cell of a spreadsheet holds half of that.
const LONGEST_CELL: usize = 64 << 10;

/// Cuts a text into rows and cells.
///
/// # Errors
/// Why it is no table.
pub(super) fn cut(text: &str) -> Result<Table, NoTable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (told, text, line) = told(text);
    let separator = told.unwrap_or_else(|| separator(text));
    rows(text, separator, line, MOST_ROWS)
}

/// The separator that a first line says, as some spreadsheets write it: `sep=;`.
fn told(text: &str) -> (Option<u8>, &str, u32) {
    let rest = text.strip_prefix("sep=").and_then(|rest| {
        let separator = *rest.as_bytes().first()?;
        let rest = rest.get(1..)?;
        let rest = rest.strip_prefix('\r').unwrap_or(rest).strip_prefix('\n')?;
        b",;\t|".contains(&separator).then_some((separator, rest))
    });
    rest.map_or((None, text, 1), |(separator, rest)| {
        (Some(separator), rest, 2)
    })
}

/// What separates the cells: that with which most rows of the beginning have as many as the first.
fn separator(text: &str) -> u8 {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut begin = text.get(..end).unwrap_or_default();
    if end < text.len() {
        // The last line is not whole.
        begin = begin
            .rfind(['\n', '\r'])
            .and_then(|at| begin.get(..at))
            .unwrap_or(begin);
    }
    let mut best = (0, b',');
    for separator in [b'\t', b';', b','] {
        let Ok(table) = rows(begin, separator, 1, MOST_ROWS) else {
            continue;
        };
        let width = table.width(0);
        let alike = (0..table.len())
            .filter(|row| width > 1 && table.width(*row) == width)
            .count();
        if alike > best.0 {
            best = (alike, separator);
        }
    }
    best.1
}

fn rows(text: &str, separator: u8, line: u32, most: usize) -> Result<Table, NoTable> {
    let bytes = text.as_bytes();
    let mut table = Table::new(Unit::Line);
    let mut unquoted = String::new();
    let (mut at, mut line) = (0, line);
    table.row(line);
    loop {
        if let Some(end) = quoted(bytes, at, separator) {
            let (inside, next) = end;
            let inside = text.get(inside.0..inside.1).unwrap_or_default();
            line += line_ends(inside);
            if inside.contains('"') {
                unquoted.clear();
                for (place, part) in inside.split("\"\"").enumerate() {
                    if place > 0 {
                        unquoted.push('"');
                    }
                    unquoted.push_str(part);
                }
                table.push(&unquoted);
            } else {
                table.push(inside);
            }
            at = next;
        } else {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = rest
                .iter()
                .position(|byte| *byte == separator || *byte == b'\n' || *byte == b'\r');
            let end = length.map_or(bytes.len(), |length| at + length);
            let cell = text.get(at..end).unwrap_or_default();
            if cell.trim_start_matches(' ').starts_with('"') {
                table.note_quote();
            }
            table.push(cell);
            at = end;
        }
        if table.so_far() > MOST_COLUMNS {
            return Err(NoTable::TooWide(line));
        }
        let Some(byte) = bytes.get(at) else { break };
        at += 1;
        if *byte == separator {
            continue;
        }
        if *byte == b'\r' && bytes.get(at) == Some(&b'\n') {
            at += 1;
        }
        table.end_row();
        if table.len() > most {
            return Err(NoTable::TooLong);
        }
        line += 1;
        table.row(line);
    }
    table.end_row();
    if table.is_empty() {
        return Err(NoTable::Empty);
    }
    Ok(table)
}

/// What stands in quotes at a place, where it begins and ends, and where the cell ends behind them: if they
/// are closed, and only a separator or the line's end comes behind.
fn quoted(bytes: &[u8], start: usize, separator: u8) -> Option<((usize, usize), usize)> {
    let blanks = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| **byte == b' ').count()
    };
    let open = blanks(start);
    if bytes.get(open) != Some(&b'"') {
        return None;
    }
    let inside = open + 1;
    let mut at = inside;
    loop {
        let rest = bytes.get(at..bytes.len().min(inside + LONGEST_CELL))?;
        let quote = at + rest.iter().position(|byte| *byte == b'"')?;
        if bytes.get(quote + 1) == Some(&b'"') {
            at = quote + 2;
            continue;
        }
        let next = blanks(quote + 1);
        let ends = bytes
            .get(next)
            .is_none_or(|byte| *byte == separator || *byte == b'\n' || *byte == b'\r');
        return ends.then_some(((inside, quote), next));
    }
}

fn line_ends(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let alone = |(at, byte): (usize, &u8)| {
        *byte == b'\n' || *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')
    };
    u32::try_from(bytes.iter().enumerate().filter(|one| alone(*one)).count()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::csv_line;
    use proptest::prelude::*;

    pub(crate) fn all(text: &str) -> Vec<(u32, Vec<String>)> {
        let table = cut(text).unwrap();
        (0..table.len())
            .map(|row| {
                let cells = (0..table.width(row)).map(|at| table.cell(row, at).to_owned());
                (table.line(row), cells.collect())
            })
            .collect()
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        all(text).into_iter().map(|(_, cells)| cells).collect()
    }

    #[test]
    fn whatever_separates_is_found() {
        for text in [
            "a,b\n1,\"2;3;4\"\n",
            "a;b\r\n1;2;3\r\n",
            "a\tb\r1\t2,5",
            "sep=;\na;b\n1,1;2,2",
        ] {
            let rows = cells(text);
            assert_eq!((rows.len(), rows[0].len()), (2, 2), "{text:?}");
        }
        // Commas in what is said do not make columns.
        assert_eq!(
            cells("Team;Person\nSales, EU;ann\nHR, all;bo\n")[1],
            ["Sales, EU", "ann"]
        );
        assert_eq!(cells("ann\nbo"), [["ann"], ["bo"]]);
    }

    #[test]
    fn quotes_hold_lines_and_separators_together() {
        let text = "\u{feff}a,b\r\n\"x\r\ny\" , \"say \"\"hi\"\"\"\r\n\r\n , \n1,2";
        assert_eq!(
            all(text),
            [
                (1, vec!["a".to_owned(), "b".into()]),
                (2, vec!["x\r\ny".to_owned(), "say \"hi\"".into()]),
                (6, vec!["1".to_owned(), "2".into()]),
            ]
        );
    }

    #[test]
    fn a_quote_that_is_not_closed_spoils_its_own_cell_alone() {
        let table = cut("a,b\n1,\"open\n2,\"x\" y\n3,ok\n").unwrap();
        assert_eq!(table.len(), 4);
        let open: Vec<_> = (0..4).map(|row| table.open_quote(row)).collect();
        assert_eq!(open, [None, Some(1), Some(1), None]);
        assert_eq!(table.cell(1, 1), "\"open");
        assert_eq!(table.cell(9, 9), "");
    }

    #[test]
    fn there_are_limits() {
        assert_eq!(cut(" \n\n"), Err(NoTable::Empty));
        assert_eq!(cut(&"a,b\n".repeat(MOST_ROWS + 1)), Err(NoTable::TooLong));
        assert_eq!(
            cut(&",x".repeat(MOST_COLUMNS + 1)),
            Err(NoTable::TooWide(1))
        );
    }

    proptest! {
        #[test]
        fn what_an_export_wrote_is_read_as_it_was(
            rows in prop::collection::vec(prop::collection::vec("[a-c=+@'\",;\t\r\n -]{0,6}", 3), 1..8)
        ) {
            let text: String = rows
                .iter()
                .map(|row| csv_line(&row.iter().map(String::as_str).collect::<Vec<_>>()))
                .collect();
            let heading = csv_line(&["group", "person", "role"]);
            let read = cells(&(heading.repeat(9) + &text));
            let wanted: Vec<_> = rows
                .into_iter()
                .filter(|row| row.iter().any(|cell| !cell.trim().is_empty()))
                .collect();
            prop_assert_eq!(&read[9..], &wanted[..]);
        }

        #[test]
        fn no_text_panics(text in "[a\",;\t\r\n é]{0,60}|.{0,60}") {
            if let Ok(table) = cut(&text) {
                for row in 0..table.len() {
                    prop_assert!(table.width(row) > 0);
                    prop_assert!((0..table.width(row)).any(|at| !table.cell(row, at).trim().is_empty()));
                }
            }
        }
    }
}

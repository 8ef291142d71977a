//! Tables as text for spreadsheets: RFC 4180, with a guard against cells that a spreadsheet would run.

/// A line of cells, with its end. A cell that begins as a formula does (`=`, `+`, `-`, `@`, a tab or a
/// line end) gets an apostrophe before it, and so does one that begins with one, so that whoever reads the file again can
/// take it off.
#[must_use]
pub fn csv_line(cells: &[&str]) -> String {
    let mut line = String::new();
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        let guard = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'']);
        if guard || cell.contains([',', '"', '\n', '\r']) {
            line.push('"');
            if guard {
                line.push('\'');
            }
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_have_to_be() {
        assert_eq!(csv_line(&["a", "b c", ""]), "a,b c,\r\n");
        assert_eq!(
            csv_line(&["a,b", "say \"x\"", "l1\nl2"]),
            "\"a,b\",\"say \"\"x\"\"\",\"l1\nl2\"\r\n"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "'=1"] {
            let line = csv_line(&[cell]);
            assert_eq!(line, format!("\"'{cell}\"\r\n"));
        }
    }
}

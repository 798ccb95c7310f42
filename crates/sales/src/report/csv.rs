//! A table as CSV (RFC 4180), for spreadsheets.

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Text, as people wrote it.
    Text(String),
    /// A number, written in digits.
    Number(String),
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// A header and rows of as many cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub header: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// The mark by which Excel knows that the text is UTF-8.
const MARK: char = '\u{FEFF}';

impl Table {
    /// The whole text.
    pub fn csv(&self) -> String {
        let mut out = String::with_capacity(64 + self.rows.len() * 64);
        out.push(MARK);
        out.push_str(&self.header.join(","));
        out.push_str("\r\n");
        for row in &self.rows {
            for (index, cell) in row.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                match cell {
                    Cell::Number(digits) => out.push_str(digits),
                    Cell::Text(text) => push_text(&mut out, text),
                }
            }
            out.push_str("\r\n");
        }
        out
    }
}

/// A text that a spreadsheet would run as a formula gets an apostrophe; one with marks of its own is quoted.
fn push_text(out: &mut String, text: &str) {
    let formula = text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if formula { "'" } else { "" };
    if text.contains([',', '"', '\n', '\r']) {
        out.push('"');
        out.push_str(guard);
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(guard);
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_neither_a_formula_nor_two_cells() {
        let rows =
            ["=1+1", " @x", "a,b", "say \"hi\"", "+\"x\"", "静安店"].map(|text| vec![Cell::text(text), Cell::Number("-1.50".to_owned())]);
        let table = Table { header: vec!["store", "net"], rows: rows.to_vec() };
        assert_eq!(
            table.csv(),
            "\u{FEFF}store,net\r\n'=1+1,-1.50\r\n' @x,-1.50\r\n\"a,b\",-1.50\r\n\"say \"\"hi\"\"\",-1.50\r\n\"'+\"\"x\"\"\",-1.50\r\n静安店,-1.50\r\n"
        );
    }
}

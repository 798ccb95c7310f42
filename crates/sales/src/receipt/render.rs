//! Rows as text, as a page, as a printer's bytes.

use super::layout::{Row, width};
use encoding_rs::GBK;
use std::fmt::Write as _;

fn spaces(count: usize) -> String {
    " ".repeat(count)
}

/// The two sides of a row with what is between them.
fn spread(left: &str, right: &str, columns: usize) -> String {
    format!("{left}{}{right}", spaces(columns.saturating_sub(width(left) + width(right))))
}

/// Plain text, one row a line.
pub(super) fn text(rows: &[Row], columns: usize) -> String {
    let mut out = String::new();
    for row in rows {
        let line = match row {
            Row::Middle { text, .. } => format!("{}{text}", spaces(columns.saturating_sub(width(text)) / 2)),
            Row::Left(text) => text.clone(),
            Row::Sides { left, right, .. } => spread(left, right, columns),
            Row::Rule => "-".repeat(columns),
        };
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

const STYLE: &str = "body{margin:0 auto;padding:1em;font:14px/1.5 ui-monospace,monospace}\
p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}.m{text-align:center}.l{font-size:1.4em;font-weight:bold}\
.s{display:flex;justify-content:space-between;gap:1em}.b{font-weight:bold;font-size:1.2em}hr{border:0;border-top:1px dashed}";

/// A page of its own, without scripts.
pub(super) fn html(rows: &[Row], columns: usize) -> String {
    let mut out = String::from("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>小票</title><style>");
    let _ = write!(out, "{STYLE}body{{max-width:{columns}ch}}");
    // On paper: as wide as the roll prints, without the browser's margins.
    let width_mm = columns * 3 / 2;
    let _ =
        write!(out, "@media print{{@page{{margin:0}}body{{width:{width_mm}mm;max-width:none;margin:0;padding:2mm 4mm;font-size:2.5mm}}}}");
    out.push_str("</style></head><body>");
    for row in rows {
        let _ = match row {
            Row::Middle { text, large } => write!(out, "<p class=\"m{}\">{}</p>", if *large { " l" } else { "" }, escaped(text)),
            Row::Left(text) => write!(out, "<p>{}</p>", escaped(text)),
            Row::Sides { left, right, bold } => {
                let bold = if *bold { " b" } else { "" };
                write!(out, "<p class=\"s{bold}\"><span>{}</span><span>{}</span></p>", escaped(left), escaped(right))
            }
            Row::Rule => write!(out, "<hr>"),
        };
    }
    out.push_str("</body></html>");
    out
}

const RESET: &[u8] = b"\x1b@";
/// FS &: two-byte characters are Chinese.
const CHINESE: &[u8] = b"\x1c&";
const MIDDLE: &[u8] = b"\x1ba\x01";
const LEFT: &[u8] = b"\x1ba\x00";
/// GS !: twice as wide and as high; and back.
const LARGE: &[u8] = b"\x1d!\x11";
/// GS !: twice as high.
const HIGH: &[u8] = b"\x1d!\x01";
const PLAIN: &[u8] = b"\x1d!\x00";
const BOLD: &[u8] = b"\x1bE\x01";
const NOT_BOLD: &[u8] = b"\x1bE\x00";
/// Three lines on, and GS V: cut but for a corner.
const CUT: &[u8] = b"\n\n\n\x1dVB\x00";

/// A text in GBK; what GBK can't say becomes a question mark, as wide as it was.
fn gbk(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut buffer = [0_u8; 4];
    for c in text.chars() {
        let (bytes, _, unknown) = GBK.encode(c.encode_utf8(&mut buffer));
        // ESC/POS knows no code of more than two bytes.
        if unknown || bytes.len() > 2 || bytes.len() > super::layout::columns_of(c) {
            out.extend(std::iter::repeat_n(b'?', super::layout::columns_of(c)));
        } else {
            out.extend_from_slice(&bytes);
        }
    }
    out
}

/// A receipt printer's bytes.
pub(super) fn escpos(rows: &[Row], columns: usize) -> Vec<u8> {
    let mut out = [RESET, CHINESE].concat();
    for row in rows {
        match row {
            Row::Middle { text, large } => {
                out.extend_from_slice(MIDDLE);
                out.extend_from_slice(if *large { LARGE } else { PLAIN });
                out.extend(gbk(text));
                out.push(b'\n');
                out.extend_from_slice(PLAIN);
                out.extend_from_slice(LEFT);
            }
            Row::Left(text) => {
                out.extend(gbk(text));
                out.push(b'\n');
            }
            Row::Sides { left, right, bold } => {
                if *bold {
                    out.extend([BOLD, HIGH].concat());
                }
                out.extend(gbk(&spread(left, right, columns)));
                out.push(b'\n');
                if *bold {
                    out.extend([PLAIN, NOT_BOLD].concat());
                }
            }
            Row::Rule => {
                out.extend(std::iter::repeat_n(b'-', columns));
                out.push(b'\n');
            }
        }
    }
    out.extend_from_slice(CUT);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        vec![
            Row::Middle { text: "静安店".to_owned(), large: true },
            Row::Rule,
            Row::Sides { left: "奶粉 <A>".to_owned(), right: "298.00".to_owned(), bold: true },
        ]
    }

    #[test]
    fn the_three_say_the_same() {
        assert_eq!(text(&rows(), 20), "       静安店\n--------------------\n奶粉 <A>      298.00\n");
        let page = html(&rows(), 20);
        assert!(page.contains("<span>奶粉 &lt;A&gt;</span><span>298.00</span>") && !page.contains("<A>"), "{page}");
        let bytes = escpos(&rows(), 20);
        let name = GBK.encode("静安店").0.into_owned();
        assert!(bytes.starts_with(b"\x1b@\x1c&\x1ba\x01\x1d!\x11") && bytes.windows(6).any(|part| part == name), "{bytes:?}");
        assert!(bytes.ends_with(CUT));
    }

    #[test]
    fn what_gbk_cannot_say_is_a_question_mark_of_its_width() {
        assert_eq!(gbk("A👶é"), b"A???", "two columns for the child, one for what is no Chinese letter of one column");
        assert_eq!(gbk("码").len(), 2);
    }
}

//! From a receipt to rows of a paper's width.

use super::model::Slip;

/// A row. Its texts fit the width, whatever stands in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// In the middle, large or not.
    Middle { text: String, large: bool },
    /// From the left.
    Left(String),
    /// One text on each side.
    Sides { left: String, right: String, bold: bool },
    /// A line across.
    Rule,
}

/// How many columns a character takes on paper: two for what is written in full width.
pub(super) fn columns_of(c: char) -> usize {
    let wide = matches!(c as u32,
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6
        | 0x2010..=0x2027 | 0x2030..=0x203E | 0x2100..=0x22FF | 0x2460..=0x25FF | 0x2600..=0x27BF | 0x00B0 | 0x00B7 | 0x00D7
        | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD);
    if wide { 2 } else { 1 }
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Cuts a text into lines of at most so many columns, at least two; control characters are left out.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for c in text.chars().filter(|c| !c.is_control()) {
        let wide = columns_of(c);
        if used + wide > columns {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        line.push(c);
        used += wide;
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Two texts on the sides of a row; where they don't fit, the left one on rows of its own.
fn sides(rows: &mut Vec<Row>, left: &str, right: &str, columns: usize, bold: bool) {
    let right: String = right.chars().filter(|c| !c.is_control()).collect();
    let mut lines = wrapped(left, columns);
    let last = lines.pop().unwrap_or_default();
    rows.extend(lines.into_iter().map(Row::Left));
    if width(&last) + 1 + width(&right) <= columns {
        rows.push(Row::Sides { left: last, right, bold });
        return;
    }
    rows.push(Row::Left(last));
    let mut parts = wrapped(&right, columns);
    let end = parts.pop().unwrap_or_default();
    rows.extend(parts.into_iter().map(Row::Left));
    rows.push(Row::Sides { left: String::new(), right: end, bold });
}

fn middle(rows: &mut Vec<Row>, text: &str, columns: usize, large: bool) {
    // A large letter takes two columns.
    let fits = if large { columns / 2 } else { columns };
    rows.extend(wrapped(text, fits).into_iter().filter(|text| !text.is_empty()).map(|text| Row::Middle { text, large }));
}

/// Lays a receipt out for paper of so many columns.
pub(super) fn layout(slip: &Slip, columns: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    middle(&mut rows, &slip.store, columns, true);
    slip.header.iter().for_each(|line| middle(&mut rows, line, columns, false));
    middle(&mut rows, slip.title, columns, false);
    if let Some(copy) = slip.copy {
        middle(&mut rows, &format!("【副本 {copy}】"), columns, false);
    }
    for (label, value) in &slip.facts {
        sides(&mut rows, label, value, columns, false);
    }
    rows.push(Row::Rule);
    for goods in &slip.goods {
        rows.extend(wrapped(&goods.name, columns).into_iter().map(Row::Left));
        for part in &goods.parts {
            rows.extend(wrapped(&format!("  {part}"), columns).into_iter().map(Row::Left));
        }
        sides(&mut rows, &format!("  {}", goods.count), &goods.amount, columns, false);
    }
    if !slip.goods.is_empty() {
        rows.push(Row::Rule);
    }
    for (label, amount) in &slip.sums {
        sides(&mut rows, label, amount, columns, false);
    }
    if let Some((label, amount)) = &slip.total {
        sides(&mut rows, label, amount, columns, true);
    }
    for (label, amount) in &slip.after {
        sides(&mut rows, label, amount, columns, false);
    }
    if !slip.care.is_empty() || !slip.footer.is_empty() {
        rows.push(Row::Rule);
    }
    for text in &slip.care {
        rows.extend(wrapped(text, columns).into_iter().map(Row::Left));
    }
    slip.footer.iter().for_each(|line| middle(&mut rows, line, columns, false));
    rows
}

#[cfg(test)]
mod tests {
    use super::super::model::Goods;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_name_takes_rows_and_leaves_the_amount() {
        let mut rows = Vec::new();
        sides(&mut rows, "飞鹤星飞帆婴儿配方奶粉三段", "298.00", 20, false);
        let right = Row::Sides { left: "粉三段".to_owned(), right: "298.00".to_owned(), bold: false };
        assert_eq!(rows, [Row::Left("飞鹤星飞帆婴儿配方奶".to_owned()), right]);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_the_paper(name in "\\PC{0,80}", label in "[a-z优惠]{0,40}", amount in "[0-9.]{1,20}", wide in any::<bool>()) {
            let columns = if wide { 48 } else { 32 };
            let slip = Slip {
                store: name.clone(),
                header: vec![name.clone()],
                title: "销售小票",
                copy: Some(3),
                facts: vec![("单号", amount.clone())],
                goods: vec![Goods { name: name.clone(), count: label.clone(), amount: amount.clone(), parts: vec![name.clone()] }],
                sums: vec![(label, amount.clone())],
                total: Some(("应付", amount)),
                care: vec![name.clone()],
                footer: vec![name],
                ..Slip::default()
            };
            for row in layout(&slip, columns) {
                let taken = match row {
                    Row::Middle { text, large } => width(&text) * if large { 2 } else { 1 },
                    Row::Left(text) => width(&text),
                    Row::Sides { left, right, .. } => width(&left) + usize::from(!left.is_empty()) + width(&right),
                    Row::Rule => columns,
                };
                prop_assert!(taken <= columns, "{taken} of {columns}");
            }
        }
    }
}

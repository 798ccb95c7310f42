//! A statement: its text in both dialects, and its parameters.

use crate::Kind;
use shuke_kernel::value::Value;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// The text of one call site. PostgreSQL takes it as written; for SQLite `$1` becomes `?1`, because
/// there `$2` would be a name, numbered by first appearance.
#[derive(Debug)]
pub struct Sql {
    text: &'static str,
    sqlite: OnceLock<String>,
}

impl Sql {
    /// Made by [`sql!`](crate::sql!), once per call site.
    pub const fn new(text: &'static str) -> Self {
        Self { text, sqlite: OnceLock::new() }
    }
}

#[derive(Clone, Debug)]
enum Text {
    Site(&'static Sql),
    Built(Arc<str>),
    /// `$1`, `$2`, … first appear in this order and nothing else differs: SQLite takes it as it is.
    InOrder(Arc<str>),
}

/// A statement ready to run.
#[derive(Clone, Debug)]
pub struct Stmt {
    text: Text,
    pub(crate) params: Vec<Value>,
}

impl Stmt {
    /// Made by [`sql!`](crate::sql!).
    pub const fn of(site: &'static Sql, params: Vec<Value>) -> Self {
        Self { text: Text::Site(site), params }
    }
    /// A statement whose text is put together at run time, from texts of our own only. Values are
    /// parameters, always; numbering goes up from `$1` in order of appearance.
    pub fn built(text: impl Into<Arc<str>>, params: Vec<Value>) -> Self {
        Self { text: Text::Built(text.into()), params }
    }
    /// Two writes as one statement of PostgreSQL: it runs the outer one, `self`, first. Neither sees what the
    /// other writes, and neither gives rows.
    pub(crate) fn joined(self, then: Self) -> Self {
        let mut text = String::with_capacity(self.postgres().len() + then.postgres().len() + 24);
        text.push_str("WITH next AS (");
        renumber(then.postgres(), self.params.len(), &mut text);
        text.push_str(") ");
        text.push_str(self.postgres());
        let mut params = self.params;
        params.extend(then.params);
        Self { text: Text::Built(text.into()), params }
    }
    /// The question how the database would answer this statement: for tests that hold a plan.
    #[must_use]
    pub fn explained(&self, kind: Kind) -> Self {
        let how = match kind {
            Kind::Sqlite => "EXPLAIN QUERY PLAN",
            Kind::Postgres => "EXPLAIN",
        };
        Self { text: Text::Built(format!("{how} {}", self.postgres()).into()), params: self.params.clone() }
    }
    pub(crate) fn postgres(&self) -> &str {
        match &self.text {
            Text::Site(site) => site.text,
            Text::Built(text) | Text::InOrder(text) => text,
        }
    }
    pub(crate) fn with_sqlite<R>(&self, run: impl FnOnce(&str) -> R) -> R {
        match &self.text {
            Text::Site(site) => run(site.sqlite.get_or_init(|| for_sqlite(site.text))),
            Text::Built(text) => run(&for_sqlite(text)),
            Text::InOrder(text) => run(text),
        }
    }
}

/// Writes `text` with `by` added to the number of every parameter outside quotes.
fn renumber(text: &str, by: usize, out: &mut String) {
    let mut quote = None;
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '"', '$']) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let (c, behind) = found.split_at(1);
        out.push_str(c);
        rest = behind;
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, "'" | "\"") => quote = Some(c),
            (None, "$") => {
                let digits = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
                let (number, behind) = behind.split_at(digits);
                if let Ok(number) = number.parse::<usize>() {
                    let _ = write!(out, "{}", number + by);
                }
                rest = behind;
            }
            _ => {}
        }
    }
    out.push_str(rest);
}

/// Before a column: SQLite chooses no index by this condition (its unary plus); to PostgreSQL it is a comment.
pub const NO_INDEX: &str = "/*+*/";

/// Rewrites `$n` to `?n` outside quotes and [`NO_INDEX`] to a plus, and leaves out what only PostgreSQL needs: row locks (the
/// one writer holds them all).
fn for_sqlite(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '$') if chars.peek().is_some_and(char::is_ascii_digit) => {
                out.push('?');
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    for lock in [" FOR UPDATE", " FOR KEY SHARE"] {
        if let Some(at) = out.find(lock) {
            out.truncate(at);
        }
    }
    if out.contains(NO_INDEX) { out.replace(NO_INDEX, "+") } else { out }
}

/// A statement with its parameters: `sql!("SELECT name FROM store WHERE merchant_id = $1", cx.merchant)`.
#[macro_export]
macro_rules! sql {
    ($text:expr $(, $param:expr)* $(,)?) => {{
        static SITE: $crate::Sql = $crate::Sql::new($text);
        $crate::Stmt::of(&SITE, ::std::vec![$($crate::ToValue::to_value(&$param)),*])
    }};
}

/// One INSERT with all rows. The columns are those of every row, in order.
pub fn insert(table: &str, columns: &[&str], rows: Vec<Vec<Value>>) -> Stmt {
    insert_with(table, columns, rows, "")
}

/// One INSERT with all rows; a row whose key is there already is left out.
pub fn insert_or_ignore(table: &str, columns: &[&str], rows: Vec<Vec<Value>>) -> Stmt {
    insert_with(table, columns, rows, " ON CONFLICT DO NOTHING")
}

/// One INSERT with all rows; what becomes of a row whose key is there already says `conflict`: `(key) DO UPDATE SET …`.
pub fn insert_or_update(table: &str, columns: &[&str], rows: Vec<Vec<Value>>, conflict: &str) -> Stmt {
    insert_with(table, columns, rows, &format!(" ON CONFLICT {conflict}"))
}

fn insert_with(table: &str, columns: &[&str], rows: Vec<Vec<Value>>, tail: &str) -> Stmt {
    let mut text = String::with_capacity(64 + columns.len() * (12 + rows.len() * 5));
    let _ = write!(text, "INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut number = 0;
    for row in 0..rows.len() {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            number += 1;
            let _ = write!(text, "{}${number}", if column == 0 { "" } else { ", " });
        }
        text.push(')');
    }
    text.push_str(tail);
    Stmt { text: Text::InOrder(text.into()), params: rows.into_iter().flatten().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_for_sqlite_outside_quotes() {
        assert_eq!(
            for_sqlite("SELECT '$1', \"a$2\" FROM t WHERE a = $2 AND b = $1"),
            "SELECT '$1', \"a$2\" FROM t WHERE a = ?2 AND b = ?1"
        );
        assert_eq!(for_sqlite("SELECT a FROM t WHERE b = $1 FOR UPDATE"), "SELECT a FROM t WHERE b = ?1");
        assert_eq!(for_sqlite("SELECT a FROM t WHERE b = $1 FOR KEY SHARE"), "SELECT a FROM t WHERE b = ?1");
        assert_eq!(for_sqlite(&format!("SELECT a FROM t WHERE {NO_INDEX}t.b = $1")), "SELECT a FROM t WHERE +t.b = ?1");
    }

    #[test]
    fn two_writes_become_one_statement() {
        let first = Stmt::built("UPDATE a SET b = b + $2 WHERE c = $1", vec![Value::Int(1), Value::Int(2)]);
        let then = Stmt::built("INSERT INTO d (e) VALUES ('$1 \"', $1), ($10, $2)", vec![Value::Int(3)]);
        let both = first.joined(then);
        assert_eq!(
            both.postgres(),
            "WITH next AS (INSERT INTO d (e) VALUES ('$1 \"', $3), ($12, $4)) UPDATE a SET b = b + $2 WHERE c = $1"
        );
        assert_eq!(both.params.len(), 3);
    }

    #[test]
    fn rows_that_belong_together_are_one_statement() {
        let stmt = insert("t", &["a", "b"], vec![vec![Value::Int(1), Value::Int(2)], vec![Value::Int(3), Value::Int(4)]]);
        assert_eq!(stmt.postgres(), "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)");
        assert_eq!(stmt.params.len(), 4);
    }
}

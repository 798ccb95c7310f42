//! Every table has one home: the `store.rs` of one noun. Nobody else names it in SQL.

use crate::rust::{self, Kind, Token};
use crate::schema::{Database, Schema};
use crate::tree::{Fault, Faults, File, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// Crates that are one noun as a whole and own their tables in any file.
const WHOLE: &[&str] = &["db", "jobs", "http"];
/// SQL words before a table's name. Our SQL writes them in capitals, which tells them from prose.
const BEFORE: &[&str] = &["FROM", "JOIN", "INTO", "UPDATE", "TABLE"];
/// Functions of the facade that take a table's name first.
const FUNCTIONS: &[&str] = &["insert", "insert_or_ignore"];

/// A place in a file where a table is named.
struct Use {
    home: Option<String>,
    path: String,
    line: usize,
}

/// Checks every Rust file that isn't test code.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Faults::of("ownership");
    let schemas = [Schema::of(tree, Database::Sqlite), Schema::of(tree, Database::Postgres)];
    let tables: BTreeSet<&str> = schemas.iter().flat_map(|schema| &schema.tables).map(|table| table.name.as_str()).collect();
    let mut uses: BTreeMap<&str, Vec<Use>> = BTreeMap::new();
    for file in tree.rust().filter(|file| !file.is_test() && file.krate().is_some()) {
        let tokens = rust::tokens(&file.text);
        let tests = rust::test_lines(&tokens);
        for (name, line) in named(&tokens) {
            if let Some(table) = tables.get(name.as_str()).filter(|_| !rust::within(&tests, line)) {
                uses.entry(table).or_default().push(Use { home: home(file), path: file.path.clone(), line });
            }
        }
    }
    for (table, uses) in uses {
        report(&mut faults, table, &uses);
    }
    faults.found
}

fn report(faults: &mut Faults, table: &str, uses: &[Use]) {
    let homes: BTreeSet<&str> = uses.iter().filter_map(|place| place.home.as_deref()).collect();
    for place in uses {
        let subject = format!("{table} in {}", place.path);
        if place.home.is_none() {
            let text = format!("table {table} is named outside a store.rs: SQL lives in its noun's store");
            faults.add_on(&subject, &place.path, place.line, text);
        } else if homes.len() > 1 {
            let homes = homes.iter().copied().collect::<Vec<_>>().join(", ");
            let text = format!("table {table} is touched by more than one noun ({homes}): ask its owner's store instead");
            faults.add_on(&subject, &place.path, place.line, text);
        }
    }
}

/// The noun's folder that a store file belongs to.
fn home(file: &File) -> Option<String> {
    let krate = file.krate()?;
    if WHOLE.contains(&krate) {
        return Some(format!("crates/{krate}"));
    }
    let folder = file.path.rsplit_once('/')?.0;
    if let Some((noun, _)) = file.path.split_once("/store/") {
        Some(noun.to_owned())
    } else {
        (file.name() == "store.rs").then(|| folder.to_owned())
    }
}

/// Every name that stands where a table's would.
fn named(tokens: &[Token]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Text) {
        found.extend(in_sql(&token.text).into_iter().map(|name| (name, token.line)));
        let called = at >= 2 && tokens[at - 1].mark('(') && FUNCTIONS.iter().any(|function| tokens[at - 2].word(function));
        if called {
            found.push((token.text.clone(), token.line));
        }
    }
    found
}

fn in_sql(text: &str) -> Vec<String> {
    let mut words: Vec<&str> = Vec::new();
    let mut start = None;
    for (at, next) in text.char_indices().chain([(text.len(), ' ')]) {
        if next == '_' || next.is_alphanumeric() {
            start = start.or(Some(at));
            continue;
        }
        words.extend(start.take().map(|start| &text[start..at]));
        if !next.is_whitespace() {
            words.push(&text[at..at + next.len_utf8()]);
        }
    }
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate().filter(|(_, word)| BEFORE.contains(word)) {
        found.extend(words.get(at + 1).map(|name| (*name).to_owned()));
        if *word == "FROM" {
            listed(&words[at + 1..], &mut found);
        }
    }
    found
}

/// The further tables of `FROM a x, b AS y`.
fn listed(words: &[&str], found: &mut Vec<String>) {
    let is_name = |word: &str| word == "AS" || word.chars().all(|next| next == '_' || next.is_ascii_lowercase() || next.is_ascii_digit());
    let mut at = 0;
    while at < words.len() {
        while words.get(at).is_some_and(|word| is_name(word)) {
            at += 1;
        }
        if words.get(at) != Some(&",") {
            return;
        }
        found.extend(words.get(at + 1).map(|name| (*name).to_owned()));
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: (&str, &str) = ("migrations/0001_a.sql", "CREATE TABLE coupon (id BIGINT);\nCREATE TABLE lot (id BIGINT);");

    fn faults(files: &[(&str, &str)]) -> Vec<String> {
        let all: Vec<(&str, &str)> = [SCHEMA].into_iter().chain(files.iter().copied()).collect();
        check(&Tree::of(&all)).into_iter().map(|fault| fault.to_string()).collect()
    }

    #[test]
    fn every_form_of_naming_a_table_is_seen() {
        let names = in_sql(
            "SELECT a FROM coupon c, lot AS l JOIN tier ON x WHERE y FOR UPDATE; UPDATE pass SET a = 1; DELETE FROM card; INSERT INTO x (a)",
        );
        assert_eq!(names, ["coupon", "lot", "tier", ";", "pass", "card", "x"]);
        assert_eq!(in_sql("points taken from coupon"), [""; 0]);
    }

    #[test]
    fn a_table_is_touched_in_one_nouns_store_only() {
        let sql = "fn a() { sql!(\"SELECT id FROM coupon\"); }";
        let insert = "fn b() { insert(\"coupon\", &[], rows); }";
        assert_eq!(faults(&[("crates/loyalty/src/coupon/store.rs", sql), ("crates/loyalty/src/coupon/store/write.rs", insert)]), [""; 0]);
        let outside = faults(&[("crates/loyalty/src/coupon/ops.rs", insert)]);
        assert!(outside[0].starts_with("crates/loyalty/src/coupon/ops.rs:1: [ownership] table coupon is named outside a store.rs"));
        let two = faults(&[("crates/loyalty/src/coupon/store.rs", sql), ("crates/sales/src/order/store.rs", insert)]);
        assert_eq!(two.len(), 2);
        assert!(two[0].contains("more than one noun (crates/loyalty/src/coupon, crates/sales/src/order)"), "{two:?}");
    }

    #[test]
    fn tests_and_other_peoples_words_are_free() {
        let sql = "fn a() { sql!(\"SELECT id FROM coupon\"); }";
        assert_eq!(faults(&[("crates/sales/tests/it/main.rs", sql), ("crates/sales/src/order/tests.rs", sql)]), [""; 0]);
        assert_eq!(faults(&[("crates/sales/src/a.rs", &format!("#[cfg(test)]\nmod tests {{ {sql} }}"))]), [""; 0]);
        assert_eq!(faults(&[("crates/sales/src/a.rs", "fn a() { say(\"taken from coupon\"); say(\"FROM nowhere\"); }")]), [""; 0]);
    }

    #[test]
    fn jobs_owns_its_tables_in_any_file() {
        assert_eq!(faults(&[("crates/jobs/src/queue.rs", "fn a() { sql!(\"UPDATE lot SET id = 1\"); }")]), [""; 0]);
    }
}

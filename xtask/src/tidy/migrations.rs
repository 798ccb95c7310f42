//! What every migration holds to: keys that lead with the merchant, names, and texts for the outside.
//!
//! `shuke_db::constraint` reads the same files line by line when the server starts, so a constraint
//! has a line for itself.

use crate::rust;
use crate::schema::{Constraint, Database, Rule, Schema, migrations};
use crate::tree::{Fault, Faults, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// Where the migrations are listed, in order.
const LIST: &str = "crates/db/src/migrate.rs";

/// Checks every migration.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Faults::of("migrations");
    check_files(&mut faults, tree);
    for database in [Database::Sqlite, Database::Postgres] {
        let schema = Schema::of(tree, database);
        for table in &schema.tables {
            if table.key.first().map(String::as_str) != Some("merchant_id") {
                let text = format!("the primary key of {} starts with ({}), not with merchant_id", table.name, table.key.join(", "));
                faults.add_on(&table.name, &table.path, table.line, text);
            }
        }
        let mut seen = BTreeMap::new();
        for constraint in &schema.constraints {
            check_constraint(&mut faults, constraint);
            if let Some(first) = seen.insert(&constraint.name, constraint.line).filter(|_| !constraint.name.is_empty()) {
                let text = format!("the name {} is taken, on line {first} or in an earlier migration", constraint.name);
                faults.add_on(&constraint.name, &constraint.path, constraint.line, text);
            }
        }
    }
    // What stands in a file for both databases was found twice.
    faults.found.sort();
    faults.found.dedup();
    faults.found
}

fn check_constraint(faults: &mut Faults, constraint: &Constraint) {
    let Constraint { name, rule, table, path, line, alone, text } = constraint;
    if name.is_empty() {
        faults.add_on(table, path, *line, format!("a constraint of {table} has no name; its name is the error's code"));
        return;
    }
    if !alone && *rule != Rule::Index {
        faults.add_on(
            name,
            path,
            *line,
            format!("{name} needs a line for itself, from CONSTRAINT to its end: its text is read line by line"),
        );
    }
    if matches!(rule, Rule::Unique | Rule::Foreign | Rule::Check) && text.is_empty() {
        faults.add_on(
            name,
            path,
            *line,
            format!("{name} needs the text that a person reads when it refuses: `-- what happened` at the line's end"),
        );
    }
}

fn check_files(faults: &mut Faults, tree: &Tree) {
    let Some(list) = tree.file(LIST) else { return };
    let listed: Vec<String> =
        rust::tokens(&list.text).into_iter().filter(|token| token.kind == rust::Kind::Text).map(|token| token.text).collect();
    let names: BTreeSet<&str> = migrations(tree).map(|file| file.name()).collect();
    let mut numbers = BTreeMap::new();
    for file in migrations(tree) {
        let name = file.name();
        let stem = name.split('.').next().unwrap_or(name);
        let Some((number, _)) = stem.split_once('_').filter(|(number, _)| number.len() == 4 && number.parse::<u16>().is_ok()) else {
            faults.add(&file.path, 0, "a migration is called NNNN_noun.sql");
            continue;
        };
        for (mine, other) in [(".sqlite.sql", ".postgres.sql"), (".postgres.sql", ".sqlite.sql")] {
            if name.ends_with(mine) && !names.contains(format!("{stem}{other}").as_str()) {
                faults.add(&file.path, 0, format!("{stem}{other} is missing: variants come in pairs"));
            }
        }
        if let Some(other) = numbers.insert(number.to_owned(), stem.to_owned()).filter(|other| other != stem) {
            faults.add(&file.path, 0, format!("the number {number} is taken by {other}"));
        }
        if !listed.iter().any(|text| text == stem || text.ends_with(&format!("/{name}")) || text == name) {
            faults.add(&file.path, 0, format!("not listed in {LIST}: it would never run"));
        }
    }
    let stems: BTreeSet<&str> = names.iter().filter_map(|name| name.split('.').next()).collect();
    let order: Vec<&String> = listed.iter().filter(|text| stems.contains(text.as_str())).collect();
    if !order.is_sorted() {
        faults.add(LIST, 0, "the migrations are not listed in the order of their numbers");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(sql: &str) -> Vec<String> {
        check(&Tree::of(&[("migrations/0001_a.sql", sql)])).into_iter().map(|fault| fault.to_string()).collect()
    }

    #[test]
    fn a_key_leads_with_the_merchant() {
        let key = |columns: &str| faults(&format!("CREATE TABLE a (\n  CONSTRAINT a_pkey PRIMARY KEY ({columns})\n);"));
        assert_eq!(key("merchant_id, id"), [""; 0]);
        assert_eq!(key("id"), ["migrations/0001_a.sql:1: [migrations] the primary key of a starts with (id), not with merchant_id"]);
        assert!(faults("CREATE TABLE a (id BIGINT);")[0].contains("starts with ()"));
    }

    #[test]
    fn a_constraint_has_a_name_a_line_and_a_text() {
        let line = |text: &str| faults(&format!("CREATE TABLE a (\n  CONSTRAINT a_pkey PRIMARY KEY (merchant_id),\n  {text}\n);"));
        assert_eq!(line("CONSTRAINT a_empty CHECK (b > 0) -- a is empty"), [""; 0]);
        assert_eq!(line("CONSTRAINT a_kind CHECK (kind IN ('x'))"), [""; 0]);
        assert!(line("CONSTRAINT a_empty CHECK (b > 0)")[0].contains("a_empty needs the text"));
        assert!(line("UNIQUE (merchant_id, b)")[0].contains("has no name"));
        assert!(line("b TEXT CONSTRAINT a_b CHECK (b > 0) -- no")[0].contains("a_b needs a line for itself"));
        assert!(line("CONSTRAINT a_pkey CHECK (b > 0) -- no")[0].contains("the name a_pkey is taken"));
    }

    #[test]
    fn a_unique_index_has_a_text_and_a_plain_one_needs_none() {
        assert_eq!(faults("CREATE INDEX a_by_b ON a (merchant_id, b);"), [""; 0]);
        assert!(faults("CREATE UNIQUE INDEX a_taken ON a (merchant_id, b);")[0].contains("a_taken needs the text"));
    }

    #[test]
    fn files_are_listed_in_order_and_come_in_pairs() {
        let list = "const A: &[&str] = &[\"0001_a\", \"0003_c\", \"0002_b\"];";
        let tree = Tree::of(&[
            (LIST, list),
            ("migrations/0001_a.sql", ""),
            ("migrations/0002_b.sqlite.sql", ""),
            ("migrations/0003_c.sql", ""),
            ("migrations/0003_d.sql", ""),
            ("migrations/e.sql", ""),
        ]);
        let found: Vec<String> = check(&tree).into_iter().map(|fault| fault.text).collect();
        assert_eq!(
            found,
            [
                "the migrations are not listed in the order of their numbers",
                "0002_b.postgres.sql is missing: variants come in pairs",
                "not listed in crates/db/src/migrate.rs: it would never run",
                "the number 0003 is taken by 0003_c",
                "a migration is called NNNN_noun.sql",
            ]
        );
    }
}

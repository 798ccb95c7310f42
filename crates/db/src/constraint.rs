//! Constraint names are error codes.
//!
//! A migration names every constraint and says behind it, as a comment on the same line, what a
//! person should read when it refuses:
//!
//! ```sql
//! CONSTRAINT balance_insufficient CHECK (balance >= 0), -- the account holds less than is to be taken
//! CREATE UNIQUE INDEX member_phone_taken ON member (merchant_id, phone_index); -- another member has this phone
//! ```
//!
//! CHECK and FOREIGN KEY refuse (422), UNIQUE and PRIMARY KEY conflict (409). PostgreSQL reports the
//! name; SQLite reports the name of a CHECK and the columns of a key: [`Catalogue`] knows both.

use crate::Migration;
use shuke_kernel::{Error, Kind};
use std::collections::HashMap;

/// Every constraint of the schema.
#[derive(Debug, Default)]
pub struct Catalogue {
    by_name: HashMap<&'static str, Constraint>,
    by_columns: HashMap<String, &'static str>,
}

/// One constraint: what it answers when it refuses.
#[derive(Clone, Copy, Debug)]
pub struct Constraint {
    /// Its name, which is the error's code.
    pub code: &'static str,
    /// The kind of error.
    pub kind: Kind,
    /// The outside text.
    pub detail: &'static str,
}

impl Catalogue {
    /// Reads the constraints from the texts of the migrations.
    pub fn of(migrations: &'static [Migration]) -> Self {
        let mut catalogue = Self::default();
        for migration in migrations {
            let mut texts = vec![migration.sqlite];
            if migration.postgres != migration.sqlite {
                texts.push(migration.postgres);
            }
            for text in texts {
                catalogue.read(text);
            }
        }
        catalogue
    }

    fn read(&mut self, text: &'static str) {
        let mut table = "";
        for line in text.lines() {
            let line = line.trim();
            let (code, comment) = line.split_once("--").unwrap_or((line, ""));
            let mut words = code.split_whitespace();
            match (words.next(), words.next(), words.next()) {
                (Some("CREATE"), Some("TABLE"), Some(name)) => table = name,
                (Some("CREATE"), Some("UNIQUE"), Some("INDEX")) => {
                    let (Some(name), Some("ON"), Some(on)) = (words.next(), words.next(), words.next()) else { continue };
                    self.add(name, Kind::Conflict, comment.trim(), Some((on.split('(').next().unwrap_or(on), code)));
                }
                (Some("CONSTRAINT"), Some(name), Some(what)) => {
                    let key = what == "UNIQUE" || what == "PRIMARY";
                    let kind = if key { Kind::Conflict } else { Kind::Refused };
                    self.add(name, kind, comment.trim(), key.then_some((table, code)));
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, code: &'static str, kind: Kind, detail: &'static str, key: Option<(&str, &str)>) {
        self.by_name.insert(code, Constraint { code, kind, detail });
        if let Some((table, text)) = key {
            let columns = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(columns, _)| columns);
            let named: Vec<String> = columns.split(',').map(|column| format!("{table}.{}", column.trim())).collect();
            self.by_columns.insert(named.join(", "), code);
        }
    }

    /// The constraint with this name.
    pub fn named(&self, name: &str) -> Option<Constraint> {
        self.by_name.get(name).copied()
    }

    /// The error of a constraint, as PostgreSQL (a name) or SQLite (a name, or `table.column, …`) reports it.
    pub fn error(&self, reported: &str) -> Error {
        let name = self.by_columns.get(reported).copied().unwrap_or(reported);
        match self.named(name) {
            Some(constraint) if !constraint.detail.is_empty() => Error::new(constraint.kind, constraint.code, constraint.detail),
            Some(constraint) if constraint.kind == Kind::Conflict => {
                Error::new(Kind::Conflict, constraint.code, "this is there already").inside(reported)
            }
            _ => Error::internal(format!("constraint {reported} was violated")),
        }
    }

    /// All constraints, by name, for the documentation of error codes.
    pub fn all(&self) -> Vec<Constraint> {
        let mut all: Vec<Constraint> = self.by_name.values().copied().collect();
        all.sort_by_key(|constraint| constraint.code);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SAMPLE: &[Migration] = &[Migration::both(
        "0001_sample",
        "CREATE TABLE purse (\n    merchant_id BIGINT NOT NULL,\n    code TEXT NOT NULL,\n    CONSTRAINT purse_pkey PRIMARY KEY (merchant_id, code), -- this purse is there already\n    CONSTRAINT purse_empty CHECK (left_over >= 0) -- the purse holds less than is to be taken\n);\nCREATE UNIQUE INDEX purse_label_taken ON purse (merchant_id, label); -- another purse has this label\n",
    )];

    #[test]
    fn both_databases_reports_lead_to_one_code() {
        let catalogue = Catalogue::of(SAMPLE);
        assert_eq!(catalogue.error("purse_empty").code(), "purse_empty");
        assert_eq!(catalogue.error("purse_empty").kind(), Kind::Refused);
        assert_eq!(catalogue.error("purse_label_taken").code(), "purse_label_taken");
        assert_eq!(catalogue.error("purse.merchant_id, purse.label").code(), "purse_label_taken");
        assert_eq!(catalogue.error("purse.merchant_id, purse.code").kind(), Kind::Conflict);
        assert_eq!(catalogue.error("unheard_of").kind(), Kind::Internal);
    }
}

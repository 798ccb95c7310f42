//! Reads tables, constraints and indexes from `migrations/*.sql`.

use crate::tree::{File, Tree};

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The migration that makes it.
    pub path: String,
    /// Line of its CREATE TABLE.
    pub line: usize,
    /// The columns of its primary key, in order; empty where it has none.
    pub key: Vec<String>,
}

/// What a constraint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// PRIMARY KEY.
    Primary,
    /// UNIQUE, or a unique index.
    Unique,
    /// FOREIGN KEY or REFERENCES.
    Foreign,
    /// CHECK.
    Check,
    /// CHECK that a text is one of a list, which only a fault of ours can break.
    Choice,
    /// An index that refuses nothing.
    Index,
}

/// A constraint or an index.
#[derive(Debug)]
pub struct Constraint {
    /// Its name; empty where it has none.
    pub name: String,
    /// What it does.
    pub rule: Rule,
    /// Its table.
    pub table: String,
    /// Its migration.
    pub path: String,
    /// Line on which it starts.
    pub line: usize,
    /// Whether it stands on one line and has that line for itself.
    pub alone: bool,
    /// The comment at the end of that line: what the outside reads.
    pub text: String,
}

/// A database that runs the migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// `0042_x.sqlite.sql` and files for both.
    Sqlite,
    /// `0042_x.postgres.sql` and files for both.
    Postgres,
}

/// All tables and constraints of one database.
#[derive(Debug, Default)]
pub struct Schema {
    /// The tables.
    pub tables: Vec<Table>,
    /// The constraints and indexes.
    pub constraints: Vec<Constraint>,
}

impl Schema {
    /// What the migrations make on one database.
    pub fn of(tree: &Tree, database: Database) -> Self {
        let other = if database == Database::Sqlite { ".postgres.sql" } else { ".sqlite.sql" };
        let mut schema = Self::default();
        for file in migrations(tree).filter(|file| !file.path.ends_with(other)) {
            schema.read(file);
        }
        schema
    }

    fn read(&mut self, file: &File) {
        let (tokens, comments) = scan(&file.text);
        for statement in tokens.split(|token| token.text == ";") {
            let words: Vec<&str> = statement.iter().map(|token| token.text.as_str()).collect();
            let reader = Reader { file, comments: &comments };
            match words[..] {
                ["create", "table", ..] => self.table(&reader, statement),
                ["create", "unique", "index", name, "on", table, ..] => {
                    self.constraints.push(reader.constraint(statement, name, table, Rule::Unique));
                }
                ["create", "index", name, "on", table, ..] => {
                    self.constraints.push(reader.constraint(statement, name, table, Rule::Index));
                }
                ["alter", "table", table, ..] => reader.constraints(&statement[3..], table, self),
                _ => {}
            }
        }
    }

    fn table(&mut self, reader: &Reader, statement: &[Token]) {
        let Some(open) = statement.iter().position(|token| token.text == "(") else { return };
        let name = statement[open - 1].text.clone();
        let body = &statement[open + 1..close(statement, open)];
        let table = Table { name: name.clone(), path: reader.file.path.clone(), line: statement[0].line, key: Vec::new() };
        self.tables.push(table);
        let mut start = 0;
        let mut at = 0;
        while at <= body.len() {
            match body.get(at).map(|token| token.text.as_str()) {
                Some("(") => at = close(body, at),
                Some(",") | None => {
                    reader.constraints(&body[start..at], &name, self);
                    start = at + 1;
                }
                Some(_) => {}
            }
            at += 1;
        }
    }
}

struct Reader<'a> {
    file: &'a File,
    comments: &'a [(usize, String)],
}

impl Reader<'_> {
    /// Reads the constraints of one column or one table-level line.
    fn constraints(&self, definition: &[Token], table: &str, schema: &mut Schema) {
        let mut name = "";
        let mut from = 0;
        let mut at = 0;
        while at < definition.len() {
            let rule = match definition[at].text.as_str() {
                "constraint" => {
                    from = at;
                    name = definition.get(at + 1).map_or("", |token| token.text.as_str());
                    at += 2;
                    continue;
                }
                "primary" => Rule::Primary,
                "unique" => Rule::Unique,
                "references" | "foreign" => Rule::Foreign,
                "check" => Rule::Check,
                "(" => {
                    at = close(definition, at) + 1;
                    continue;
                }
                _ => {
                    at += 1;
                    continue;
                }
            };
            let start = if name.is_empty() { at } else { from };
            let end = constraint_end(definition, at, rule);
            let part = &definition[start..=end];
            let choice = rule == Rule::Check && is_choice(part);
            let mut constraint = self.constraint(part, name, table, if choice { Rule::Choice } else { rule });
            // A table-level line begins with its constraint; a column's line begins with the column.
            constraint.alone &= start == 0;
            schema.constraints.push(constraint);
            if rule == Rule::Primary {
                self.key(definition, at, end, schema);
            }
            name = "";
            at = end + 1;
        }
    }

    fn key(&self, definition: &[Token], at: usize, end: usize, schema: &mut Schema) {
        let listed: Vec<String> = definition[at + 2..=end.max(at + 1)]
            .iter()
            .map(|token| token.text.clone())
            .filter(|text| !"(),".contains(text.as_str()))
            .collect();
        let columns = if listed.is_empty() { vec![definition[0].text.clone()] } else { listed };
        if let Some(table) = schema.tables.last_mut() {
            table.key = columns;
        }
    }

    fn constraint(&self, part: &[Token], name: &str, table: &str, rule: Rule) -> Constraint {
        let line = part.first().map_or(0, |token| token.line);
        let last_line = part.last().map_or(0, |token| token.line);
        let text = self.comments.iter().find(|(at, _)| *at == last_line).map(|(_, text)| text.clone()).unwrap_or_default();
        let path = self.file.path.clone();
        Constraint { name: name.into(), rule, table: table.into(), path, line, alone: line == last_line, text }
    }
}

/// The last token of the constraint whose keyword is at `at`.
fn constraint_end(definition: &[Token], at: usize, rule: Rule) -> usize {
    let last = definition.len() - 1;
    match rule {
        Rule::Foreign => last,
        Rule::Primary | Rule::Unique => {
            let open = at + if rule == Rule::Primary { 2 } else { 1 };
            if definition.get(open).is_some_and(|token| token.text == "(") { close(definition, open) } else { (open - 1).min(last) }
        }
        _ => {
            if at < last {
                close(definition, at + 1)
            } else {
                last
            }
        }
    }
}

/// Whether a check says only that a column is one of some texts: `CHECK (kind IN ('a', 'b'))`.
fn is_choice(part: &[Token]) -> bool {
    let words = part.iter().map(|token| token.text.as_str());
    let body: Vec<&str> = words.skip_while(|word| *word != "check").collect();
    matches!(body[..], ["check", "(", _, "in", "(", ..]) && !body.contains(&"or") && !body.contains(&"and")
}

/// The migrations, in the order of their names.
pub fn migrations(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files.iter().filter(|file| file.path.starts_with("migrations/") && file.is("sql"))
}

#[derive(Debug)]
struct Token {
    text: String,
    line: usize,
}

/// The index of the bracket that closes the one at `open`.
fn close(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len().saturating_sub(1)
}

/// Words and marks in lower case, and the comments by line. A quoted text keeps its quotes.
fn scan(text: &str) -> (Vec<Token>, Vec<(usize, String)>) {
    let mut tokens = Vec::new();
    let mut comments = Vec::new();
    let mut quoted = false;
    for (index, line) in text.lines().enumerate() {
        let mut word = String::new();
        for (at, next) in line.char_indices() {
            if next == '\'' {
                quoted = !quoted;
            }
            if quoted || next == '\'' || next == '_' || next.is_alphanumeric() {
                word.push(next.to_ascii_lowercase());
                continue;
            }
            push(&mut tokens, &mut word, index + 1);
            if line[at..].starts_with("--") {
                comments.push((index + 1, line[at + 2..].trim().to_owned()));
                break;
            }
            if !next.is_whitespace() {
                tokens.push(Token { text: next.to_string(), line: index + 1 });
            }
        }
        push(&mut tokens, &mut word, index + 1);
    }
    (tokens, comments)
}

fn push(tokens: &mut Vec<Token>, word: &mut String, line: usize) {
    if !word.is_empty() {
        tokens.push(Token { text: std::mem::take(word), line });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "\
-- purses
CREATE TABLE purse (
    merchant_id BIGINT NOT NULL,
    code TEXT NOT NULL DEFAULT 'a;b',
    kind TEXT NOT NULL,
    CONSTRAINT purse_pkey PRIMARY KEY (merchant_id, code),
    CONSTRAINT purse_kind CHECK (kind IN ('red', 'blue')),
    CONSTRAINT purse_empty CHECK (left_over >= 0 AND (a OR b)), -- the purse is empty
    CONSTRAINT purse_owner FOREIGN KEY (merchant_id, owner) REFERENCES member (merchant_id, id) -- no such owner
);
CREATE UNIQUE INDEX purse_label_taken ON purse (merchant_id, label); -- another purse has this label
CREATE INDEX purse_by_kind ON purse (merchant_id, kind);
";

    fn schema(text: &str) -> Schema {
        Schema::of(&Tree::of(&[("migrations/0001_purse.sql", text)]), Database::Sqlite)
    }

    #[test]
    fn a_table_with_its_key_and_constraints_is_read() {
        let schema = schema(SAMPLE);
        assert_eq!((schema.tables[0].name.as_str(), schema.tables[0].line), ("purse", 2));
        assert_eq!(schema.tables[0].key, ["merchant_id", "code"]);
        let found: Vec<(&str, Rule, &str, bool)> =
            schema.constraints.iter().map(|c| (c.name.as_str(), c.rule, c.text.as_str(), c.alone)).collect();
        assert_eq!(
            found,
            [
                ("purse_pkey", Rule::Primary, "", true),
                ("purse_kind", Rule::Choice, "", true),
                ("purse_empty", Rule::Check, "the purse is empty", true),
                ("purse_owner", Rule::Foreign, "no such owner", true),
                ("purse_label_taken", Rule::Unique, "another purse has this label", true),
                ("purse_by_kind", Rule::Index, "", true),
            ]
        );
    }

    #[test]
    fn unnamed_inline_and_split_constraints_are_seen() {
        let schema = schema(
            "CREATE TABLE a (\n id BIGINT PRIMARY KEY,\n b TEXT UNIQUE,\n c BIGINT CONSTRAINT a_c CHECK (c > 0),\n CONSTRAINT a_d CHECK (\n  d > 0\n )\n);",
        );
        assert_eq!(schema.tables[0].key, ["id"]);
        let found: Vec<(&str, Rule, bool)> = schema.constraints.iter().map(|c| (c.name.as_str(), c.rule, c.alone)).collect();
        assert_eq!(
            found,
            [("", Rule::Primary, false), ("", Rule::Unique, false), ("a_c", Rule::Check, false), ("a_d", Rule::Check, false)]
        );
    }

    #[test]
    fn each_database_reads_its_own_variant() {
        let tree = Tree::of(&[
            ("migrations/0001_a.sqlite.sql", "CREATE TABLE a (id BIGINT);"),
            ("migrations/0001_a.postgres.sql", "CREATE TABLE a (id BIGINT);\nCREATE TABLE b (id BIGINT);"),
        ]);
        assert_eq!(Schema::of(&tree, Database::Sqlite).tables.len(), 1);
        assert_eq!(Schema::of(&tree, Database::Postgres).tables.len(), 2);
    }
}

//! The repository's text files, read once, and what a check says about them.

use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};

/// Folders that hold nothing of ours: build output, installed packages, a shop's data.
const SKIPPED: &[&str] = &["target", ".git", "node_modules", "dist", "data"];
/// What is read as text; everything else is only known by name.
const TEXT: &[&str] = &["rs", "toml", "md", "sql", "sh", "tsv", "ts", "tsx", "json", "lock", "css", "html", "yml", "yaml"];

/// One file.
#[derive(Debug)]
pub struct File {
    /// Path from the top of the repository, with `/`.
    pub path: String,
    /// Its text; empty where it isn't a text file.
    pub text: String,
}

impl File {
    /// The name after the last `/`.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
    /// Whether the name ends in this extension.
    pub fn is(&self, extension: &str) -> bool {
        self.name().rsplit_once('.').is_some_and(|(_, found)| found == extension)
    }
    /// The crate's folder name: `db` of `crates/db/src/lib.rs`.
    pub fn krate(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split_once('/').map(|(krate, _)| krate)
    }
    /// Whether the whole file is test code. `testkit` only ever serves tests.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.contains("/benches/") || self.name() == "tests.rs" || self.krate() == Some("testkit")
    }
}

/// All files, sorted by path.
#[derive(Debug, Default)]
pub struct Tree {
    /// The files.
    pub files: Vec<File>,
}

impl Tree {
    /// Reads the repository that this program was built from.
    pub fn read() -> Result<Self> {
        let mut tree = Self::default();
        tree.walk(&top(), "")?;
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in std::fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                // tests/data is a sample that is committed; the top's data folder is a shop's.
                if !SKIPPED.contains(&name.as_str()) || path == "tests/data" {
                    self.walk(&entry.path(), &path)?;
                }
            } else if kind.is_file() {
                let text = if is_text(&name) { std::fs::read_to_string(entry.path()).unwrap_or_default() } else { String::new() };
                self.files.push(File { path, text });
            }
        }
        Ok(())
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
    /// The Rust files.
    pub fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is("rs"))
    }
    /// Whether a file or a folder with this path exists.
    pub fn holds(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty() || self.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }

    /// A tree for tests.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| File { path: (*path).into(), text: (*text).into() }).collect() }
    }
}

/// The top folder of the repository.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

fn is_text(name: &str) -> bool {
    name == "Makefile" || name == "run" || name.rsplit_once('.').is_some_and(|(_, extension)| TEXT.contains(&extension))
}

/// One thing that a check found wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where.
    pub path: String,
    /// Line, counted from 1; 0 where the whole file is meant.
    pub line: usize,
    /// The check's name.
    pub check: &'static str,
    /// What an exception would name: a table, a path, a constraint.
    pub subject: String,
    /// What is wrong and what to do about it.
    pub text: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: [{}] {}", self.path, self.line, self.check, self.text)
    }
}

/// Collects the faults of one check.
#[derive(Debug)]
pub struct Faults {
    check: &'static str,
    /// What was found.
    pub found: Vec<Fault>,
}

impl Faults {
    /// None yet.
    pub fn of(check: &'static str) -> Self {
        Self { check, found: Vec::new() }
    }
    /// Adds one whose subject is its file.
    pub fn add(&mut self, path: &str, line: usize, text: impl Into<String>) {
        self.add_on(path, path, line, text);
    }
    /// Adds one about a named subject.
    pub fn add_on(&mut self, subject: &str, path: &str, line: usize, text: impl Into<String>) {
        self.found.push(Fault { path: path.into(), line, check: self.check, subject: subject.into(), text: text.into() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_knows_its_crate_and_whether_it_is_a_test() {
        let tree = Tree::of(&[("crates/sales/src/order/tests.rs", ""), ("crates/db/src/lib.rs", ""), ("crates/org/tests/it/main.rs", "")]);
        let [scenario, library, integration] = &tree.files[..] else { panic!("three files") };
        assert_eq!((scenario.krate(), scenario.is_test()), (Some("sales"), true));
        assert_eq!((library.krate(), library.is_test()), (Some("db"), false));
        assert!(integration.is_test());
        assert!(tree.holds("crates/org") && tree.holds("crates/db/src/lib.rs") && !tree.holds("crates/or"));
    }
}

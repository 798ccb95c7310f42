//! What may not stand in the text: floats near value, hidden lints, unfinished work, unwraps outside
//! tests, paths of one machine, private registries, stray white space.

use crate::rust::{self, Token};
use crate::tree::{Fault, Faults, File, Tree};

/// Crates in which value is counted, in integers.
const INTEGERS_ONLY: &[&str] = &["kernel", "jobs", "org", "member", "ledger", "loyalty", "offer", "sales", "care"];
/// Folders of one developer's machine. Written in pieces, so that this file passes its own check.
const MACHINE: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/fa", "rm/"), concat!("/tmp/ba", "sh")];
/// Marks of unfinished work.
const UNFINISHED: &[&str] = &[concat!("FIX", "ME"), concat!("XX", "X")];
/// The public hosts that a lock file may name.
const REGISTRIES: &[&str] = &["github.com", "registry.npmjs.org", "opencollective.com", "tidelift.com"];

/// Checks every text file.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Faults::of("words");
    for file in &tree.files {
        check_text(&mut faults, file);
        check_registry(&mut faults, file);
        if file.is("rs") {
            check_code(&mut faults, file);
        }
    }
    faults.found
}

fn check_text(faults: &mut Faults, file: &File) {
    let spaced = file.is("rs") || file.is("md") || file.is("toml");
    let code = file.is("rs") || file.is("ts") || file.is("tsx");
    for (index, line) in file.text.lines().enumerate() {
        if spaced && line.contains('\t') {
            faults.add(&file.path, index + 1, "a tab: indent with spaces, write \\t in a string");
        }
        if spaced && line.ends_with(char::is_whitespace) {
            faults.add(&file.path, index + 1, "white space at the line's end");
        }
        if MACHINE.iter().any(|path| names_path(line, path)) {
            faults.add(&file.path, index + 1, "a path of one machine");
        }
        if let Some(mark) = UNFINISHED.iter().find(|mark| code && has_word(line, mark)) {
            faults.add(&file.path, index + 1, format!("{mark}: finish it, or write it into an issue"));
        }
    }
}

/// Whether the line names something below this absolute folder: `/api/v1/work/…` isn't one.
fn names_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        let joins = |next: char| next.is_alphanumeric() || "_-.}*".contains(next);
        !before.is_some_and(joins) && after.is_some_and(|next| next.is_alphanumeric() || "._-".contains(next))
    })
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|next: char| !next.is_alphanumeric()).any(|found| found == word)
}

fn check_registry(faults: &mut Faults, file: &File) {
    let lock = ["Cargo.lock", "package-lock.json"].contains(&file.name());
    let settings = file.path.ends_with(".cargo/config.toml") || file.name() == ".npmrc";
    for (index, line) in file.text.lines().enumerate() {
        let hosts = line.split("://").skip(1).filter_map(|rest| rest.split(['/', '"', ':', '?']).next());
        let private = lock
            && (line.contains("\"resolved\"") || line.starts_with("source"))
            && hosts.into_iter().any(|host| !REGISTRIES.contains(&host));
        let replaced = settings && (line.contains("replace-with") || line.contains("registry"));
        if private || replaced {
            faults.add(&file.path, index + 1, "a private registry: lock files and settings name the public ones only");
        }
    }
}

fn check_code(faults: &mut Faults, file: &File) {
    let tokens = rust::tokens(&file.text);
    let tests = rust::test_lines(&tokens);
    let expected = rust::attributed(&tokens, |attribute| {
        let names = |word: &str| attribute.iter().any(|token| token.word(word));
        attribute.first().is_some_and(|token| token.word("expect")) && (names("unwrap_used") || names("expect_used"))
    });
    let integers = file.krate().is_some_and(|krate| INTEGERS_ONLY.contains(&krate));
    for (at, token) in tokens.iter().enumerate() {
        let test = file.is_test() || rust::within(&tests, token.line);
        let text = if hides_a_lint(&tokens, at) {
            "hides a lint: use #[expect(…, reason = \"…\")], which says so when it is no longer needed".to_owned()
        } else if is_ignored(&tokens, at) {
            "a test that never runs: make it run, remove it, or say who runs it with ignore = \"…\"".to_owned()
        } else if ["todo", "unimplemented"].iter().any(|word| token.word(word)) && is_mark(&tokens, at + 1, '!') {
            format!("{}!: unfinished", token.text)
        } else if !test && !rust::within(&expected, token.line) && is_unwrap(&tokens, at) {
            format!(".{}(): return the error, or say why it can't happen with #[expect]", token.text)
        } else if !test && integers && (token.is_float() || token.word("f32") || token.word("f64")) {
            format!("{}: no floats near value; Money, Points and Rate are integers", token.text)
        } else {
            continue;
        };
        faults.add(&file.path, token.line, text);
    }
}

fn is_mark(tokens: &[Token], at: usize, mark: char) -> bool {
    tokens.get(at).is_some_and(|token| token.mark(mark))
}

/// An attribute that ignores a test and gives no reason.
fn is_ignored(tokens: &[Token], at: usize) -> bool {
    tokens[at].word("ignore") && at >= 2 && tokens[at - 1].mark('[') && tokens[at - 2].mark('#') && is_mark(tokens, at + 1, ']')
}

/// An attribute that allows a lint, outer or inner.
fn hides_a_lint(tokens: &[Token], at: usize) -> bool {
    let opened = at >= 2 && tokens[at - 1].mark('[') && (tokens[at - 2].mark('#') || tokens[at - 2].mark('!'));
    tokens[at].word("allow") && opened && is_mark(tokens, at + 1, '(')
}

fn is_unwrap(tokens: &[Token], at: usize) -> bool {
    let word = tokens[at].word("unwrap") || tokens[at].word("expect");
    word && at >= 1 && tokens[at - 1].mark('.') && is_mark(tokens, at + 1, '(')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|fault| format!("{}: {}", fault.line, fault.text)).collect()
    }

    #[test]
    fn floats_near_value_are_faults() {
        let source = "// 0.5 of an f64\nfn rate() -> f64 { 0.5 }\n#[cfg(test)]\nmod tests { const A: f64 = 0.5; }";
        assert_eq!(faults("crates/ledger/src/a.rs", source).len(), 2);
        assert_eq!(faults("crates/insight/src/a.rs", source), [""; 0]);
        assert_eq!(faults("crates/ledger/src/tests.rs", source), [""; 0]);
    }

    #[test]
    fn hidden_lints_and_unfinished_work_are_faults_in_tests_too() {
        let attribute = concat!(
            "#[al",
            "low(dead_code)]\n#![al",
            "low(dead_code)]\nfn a() { to",
            "do!() }\n#[test]\n#[ig",
            "nore]\nfn b() { allow(1); }\n#[ig",
            "nore = \"run by c\"]\nfn c() {}"
        );
        assert_eq!(faults("crates/db/tests/it/main.rs", attribute).len(), 4);
        assert!(faults("crates/db/src/a.rs", concat!("// FIX", "ME later"))[0].contains("finish it"));
    }

    #[test]
    fn an_unwrap_outside_tests_is_a_fault() {
        let source = "fn a() { b().unwrap(); c().expect(\"d\"); e.unwrap_or(f); }";
        assert_eq!(faults("crates/db/src/a.rs", source).len(), 2);
        assert_eq!(faults("crates/testkit/src/a.rs", source), [""; 0]);
        let expected = format!("#[expect(clippy::unwrap_used, clippy::expect_used, reason = \"checked above\")]\n{source}");
        assert_eq!(faults("crates/db/src/a.rs", &expected), [""; 0]);
        assert_eq!(faults("crates/db/src/a.rs", &format!("#[test]\n{source}")), [""; 0]);
    }

    #[test]
    fn paths_of_a_machine_are_faults_everywhere() {
        assert_eq!(faults("Makefile", concat!("cp /ro", "ot/a b")), ["1: a path of one machine"]);
        assert_eq!(faults("docs/API.md", concat!("see /wo", "rk/main")).len(), 1);
        assert_eq!(faults("docs/API.md", concat!("GET /api/v1/wo", "rk/orders and /wo", "rk/ alone")), [""; 0]);
    }

    #[test]
    fn stray_white_space_is_a_fault() {
        assert_eq!(faults("README.md", "a \nb\tc\n").len(), 2);
        assert_eq!(faults("Makefile", "a:\n\tb\n"), [""; 0]);
    }

    #[test]
    fn lock_files_name_public_registries() {
        let public = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(faults("Cargo.lock", public), [""; 0]);
        assert_eq!(faults("Cargo.lock", "source = \"registry+https://mirror.example/index\"").len(), 1);
        assert_eq!(faults("web/package-lock.json", "\"resolved\": \"http://mirror.example:80/a.tgz\"").len(), 1);
        assert_eq!(faults(".cargo/config.toml", "replace-with = \"mirror\"").len(), 1);
    }
}

//! A schema of the OpenAPI document has a name of its own. Of two types with one name the document keeps
//! one without a word, and says of every operation with the other what is not true.

use crate::rust::{self, Kind, Token};
use crate::tree::{Fault, Faults, Tree};
use std::collections::BTreeMap;

/// Checks every type that derives `ToSchema`, by itself or through `text_enum!`.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Faults::of("schemas");
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    for file in tree.rust().filter(|file| file.krate().is_some() && !file.is_test()) {
        let tokens = rust::tokens(&file.text);
        let tests = rust::test_lines(&tokens);
        for (name, line) in named(&tokens) {
            if rust::within(&tests, line) {
                continue;
            }
            match first.get(&name) {
                Some(other) => {
                    let text = format!("{name} is a schema in {other} too: rename one, or give it #[schema(as = OtherName)]");
                    faults.add(&file.path, line, text);
                }
                None => drop(first.insert(name, &file.path)),
            }
        }
    }
    faults.found
}

/// The names under which types stand in the document, with their lines.
fn named(tokens: &[Token]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let is_derive = tokens[at].word("derive") && derives_schema(&tokens[at..]);
        let is_enum = tokens[at].word("text_enum") && tokens.get(at + 1).is_some_and(|next| next.mark('!'));
        if is_derive || is_enum {
            found.extend(declared(&tokens[at..]));
        }
    }
    found
}

fn derives_schema(tokens: &[Token]) -> bool {
    tokens.iter().take_while(|token| !token.mark(']')).any(|token| token.word("ToSchema"))
}

/// The name of the next type, or the one that its attributes give it.
fn declared(tokens: &[Token]) -> Option<(String, usize)> {
    let at = tokens.iter().position(|token| token.word("struct") || token.word("enum"))?;
    let given = tokens[..at].windows(5).find(|window| {
        let [schema, open, r#as, is, _] = window else { return false };
        schema.word("schema") && open.mark('(') && r#as.word("as") && is.mark('=')
    });
    let name = given.map_or_else(|| tokens.get(at + 1), |window| window.last())?;
    // A generic type stands in the document once for each of its arguments, with their names.
    let generic = given.is_none() && tokens.get(at + 2).is_some_and(|next| next.mark('<'));
    let text = if generic { format!("{}<…>", name.text) } else { name.text.clone() };
    (name.kind == Kind::Word).then_some((text, name.line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).into_iter().map(|fault| format!("{}: {}", fault.path, fault.text)).collect()
    }

    #[test]
    fn two_types_with_one_name_are_a_fault() {
        let one = ("crates/a/src/one.rs", "/// One.\n#[derive(Debug, ToSchema)]\n#[serde(default)]\npub struct Gift { x: i64 }");
        let two = ("crates/b/src/two.rs", "text_enum! {\n    /// Two.\n    pub enum Gift { A = \"a\" }\n}");
        assert!(faults(&[one, two])[0].starts_with("crates/b/src/two.rs: Gift is a schema in crates/a/src/one.rs too"));
        let other = ("crates/b/src/two.rs", "#[derive(ToSchema)]\n#[schema(as = OtherGift)]\nstruct Gift;");
        assert_eq!(faults(&[one, other]), [""; 0]);
        let plain =
            ("crates/b/src/two.rs", "#[derive(Debug)]\nstruct Gift;\n#[cfg(test)]\nmod tests {\n#[derive(ToSchema)]\nstruct Gift;\n}");
        assert_eq!(faults(&[one, plain]), [""; 0]);
        let generic = ("crates/b/src/two.rs", "#[derive(ToSchema)]\nstruct Gift<T> { x: T }");
        assert_eq!(faults(&[one, generic]), [""; 0]);
        assert_eq!(faults(&[("crates/c/src/three.rs", generic.1), generic]).len(), 1);
    }
}

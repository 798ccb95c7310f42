//! Crates and folders look alike: a story at the top, one binary of integration tests, no empty shell.

use crate::rust;
use crate::tree::{Fault, Faults, File, Tree};
use std::collections::BTreeSet;

/// Crates that are made of nouns, one folder each.
const SLICES: &[&str] = &["org", "member", "ledger", "loyalty", "offer", "sales", "service", "care", "reach"];

/// Checks every crate.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Faults::of("shape");
    let crates: BTreeSet<&str> = tree.files.iter().filter(|file| file.name() == "Cargo.toml").filter_map(File::krate).collect();
    for krate in crates {
        let lib = format!("crates/{krate}/src/lib.rs");
        story(&mut faults, tree, &lib);
        let source = format!("crates/{krate}/src/");
        if !tree.rust().any(|file| file.path.starts_with(&source) && !rust::tokens(&file.text).is_empty()) {
            faults.add(&lib, 1, format!("{krate} is an empty shell: leave the crate out until its turn comes"));
        }
        if SLICES.contains(&krate) {
            for folder in folders(tree, &source) {
                story(&mut faults, tree, &format!("{folder}/mod.rs"));
            }
        }
        integration(&mut faults, tree, krate);
    }
    faults.found
}

fn story(faults: &mut Faults, tree: &Tree, path: &str) {
    match tree.file(path) {
        None => faults.add(path, 0, "missing: a folder tells its story at its top"),
        Some(file) if !file.text.starts_with("//!") => {
            faults.add(path, 1, "starts with `//!`: what it is, its life cycle, its invariants, what it leaves out")
        }
        Some(_) => {}
    }
}

/// The folders below a source folder that hold Rust.
fn folders(tree: &Tree, source: &str) -> BTreeSet<String> {
    let inside = tree.rust().filter(|file| file.path.starts_with(source) && file.path[source.len()..].contains('/'));
    inside.filter_map(|file| file.path.rsplit_once('/')).map(|(folder, _)| folder.to_owned()).collect()
}

/// Each integration-test binary links the whole crate again, so there is one.
fn integration(faults: &mut Faults, tree: &Tree, krate: &str) {
    let tests = format!("crates/{krate}/tests/");
    let is_target = |rest: &str| !rest.contains('/') || (rest.matches('/').count() == 1 && rest.ends_with("/main.rs"));
    let targets = tree.rust().filter(|file| file.path.strip_prefix(&tests).is_some_and(is_target));
    for file in targets.skip(1) {
        faults.add(&file.path, 1, format!("a second integration-test binary of {krate}: put it into tests/it/"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).into_iter().map(|fault| format!("{}: {}", fault.path, fault.text)).collect()
    }

    #[test]
    fn a_crate_and_a_noun_tell_their_story() {
        let manifest = ("crates/sales/Cargo.toml", "");
        let lib = ("crates/sales/src/lib.rs", "//! Sales.\npub mod order;");
        assert_eq!(faults(&[manifest, lib, ("crates/sales/src/order/mod.rs", "//! An order.\n")]), [""; 0]);
        assert!(faults(&[manifest, lib, ("crates/sales/src/order/mod.rs", "mod ops;")])[0].contains("starts with `//!`"));
        assert!(faults(&[manifest, lib, ("crates/sales/src/order/ops.rs", "fn a() {}")])[0].contains("order/mod.rs: missing"));
        assert!(faults(&[manifest, ("crates/sales/src/lib.rs", "pub mod order;")])[0].contains("starts with `//!`"));
    }

    #[test]
    fn a_crate_without_code_is_a_shell() {
        let found = faults(&[("crates/care/Cargo.toml", ""), ("crates/care/src/lib.rs", "//! Care.\n")]);
        assert!(found[0].contains("care is an empty shell"), "{found:?}");
    }

    #[test]
    fn one_binary_of_integration_tests() {
        let files = [
            ("crates/db/Cargo.toml", ""),
            ("crates/db/src/lib.rs", "//! Db.\nfn a() {}"),
            ("crates/db/tests/it/main.rs", ""),
            ("crates/db/tests/it/writes.rs", ""),
            ("crates/db/tests/more.rs", ""),
        ];
        assert_eq!(faults(&files), ["crates/db/tests/more.rs: a second integration-test binary of db: put it into tests/it/"]);
    }
}

//! Files and functions stay short enough to be read at once.

use crate::rust;
use crate::tree::{Fault, Faults, Tree};

/// Most lines of a source file, tests included.
const FILE_LINES_MAX: usize = 600;
/// Most lines of code of a function that isn't a test.
const FUNCTION_LINES_MAX: usize = 70;

/// Checks every source file.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Faults::of("lengths");
    let generated = |path: &str| path.ends_with(".gen.ts") || path.ends_with("schema.ts") || path.ends_with("schema.d.ts");
    for file in tree.files.iter().filter(|file| (file.is("rs") || file.is("ts") || file.is("tsx")) && !generated(&file.path)) {
        let lines = file.text.lines().count();
        if lines > FILE_LINES_MAX {
            faults.add(
                &file.path,
                FILE_LINES_MAX + 1,
                format!("{lines} lines, more than {FILE_LINES_MAX}: does the file still hold one noun?"),
            );
        }
        if !file.is("rs") || file.is_test() {
            continue;
        }
        let tokens = rust::tokens(&file.text);
        let tests = rust::test_lines(&tokens);
        for function in rust::functions(&tokens) {
            if function.code_lines > FUNCTION_LINES_MAX && !rust::within(&tests, function.line) {
                let subject = format!("{}::{}", file.path, function.name);
                let text = format!("fn {} has {} lines of code, more than {FUNCTION_LINES_MAX}", function.name, function.code_lines);
                faults.add_on(&subject, &file.path, function.line, text);
            }
        }
    }
    faults.found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    step();\n".repeat(lines))
    }

    #[test]
    fn a_long_function_is_a_fault_unless_it_is_a_test() {
        assert_eq!(check(&Tree::of(&[("crates/db/src/a.rs", &function(68))])), []);
        assert_eq!(check(&Tree::of(&[("crates/db/src/a.rs", &function(69))])).len(), 1);
        assert_eq!(check(&Tree::of(&[("crates/db/src/a.rs", &format!("#[test]\n{}", function(200)))])), []);
        assert_eq!(check(&Tree::of(&[("crates/db/src/a.rs", &format!("#[cfg(test)]\nmod tests {{\n{}}}", function(200)))])), []);
        assert_eq!(check(&Tree::of(&[("crates/db/tests/it/main.rs", &function(200))])), []);
    }

    #[test]
    fn a_long_file_is_a_fault_test_or_not() {
        let long = "//\n".repeat(601);
        let tree =
            Tree::of(&[("crates/db/tests/it/main.rs", &long), ("web/till/src/a.tsx", &long), ("web/packages/api/schema.d.ts", &long)]);
        assert_eq!(check(&tree).len(), 2);
    }
}

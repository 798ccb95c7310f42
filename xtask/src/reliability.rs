//! `docs/reliability.md`: which tests hold each promise about value, data and access.
//!
//! The page is written by hand. A row names its item, and tests of which each must be there; an item without a row is
//! a fault, so that a promise isn't forgotten when its test goes.

use crate::requirements::test_exists;
use crate::tree::{Fault, Faults, Tree};
use std::collections::BTreeSet;

const PAGE: &str = "docs/reliability.md";
/// Items are counted from 1 to this.
const ITEM_MAX: u32 = 24;
/// Where the tests stand in a row, the item's cell being the first.
const TESTS_CELL: usize = 2;

/// Checks every row of the page.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Faults::of("reliability");
    let Some(page) = tree.file(PAGE) else { return faults.found };
    let mut held = BTreeSet::new();
    for (index, line) in page.text.lines().enumerate() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let Some(item) = cells[0].parse::<u32>().ok().filter(|_| line.starts_with('|')) else { continue };
        held.insert(item);
        let named: Vec<&str> = cells.get(TESTS_CELL).map_or(Vec::new(), |cell| cell.split('`').skip(1).step_by(2).collect());
        if named.is_empty() {
            faults.add(PAGE, index + 1, format!("item {item}: name a test that holds it"));
        }
        for test in named {
            if !test_exists(tree, test) {
                faults.add(
                    PAGE,
                    index + 1,
                    format!("item {item}: there is no test {test}; write crate::module::function or e2e::file::title"),
                );
            }
        }
    }
    for item in (1..=ITEM_MAX).filter(|item| !held.contains(item)) {
        faults.add(PAGE, 0, format!("item {item} has no row: say which tests hold it"));
    }
    faults.found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(page: &str) -> Vec<String> {
        let files = [
            (PAGE, page),
            ("crates/sales/tests/it/storm.rs", "async fn nothing_is_lost() {}"),
            ("crates/sales/src/order/ops.rs", "fn sell() {}"),
            ("web/e2e/till.e2e.ts", "it(\"sells\", async () => {"),
        ];
        check(&Tree::of(&files)).into_iter().map(|fault| fault.to_string()).collect()
    }

    fn rows(first: &str) -> String {
        let rest: String = (2..=ITEM_MAX).map(|item| format!("| {item} | x | `sales::storm::nothing_is_lost` | | | both |\n")).collect();
        format!("| item | what | tests |\n|---|---|---|\n{first}\n{rest}")
    }

    #[test]
    fn a_row_names_tests_that_are_there() {
        assert_eq!(faults(&rows("| 1 | x | `sales::storm::nothing_is_lost`, `e2e::till::sells` |")), [""; 0]);
        assert!(
            faults(&rows("| 1 | x | `sales::storm::nothing_is_doubled` |"))[0]
                .contains("docs/reliability.md:3: [reliability] item 1: there is no test")
        );
        assert!(faults(&rows("| 1 | x | `sales::order::sell` |"))[0].contains("there is no test sales::order::sell"));
        assert!(faults(&rows("| 1 | x | `e2e::till::gives away` |"))[0].contains("there is no test e2e"));
        assert!(faults(&rows("| 1 | x | soon |"))[0].contains("name a test"));
    }

    #[test]
    fn an_item_without_a_row_is_a_fault() {
        assert_eq!(faults(&rows("")), ["docs/reliability.md:0: [reliability] item 1 has no row: say which tests hold it"]);
    }
}

//! `docs/requirements.md`: every required function, where it is and which tests hold it.
//!
//! `xtask/requirements.tsv` lists what is required and hardly ever changes. `docs/requirements.toml`
//! says how far each row is and is edited by hand; a row that isn't there is planned. The page is
//! made from both, and a row is done only when a test that exists says so.

use crate::rust;
use crate::tree::{Fault, Faults, Tree, top};
use anyhow::{Context as _, Result, bail};
use std::fmt::Write as _;
use toml::{Table, Value};

const LIST: &str = "xtask/requirements.tsv";
const STATE: &str = "docs/requirements.toml";
const PAGE: &str = "docs/requirements.md";
/// Where the tests in the browser are.
const BROWSER: &str = "web/e2e";

/// A required function.
#[derive(Debug)]
struct Row<'a> {
    id: &'a str,
    area: &'a str,
    chinese: &'a str,
    function: &'a str,
}

/// How far a row is.
#[derive(Debug, Default)]
struct State {
    status: String,
    places: Vec<String>,
    tests: Vec<String>,
    note: String,
    line: usize,
}

/// Makes the page, or says whether it is fresh.
pub fn run(bless: bool) -> Result<()> {
    let tree = Tree::read()?;
    if bless {
        std::fs::write(top().join(PAGE), page(&tree).context("no page can be made")?).with_context(|| format!("write {PAGE}"))?;
    }
    let faults = check(&Tree::read()?);
    for fault in &faults {
        eprintln!("{fault}");
    }
    if !faults.is_empty() {
        bail!("the requirements table has {} fault(s)", faults.len());
    }
    println!("requirements: {PAGE} is fresh");
    Ok(())
}

/// Checks the state by hand and the page made from it.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Faults::of("requirements");
    let rows = rows(tree);
    let ids: Vec<&str> = rows.iter().map(|row| row.id).collect();
    let (states, unreadable) = states(tree);
    if let Some(text) = unreadable {
        faults.add(STATE, 0, text);
        return faults.found;
    }
    for (id, state) in &states {
        if !ids.contains(&id.as_str()) {
            faults.add_on(id, STATE, state.line, format!("{id} is not a requirement of {LIST}"));
        }
        check_state(&mut faults, tree, id, state);
    }
    if page(tree).as_deref() != tree.file(PAGE).map(|file| file.text.as_str()) {
        faults.add(PAGE, 0, "stale: make bless");
    }
    faults.found
}

fn check_state(faults: &mut Faults, tree: &Tree, id: &str, state: &State) {
    let mut add = |text: String| faults.add_on(id, STATE, state.line, format!("{id}: {text}"));
    match state.status.as_str() {
        "done" if state.tests.is_empty() => add("done needs a test that holds it".into()),
        "part" if state.note.is_empty() => add("part needs a note that says what is missing".into()),
        "done" | "part" | "planned" => {}
        other => add(format!("status {other:?} is none of done, part, planned")),
    }
    if state.status != "planned" && state.places.is_empty() {
        add("where needs at least one crate/noun".into());
    }
    for place in &state.places {
        let (krate, noun) = place.split_once('/').unwrap_or((place, ""));
        let folder = if noun.is_empty() { format!("crates/{krate}/src") } else { format!("crates/{krate}/src/{noun}") };
        if !tree.holds(&folder) && !tree.holds(&format!("{folder}.rs")) && !tree.holds(place) {
            add(format!("where names {place}, and there is no such folder"));
        }
    }
    for test in &state.tests {
        if !test_exists(tree, test) {
            add(format!("no test is called {test}; write crate::module::function or e2e::file::title"));
        }
    }
}

/// Whether `sales::order::a_refund_is_exact` is a function in the tests of that crate, or
/// `e2e::console::is set up, and sells` the title of a test in the browser.
pub fn test_exists(tree: &Tree, test: &str) -> bool {
    if let Some((file, title)) = test.strip_prefix("e2e::").and_then(|rest| rest.split_once("::")) {
        return browser_test_exists(tree, file, title);
    }
    let parts: Vec<&str> = test.split("::").collect();
    let [krate, .., name] = parts[..] else { return false };
    let folder = if krate == "xtask" { "xtask/".to_owned() } else { format!("crates/{}/", krate.strip_prefix("shuke_").unwrap_or(krate)) };
    tree.rust().filter(|file| file.path.starts_with(&folder) && file.text.contains(name)).any(|file| {
        let tokens = rust::tokens(&file.text);
        let tests = rust::test_lines(&tokens);
        let named = |pair: &[rust::Token]| pair[0].word("fn") && pair[1].word(name);
        tokens.windows(2).any(|pair| named(pair) && (file.is_test() || rust::within(&tests, pair[0].line)))
    })
}

/// Whether `web/e2e/FILE.e2e.ts` holds a test of this title that runs: `it("…")`, neither skipped nor in a comment.
fn browser_test_exists(tree: &Tree, file: &str, title: &str) -> bool {
    let Some(found) = tree.file(&format!("{BROWSER}/{file}.e2e.ts")) else { return false };
    let opens = |line: &str| ["it", "test"].iter().any(|name| line.starts_with(&format!("{name}(\"{title}\",")));
    !title.is_empty() && found.text.lines().any(|line| opens(line.trim_start()))
}

fn rows(tree: &Tree) -> Vec<Row<'_>> {
    let text = tree.file(LIST).map_or("", |file| file.text.as_str());
    let mut found = Vec::new();
    for line in text.lines() {
        if let [id, area, chinese, function] = line.split('\t').collect::<Vec<_>>()[..] {
            found.push(Row { id, area, chinese, function });
        }
    }
    found
}

/// The states by id, or why they can't be read.
fn states(tree: &Tree) -> (Vec<(String, State)>, Option<String>) {
    let text = tree.file(STATE).map_or("", |file| file.text.as_str());
    let table = match text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => return (Vec::new(), Some(error.to_string())),
    };
    let mut found = Vec::new();
    for (id, value) in &table {
        let word = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let words = |key: &str| match value.get(key) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let known = ["status", "where", "tests", "note"];
        if let Some(key) = value.as_table().into_iter().flat_map(Table::keys).find(|key| !known.contains(&key.as_str())) {
            return (Vec::new(), Some(format!("{id}: {key} is none of {}", known.join(", "))));
        }
        let line = text.lines().position(|line| line.starts_with(&format!("[\"{id}\"]"))).map_or(0, |index| index + 1);
        found.push((id.clone(), State { status: word("status"), places: words("where"), tests: words("tests"), note: word("note"), line }));
    }
    (found, None)
}

/// The page, or nothing where the state can't be read.
fn page(tree: &Tree) -> Option<String> {
    let rows = rows(tree);
    let (states, unreadable) = states(tree);
    if unreadable.is_some() {
        return None;
    }
    let planned = State { status: "planned".into(), ..State::default() };
    let state = |id: &str| states.iter().find(|(known, _)| known == id).map_or(&planned, |(_, state)| state);
    let count = |status: &str| rows.iter().filter(|row| state(row.id).status == status).count();
    let mut page =
        String::from("# Requirements\n\nMade by `make bless` from `xtask/requirements.tsv` and `docs/requirements.toml`; edit those. ");
    writeln!(page, "Of {} functions {} are done, {} in part, {} planned.", rows.len(), count("done"), count("part"), count("planned"))
        .ok()?;
    let mut area = "";
    for row in &rows {
        if row.area != area {
            area = row.area;
            write!(page, "\n## {area}\n\n| id | 中文 | function | status | where | tests | note |\n|---|---|---|---|---|---|---|\n")
                .ok()?;
        }
        let state = state(row.id);
        let code = |all: &[String]| all.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
        let cells = [row.id, row.chinese, row.function, &state.status, &code(&state.places), &code(&state.tests), &state.note];
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        writeln!(page, "| {} |", cells.join(" | ")).ok()?;
    }
    Some(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = "R1.1\tMembers\t会员\tMember profile\nR1.35\tTill\t收银\tSmart POS\n";

    fn faults(state: &str, extra: &[(&str, &str)]) -> Vec<String> {
        let mut files = vec![(LIST, ROWS), (STATE, state), ("crates/sales/src/order/mod.rs", "//! Orders.")];
        files.extend_from_slice(extra);
        let fresh = page(&Tree::of(&files)).unwrap_or_default();
        files.push((PAGE, &fresh));
        check(&Tree::of(&files)).into_iter().map(|fault| fault.to_string()).collect()
    }

    #[test]
    fn nothing_said_is_planned_and_fresh() {
        assert_eq!(faults("", &[]), [""; 0]);
        let page = page(&Tree::of(&[(LIST, ROWS)])).unwrap();
        assert!(page.contains("Of 2 functions 0 are done, 0 in part, 2 planned."));
        assert!(page.contains("\n## Till\n") && page.contains("| R1.35 | 收银 | Smart POS | planned |  |  |  |\n"), "{page}");
    }

    #[test]
    fn done_needs_a_test_that_exists() {
        let done = |tests: &str| format!("[\"R1.35\"]\nstatus = \"done\"\nwhere = [\"sales/order\"]\ntests = {tests}\n");
        let test = [("crates/sales/tests/it/order.rs", "async fn a_sale_is_exact() {}")];
        let helper = [("crates/sales/src/order/ops.rs", "fn a_sale_is_exact() {}")];
        assert_eq!(faults(&done("[\"sales::order::a_sale_is_exact\"]"), &test), [""; 0]);
        assert_eq!(faults(&done("[]"), &test), ["docs/requirements.toml:1: [requirements] R1.35: done needs a test that holds it"]);
        assert!(faults(&done("[\"sales::order::a_sale_is_exact\"]"), &helper)[0].contains("no test is called"));
        assert!(faults(&done("[\"member::order::a_sale_is_exact\"]"), &test)[0].contains("no test is called"));
    }

    #[test]
    fn a_title_in_the_browser_holds_a_row() {
        let done = |test: &str| format!("[\"R1.35\"]\nstatus = \"done\"\nwhere = [\"sales/order\"]\ntests = [\"{test}\"]\n");
        let file = "  it(\"sells, and gives change\", async () => {});\n  it.skip(\"waits\", async () => {});\n// it(\"is gone\", …\n";
        let test = [("web/e2e/till.e2e.ts", file)];
        assert_eq!(faults(&done("e2e::till::sells, and gives change"), &test), [""; 0]);
        for wrong in ["e2e::till::sells", "e2e::till::waits", "e2e::till::is gone", "e2e::card::sells, and gives change", "e2e::till::"] {
            assert!(faults(&done(wrong), &test)[0].contains("no test is called"), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_row_is_a_fault() {
        assert!(faults("[\"R9.9\"]\nstatus = \"planned\"\n", &[])[0].contains("R9.9 is not a requirement"));
        assert!(faults("[\"R1.1\"]\nstatus = \"part\"\nwhere = \"sales/order\"\n", &[])[0].contains("needs a note"));
        assert!(faults("[\"R1.1\"]\nstatus = \"nearly\"\nwhere = \"sales/order\"\n", &[])[0].contains("none of done, part, planned"));
        assert!(faults("[\"R1.1\"]\nstatus = \"part\"\nwhere = \"sales/cart\"\nnote = \"a\"\n", &[])[0].contains("no such folder"));
        assert!(faults("[\"R1.1\"]\nstate = \"part\"\n", &[])[0].contains("state is none of"));
        assert!(!faults("[R1", &[]).is_empty());
    }

    #[test]
    fn a_stale_page_is_a_fault() {
        let found = check(&Tree::of(&[(LIST, ROWS), (STATE, ""), (PAGE, "# Requirements\n")]));
        assert_eq!(found[0].to_string(), "docs/requirements.md:0: [requirements] stale: make bless");
    }
}

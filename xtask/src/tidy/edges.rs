//! Which crate may use which, and where a third-party crate may be named.

use crate::tree::{Fault, Faults, File, Tree};
use toml::Table;

/// From low to high: a crate may use those before it.
const ORDER: &[&str] =
    &["kernel", "db", "jobs", "http", "org", "member", "ledger", "loyalty", "offer", "sales", "service", "care", "reach", "server"];
/// Crates beside the order, with all that they may use.
const BESIDE: &[(&str, &[&str])] = &[("insight", &["kernel", "db"]), ("testkit", &["kernel", "db", "jobs", "http"])];
/// Who may use a crate beside the order, apart from the server, and how.
const TESTKIT: &str = "testkit";

/// Third-party crates (by the start of their names) that only some of ours may name.
const CONFINED: &[(&str, &[&str])] = &[
    ("rusqlite", &["db"]),
    ("libsqlite3-sys", &["db"]),
    ("tokio-postgres", &["db", "testkit"]),
    ("postgres-types", &["db"]),
    ("deadpool-postgres", &["db"]),
    ("sqlx", &[]),
    ("datafusion", &["insight"]),
    ("ballista", &["insight"]),
    ("anyhow", &["server", "xtask"]),
];

/// Checks every Cargo.toml.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Faults::of("edges");
    for file in tree.files.iter().filter(|file| file.name() == "Cargo.toml" && file.path != "Cargo.toml") {
        let Some(name) = crate_name(file) else { continue };
        match file.text.parse::<Table>() {
            Ok(manifest) => check_manifest(&mut faults, file, name, &manifest),
            Err(error) => faults.add(&file.path, 0, format!("can't be read: {}", error.message())),
        }
    }
    faults.found
}

fn crate_name(file: &File) -> Option<&str> {
    match file.path.as_str() {
        "xtask/Cargo.toml" => Some("xtask"),
        _ => file.krate().filter(|name| file.path == format!("crates/{name}/Cargo.toml")),
    }
}

fn check_manifest(faults: &mut Faults, file: &File, name: &str, manifest: &Table) {
    if name != "xtask" && !ORDER.contains(&name) && !BESIDE.iter().any(|(beside, _)| *beside == name) {
        faults.add(
            &file.path,
            1,
            format!("crate {name} has no place in the order of xtask/src/tidy/edges.rs; give it one there and in ARCHITECTURE.md"),
        );
        return;
    }
    let package = manifest.get("package").and_then(|package| package.get("name")).and_then(|name| name.as_str());
    if name != "xtask" && package != Some(&format!("shuke-{name}")) {
        faults.add(&file.path, 1, format!("the package is to be called shuke-{name}"));
    }
    let lints = manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
    if lints != Some(true) {
        faults.add(&file.path, 1, "add `[lints] workspace = true`: the house's lints hold in every crate");
    }
    for (section, dependency) in dependencies(manifest) {
        let line = line_of(&file.text, &dependency);
        let for_tests = section == "dev-dependencies";
        if let Some(lower) = dependency.strip_prefix("shuke-") {
            if !may_use(name, lower, for_tests) {
                faults.add_on(
                    &format!("{name} -> {lower}"),
                    &file.path,
                    line,
                    format!(
                        "{name} may not use {lower} in [{section}]: dependencies run {}; let {lower} hear of it by an event",
                        ORDER.join(" <- ")
                    ),
                );
            }
        } else if let Some((_, homes)) = CONFINED.iter().find(|(start, homes)| dependency.starts_with(start) && !homes.contains(&name)) {
            let homes = if homes.is_empty() { "nothing".into() } else { homes.join(" and ") };
            faults.add(&file.path, line, format!("{name} may not name {dependency}: only {homes} may"));
        }
    }
}

fn may_use(user: &str, used: &str, for_tests: bool) -> bool {
    if used == TESTKIT {
        return for_tests;
    }
    if let Some((_, allowed)) = BESIDE.iter().find(|(name, _)| *name == user) {
        return allowed.contains(&used);
    }
    if user == "server" {
        return used != "server";
    }
    let rank = |name: &str| ORDER.iter().position(|known| *known == name);
    matches!((rank(user), rank(used)), (Some(user), Some(used)) if used < user)
}

/// Every dependency with its section, those for one platform too.
fn dependencies(manifest: &Table) -> Vec<(&'static str, String)> {
    let platforms = manifest.get("target").and_then(toml::Value::as_table);
    let places = platforms.into_iter().flat_map(Table::values).filter_map(toml::Value::as_table);
    let mut found = Vec::new();
    for place in std::iter::once(manifest).chain(places) {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, value) in place.get(section).and_then(toml::Value::as_table).into_iter().flatten() {
                let renamed = value.get("package").and_then(toml::Value::as_str);
                found.push((section, renamed.unwrap_or(name).to_owned()));
            }
        }
    }
    found
}

fn line_of(text: &str, dependency: &str) -> usize {
    text.lines().position(|line| line.contains(dependency)).map_or(0, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(name: &str, rest: &str) -> Vec<String> {
        let path = if name == "xtask" { "xtask/Cargo.toml".into() } else { format!("crates/{name}/Cargo.toml") };
        let text = format!("[package]\nname = \"shuke-{name}\"\n[lints]\nworkspace = true\n{rest}");
        check(&Tree::of(&[(&path, &text)])).into_iter().map(|fault| fault.to_string()).collect()
    }

    #[test]
    fn a_lower_crate_may_be_used() {
        assert_eq!(faults("sales", "[dependencies]\nshuke-kernel.workspace = true\nshuke-offer = { path = \"../offer\" }"), [""; 0]);
        assert_eq!(faults("ledger", "[dev-dependencies]\nshuke-testkit.workspace = true"), [""; 0]);
        assert_eq!(faults("server", "[dependencies]\nshuke-insight.workspace = true\nanyhow = \"1\""), [""; 0]);
    }

    #[test]
    fn a_higher_crate_may_not() {
        let found = faults("ledger", "[dependencies]\nshuke-sales.workspace = true");
        assert!(found[0].starts_with("crates/ledger/Cargo.toml:6: [edges] ledger may not use sales in [dependencies]"), "{found:?}");
        assert_eq!(faults("kernel", "[target.'cfg(unix)'.dependencies]\nx = { package = \"shuke-db\", path = \"../db\" }").len(), 1);
        assert_eq!(faults("insight", "[dependencies]\nshuke-member.workspace = true").len(), 1);
        assert_eq!(faults("ledger", "[dev-dependencies]\nshuke-sales.workspace = true").len(), 1);
        assert_eq!(faults("server", "[dependencies]\nshuke-testkit.workspace = true").len(), 1);
    }

    #[test]
    fn the_driver_has_one_home() {
        assert_eq!(faults("db", "[dependencies]\nrusqlite = \"1\"\ntokio-postgres-rustls = \"1\""), [""; 0]);
        assert_eq!(faults("testkit", "[dependencies]\ntokio-postgres = \"1\""), [""; 0]);
        assert_eq!(faults("sales", "[dependencies]\nrusqlite = \"1\"\ndatafusion = \"55\"\nanyhow = \"1\"").len(), 3);
        assert_eq!(faults("db", "[dependencies]\nsqlx = \"1\"").len(), 1);
    }

    #[test]
    fn a_new_crate_needs_a_place_a_name_and_the_lints() {
        assert!(faults("ranking", "")[0].contains("has no place in the order"));
        assert_eq!(check(&Tree::of(&[("crates/db/Cargo.toml", "[package]\nname = \"db\"\n")])).len(), 2);
    }
}

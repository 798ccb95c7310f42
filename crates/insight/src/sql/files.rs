//! Which files are meant: files, folders with all below them, and patterns with `*` and `?`.
//!
//! A folder with the manifest of the lake is the lines that the manifest names, and no file besides: those that were
//! exchanged may still be there.

use crate::orders::unreadable;
use shuke_kernel::{Error, Result};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// Endings of the files that are taken from folders.
const ENDINGS: [&str; 6] = [".parquet", ".csv", ".csv.gz", ".tsv", ".txt", ".gz"];

/// Whether this means more than one file, or may.
pub fn is_many(paths: &[PathBuf]) -> bool {
    paths.len() != 1 || paths.iter().any(|path| path.is_dir() || (is_pattern(path) && !path.exists()))
}

/// The files that are meant, each once, in the order of their names.
///
/// Errors: `file_unreadable` where there is none, or a folder can't be read.
pub fn found(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = BTreeSet::new();
    for path in paths {
        let mut own = BTreeSet::new();
        if path.is_dir() {
            below(path, &mut own)?;
        } else if path.exists() || !is_pattern(path) {
            own.insert(path.clone());
        } else {
            matching(path, &mut own)?;
        }
        if own.is_empty() {
            return Err(Error::invalid("file_unreadable", format!("{} holds no file of orders (Parquet or CSV)", path.display())));
        }
        files.append(&mut own);
    }
    files.into_iter().map(|file| std::path::absolute(&file).map_err(|error| unreadable(&file, error))).collect()
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?'])
}

/// The lake's list of its files.
const MANIFEST: &str = "manifest.json";

/// The files of lines that a merchant's lake consists of.
fn of_lake(folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    let path = folder.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
    let manifest: serde_json::Value = serde_json::from_str(&text).map_err(|error| unreadable(&path, error))?;
    let whole = folder.canonicalize().map_err(|error| unreadable(folder, error))?;
    let above = whole.parent().unwrap_or(&whole);
    let named = manifest["files"].as_array().ok_or_else(|| unreadable(&path, "it names no files"))?;
    for file in named.iter().filter(|file| file["data_set"] == "lines") {
        let name = Path::new(file["name"].as_str().unwrap_or_default());
        if name.components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(unreadable(&path, "it names a file outside the lake"));
        }
        files.insert(above.join(name));
    }
    Ok(())
}

/// All files of orders below a folder; hidden ones and those that programs mark with `_` are not.
fn below(folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    if folder.join(MANIFEST).is_file() {
        return of_lake(folder, files);
    }
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() && path.join(MANIFEST).is_file() {
            let detail = format!(
                "{} holds the lakes of merchants, whose members have numbers of their own; name the folder of one",
                folder.display()
            );
            return Err(Error::invalid("file_unreadable", detail));
        }
        if path.is_dir() {
            below(&path, files)?;
        } else if ENDINGS.iter().any(|end| name.ends_with(end)) {
            files.insert(path);
        }
    }
    Ok(())
}

/// The files and folders that a pattern means, part by part.
fn matching(pattern: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        let text = part.as_os_str().to_string_lossy();
        if !matches!(part, Component::Normal(_)) || !text.contains(['*', '?']) {
            found.iter_mut().for_each(|path| path.push(part));
            continue;
        }
        let wanted: Vec<char> = text.chars().collect();
        let mut next = Vec::new();
        for folder in &found {
            let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let Ok(entries) = std::fs::read_dir(here) else { continue };
            for name in entries.flatten().map(|entry| entry.file_name()) {
                let own: Vec<char> = name.to_string_lossy().chars().collect();
                if matches(&wanted, &own) && own.first() != Some(&'.') {
                    next.push(folder.join(name));
                }
            }
        }
        found = next;
    }
    for path in found {
        if path.is_dir() {
            below(&path, files)?;
        } else if path.exists() {
            files.insert(path);
        }
    }
    Ok(())
}

/// Whether a name is of a pattern: `*` stands for any text, `?` for one character.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while seen < name.len() {
        match pattern.get(at) {
            Some('*') => {
                back = Some((at, seen));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == name[seen] => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((star, from)) = back else { return false };
                back = Some((star, from + 1));
                (at, seen) = (star + 1, from + 1);
            }
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_of_names() {
        let is = |pattern: &str, name: &str| matches(&pattern.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>());
        for (pattern, name) in
            [("*.csv", "一月.csv"), ("2026-??.csv", "2026-11.csv"), ("*a*b", "xaxab"), ("*", ""), ("a", "a"), ("**", "x")]
        {
            assert!(is(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*.csv", "csv"), ("2026-??.csv", "2026-1.csv"), ("*a*b", "xab1"), ("?", ""), ("a", "ab")] {
            assert!(!is(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_lake_is_what_its_manifest_names() {
        let lake = tempfile::tempdir().unwrap();
        let (merchant, month) = (lake.path().join("merchant=7"), lake.path().join("merchant=7/lines/month=2026-11"));
        std::fs::create_dir_all(&month).unwrap();
        for name in ["new.parquet", "exchanged.parquet"] {
            std::fs::write(month.join(name), "").unwrap();
        }
        let manifest = |name: &str| {
            let files = serde_json::json!([
                { "data_set": "lines", "name": name },
                { "data_set": "members", "name": "merchant=7/members/x.parquet" },
            ]);
            std::fs::write(merchant.join("manifest.json"), serde_json::json!({ "merchant": 7, "files": files }).to_string()).unwrap();
        };
        manifest("merchant=7/lines/month=2026-11/new.parquet");
        let files = found(std::slice::from_ref(&merchant)).unwrap();
        assert_eq!(files, [month.canonicalize().unwrap().join("new.parquet")]);
        assert_eq!(found(&[lake.path().into()]).unwrap_err().code(), "file_unreadable", "merchants are walls");
        manifest("../other/x.parquet");
        assert_eq!(found(&[merchant]).unwrap_err().code(), "file_unreadable");
    }

    #[test]
    fn folders_and_patterns_are_their_files() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("月/month=2026-11")).unwrap();
        for name in ["a.csv", "b.parquet", "readme.md", ".c.csv", "_d.parquet", "月/month=2026-11/e.parquet"] {
            std::fs::write(at(name), "").unwrap();
        }
        let names = |paths: &[PathBuf]| -> Vec<String> {
            let name = |path: PathBuf| path.strip_prefix(folder.path()).unwrap().to_string_lossy().into_owned();
            found(paths).unwrap().into_iter().map(name).collect()
        };
        assert_eq!(names(&[folder.path().into()]), ["a.csv", "b.parquet", "月/month=2026-11/e.parquet"]);
        assert_eq!(names(&[at("*.csv"), at("a.csv")]), ["a.csv"], "each once");
        assert_eq!(names(&[at("月/month=*/*.parquet")]), ["月/month=2026-11/e.parquet"]);
        assert_eq!(names(&[at("月")]), names(&[at("月*")]));
        assert!(is_many(&[folder.path().into()]) && is_many(&[at("*.csv")]) && !is_many(&[at("a.csv")]));
        for none in ["*.xlsx", "readme*/x"] {
            assert_eq!(found(&[at(none)]).unwrap_err().code(), "file_unreadable");
        }
    }
}

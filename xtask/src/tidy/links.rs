//! A link in a document to a file of the repository leads somewhere.

use crate::tree::{Fault, Faults, Tree};

/// Checks every Markdown file.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Faults::of("links");
    for file in tree.files.iter().filter(|file| file.is("md")) {
        let mut fenced = false;
        for (index, line) in file.text.lines().enumerate() {
            fenced ^= line.trim_start().starts_with("```");
            if fenced {
                continue;
            }
            for target in targets(line).filter(|target| !is_outside(target)) {
                let path = resolve(&file.path, target);
                if !path.as_deref().is_some_and(|path| tree.holds(path)) {
                    faults.add(&file.path, index + 1, format!("the link to {target} leads nowhere"));
                }
            }
        }
    }
    faults.found
}

/// What stands in `](…)`, code spans left out.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').step_by(2).flat_map(|part| part.split("](").skip(1)).filter_map(|rest| rest.split([')', ' ']).next())
}

fn is_outside(target: &str) -> bool {
    target.contains("://") || target.starts_with("mailto:") || target.starts_with('#')
}

/// The path from the top, or none where it climbs out of the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let target = target.split('#').next().unwrap_or(target);
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    if target.starts_with('/') {
        parts.clear();
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_nothing_is_a_fault() {
        let text =
            "[a](../README.md) [b](decisions/0001.md#why) [c](https://x.y/z) [d](#e) `[f](g)`\n```\n[h](i)\n```\n[j](k.md) [l](../../m)\n";
        let tree = Tree::of(&[("docs/API.md", text), ("docs/decisions/0001.md", ""), ("README.md", "")]);
        let found: Vec<String> = check(&tree).into_iter().map(|fault| fault.to_string()).collect();
        assert_eq!(
            found,
            ["docs/API.md:5: [links] the link to k.md leads nowhere", "docs/API.md:5: [links] the link to ../../m leads nowhere"]
        );
    }
}

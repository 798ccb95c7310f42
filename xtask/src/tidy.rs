//! The rules of the house, each a function from the repository's files to its faults.

mod edges;
mod lengths;
mod links;
mod migrations;
mod ownership;
mod schemas;
mod shape;
mod words;

use crate::exceptions::{EXCEPTIONS, Exception};
use crate::tree::{Fault, Tree};
use crate::{reliability, requirements};
use anyhow::{Result, bail};

/// Every check.
const CHECKS: &[fn(&Tree) -> Vec<Fault>] = &[
    edges::check,
    shape::check,
    migrations::check,
    ownership::check,
    lengths::check,
    words::check,
    links::check,
    schemas::check,
    requirements::check,
    reliability::check,
];

/// Runs every check and prints what it found.
pub fn run() -> Result<()> {
    let tree = Tree::read()?;
    let found = CHECKS.iter().flat_map(|check| check(&tree)).collect();
    let faults = without(EXCEPTIONS, found);
    for fault in &faults {
        eprintln!("{fault}");
    }
    if !faults.is_empty() {
        bail!("tidy found {} fault(s); an exception with its reason goes into xtask/src/exceptions.rs", faults.len());
    }
    println!("tidy: {} files, {} checks, no fault", tree.files.len(), CHECKS.len());
    Ok(())
}

/// The faults that no exception covers, and a fault for each exception that covers nothing.
fn without(exceptions: &[Exception], found: Vec<Fault>) -> Vec<Fault> {
    let covers = |exception: &Exception, fault: &Fault| exception.check == fault.check && exception.subject == fault.subject;
    let idle = exceptions.iter().filter(|exception| !found.iter().any(|fault| covers(exception, fault)));
    let mut left: Vec<Fault> = idle
        .map(|exception| Fault {
            path: "xtask/src/exceptions.rs".into(),
            line: 0,
            check: "exceptions",
            subject: exception.subject.into(),
            text: format!(
                "the exception for {} in {} is no longer needed ({}): remove it",
                exception.subject, exception.check, exception.reason
            ),
        })
        .collect();
    left.extend(found.iter().filter(|fault| !exceptions.iter().any(|exception| covers(exception, fault))).cloned());
    left.sort();
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Faults;

    #[test]
    fn an_exception_covers_its_fault_and_an_idle_one_is_a_fault() {
        let mut faults = Faults::of("lengths");
        faults.add("a.rs", 1, "too long");
        faults.add("b.rs", 1, "too long");
        let exceptions = [
            Exception { check: "lengths", subject: "a.rs", reason: "a table of data" },
            Exception { check: "edges", subject: "a.rs", reason: "was so once" },
        ];
        let left = without(&exceptions, faults.found);
        let subjects: Vec<(&str, &str)> = left.iter().map(|fault| (fault.check, fault.subject.as_str())).collect();
        assert_eq!(subjects, [("lengths", "b.rs"), ("exceptions", "a.rs")]);
    }
}

//! What a sale costs in instructions, counted by callgrind on the very binary: the same on any
//! machine, whatever else it does. Two runs with different numbers of sales; the difference is sales.

use std::process::Command;

const FEW: u64 = 20;
const MANY: u64 = 120;
/// 5,057,651 were counted in the debug profile; a quarter more is let through. Raise it only with a reason.
const INSTRUCTIONS_PER_SALE_MAX: u64 = 6_300_000;

fn instructions(sales: u64) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let out = folder.path().join("callgrind.out");
    let run = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(env!("CARGO_BIN_EXE_shuke"))
        .args(["bench", "checkout", "--clients", "1", "--members", "8", "--variants", "10", "--sales", &sales.to_string(), "--data"])
        .arg(&data)
        .env("SHUKE_LOG", "error")
        .output()
        .expect("valgrind runs; scripts/setup.sh installs it");
    let text = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{text}");
    let line = text.lines().find(|line| line.contains("Collected")).expect("callgrind says what it collected");
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_sale_takes_no_more_instructions_than_this() {
    let (few, many) = std::thread::scope(|scope| {
        let few = scope.spawn(|| instructions(FEW));
        let many = scope.spawn(|| instructions(MANY));
        (few.join().unwrap(), many.join().unwrap())
    });
    let per_sale = many.saturating_sub(few) / (MANY - FEW);
    println!("{per_sale} instructions a sale");
    assert!(per_sale > 100_000, "that is no sale: {per_sale}");
    assert!(per_sale <= INSTRUCTIONS_PER_SALE_MAX, "{per_sale} instructions a sale");
}

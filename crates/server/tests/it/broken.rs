//! Files that would fill the machine's memory, given to the real program: it stays within 512 MiB, and
//! what it took and what it left out is every row of the file.

use crate::import::numbers;
use crate::till::sized;
use serde_json::Value;
use shuke_db::Db;
use shuke_server::config::Place;
use shuke_testkit::{Cluster, Kind, run};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const MEMORY_KIB_MAX: u64 = 512 * 1_024;
const MEBIBYTE: usize = 1 << 20;

/// What the program said, and the most memory that it held.
struct Ended {
    well: bool,
    report: Value,
    said: String,
    memory_kib: u64,
}

/// The most that a process has held so far; 0 once it is gone.
fn peak_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn import(place: &Place, file: &Path) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shuke"));
    command.args(["import", "members", "--json", "--data"]).arg(&place.data).arg(file).args(["--bad"]).arg(place.data.join("bad.csv"));
    if let Some(url) = &place.db {
        command.args(["--db", url]);
    }
    command.env_remove("SHUKE_KEY").env_remove("SHUKE_DB").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let process = child.id();
    let ended = std::thread::spawn(move || child.wait_with_output().unwrap());
    let mut memory_kib = 0;
    while !ended.is_finished() {
        memory_kib = memory_kib.max(peak_kib(process));
        std::thread::sleep(Duration::from_millis(2));
    }
    let output = ended.join().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Ended { well: output.status.success(), report: serde_json::from_slice(&output.stdout).unwrap_or_default(), said, memory_kib }
}

fn made(folder: &Path, name: &str, write: impl FnOnce(&mut dyn std::io::Write)) -> PathBuf {
    let path = folder.join(name);
    let mut out = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    write(&mut out);
    out.flush().unwrap();
    path
}

const HEAD: &[u8] = "手机号,姓名\n13800138000,甲\n".as_bytes();
const TAIL: &[u8] = "13800138001,乙\n".as_bytes();

/// Tables with a good row at each end and something monstrous in between.
fn monsters(folder: &Path) -> Vec<PathBuf> {
    let size = usize::try_from(sized(48, 2_048)).unwrap();
    let piece = vec![b'x'; MEBIBYTE];
    let between = |start: &'static [u8], end: &'static [u8]| {
        let piece = piece.clone();
        move |out: &mut dyn std::io::Write| {
            out.write_all(HEAD).unwrap();
            out.write_all(start).unwrap();
            (0..size).for_each(|_| out.write_all(&piece).unwrap());
            out.write_all(end).unwrap();
            out.write_all(TAIL).unwrap();
        }
    };
    vec![
        made(folder, "giant_cell.csv", between(b"13800138002,", b"\n")),
        made(folder, "giant_quoted.csv", between(b"13800138002,\"", b"\"\n")),
        made(folder, "packed.csv", |out| {
            let mut packed = flate2::write::GzEncoder::new(out, flate2::Compression::fast());
            between(b"13800138002,", b"\n")(&mut packed);
            packed.finish().unwrap();
        }),
        made(folder, "nothing.csv", |out| {
            out.write_all(HEAD).unwrap();
            let nothing = vec![0; MEBIBYTE];
            (0..size).for_each(|_| out.write_all(&nothing).unwrap());
            out.write_all(b"\n").unwrap();
            out.write_all(TAIL).unwrap();
        }),
    ]
}

async fn monsters_are_survived(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    for (number, file) in monsters(folder.path()).iter().enumerate() {
        let data = folder.path().join(number.to_string());
        std::fs::create_dir(&data).unwrap();
        let db = (kind == Kind::Postgres).then(|| Cluster::shared().create_database());
        let place = Place { db, ..Place::folder(&data) };
        let ended = import(&place, file);
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        println!("{kind:?}: {name}: {} MiB at most", ended.memory_kib / 1_024);
        assert!(ended.memory_kib > 0 && ended.memory_kib < MEMORY_KIB_MAX, "{name} took {} KiB", ended.memory_kib);
        let db = Db::open(&place.database()).await.unwrap();
        let there = numbers(&db, "SELECT COUNT(*) FROM member").await[0];
        if ended.report.is_null() {
            // Refused whole, in so many words.
            assert!(!ended.well && there == 0 && ended.said.contains("shuke: "), "{name}: {there} members, {}", ended.said);
            continue;
        }
        let count = |field: &str| ended.report[field].as_i64().unwrap_or_else(|| panic!("{name}: {}", ended.report));
        assert_eq!(there + count("bad_rows"), count("rows"), "{name}: {}", ended.report);
        assert_eq!(there, 2, "{name}: the good rows at both ends are not there: {}", ended.report);
        let bad = std::fs::read_to_string(data.join("bad.csv")).unwrap();
        assert!(bad.len() < 64 * 1_024 && bad.lines().count() > 1, "{name}: the report has {} bytes", bad.len());
    }
}

#[test]
fn monsters_are_survived_on_sqlite() {
    run(monsters_are_survived(Kind::Sqlite));
}

#[test]
fn monsters_are_survived_on_postgres() {
    run(monsters_are_survived(Kind::Postgres));
}

//! A cluster of real processes on loopback: what it answers is what one machine answers, also when an executor dies.

use parquet::data_type::{Int32Type, Int64Type};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A node, which ends with the test.
struct Node(Child);

impl Node {
    fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_shuke")).arg("cluster").args(args).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        assert!(first.starts_with("scheduler on") || first.starts_with("executor on"), "nobody is warned on loopback: {first}");
        // Somebody has to read on, or a full pipe would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Self(child)
    }

    /// As when the power fails.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// So many ports in a row that nobody listens on.
fn free(ports: u16) -> u16 {
    loop {
        let first = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        if (0..ports).all(|more| first.checked_add(more).is_some_and(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())) {
            return first;
        }
    }
}

/// Orders of 4,000 members in eight files.
fn orders(folder: &Path) {
    let schema = "message orders { REQUIRED INT64 member_id; REQUIRED INT32 day (DATE); REQUIRED INT64 amount_minor; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    for file in 0..8_i64 {
        let rows = || (0..10_000_i64).map(move |row| file * 10_000 + row);
        let out = std::fs::File::create(folder.join(format!("month={file}.parquet"))).unwrap();
        let mut writer = SerializedFileWriter::new(out, Arc::clone(&schema), Arc::default()).unwrap();
        let mut group = writer.next_row_group().unwrap();
        for pick in [(|row| row * 7_919 % 4_000) as fn(i64) -> i64, |row| 20_000 + row * 104_729 % 700, |row| 100 + row % 9_000] {
            let mut column = group.next_column().unwrap().unwrap();
            match &mut column.untyped() {
                parquet::column::writer::ColumnWriter::Int32ColumnWriter(_) => {
                    let values: Vec<i32> = rows().map(|row| i32::try_from(pick(row)).unwrap()).collect();
                    column.typed::<Int32Type>().write_batch(&values, None, None).unwrap();
                }
                _ => {
                    column.typed::<Int64Type>().write_batch(&rows().map(pick).collect::<Vec<_>>(), None, None).unwrap();
                }
            }
            column.close().unwrap();
        }
        group.close().unwrap();
        writer.close().unwrap();
    }
}

fn insight(analysis: &str, orders: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shuke"));
    command.args(["insight", analysis, "--json", "--threads", "4", "--orders"]).arg(orders).args(more);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The document that was printed, but for what only all orders in memory can tell.
fn answer(output: &Output) -> serde_json::Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let mut document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    if let Some(read) = document["figures"].get_mut("read").and_then(|read| read.as_object_mut()) {
        read.remove("mixed_members");
    }
    document
}

fn holds_files(folder: &Path) -> bool {
    std::fs::read_dir(folder)
        .is_ok_and(|entries| entries.flatten().any(|entry| if entry.path().is_dir() { holds_files(&entry.path()) } else { true }))
}

#[test]
fn a_cluster_answers_as_one_machine_does_also_when_an_executor_dies() {
    let home = tempfile::tempdir().unwrap();
    let (files, scratch) = (home.path().join("orders"), home.path().join("scratch"));
    let works = ["one", "two"].map(|name| home.path().join(name));
    std::fs::create_dir(&files).unwrap();
    std::fs::create_dir(&scratch).unwrap();
    orders(&files);
    let lines = home.path().join("lines.csv");
    let rows: String = (0..3_000)
        .map(|i| format!("会员{},N{},2026-{:02}-{:02},商品{},{}\n", i * 7 % 200, i / 2, 1 + i % 9, 1 + i % 28, i % 40, 1 + i % 90))
        .collect();
    std::fs::write(&lines, format!("会员号,订单号,时间,商品,金额\n{rows}")).unwrap();

    let at = free(1);
    let (bind, url) = (format!("127.0.0.1:{at}"), format!("df://127.0.0.1:{at}"));
    let nobody = insight("rfm", &files, &["--cluster", &url]).output().unwrap();
    assert!(!nobody.status.success() && String::from_utf8_lossy(&nobody.stderr).contains("no scheduler answers"), "{nobody:?}");
    let _scheduler = Node::start(&["scheduler", "--bind", &bind]);
    let mut executors: Vec<Node> = works
        .iter()
        .map(|work| {
            let own = format!("127.0.0.1:{}", free(2));
            let work = work.display().to_string();
            Node::start(&["executor", "--scheduler", &bind, "--bind", &own, "--work-dir", &work, "--threads", "2", "--memory", "512MB"])
        })
        .collect();
    let local = |analysis: &str, orders: &Path, more: &[&str]| answer(&insight(analysis, orders, more).output().unwrap());
    let scratch = scratch.display().to_string();
    let far = |analysis: &str, orders: &Path, more: &[&str]| {
        let mut command = insight(analysis, orders, more);
        command.args(["--cluster", &url, "--scratch", &scratch]);
        command
    };
    for analysis in ["rfm", "cohorts", "rhythm", "clv"] {
        assert_eq!(answer(&far(analysis, &files, &[]).output().unwrap()), local(analysis, &files, &[]), "{analysis}");
    }
    // Lines of orders in CSV: laid where all nodes see them, put together by the cluster.
    for more in [&["--of", "items"][..], &["--of", "members"]] {
        assert_eq!(answer(&far("pareto", &lines, more).output().unwrap()), local("pareto", &lines, more));
    }
    assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 0, "nothing is left behind");
    assert!(works.iter().all(|work| holds_files(work)), "both had work to do");

    // One dies while it works: when it has written a part of an answer, which then is gone too.
    std::fs::remove_dir_all(&works[1]).unwrap();
    std::fs::create_dir(&works[1]).unwrap();
    let asked = far("cohorts", &files, &[]).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while !holds_files(&works[1]) {
        assert!(Instant::now() < until, "the second executor was given nothing");
        std::thread::sleep(Duration::from_millis(1));
    }
    executors[1].kill();
    std::fs::remove_dir_all(&works[1]).unwrap();
    assert_eq!(answer(&asked.wait_with_output().unwrap()), local("cohorts", &files, &[]));
    // And the one that is left goes on.
    assert_eq!(answer(&far("rfm", &files, &[]).output().unwrap()), local("rfm", &files, &[]));
}

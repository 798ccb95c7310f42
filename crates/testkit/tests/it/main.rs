//! The cluster that other crates' tests run on: that it starts, recovers and leaves nothing behind.

use shuke_testkit::{Cluster, Settings};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio_postgres::NoTls;

#[cfg(test)]
async fn query(url: &str, statement: &str) -> Vec<String> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let messages = client.simple_query(statement).await.unwrap();
    let rows = messages.iter().filter_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    rows.collect()
}

/// Asks again and again until the answer is yes, or the time is up.
fn becomes_true(mut question: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(30);
    while Instant::now() < deadline {
        if question() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// A process that has ended but that nobody has waited for yet does not run.
fn runs(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}

#[tokio::test]
async fn databases_are_empty_and_apart() {
    let cluster = Cluster::shared();
    let (one, two) = (cluster.create_database(), cluster.create_database());
    query(&one, "CREATE TABLE t (x BIGINT); INSERT INTO t VALUES (7)").await;
    assert_eq!(query(&two, "SELECT CAST(COUNT(*) AS TEXT) FROM pg_tables WHERE schemaname = 'public'").await, ["0"]);
    let copy = cluster.create_database_from(one.rsplit('/').next().unwrap());
    assert_eq!(query(&copy, "SELECT x FROM t").await, ["7"]);
    cluster.drop_database(&copy);
    assert!(tokio_postgres::connect(&copy, NoTls).await.is_err());
}

#[tokio::test]
async fn a_killed_server_keeps_what_it_committed() {
    let cluster = Cluster::start(Settings::durable().option("work_mem", "5MB"));
    let url = cluster.create_database();
    assert_eq!(query(&url, "SHOW fsync").await, ["on"]);
    assert_eq!(query(&url, "SHOW work_mem").await, ["5MB"]);
    query(&url, "CREATE TABLE t (x BIGINT)").await;
    query(&url, "INSERT INTO t VALUES (1), (2)").await;
    let pid = cluster.server_pid().unwrap();
    cluster.kill_9();
    assert!(!runs(pid));
    assert!(tokio_postgres::connect(&url, NoTls).await.is_err());
    cluster.restart();
    assert_eq!(query(&url, "SELECT x FROM t ORDER BY x").await, ["1", "2"]);

    let folder = cluster.folder().to_owned();
    let pid = cluster.server_pid().unwrap();
    drop(cluster);
    assert!(!folder.exists());
    assert!(!runs(pid));
}

/// The process that the next test kills. It does nothing in an ordinary run.
#[test]
#[ignore = "started by nothing_is_left_when_the_test_process_is_killed"]
fn child_with_a_cluster() {
    let cluster = Cluster::start(Settings::fast());
    println!("\nstarted: {} {}", cluster.server_pid().unwrap(), cluster.folder().display());
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[test]
fn nothing_is_left_when_the_test_process_is_killed() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_with_a_cluster", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.map(Result::unwrap).find(|line| line.starts_with("started: ")).unwrap();
    let mut words = line.strip_prefix("started: ").unwrap().split(' ');
    let pid: u32 = words.next().unwrap().parse().unwrap();
    let folder = Path::new(words.next().unwrap()).to_owned();
    assert!(folder.join("data").is_dir() && runs(pid));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(becomes_true(|| !folder.exists()), "{} is still there", folder.display());
    assert!(becomes_true(|| !runs(pid)), "the server {pid} still runs");
}

//! The binary itself: it starts, answers, stops when it is told, and starts again.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

struct Running {
    child: Child,
    address: String,
}

/// Starts `shuke serve` on a free port and waits until it says where it listens.
fn start(data: &Path, more: &[&str]) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_shuke"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .args(more)
        .env_remove("SHUKE_KEY")
        .env_remove("SHUKE_DB")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut log = Vec::new();
    let address = loop {
        let Some(line) = lines.next() else { panic!("it stopped before it listened: {log:#?}") };
        let line = line.unwrap();
        if let Some(address) = line.strip_prefix("shuke listens on http://") {
            break address.to_owned();
        }
        log.push(line);
    };
    // Somebody has to read on, or a full pipe would stop the server.
    std::thread::spawn(move || lines.for_each(drop));
    Running { child, address }
}

impl Running {
    /// The status and body of a request, over a connection of its own.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}",
            self.address
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
    }

    /// Tells it to stop, and waits until it has.
    fn stop(mut self) -> ExitStatus {
        let told = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server on an empty folder asks to be set up; after a stop and a start it knows the shop again.
#[test]
fn a_server_starts_stops_and_starts_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("not-there-yet");
    let first = start(&data, &[]);
    assert_eq!(first.ask("GET", "/healthz", ""), (200, "ok\n".to_owned()));
    assert!(first.ask("GET", "/api/v1/setup", "").1.contains("\"needed\":true"));
    let draft = r#"{"name":"熟客","trade":"fashion","store":"一店","username":"owner","password":"right horse"}"#;
    assert_eq!(first.ask("POST", "/api/v1/setup", draft).0, 201);
    assert!(first.stop().success());

    let second = start(&data, &["--role", "api"]);
    assert!(second.ask("GET", "/api/v1/setup", "").1.contains("\"needed\":false"));
    let sign_in = r#"{"username":"owner","password":"right horse"}"#;
    assert_eq!(second.ask("POST", "/api/v1/session", sign_in).0, 200);
    assert!(second.stop().success());

    let worker = start(&data, &["--role", "worker"]);
    assert_eq!(worker.ask("GET", "/readyz", "").0, 200);
    assert_eq!(worker.ask("GET", "/api/v1/setup", "").0, 404, "a worker answers no operation");
    assert!(worker.stop().success());
}

/// What can't be is said in one line on standard error, with exit code 1; a wrong option is 2.
#[test]
fn a_command_that_fails_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_shuke")).arg("migrate").arg("--data").arg(file.join("x")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.lines().last().is_some_and(|line| line.starts_with("shuke: data_folder_unusable")), "{text}");
    let output = Command::new(env!("CARGO_BIN_EXE_shuke")).args(["migrate", "--nonsense"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

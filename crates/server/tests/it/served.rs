//! The binary, serving a place with a stall, to be killed and started again.

use crate::wire::Client;
use shuke_db::{Db, Statements};
use shuke_sales::fixture::{self, Size, Stall};
use shuke_server::config::Place;
use shuke_testkit::{Cluster, Kind, Settings};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const READY_TIMEOUT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(5);

/// A data folder, and for PostgreSQL a durable cluster of its own, with a stall.
pub struct Ground {
    pub place: Place,
    pub stall: Stall,
    pub cluster: Option<Arc<Cluster>>,
    #[expect(dead_code, reason = "the folder goes when this is dropped")]
    folder: tempfile::TempDir,
}

impl Ground {
    pub async fn prepare(kind: Kind, size: &Size) -> Self {
        let folder = tempfile::Builder::new().prefix("shuke-served-").tempdir().unwrap();
        let cluster = (kind == Kind::Postgres).then(|| Arc::new(Cluster::start(Settings::durable())));
        let db = cluster.as_ref().map(|cluster| cluster.create_database());
        let place = Place { db, ..Place::folder(folder.path()) };
        let app = place.open().await.unwrap().app(false, false);
        let stall = fixture::stall(&app, size).await.unwrap();
        Self { place, stall, cluster, folder }
    }

    /// A handle of the test's own on the same data.
    pub async fn db(&self) -> Db {
        Db::connect(&self.place.database()).await.unwrap()
    }
}

/// A running server.
pub struct Served {
    pub address: SocketAddr,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Served {
    /// Starts one on a free port.
    pub async fn start(place: &Place) -> Self {
        Self::start_on(place, SocketAddr::from(([127, 0, 0, 1], 0)), &[], &[]).await
    }

    /// Starts one with more arguments and variables of the environment.
    pub async fn start_with(place: &Place, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start_on(place, SocketAddr::from(([127, 0, 0, 1], 0)), arguments, variables).await
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    async fn start_on(place: &Place, listen: SocketAddr, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shuke"));
        command.args(["serve", "--listen", &listen.to_string(), "--data"]).arg(&place.data);
        if let Some(url) = &place.db {
            command.args(["--db", url]);
        }
        if place.statements == Statements::Simple {
            command.args(["--statements", "simple"]);
        }
        command.args(arguments).envs(variables.iter().copied());
        let mut child = command.env_remove("SHUKE_KEY").env_remove("SHUKE_DB").stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut log = Vec::new();
        let address = loop {
            let Some(line) = lines.next() else { panic!("it stopped before it listened: {log:#?}") };
            let line = line.unwrap();
            if let Some(address) = line.strip_prefix("shuke listens on http://") {
                break address.parse().unwrap();
            }
            log.push(line);
        };
        // Somebody has to read on, or a full pipe would stop the server. What went wrong inside is shown;
        // a 503 is what is expected while the database is away.
        let wrong = |line: &String| line.contains("ERROR") && !line.contains("Status code: 503");
        let log = Arc::new(Mutex::new(log));
        let noted = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if wrong(&line) {
                    println!("{line}");
                }
                noted.lock().unwrap().push(line);
            }
        });
        let served = Self { address, child, log };
        served.ready().await;
        served
    }

    /// Waits until it says that it is ready.
    pub async fn ready(&self) {
        let deadline = Instant::now() + READY_TIMEOUT;
        loop {
            let answer = Client::new(self.address, "").get("/readyz").await;
            if answer.as_ref().is_ok_and(|answer| answer.status == 200) {
                return;
            }
            assert!(Instant::now() < deadline, "it is not ready: {answer:?}");
            tokio::time::sleep(POLL).await;
        }
    }

    /// Its process, to see that it is the same one.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a crash would, at once.
    pub fn kill_9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same address, after a kill.
    pub async fn restart(&mut self, place: &Place) {
        *self = Self::start_on(place, self.address, &[], &[]).await;
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

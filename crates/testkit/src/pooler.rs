//! A connection pooler in transaction mode before a cluster: pgbouncer, from the machine's packages.

use crate::cluster::{OWNER, free_port};
use crate::{Cluster, or_fail};
use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const START_TIMEOUT: Duration = Duration::from_secs(20);

/// A running pooler. It ends with the test, and with the cluster's folder it loses its configuration.
pub struct Pooler {
    port: u16,
    child: Child,
}

impl Pooler {
    /// Starts one before a cluster, with few connections to it, so that transactions of many clients share them.
    ///
    /// Fails the test where the machine has no pgbouncer.
    pub fn start(cluster: &Cluster) -> Self {
        or_fail("start pgbouncer (Debian: apt-get install pgbouncer)", Self::try_start(cluster))
    }

    fn try_start(cluster: &Cluster) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let port = free_port()?;
        let folder = cluster.folder().join(format!("pooler-{port}"));
        fs::create_dir(&folder)?;
        let users = folder.join("users");
        fs::write(&users, format!("\"{OWNER}\" \"\"\n\"shuke\" \"\"\n"))?;
        let file = folder.join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = trust\nauth_file = {}\npool_mode = transaction\nmax_client_conn = 1000\ndefault_pool_size = 6\nreserve_pool_size = 0\n\
             server_idle_timeout = 5\nlogfile = {}\n",
            cluster.port(),
            users.display(),
            folder.join("log").display()
        );
        fs::write(&file, text)?;
        cluster.give_away(&folder)?;
        let mut command = cluster.command_of(program());
        let child = command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut pooler = Self { port, child };
        let deadline = Instant::now() + START_TIMEOUT;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if pooler.child.try_wait()?.is_some() || Instant::now() > deadline {
                return Err(format!("it does not listen: {}", fs::read_to_string(folder.join("log")).unwrap_or_default()).into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(pooler)
    }

    /// The URL of a database behind it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/{database}", self.port)
    }
}

/// On the PATH, or where Debian keeps what administrators run.
fn program() -> &'static Path {
    let known = Path::new("/usr/sbin/pgbouncer");
    if known.exists() { known } else { Path::new("pgbouncer") }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! A private PostgreSQL cluster for tests, run with the machine's own server programs.
//!
//! One per test process, started on first use, in a temporary folder, on a free port of 127.0.0.1,
//! without passwords. It leaves nothing behind however the test process ends, `kill -9` included: a
//! guardian process waits at the other end of a pipe, and when the pipe closes it stops the server and
//! removes the folder. PostgreSQL refuses to run as root, so a root process drops to `postgres` or
//! `nobody`.
//!
//! The result of `initdb` is kept under `target/` and copied, which saves a second per cluster.
//!
//! What this does not do: it downloads nothing, and it never touches a cluster that it did not start.

use crate::or_fail;
use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio_postgres::NoTls;

/// Whom test databases belong to: no superuser, as in production.
pub const OWNER: &str = "shop";

const START_TIMEOUT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(10);
const PORT_TRIES_MAX: u32 = 5;
const GUARDIAN: &str = include_str!("guardian.sh");

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How the server treats its disk, and other server settings.
#[derive(Clone, Debug)]
pub struct Settings {
    durable: bool,
    connections_max: u32,
    options: Vec<(String, String)>,
}

impl Settings {
    /// For ordinary tests: nothing is synced, so the machine's disk does not set the pace. A killed
    /// server still recovers, a machine that loses power does not.
    pub fn fast() -> Self {
        Self { durable: false, connections_max: 200, options: Vec::new() }
    }
    /// As in production: every commit is on disk before it is answered.
    pub fn durable() -> Self {
        Self { durable: true, ..Self::fast() }
    }
    /// Sets a server option of `postgresql.conf`, over those that the cluster sets itself.
    #[must_use]
    pub fn option(mut self, name: &str, value: &str) -> Self {
        self.options.push((name.to_owned(), value.to_owned()));
        self
    }

    fn arguments(&self) -> Vec<String> {
        let disk = if self.durable { "on" } else { "off" };
        let connections = self.connections_max.to_string();
        let own = [
            ("listen_addresses", "127.0.0.1"),
            ("unix_socket_directories", ""),
            // Memory-mapped files in the data folder go away with it; /dev/shm would keep them after kill -9.
            ("dynamic_shared_memory_type", "mmap"),
            ("fsync", disk),
            ("full_page_writes", disk),
            ("synchronous_commit", "on"),
            ("max_connections", &connections),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
        ];
        let given = self.options.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        own.into_iter().chain(given).flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]).collect()
    }
}

/// A running cluster. Dropping it stops the server and removes its folder.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    settings: Settings,
    programs: PathBuf,
    account: Option<Account>,
    server: Mutex<Option<Child>>,
    guardian: Mutex<Option<(Child, ChildStdin)>>,
    databases: AtomicU32,
}

impl Cluster {
    /// The cluster that all tests of this process share, with [`Settings::fast`].
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(Settings::fast()))
    }

    /// Starts a cluster of the caller's own, for instance one to kill.
    ///
    /// Fails the test where the machine has no PostgreSQL server or the server does not start.
    pub fn start(settings: Settings) -> Self {
        or_fail("start a PostgreSQL cluster", Self::try_start(settings))
    }

    fn try_start(settings: Settings) -> Fallible<Self> {
        let programs = find_programs()?;
        let folder = temporary_folder()?;
        let guardian = start_guardian(&folder)?;
        let account = if fs::metadata(&folder)?.uid() == 0 { Some(unprivileged_account()?) } else { None };
        let cluster = Self {
            folder,
            port: 0,
            settings,
            programs,
            account,
            server: Mutex::new(None),
            guardian: Mutex::new(Some(guardian)),
            databases: AtomicU32::new(0),
        };
        cluster.give_away(&cluster.folder)?;
        cluster.prepare_data()?;
        cluster.start_on_free_port()
    }

    /// Starts a standby that follows this cluster, and makes this cluster's commits wait for it: what was
    /// acknowledged is on both. [`Self::promote`] makes it the primary.
    pub fn start_standby(&self) -> Self {
        or_fail("start a standby", self.try_start_standby())
    }

    fn try_start_standby(&self) -> Fallible<Self> {
        let folder = temporary_folder()?;
        let guardian = start_guardian(&folder)?;
        let standby = Self {
            folder,
            port: 0,
            settings: self.settings.clone(),
            programs: self.programs.clone(),
            account: self.account,
            server: Mutex::new(None),
            guardian: Mutex::new(Some(guardian)),
            databases: AtomicU32::new(0),
        };
        standby.give_away(&standby.folder)?;
        let output = standby
            .command("pg_basebackup")
            .args([
                "-h",
                "127.0.0.1",
                "-U",
                "shuke",
                "-R",
                "-X",
                "stream",
                "--no-sync",
                "--checkpoint=fast",
                "-p",
                &self.port.to_string(),
                "-D",
            ])
            .arg(standby.data())
            .output()?;
        if !output.status.success() {
            return Err(format!("pg_basebackup failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let standby = standby.start_on_free_port()?;
        execute(&self.url("postgres"), "ALTER SYSTEM SET synchronous_standby_names = '*'")?;
        execute(&self.url("postgres"), "SELECT pg_reload_conf()")?;
        Ok(standby)
    }

    /// Makes a standby the primary, and waits until it is.
    pub fn promote(&self) {
        or_fail("promote the standby", execute(&self.url("postgres"), "SELECT pg_promote(TRUE, 60)"));
    }

    /// The port that the server listens on.
    pub const fn port(&self) -> u16 {
        self.port
    }

    fn start_on_free_port(mut self) -> Fallible<Self> {
        let mut last = None;
        for _ in 0..PORT_TRIES_MAX {
            self.port = free_port()?;
            match self.start_server() {
                Ok(()) => {
                    // A standby has the roles of its primary.
                    if !self.data().join("standby.signal").exists() {
                        execute(&self.url("postgres"), &format!("CREATE ROLE {OWNER} LOGIN"))?;
                    }
                    return Ok(self);
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| "no port was tried".into()))
    }

    /// The URL of a database of this cluster, for its superuser.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://shuke@127.0.0.1:{}/{database}", self.port)
    }

    /// The same for [`OWNER`], who passes no policy: row-level security holds.
    pub fn owner_url(&self, database: &str) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Creates an empty database that belongs to [`OWNER`] and gives its URL.
    pub fn create_database(&self) -> String {
        self.create_database_from("template0")
    }

    /// Creates a database as a copy of another, to which nobody may be connected, and gives its URL.
    pub fn create_database_from(&self, template: &str) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let result = execute(&self.url("postgres"), &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\" OWNER {OWNER}"));
        or_fail("create a database", result);
        self.owner_url(&name)
    }

    /// Drops a database that [`Self::create_database`] made, whoever is connected.
    pub fn drop_database(&self, url: &str) {
        let name = url.rsplit('/').next().unwrap_or(url);
        or_fail("drop a database", execute(&self.url("postgres"), &format!("DROP DATABASE \"{name}\" WITH (FORCE)")));
    }

    /// Kills the server and all its processes at once, as a crash would. [`Self::restart`] recovers it.
    pub fn kill_9(&self) {
        let mut server = lock(&self.server);
        let Some(mut child) = server.take() else { return };
        let pids = children_of(child.id());
        or_fail("kill the server", child.kill().and_then(|()| child.wait()));
        // The backends see that the server died and leave by themselves; a crash takes them at once.
        if !pids.is_empty() {
            let _ = Command::new("kill").arg("-9").args(pids).stderr(Stdio::null()).status();
        }
    }

    /// Starts the server again on the same port and data, after [`Self::kill_9`] or while it runs.
    pub fn restart(&self) {
        self.kill_9();
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            match self.start_server() {
                Ok(()) => return,
                // The shared memory is in use until the last backend is gone.
                Err(_) if Instant::now() < deadline => std::thread::sleep(POLL),
                Err(error) => or_fail("restart the server", Err(error)),
            }
        }
    }

    /// The folder of this cluster: its data is in `data/`, its log in `log`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The process id of the server, where it runs.
    pub fn server_pid(&self) -> Option<u32> {
        lock(&self.server).as_ref().map(Child::id)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A command of the server's own programs that runs as the account that may run PostgreSQL, out of reach of a terminal's Ctrl-C.
    fn command(&self, program: &str) -> Command {
        self.command_of(self.programs.join(program))
    }

    /// Any command as the account that may run servers.
    pub(crate) fn command_of(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env("LC_ALL", "C").stdin(Stdio::null()).process_group(0);
        if let Some(account) = &self.account {
            command.uid(account.uid).gid(account.gid);
        }
        command
    }

    pub(crate) fn give_away(&self, path: &Path) -> io::Result<()> {
        let Some(account) = &self.account else { return Ok(()) };
        if fs::symlink_metadata(path)?.is_dir() {
            for entry in fs::read_dir(path)? {
                self.give_away(&entry?.path())?;
            }
        }
        chown(path, Some(account.uid), Some(account.gid))
    }

    /// Copies the kept result of `initdb`, or makes and keeps one.
    fn prepare_data(&self) -> Fallible<()> {
        let data = self.data();
        let kept = kept_data(&self.programs);
        if let Some(kept) = kept.as_deref().filter(|kept| kept.is_dir()) {
            copy_folder(kept, &data)?;
            return Ok(self.give_away(&data)?);
        }
        let output = self
            .command("initdb")
            .args(["--auth=trust", "--username=shuke", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .output()?;
        if !output.status.success() {
            return Err(format!("initdb failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        if let Some(kept) = kept {
            // Only a saving of time, so a failure here is not the test's.
            let _ = keep(&data, &kept);
        }
        Ok(())
    }

    fn start_server(&self) -> Fallible<()> {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.join("log"))?;
        let mut child = self
            .command("postgres")
            .arg("-D")
            .arg(self.data())
            .args(["-p", &self.port.to_string()])
            .args(self.settings.arguments())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            if let Some(status) = child.try_wait()? {
                return Err(format!("the server stopped with {status}:\n{}", self.log_tail()).into());
            }
            // Another program may have answered on our port, so the server must still be there after it.
            if execute(&self.url("postgres"), "SELECT 1").is_ok() && child.try_wait()?.is_none() {
                *lock(&self.server) = Some(child);
                return Ok(());
            }
            if Instant::now() > deadline {
                let _ = child.kill().and_then(|()| child.wait());
                return Err(format!("the server does not answer:\n{}", self.log_tail()).into());
            }
            std::thread::sleep(POLL);
        }
    }

    fn log_tail(&self) -> String {
        let text = fs::read(self.folder.join("log")).unwrap_or_default();
        let tail = &text[text.len().saturating_sub(2_000)..];
        String::from_utf8_lossy(tail).into_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The guardian does the work, so that a drop and a crash clean up in one way.
        if let Some((mut guardian, pipe)) = lock(&self.guardian).take() {
            drop(pipe);
            let server = lock(&self.server).take();
            if let Some(mut server) = server {
                let _ = server.wait();
            }
            let _ = guardian.wait();
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Account {
    uid: u32,
    gid: u32,
}

/// `postgres`, or `nobody` where the machine has no such account.
fn unprivileged_account() -> Fallible<Account> {
    let accounts = fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut parts = line.split(':').skip(2);
        Some(Account { uid: parts.next()?.parse().ok()?, gid: parts.next()?.parse().ok()? })
    };
    find("postgres").or_else(|| find("nobody")).ok_or_else(|| "this machine has neither a postgres nor a nobody account".into())
}

/// The folder of the newest server programs: those on the PATH, then where Debian and others put them.
fn find_programs() -> Fallible<PathBuf> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect())
        .unwrap_or_default();
    versions.sort_by_key(|path| path.iter().rev().nth(1).and_then(|v| v.to_str()?.parse::<u32>().ok()));
    folders.extend(versions.into_iter().rev());
    folders.push("/usr/local/bin".into());
    folders
        .into_iter()
        .filter_map(|folder| fs::canonicalize(folder.join("postgres")).ok()?.parent().map(Path::to_owned))
        .find(|folder| folder.join("initdb").exists())
        .ok_or_else(|| "this machine has no PostgreSQL server: install it (Debian: apt-get install postgresql)".into())
}

/// An empty folder of our own whose parents the unprivileged account can enter.
fn temporary_folder() -> io::Result<PathBuf> {
    let open = |path: &Path| path.ancestors().all(|parent| fs::metadata(parent).is_ok_and(|m| m.permissions().mode() & 0o001 != 0));
    let mut parent = fs::canonicalize(std::env::temp_dir())?;
    if !open(&parent) {
        parent = "/tmp".into();
    }
    Ok(tempfile::Builder::new().prefix("shuke-pg-").tempdir_in(parent)?.keep())
}

fn start_guardian(folder: &Path) -> Fallible<(Child, ChildStdin)> {
    let mut guardian = Command::new("sh")
        .args(["-c", GUARDIAN, "shuke-guardian"])
        .arg(folder)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C in a terminal and a test runner's time-out reach the whole group; not this one.
        .process_group(0)
        .spawn()?;
    let pipe = guardian.stdin.take().ok_or("the guardian has no pipe")?;
    Ok((guardian, pipe))
}

/// Where the result of `initdb` is kept: under the `target` folder that this test program was built in.
fn kept_data(programs: &Path) -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let target = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists())?;
    let version = Command::new(programs.join("postgres")).arg("--version").output().ok()?.stdout;
    let version: String = String::from_utf8_lossy(&version).chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
    let folder = target.join("testkit");
    fs::create_dir_all(&folder).ok()?;
    Some(folder.join(format!("{version}-1")))
}

/// Copies files, folders and permissions; a cluster's data has no links.
fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    fs::set_permissions(to, fs::metadata(from)?.permissions())
}

/// Several clusters may get here at once: the first rename wins, the other copies are thrown away.
fn keep(data: &Path, kept: &Path) -> io::Result<()> {
    let scratch = tempfile::tempdir_in(kept.parent().unwrap_or(kept))?;
    let copy = scratch.path().join("data");
    copy_folder(data, &copy)?;
    fs::rename(&copy, kept)
}

pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The processes whose parent is `pid`.
fn children_of(pid: u32) -> Vec<String> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let parent = pid.to_string();
    let is_child = |name: &str| {
        let stat = fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
        // The program's name stands in brackets and may hold spaces: fields are counted after it.
        let fields = stat.rsplit_once(')')?.1;
        (fields.split_whitespace().nth(1)? == parent).then_some(())
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| name.bytes().all(|b| b.is_ascii_digit()) && is_child(name).is_some()).collect()
}

/// Runs one statement. In a thread of its own, so that async tests may call it too.
fn execute(url: &str, statement: &str) -> Fallible<()> {
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            let connection = tokio::spawn(connection);
            client.batch_execute(statement).await?;
            drop(client);
            connection.await??;
            Ok(())
        })
    };
    std::thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|_| Err("the statement's thread panicked".into())))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

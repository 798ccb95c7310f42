//! The cluster's nodes: a scheduler that cuts a question into parts, and executors that answer them.
//!
//! Both are this program, so that whatever it takes to answer is on every node. Nobody is asked who they are: whoever
//! reaches a node can have it read files. They stay on loopback unless told otherwise, and [`is_open`] says when they
//! don't. An executor that falls silent is left out after [`SILENT_SECONDS`], and its parts are done anew by the others.

use ballista_core::config::TaskSchedulingPolicy;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::{SchedulerConfig, TaskDistributionPolicy};
use ballista_scheduler::scheduler_process::start_server;
use shuke_kernel::{Error, Result};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Seconds after which an executor that says nothing is taken for gone.
pub const SILENT_SECONDS: u64 = 15;
/// Seconds between two signs of life.
const SIGN_SECONDS: u64 = 3;
/// Seconds for which an executor waits for its scheduler.
const WAIT_SECONDS: u16 = 60;
/// Seconds after which what an executor keeps of a question that was answered is removed.
const KEEP_SECONDS: u64 = 120;

/// An executor.
#[derive(Clone, Debug)]
pub struct Executor {
    /// Where it listens for what others fetch; the next port is for what the scheduler asks.
    pub bind: SocketAddr,
    /// Under which name others reach it; none for the address from which it reaches the scheduler.
    pub public: Option<String>,
    /// The scheduler, `host:port`.
    pub scheduler: String,
    /// Where parts of answers are kept; none for a folder of its own that is removed at the end.
    pub work_dir: Option<PathBuf>,
    /// Parts that are answered at once; none for as many as the machine has cores.
    pub threads: Option<usize>,
    /// Bytes of memory that all parts together may hold before they go to disk; none for seven tenths of the machine's.
    pub memory_bytes: Option<u64>,
}

/// Whether others than this machine reach an address.
pub const fn is_open(bind: SocketAddr) -> bool {
    !bind.ip().is_loopback()
}

/// The name under which others reach a node.
///
/// Errors: `address_unknown` where it listens everywhere and no name is given.
fn reached(bind: SocketAddr, public: Option<&str>) -> Result<String> {
    match public {
        Some(name) => Ok(name.to_owned()),
        None if bind.ip().is_unspecified() => {
            Err(Error::invalid("address_unknown", "it listens everywhere: say with --public under which name or address others reach it"))
        }
        None => Ok(bind.ip().to_string()),
    }
}

/// Runs a scheduler until the process ends.
///
/// Errors: `address_unknown`; `cluster_failed` where it can't start or go on.
pub async fn scheduler(bind: SocketAddr, public: Option<&str>) -> Result<()> {
    let config = SchedulerConfig {
        bind_host: bind.ip().to_string(),
        bind_port: bind.port(),
        external_host: reached(bind, public)?,
        scheduling_policy: TaskSchedulingPolicy::PushStaged,
        task_distribution: TaskDistributionPolicy::RoundRobin,
        executor_timeout_seconds: SILENT_SECONDS,
        expire_dead_executor_interval_seconds: SIGN_SECONDS,
        no_executors_grace_period_seconds: SILENT_SECONDS * 2,
        finished_job_data_clean_up_interval_seconds: KEEP_SECONDS,
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(|error| failed(&error))?;
    start_server(cluster, bind, Arc::new(config)).await.map_err(|error| failed(&error))
}

/// Runs an executor until it is told to end.
///
/// Errors: `address_unknown` for a scheduler without a port; `file_unwritable`; `cluster_failed` where there is no
/// scheduler, or it can't go on.
pub async fn executor(executor: &Executor) -> Result<()> {
    let address = executor.scheduler.strip_prefix("df://").unwrap_or(&executor.scheduler);
    let (host, port) = address
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host.to_owned(), port.parse::<u16>().ok()?)))
        .ok_or_else(|| Error::invalid("address_unknown", format!("{address:?} is no scheduler's address; write host:port")))?;
    let unwritable = |error: std::io::Error| Error::invalid("file_unwritable", format!("the folder for work can't be made: {error}"));
    let (mut own, mut folder) = (None, executor.work_dir.clone());
    match &folder {
        Some(folder) => std::fs::create_dir_all(folder).map_err(unwritable)?,
        None => {
            let made = tempfile::Builder::new().prefix("shuke-executor-").tempdir().map_err(unwritable)?;
            folder = Some(made.path().to_owned());
            own = Some(made);
        }
    }
    let defaults = ExecutorProcessConfig::default();
    let config = ExecutorProcessConfig {
        bind_host: executor.bind.ip().to_string(),
        external_host: executor.public.clone(),
        port: executor.bind.port(),
        grpc_port: executor.bind.port().saturating_add(1),
        scheduler_host: host,
        scheduler_port: port,
        scheduler_connect_timeout_seconds: WAIT_SECONDS,
        vcores: executor.threads.unwrap_or(defaults.vcores),
        task_scheduling_policy: TaskSchedulingPolicy::PushStaged,
        work_dir: folder.map(|folder| folder.display().to_string()),
        executor_heartbeat_interval_seconds: SIGN_SECONDS,
        memory_pool_size: executor.memory_bytes,
        ..defaults
    };
    let ended = start_executor_process(Arc::new(config)).await.map_err(|error| failed(&error));
    drop(own);
    ended
}

fn failed(error: &ballista_core::error::BallistaError) -> Error {
    Error::unavailable("cluster_failed", format!("this node of the cluster can't go on: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_reached_where_it_listens_or_as_is_said() {
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        assert_eq!(reached(at("127.0.0.1:1"), None).unwrap(), "127.0.0.1");
        assert_eq!(reached(at("0.0.0.0:1"), Some("node-1")).unwrap(), "node-1");
        assert_eq!(reached(at("0.0.0.0:1"), None).unwrap_err().code(), "address_unknown");
        assert!(is_open(at("0.0.0.0:1")) && is_open(at("192.168.1.5:1")) && !is_open(at("127.0.0.1:1")) && !is_open(at("[::1]:1")));
    }
}

//! `shuke cluster`: the nodes that share the work of analyses too large for one machine.

use super::size;
use anyhow::Result;
use clap::Subcommand;
use shuke_insight::sql::cluster::{self, Executor};
use std::net::SocketAddr;
use std::path::PathBuf;

/// A node of a cluster. Nobody is asked who they are: keep nodes in a network of their own.
#[derive(Debug, Subcommand)]
pub enum Cluster {
    /// Cut questions into parts and hand them to executors
    Scheduler {
        /// Where it listens
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7350")]
        bind: SocketAddr,
        /// The name or address under which executors reach it; by default the one it listens on
        #[arg(long, value_name = "HOST")]
        public: Option<String>,
    },
    /// Answer parts of questions
    Executor {
        /// The scheduler
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7350")]
        scheduler: String,
        /// Where it listens; it takes the next port too
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7351")]
        bind: SocketAddr,
        /// The name or address under which others reach it; by default the one from which it reaches the scheduler
        #[arg(long, value_name = "HOST")]
        public: Option<String>,
        /// The folder for parts of answers; by default one of its own that is removed at the end
        #[arg(long, value_name = "FOLDER")]
        work_dir: Option<PathBuf>,
        /// Parts that are answered at once; by default as many as the machine has cores
        #[arg(long, value_name = "NUMBER")]
        threads: Option<usize>,
        /// Memory for all parts together before they go to disk, such as 8GB; by default seven tenths of the machine's
        #[arg(long, value_name = "SIZE", value_parser = size)]
        memory: Option<u64>,
    },
}

/// Runs a node until it is stopped.
pub async fn run(node: Cluster) -> Result<()> {
    match node {
        Cluster::Scheduler { bind, public } => {
            warn(bind);
            eprintln!("scheduler on df://{bind}");
            cluster::scheduler(bind, public.as_deref()).await?;
        }
        Cluster::Executor { scheduler, bind, public, work_dir, threads, memory } => {
            warn(bind);
            eprintln!("executor on {bind} for {scheduler}");
            cluster::executor(&Executor { bind, public, scheduler, work_dir, threads, memory_bytes: memory }).await?;
        }
    }
    Ok(())
}

fn warn(bind: SocketAddr) {
    if cluster::is_open(bind) {
        eprintln!(
            "WARNING: {bind} can be reached from other machines, and this node asks nobody who they are: whoever reaches it can \
             have it read every file that it may read. Let only the cluster's own machines through to it."
        );
    }
}

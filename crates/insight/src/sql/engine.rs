//! Where SQL runs: the one function that makes the context.

use crate::orders::unreadable;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt as _;
use shuke_kernel::{Error, Result};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// Where SQL is to run, and with how much.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The cluster's scheduler, `df://host:port`; none for this process.
    pub cluster: Option<String>,
    /// Bytes that sorting and grouping may hold in this process before they go to disk; none for half of what is free.
    pub memory_bytes: Option<u64>,
    /// The folder in which a folder is made for what goes to disk; none for the system's. On a cluster all nodes must see it.
    pub scratch: Option<PathBuf>,
    /// Threads, and parts into which work is cut on a cluster; none for as many as this machine has.
    pub threads: Option<usize>,
    /// Whether it is said on standard error how far it is.
    pub progress: bool,
    /// Whether Ctrl-C cleans up and ends the process.
    pub ends_on_interrupt: bool,
}

/// Memory where the system does not say what is free.
const MEMORY_BYTES: u64 = 2 << 30;
/// Least memory: below it not even the parts of a sort that are read back from disk fit.
pub const MEMORY_BYTES_MIN: u64 = 8 << 20;
/// How often progress is said.
const TICK: Duration = Duration::from_secs(2);
/// How long a scheduler may take to answer.
#[cfg(feature = "cluster")]
const CONNECT: Duration = Duration::from_secs(10);

/// A context, with what it takes to ask it.
pub struct Engine {
    runtime: Runtime,
    context: SessionContext,
    scratch: TempDir,
    memory_bytes: u64,
    cluster: Option<String>,
    progress: bool,
    spilled_bytes: Cell<u64>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("cluster", &self.cluster).field("memory_bytes", &self.memory_bytes).finish_non_exhaustive()
    }
}

impl Engine {
    /// Makes the context: in this process, or on the cluster that is named.
    ///
    /// Errors: `memory_too_small`, `file_unwritable` where there is no room for what goes to disk, `cluster_unreachable`.
    pub fn open(settings: &Settings) -> Result<Self> {
        let memory_bytes =
            settings.memory_bytes.unwrap_or_else(|| crate::orders::memory::available().map_or(MEMORY_BYTES, |free| free / 2));
        if memory_bytes < MEMORY_BYTES_MIN {
            return Err(Error::invalid(
                "memory_too_small",
                format!("sorting needs {} MB at least; give it more with --memory", MEMORY_BYTES_MIN >> 20),
            ));
        }
        let above = settings.scratch.clone().unwrap_or_else(std::env::temp_dir);
        let unwritable = |error: std::io::Error| {
            Error::invalid("file_unwritable", format!("{} can't be written: {error}; name another folder", above.display()))
        };
        let scratch = tempfile::Builder::new().prefix("shuke-insight-").tempdir_in(&above).map_err(unwritable)?;
        let threads = settings.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, std::num::NonZero::get)).max(1);
        let runtime = Builder::new_multi_thread().worker_threads(threads).enable_all().build().map_err(unwritable)?;
        let context = runtime.block_on(context(settings, threads, memory_bytes, scratch.path()))?;
        if settings.ends_on_interrupt {
            let folder = scratch.path().to_owned();
            runtime.spawn(async move {
                if tokio::signal::ctrl_c().await.is_ok() {
                    let _ = std::fs::remove_dir_all(folder);
                    std::process::exit(130);
                }
            });
        }
        let (cluster, progress) = (settings.cluster.clone(), settings.progress);
        Ok(Self { runtime, context, scratch, memory_bytes, cluster, progress, spilled_bytes: Cell::new(0) })
    }

    /// The folder for what goes to disk. It is removed with the engine.
    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    /// Whether it says how far it is.
    pub const fn progress(&self) -> bool {
        self.progress
    }

    /// Bytes that went to disk so far, in this process.
    pub fn spilled_bytes(&self) -> u64 {
        self.spilled_bytes.get()
    }

    /// Gives Parquet files of one schema a name.
    ///
    /// Errors: `file_unreadable`.
    pub fn name(&self, name: &str, files: &[PathBuf]) -> Result<()> {
        let first = files.first().map_or_else(|| Path::new(""), PathBuf::as_path);
        let urls = files.iter().map(|file| url(file)).collect::<Result<Vec<_>>>()?;
        let registered = self.runtime.block_on(async {
            let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension("");
            let config = ListingTableConfig::new_with_multi_paths(urls).with_listing_options(options);
            let config = config.infer_schema(&self.context.state()).await?;
            self.context.register_table(name, Arc::new(ListingTable::try_new(config)?))
        });
        registered.map(|_| ()).map_err(|error| unreadable(first, error))
    }

    /// Asks, and goes over what is answered. `what` names it where progress is said.
    ///
    /// Errors: `memory_too_small` where not even the disk helps, `cluster_failed`, `file_unreadable`, and those of `visit`.
    pub fn ask(&self, what: &str, sql: &str, visit: &mut dyn FnMut(&RecordBatch) -> Result<()>) -> Result<()> {
        self.runtime.block_on(async {
            let failed = |error: DataFusionError| self.failure(&error);
            let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
            let frame = self.context.sql_with_options(sql, options).await.map_err(failed)?;
            let task = Arc::new(frame.task_ctx());
            let plan = frame.create_physical_plan().await.map_err(failed)?;
            let mut answers = execute_stream(Arc::clone(&plan), task).map_err(failed)?;
            let began = Instant::now();
            let mut clock = tokio::time::interval(TICK);
            clock.tick().await;
            let spilled_before = self.spilled_bytes.get();
            loop {
                tokio::select! {
                    answer = answers.next() => match answer {
                        Some(batch) => visit(&batch.map_err(failed)?)?,
                        None => break,
                    },
                    _ = clock.tick() => self.say(what, began, &plan),
                }
            }
            self.spilled_bytes.set(spilled_before + measured(&plan).1);
            if began.elapsed() > TICK {
                self.say(what, began, &plan);
            }
            Ok(())
        })
    }

    fn say(&self, what: &str, began: Instant, plan: &Arc<dyn ExecutionPlan>) {
        if !self.progress {
            return;
        }
        let (rows, spilled) = measured(plan);
        let seconds = began.elapsed().as_secs();
        match &self.cluster {
            Some(cluster) => eprintln!("{what}: {seconds} s on {cluster}"),
            None => eprintln!("{what}: {rows} rows read, {} MB gone to disk, {seconds} s", spilled >> 20),
        }
    }

    fn failure(&self, error: &DataFusionError) -> Error {
        let text = error.to_string();
        if matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)) || text.contains("Resources exhausted") {
            let detail = format!(
                "{} MB of memory are too little for this, even with the disk; give it more with --memory, or fewer --threads",
                self.memory_bytes >> 20
            );
            return Error::invalid("memory_too_small", detail).inside(text);
        }
        match &self.cluster {
            Some(cluster) => {
                let detail = format!(
                    "the cluster at {cluster} could not answer; see that an executor runs, and that every one of them sees the files under \
                     the same path: {text}"
                );
                Error::unavailable("cluster_failed", detail)
            }
            None => Error::invalid("file_unreadable", format!("the files can't be read: {text}")),
        }
    }
}

fn url(file: &Path) -> Result<ListingTableUrl> {
    let url = url::Url::from_file_path(file).map_err(|()| unreadable(file, "its path is not a whole one"))?;
    ListingTableUrl::try_new(url, None).map_err(|error| unreadable(file, error))
}

/// Rows that were read and bytes that went to disk so far.
fn measured(plan: &Arc<dyn ExecutionPlan>) -> (usize, u64) {
    let metrics = plan.metrics();
    let spilled = metrics.as_ref().and_then(|metrics| metrics.spilled_bytes()).unwrap_or(0) as u64;
    let children = plan.children();
    if children.is_empty() {
        return (metrics.and_then(|metrics| metrics.output_rows()).unwrap_or(0), spilled);
    }
    children.into_iter().map(measured).fold((0, spilled), |sum, own| (sum.0 + own.0, sum.1 + own.1))
}

async fn context(settings: &Settings, threads: usize, memory_bytes: u64, scratch: &Path) -> Result<SessionContext> {
    let internal = |error: DataFusionError| Error::internal(format!("a context for SQL: {error}"));
    if let Some(cluster) = &settings.cluster {
        return remote(cluster, threads).await;
    }
    let memory = usize::try_from(memory_bytes).unwrap_or(usize::MAX);
    // What a sort keeps back to read its parts again must leave room for the parts.
    let reserve = (memory / threads / 8).clamp(64 << 10, 10 << 20);
    let batch = if memory / threads < 64 << 20 { 1024 } else { 8192 };
    let config = SessionConfig::new()
        .with_target_partitions(threads)
        .with_batch_size(batch)
        .with_information_schema(false)
        .with_sort_spill_reservation_bytes(reserve);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(memory)))
        .with_temp_file_path(scratch)
        .with_max_temp_directory_size(u64::MAX >> 1)
        .build_arc()
        .map_err(internal)?;
    let state = SessionStateBuilder::new().with_config(config).with_runtime_env(runtime).with_default_features().build();
    Ok(SessionContext::new_with_state(state))
}

#[cfg(feature = "cluster")]
async fn remote(cluster: &str, threads: usize) -> Result<SessionContext> {
    use ballista::prelude::{SessionConfigExt as _, SessionContextExt as _};
    let address = cluster.strip_prefix("df://").filter(|address| address.contains(':')).ok_or_else(|| {
        Error::invalid("cluster_unreachable", format!("{cluster:?} names no cluster; write df://host:port, as its scheduler says it"))
    })?;
    let unreachable = |error: String| {
        let detail = format!("no scheduler answers at {cluster} ({error}); start one with `shuke cluster scheduler`");
        Error::unavailable("cluster_unreachable", detail)
    };
    match tokio::time::timeout(CONNECT, tokio::net::TcpStream::connect(address)).await {
        Err(_) => return Err(unreachable("no answer".into())),
        Ok(Err(error)) => return Err(unreachable(error.to_string())),
        Ok(Ok(_)) => {}
    }
    let config = SessionConfig::new_with_ballista().with_target_partitions(threads.max(4)).with_information_schema(false);
    let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
    SessionContext::remote_with_state(cluster, state).await.map_err(|error| unreachable(error.to_string()))
}

#[cfg(not(feature = "cluster"))]
async fn remote(_: &str, _: usize) -> Result<SessionContext> {
    let detail = "this program was built without clusters; build it with `--features cluster`, or leave --cluster away";
    Err(Error::unavailable("cluster_unreachable", detail))
}

//! One import, from the file to the report: batches of rows, each in one transaction together with
//! how far the run has come.
//!
//! Killed at any moment, the next start goes on after the last batch that was committed; nothing is
//! lost and nothing comes twice. The same file with the same options a second time changes nothing
//! and says so. A dry run goes the same way and writes nothing.

use super::ground::Ground;
use super::store::{self, Progressed};
use super::task::{Refusal, Task};
use super::{BadRows, Kind, Mapping, Row, Source, ids};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shuke_db::Db;
use shuke_kernel::{Date, Error, Result, Uuid};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use utoipa::ToSchema;

/// What became of the rows: numbers by name, amounts in minor units.
pub type Counts = BTreeMap<String, i64>;

/// Rows of one transaction.
pub const BATCH_ROWS: usize = 5_000;
/// How many things that were there already are named.
const EXAMPLES_MAX: usize = 10;
/// How many rows that can't be used are told one by one.
const FAULTS_MAX: usize = 100;
/// Rows that are looked at before the import begins.
const SAMPLE_ROWS: usize = 500;

/// What to import, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the file brings.
    pub kind: Kind,
    /// The file.
    pub file: PathBuf,
    /// (field, column) pairs that win over the guess.
    pub map: Vec<(String, String)>,
    /// What the caller knows about the file's form.
    pub form: super::Options,
    /// Say what would happen, and write nothing.
    pub dry_run: bool,
    /// Where rows that can't be used go.
    pub report: PathBuf,
    /// The day for which stages are counted at the end; today where it is left out.
    pub as_of: Option<Date>,
    /// Rows of one transaction.
    pub batch_rows: usize,
    /// Stop after so many batches, as if killed: for tests.
    pub batches_max: Option<u64>,
    /// Draw a bar on standard error.
    pub bar: bool,
}

impl Options {
    /// A kind of file with everything else as usual; bad rows go to `FILE.bad.csv` in the current folder.
    pub fn new(kind: Kind, file: &Path) -> Self {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".bad.csv");
        Self {
            kind,
            file: file.to_owned(),
            map: Vec::new(),
            form: super::Options::default(),
            dry_run: false,
            report: PathBuf::from(name),
            as_of: None,
            batch_rows: BATCH_ROWS,
            batches_max: None,
            bar: false,
        }
    }
}

/// A row that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowFault {
    /// The line of the file, from 1.
    pub line: u64,
    /// Why, as a code.
    pub code: String,
    /// Why, in words; empty once the file is in: what a row holds is kept with the bad rows alone.
    pub detail: String,
}

/// How an import ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The file is in.
    Imported,
    /// The file was in already; nothing was changed.
    AlreadyImported,
    /// This is what would happen; nothing was written.
    DryRun,
    /// It was stopped; the next start goes on.
    Stopped,
}

/// What an import did.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// What kind of file it was.
    pub kind: &'static str,
    /// The file.
    pub file: String,
    /// What the file turned out to be.
    pub format: String,
    /// Field to column.
    pub columns: BTreeMap<&'static str, String>,
    /// Columns that nothing was read from.
    pub unused_columns: Vec<String>,
    /// The merchant's number.
    pub merchant: i64,
    /// The currency of every amount.
    pub currency: String,
    /// Rows of the file that an earlier start had dealt with.
    pub resumed_at: u64,
    /// Rows of the file.
    pub rows: u64,
    /// Rows that could not be used.
    pub bad_rows: i64,
    /// The file that lists them.
    pub bad_file: Option<String>,
    /// Numbers by name; amounts in minor units.
    pub counts: Counts,
    /// Some of the bad rows: line and reason.
    pub bad_examples: Vec<String>,
    /// More of them, apart.
    #[serde(skip)]
    pub faults: Vec<RowFault>,
    /// Some of what was there already.
    pub there_already: Vec<String>,
    /// Stages of all members on `as_of`; for orders.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub stages: BTreeMap<&'static str, i64>,
    /// The day of the stages.
    pub as_of: String,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
}

/// A file ready to be imported.
struct Run<'a> {
    options: &'a Options,
    ground: &'a Ground,
    db: Option<&'a Db>,
    id: Uuid,
    source: Source,
    mapping: Mapping,
    state: Progressed,
    resumed_at: u64,
    bad_examples: Vec<String>,
    faults: Vec<RowFault>,
    examples: Vec<String>,
}

/// Imports a file. `db` is none for a dry run where there is no database yet.
///
/// Errors: those of [`Source::open`] and [`Mapping::guess`]; `import_running`; those of the database.
pub async fn run(db: Option<&Db>, ground: &Ground, options: &Options) -> Result<Report> {
    let started = ground.clock.now();
    let mut source = Source::open_with(&options.file, &options.form)?;
    let mapping = Mapping::guess(options.kind, source.header(), &options.map)?;
    let task = Task::new(options.kind, ground, &mapping, source.sample(SAMPLE_ROWS)?)?;
    let fingerprint = fingerprint(options, &mapping, ground)?;
    let id = ids::natural(ground.cx.merchant, "import", &[kind_name(options.kind), &fingerprint]);
    let mut run = Run {
        options,
        ground,
        db,
        id,
        source,
        mapping,
        state: Progressed { position: 0, finished: false, counts: Counts::new(), report: String::new(), report_bytes: 0 },
        resumed_at: 0,
        bad_examples: Vec::new(),
        faults: Vec::new(),
        examples: Vec::new(),
    };
    let outcome = run.start(&fingerprint, task).await?;
    run.report(outcome, started).await
}

/// The id of the run that an import of this file would be: the same file with the same options is the same run.
///
/// Errors: those of [`Source::open`] and [`Mapping::guess`].
pub fn id_of(ground: &Ground, options: &Options) -> Result<Uuid> {
    let source = Source::open_with(&options.file, &options.form)?;
    let mapping = Mapping::guess(options.kind, source.header(), &options.map)?;
    let fingerprint = fingerprint(options, &mapping, ground)?;
    Ok(ids::natural(ground.cx.merchant, "import", &[kind_name(options.kind), &fingerprint]))
}

/// The word for a kind, as on the command line.
pub const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Members => "members",
        Kind::Products => "products",
        Kind::Orders => "orders",
        Kind::Balances => "balances",
    }
}

/// What makes an import the same import: every byte of the file, and what its cells are read as.
fn fingerprint(options: &Options, mapping: &Mapping, ground: &Ground) -> Result<String> {
    let unreadable = |error: std::io::Error| Error::invalid("file_unreadable", format!("the file can't be read: {error}"));
    let mut file = std::fs::File::open(&options.file).map_err(unreadable)?;
    let mut hash = Sha256::new();
    for (field, column) in mapping.fields() {
        hash.update(format!("{field}={column}\n"));
    }
    hash.update(format!("{:?} {} {} {:?}\n", options.form, ground.zone.name(), ground.currency.code(), ground.store));
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer).map_err(unreadable)?;
        if count == 0 {
            break;
        }
        hash.update(&buffer[..count]);
    }
    Ok(hash.finalize().iter().fold(String::with_capacity(64), |text, byte| text + &format!("{byte:02x}")))
}

impl Run<'_> {
    async fn start(&mut self, fingerprint: &str, mut task: Task) -> Result<Outcome> {
        let report = std::path::absolute(&self.options.report).unwrap_or_else(|_| self.options.report.clone());
        self.state.report = report.display().to_string();
        if !self.options.dry_run {
            let db = self.db.ok_or_else(|| Error::internal("an import without a database"))?;
            let name = self.options.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let input = (&self.ground.cx, self.id, kind_name(self.options.kind), name.as_str(), fingerprint, &self.state);
            let found = db
                .write(&input, |tx, (cx, id, kind, name, fingerprint, state)| {
                    Box::pin(async move {
                        let found = store::find(tx, cx, *id).await?;
                        if found.is_none() {
                            store::begin(tx, cx, *id, kind, (name, fingerprint), state).await?;
                        }
                        Ok(found)
                    })
                })
                .await?;
            if let Some(found) = found {
                self.resume(found)?;
            }
        }
        if self.state.finished {
            return Ok(Outcome::AlreadyImported);
        }
        task.begin(self.id, self.resumed_at > 0, self.options.dry_run);
        self.go_on(&mut task).await
    }

    /// Takes up where an earlier start was stopped: the report loses what was written after the last commit.
    fn resume(&mut self, found: Progressed) -> Result<()> {
        if !found.finished && found.position > 0 {
            if found.report == self.state.report
                && let Ok(file) = std::fs::OpenOptions::new().write(true).open(&self.options.report)
                && file.metadata().is_ok_and(|data| data.len() > found.report_bytes)
            {
                let unwritable = |error: std::io::Error| Error::invalid("report_unwritable", error.to_string());
                file.set_len(found.report_bytes).map_err(unwritable)?;
            }
            self.source.skip_to(found.position)?;
        }
        self.resumed_at = found.position;
        let report = std::mem::take(&mut self.state.report);
        self.state = Progressed { report, ..found };
        Ok(())
    }

    async fn go_on(&mut self, task: &mut Task) -> Result<Outcome> {
        let mut bad = self.bad_rows()?;
        let bar = bar(self.options.bar, &self.source);
        let mut rows = vec![Row::default(); self.options.batch_rows.max(1)];
        let (mut batches, mut kept) = (0, 0);
        loop {
            let mut count = kept;
            while count < rows.len() && self.source.read(&mut rows[count]).map_err(|error| self.cut_short(&error))? {
                count += 1;
            }
            let last = count < rows.len();
            kept = if last { 0 } else { task.unfinished(&rows[..count]) };
            let whole = count - kept;
            self.batch(task, &rows[..whole], &mut bad, last).await?;
            rows.rotate_left(whole);
            bar.set_position(self.source.progress().bytes_read());
            batches += 1;
            if last {
                bar.finish_and_clear();
                bad.finish()?;
                return Ok(if self.options.dry_run { Outcome::DryRun } else { Outcome::Imported });
            }
            if self.options.batches_max == Some(batches) {
                bar.abandon();
                return Ok(Outcome::Stopped);
            }
        }
    }

    /// A file that can't be read to its end: what is in is said with it.
    fn cut_short(&self, error: &Error) -> Error {
        let done = match (self.state.position, self.options.dry_run) {
            (0, _) | (_, true) => "nothing of it is in".to_owned(),
            (row, false) => format!("its rows 1 to {row} are in and stay; a mended file brings the rest"),
        };
        Error::new(error.kind(), error.code(), format!("{}; {done}", error.detail()))
    }

    fn bad_rows(&self) -> Result<BadRows> {
        let header = self.source.header();
        if self.resumed_at == 0 && !self.options.dry_run && self.options.report.exists() {
            let unwritable = |error: std::io::Error| {
                Error::invalid(
                    "report_unwritable",
                    format!("the earlier report {} can't be removed: {error}", self.options.report.display()),
                )
            };
            std::fs::remove_file(&self.options.report).map_err(unwritable)?;
        }
        Ok(BadRows::at(&self.options.report, header, self.resumed_at > 0))
    }

    /// Rows become what they mean; what can't be used is reported; the rest is written with the new position.
    async fn batch(&mut self, task: &mut Task, rows: &[Row], bad: &mut BadRows, last: bool) -> Result<()> {
        task.clear();
        for (index, row) in rows.iter().enumerate() {
            let outcome = match row.fault() {
                Some(fault) => Err((fault.code, fault.detail.clone())),
                None => task.take(self.ground, index, row).map_err(|error| (error.code(), error.detail().to_owned())),
            };
            if let Err((code, detail)) = outcome {
                self.refuse(bad, row, code, &detail)?;
            }
        }
        let planned = task.plan(self.db, self.ground).await?;
        for Refusal { row, error } in planned.refusals {
            self.refuse(bad, &rows[row], error.code(), error.detail())?;
        }
        for (name, count) in planned.counts {
            *self.state.counts.entry(name.to_owned()).or_default() += count;
        }
        let free = EXAMPLES_MAX.saturating_sub(self.examples.len());
        self.examples.extend(planned.there.into_iter().take(free));
        bad.flush()?;
        let from = self.state.position;
        self.state.position = rows.last().map_or(from, Row::number);
        self.state.finished = last;
        self.state.report_bytes = std::fs::metadata(&self.options.report).map_or(0, |data| data.len());
        match self.db {
            Some(db) if !self.options.dry_run => {
                let input = (&*task, self.ground, self.id, from, &self.state);
                let effects = db
                    .write(&input, |tx, (task, ground, id, from, state)| {
                        Box::pin(async move {
                            let effects = task.write(tx, ground).await?;
                            store::advance(tx, &ground.cx, *id, *from, state).await?;
                            Ok(effects)
                        })
                    })
                    .await?;
                task.committed(effects);
            }
            _ => task.pretended(),
        }
        Ok(())
    }

    fn refuse(&mut self, bad: &mut BadRows, row: &Row, code: &str, detail: &str) -> Result<()> {
        *self.state.counts.entry(format!("bad.{code}")).or_default() += 1;
        if self.bad_examples.len() < EXAMPLES_MAX {
            self.bad_examples.push(format!("line {}: {code}: {detail}", row.line()));
        }
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(RowFault { line: row.line(), code: code.to_owned(), detail: detail.to_owned() });
        }
        if self.options.dry_run { Ok(()) } else { bad.add(row, code, detail) }
    }

    async fn report(self, outcome: Outcome, started: shuke_kernel::Instant) -> Result<Report> {
        let as_of = self.options.as_of.unwrap_or_else(|| self.ground.zone.date(self.ground.cx.now));
        let mut stages = BTreeMap::new();
        if let (Some(db), Kind::Orders, false) = (self.db, self.options.kind, self.options.dry_run) {
            let input = (&self.ground.cx, as_of);
            let counted = db.read(&input, |tx, (cx, day)| Box::pin(shuke_member::stage::ops::counts_on(tx, cx, *day))).await?;
            stages.extend(counted.into_iter().map(|count| (count.stage.as_str(), count.members)));
        }
        let bad_rows = self.state.counts.iter().filter(|(name, _)| name.starts_with("bad.")).map(|(_, count)| count).sum();
        Ok(Report {
            outcome,
            kind: kind_name(self.options.kind),
            file: self.options.file.display().to_string(),
            format: self.source.format(),
            columns: self.mapping.fields().map(|(field, column)| (field, column.to_owned())).collect(),
            unused_columns: self.mapping.unused().map(str::to_owned).collect(),
            merchant: self.ground.cx.merchant.0,
            currency: self.ground.currency.code().to_owned(),
            resumed_at: self.resumed_at,
            rows: self.state.position,
            bad_rows,
            bad_file: (bad_rows > 0 && !self.options.dry_run).then(|| self.state.report.clone()),
            counts: self.state.counts,
            bad_examples: self.bad_examples,
            faults: self.faults,
            there_already: self.examples,
            stages,
            as_of: as_of.to_string(),
            took_ms: self.ground.clock.now().since_ms(started),
        })
    }
}

fn bar(draw: bool, source: &Source) -> indicatif::ProgressBar {
    if !draw {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new(source.progress().bytes_total());
    let style = indicatif::ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {elapsed} (ETA {eta})");
    bar.set_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()));
    bar
}

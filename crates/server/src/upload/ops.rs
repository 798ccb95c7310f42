//! Keeping files, looking at them, and running them.

use super::model::{Due, Ended, FILE_BYTES_MAX, ImportKind, ImportReport, Mapped, Preview, Upload, UploadId, UploadState, file_name};
use super::store;
use crate::import::run::{self, Options};
use crate::import::{Mapping, Row, Source, fields, ground};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shuke_db::Tx;
use shuke_http::{App, AppInner, Vault};
use shuke_kernel::{Actor, Cx, Error, Limit, MerchantId, Page, Result};
use shuke_org::audit;
use std::path::PathBuf;

const SEAL: &str = "upload.data";
const SEAL_BAD: &str = "upload.bad";
/// Bytes of a piece.
const PART_BYTES: usize = 256 * 1024;
const FIRST_ROWS: usize = 20;
/// What is kept of the rows that could not be used.
const BAD_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// How long what a file holds is kept where nobody imports it.
const HELD_MS: i64 = 86_400_000;
/// How long a file's record is kept.
const KEPT_MS: i64 = 30 * 86_400_000;

fn not_found() -> Error {
    Error::not_found("upload_not_found", "there is no such file; bring it again")
}

/// Keeps a file.
///
/// Errors: `file_empty`, `file_too_large`, `file_name_malformed`.
pub(super) async fn bring(tx: &mut Tx, cx: &Cx, vault: &Vault, kind: ImportKind, name: &str, bytes: &[u8]) -> Result<Upload> {
    if bytes.is_empty() {
        return Err(Error::invalid("file_empty", "the file holds nothing"));
    }
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Error::invalid("file_too_large", "a file is at most 20 MiB; import larger ones with the command `shuke import`"));
    }
    let upload = Upload {
        id: cx.id(),
        kind,
        name: file_name(name)?,
        bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        state: UploadState::Uploaded,
        map: Vec::new(),
        rows: None,
        position: 0,
        report: None,
        fault: None,
        created_at: cx.now,
    };
    let sealed = bytes.chunks(PART_BYTES).map(|part| vault.seal(cx.merchant, SEAL, &STANDARD.encode(part)));
    store::put(tx, cx, &upload, &sealed.collect::<Result<Vec<_>>>()?).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("import.file_brought", upload.id).new_value(&upload.name)).await?;
    Ok(upload)
}

/// A file, and how far it is.
///
/// Errors: `upload_not_found`.
pub(super) async fn show(tx: &mut Tx, cx: &Cx, id: UploadId) -> Result<Upload> {
    let (mut found, run) = store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)?;
    if let Some(run) = run {
        found.position = crate::import::position(tx, cx, run).await?;
    }
    Ok(found)
}

/// Files, newest first.
pub(super) async fn list(tx: &mut Tx, cx: &Cx, before: Option<UploadId>, limit: Limit) -> Result<Page<Upload>> {
    Ok(Page::of(store::page(tx, cx.merchant, before, limit).await?, limit, |upload| upload.id))
}

/// Lets a file be imported. One that is on its way stays so.
///
/// Errors: `upload_not_found`, `upload_done`.
pub(super) async fn start(tx: &mut Tx, cx: &Cx, id: UploadId, map: &[Mapped]) -> Result<Upload> {
    if store::queue(tx, cx, id, map).await? {
        audit::ops::record(tx, cx, &audit::Entry::new("import.started", id)).await?;
        return show(tx, cx, id).await;
    }
    match show(tx, cx, id).await? {
        Upload { state: UploadState::Done, .. } => Err(Error::refused("upload_done", "this file is in; bring another")),
        found => Ok(found),
    }
}

/// The rows that could not be used, as CSV; nothing where there are none.
///
/// Errors: `upload_not_found`.
pub(super) async fn bad_rows(tx: &mut Tx, cx: &Cx, vault: &Vault, id: UploadId) -> Result<String> {
    store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)?;
    let sealed = store::bad(tx, cx.merchant, id).await?;
    sealed.map_or(Ok(String::new()), |sealed| vault.open(cx.merchant, SEAL_BAD, &sealed))
}

/// Removes a file.
///
/// Errors: `upload_not_found`, `upload_running`.
pub(super) async fn remove(tx: &mut Tx, cx: &Cx, id: UploadId) -> Result<()> {
    store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)?;
    if !store::remove(tx, cx.merchant, id).await? {
        return Err(Error::conflict("upload_running", "this file is being imported; wait for it to end"));
    }
    audit::ops::record(tx, cx, &audit::Entry::new("import.file_removed", id)).await
}

/// Removes what is no longer needed. Returns how many rows.
pub(crate) async fn prune(tx: &mut Tx, cx: &Cx) -> Result<u64> {
    store::prune(tx, cx.merchant, cx.now.plus_ms(-HELD_MS), cx.now.plus_ms(-KEPT_MS)).await
}

/// A file in a folder of its own, under a generated name; gone with this value.
struct Laid {
    folder: tempfile::TempDir,
    upload: Upload,
}

impl Laid {
    fn options(&self, map: &[Mapped], dry_run: bool) -> Options {
        let map = map.iter().map(|mapped| (mapped.field.clone(), mapped.column.clone())).collect();
        let report = self.bad_path();
        Options { map, dry_run, report, ..Options::new(self.upload.kind.kind(), &self.folder.path().join("file")) }
    }
    fn bad_path(&self) -> PathBuf {
        self.folder.path().join("bad.csv")
    }
}

async fn lay(app: &AppInner, merchant: MerchantId, id: UploadId) -> Result<Laid> {
    let input = (merchant, id);
    let work = app.db.read(&input, |tx, (merchant, id)| {
        Box::pin(async move {
            let (upload, _) = store::find(tx, *merchant, *id).await?.ok_or_else(not_found)?;
            Ok((upload, store::parts(tx, *merchant, *id).await?))
        })
    });
    let (upload, parts) = work.await?;
    if parts.is_empty() {
        return Err(Error::refused("upload_gone", "what this file held is no longer kept; bring it again"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(upload.bytes).unwrap_or(0));
    for part in parts {
        let text = app.vault.open(merchant, SEAL, &part)?;
        bytes.extend(STANDARD.decode(text).map_err(|error| Error::internal(format!("a piece of an upload: {error}")))?);
    }
    let folder = tempfile::tempdir().map_err(|error| Error::internal(format!("a folder for an upload: {error}")))?;
    std::fs::write(folder.path().join("file"), bytes).map_err(|error| Error::internal(format!("an upload on disk: {error}")))?;
    Ok(Laid { folder, upload })
}

/// Looks at a file: what an import would do, and the first rows. Nothing is written but what was said about
/// the columns.
///
/// Errors: `upload_not_found`, `upload_gone`, those of reading a file and of its columns.
pub(super) async fn preview(app: &App, cx: &Cx, id: UploadId, map: &[Mapped]) -> Result<Preview> {
    let laid = lay(app, cx.merchant, id).await?;
    let options = laid.options(map, true);
    let (header, first_rows) = first_rows(&options)?;
    let ground = ground::of_merchant(app, cx.merchant, cx.actor).await?;
    let kind = laid.upload.kind.kind();
    let columns = match Mapping::settle(kind, &header, &options.map) {
        Ok(mapping) => mapping.by_column().into_iter().map(|field| field.map(str::to_owned)).collect(),
        Err(_) => vec![None; header.len()],
    };
    let look = |report, fault| Preview {
        report,
        fault,
        fields: fields::names(kind),
        required: fields::required_names(kind),
        columns,
        header,
        first_rows,
    };
    let report = match run::run(Some(&app.db), &ground, &options).await {
        Ok(report) => ImportReport::of(report),
        // The file can be read, but not with these columns: they are to be chosen.
        Err(error) if error.kind() == shuke_kernel::Kind::Invalid => {
            return Ok(look(None, Some(format!("{}: {}", error.code(), error.detail()))));
        }
        Err(error) => return Err(error),
    };
    let input = (cx.merchant, id, map, report.rows);
    app.db.write(&input, |tx, (merchant, id, map, rows)| Box::pin(store::looked(tx, *merchant, *id, map, *rows))).await?;
    Ok(look(Some(report), None))
}

fn first_rows(options: &Options) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let mut source = Source::open_with(&options.file, &options.form)?;
    let header = source.header().to_vec();
    let (mut row, mut rows) = (Row::default(), Vec::new());
    while rows.len() < FIRST_ROWS && source.read(&mut row)? {
        rows.push(row.cells().map(|cell| cell.chars().take(200).collect()).collect());
    }
    Ok((header, rows))
}

/// Imports a file that was leased, and keeps how it ended.
pub(super) async fn import(app: &AppInner, due: &Due) -> Result<()> {
    let ended = match imported(app, due).await {
        Ok(ended) => ended,
        // Something of ours, or the database: the lease runs out, and it goes on where it stopped.
        Err(error) if matches!(error.kind(), shuke_kernel::Kind::Internal | shuke_kernel::Kind::Unavailable) => return Err(error),
        Err(error) => {
            let fault = format!("{}: {}", error.code(), error.detail());
            Ended { state: UploadState::Failed, report: None, bad: None, fault: Some(fault) }
        }
    };
    let input = (due, ended, app.clock.now());
    app.db.write(&input, |tx, (due, ended, now)| Box::pin(store::end(tx, due, ended, *now))).await
}

async fn imported(app: &AppInner, due: &Due) -> Result<Ended> {
    let laid = lay(app, due.merchant, due.id).await?;
    let options = laid.options(&laid.upload.map, false);
    let ground = ground::of_merchant(app, due.merchant, Actor::System).await?;
    let input = (due, run::id_of(&ground, &options)?);
    app.db.write(&input, |tx, (due, run)| Box::pin(store::runs(tx, due, *run))).await?;
    let mut report = ImportReport::of(run::run(Some(&app.db), &ground, &options).await?);
    // What was wrong with a row quotes it; the bad rows are sealed, the report is not.
    report.faults.iter_mut().for_each(|fault| fault.detail.clear());
    let bad = match std::fs::metadata(laid.bad_path()) {
        Ok(data) if data.len() <= BAD_BYTES_MAX => {
            let text = std::fs::read_to_string(laid.bad_path()).map_err(|error| Error::internal(error.to_string()))?;
            Some(app.vault.seal(due.merchant, SEAL_BAD, &text)?)
        }
        _ => None,
    };
    let report = serde_json::to_string(&report).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Ended { state: UploadState::Done, report: Some(report), bad, fault: None })
}

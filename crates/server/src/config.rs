//! Where the data is, and the master key.
//!
//! The key seals personal data, so it lives beside the database, not in it: in the file `key` of the
//! data folder (readable by its owner only, made at the first start), or in the variable `SHUKE_KEY`,
//! which several servers on one PostgreSQL share. A backup needs both. A server whose key is not the
//! one that the data was sealed with refuses to start. A rotation (`cmd/key.rs`) keeps the next key in
//! the file `key.new` until the database has it; a start that finds it so ends what was begun.

use crate::wiring;
use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shuke_db::{Config, Db, Statements};
use shuke_http::{App, AppInner, MasterKey, Vault, key_is_known, open_vault};
use shuke_kernel::{Clock, Random};
use shuke_org::OrgAuthenticator;
use shuke_org::session::limit::SignInLimits;
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The options that say where the data is; every command that touches it has them.
#[derive(Clone, Debug, clap::Args)]
pub struct Place {
    /// The data folder: the embedded database, and the master key
    #[arg(long, value_name = "DIR", default_value = "data", env = "SHUKE_DATA")]
    pub data: PathBuf,
    /// A PostgreSQL server instead of the embedded database: postgres://user:password@host/database
    #[arg(long, value_name = "URL", env = "SHUKE_DB", hide_env_values = true)]
    pub db: Option<String>,
    /// How statements go to PostgreSQL: prepared under a name, or simple, behind a pooler in transaction mode
    #[arg(long, value_name = "HOW", default_value = "prepared", value_parser = statements, env = "SHUKE_STATEMENTS")]
    pub statements: Statements,
    /// The master key, 32 bytes in base64url; the file `key` of the data folder where it is not set
    #[arg(skip = std::env::var("SHUKE_KEY").ok())]
    pub key: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.db {
            // The URL may hold a password.
            Some(_) => f.write_str("the PostgreSQL database"),
            None => write!(f, "{}", self.data.display()),
        }
    }
}

/// An open database with its key.
pub struct Opened {
    /// The database, its schema up to date.
    pub db: Db,
    /// The vault over the master key.
    pub vault: Vault,
}

impl Opened {
    /// The state of a server on it, with the machine's clock.
    pub fn app(self, secure_cookies: bool, behind_proxy: bool) -> App {
        let mut inner = AppInner::new(self.db, Clock::system(), Random::system(), self.vault, Box::new(OrgAuthenticator));
        inner.secure_cookies = secure_cookies;
        inner.slot::<SignInLimits>().set_behind_proxy(behind_proxy);
        wiring::prepare(&inner);
        Arc::new(inner)
    }
}

impl Place {
    /// An embedded database in a folder.
    pub fn folder(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into(), db: None, statements: Statements::Prepared, key: None }
    }

    /// How to open the database.
    pub fn database(&self) -> Config {
        match &self.db {
            Some(url) => Config { statements: self.statements, ..Config::postgres(url) },
            None => Config::folder(&self.data),
        }
    }

    /// Opens the database, brings its schema up to date and finds its key.
    pub async fn open(&self) -> Result<Opened> {
        let db = Db::open(&self.database()).await?;
        let vault = match &self.key {
            Some(text) => open_vault(&db, &decode(text).context("SHUKE_KEY")?, Random::system()).await?,
            None => {
                let master = self.key_file(&db).await?;
                match open_vault(&db, &master, Random::system()).await {
                    Err(error) if error.code() == "key_wrong" => self.finish_rotation(&db).await?.ok_or(error)?,
                    opened => opened?,
                }
            }
        };
        Ok(Opened { db, vault })
    }

    /// Where a rotation broke off after the database had the next key, the file of that key takes its place.
    async fn finish_rotation(&self, db: &Db) -> Result<Option<Vault>> {
        let next = self.data.join(NEXT_KEY);
        let Some(text) = read(&next)? else { return Ok(None) };
        let vault = open_vault(db, &decode(&text).with_context(|| next.display().to_string())?, Random::system()).await?;
        self.exchange_key_files()?;
        Ok(Some(vault))
    }

    /// The next key's file takes the place of the key's, which stays under a name of its own.
    pub(crate) fn exchange_key_files(&self) -> Result<PathBuf> {
        let (key, next) = (self.data.join("key"), self.data.join(NEXT_KEY));
        let name = Clock::system().now().to_string().replace([':', '.'], "-");
        let old = self.data.join(format!("key.until-{name}"));
        fs::hard_link(&key, &old).with_context(|| format!("keep the old key as {}", old.display()))?;
        fs::rename(&next, &key).with_context(|| format!("put {} in place", next.display()))?;
        fs::File::open(&self.data)?.sync_all()?;
        Ok(old)
    }

    /// The next key: of an attempt that broke off, or a new one, on disk before it is used.
    pub(crate) fn next_key_file(&self) -> Result<MasterKey> {
        let file = self.data.join(NEXT_KEY);
        if let Some(text) = read(&file)? {
            return decode(&text).with_context(|| file.display().to_string());
        }
        let made: [u8; 32] = Random::system().bytes();
        write_new(&file, &URL_SAFE_NO_PAD.encode(made)).with_context(|| format!("write {}", file.display()))?;
        Ok(MasterKey::new(made))
    }

    /// The key of the data folder. A new one is made for new data only, and is on disk before
    /// anything is sealed with it.
    pub(crate) async fn key_file(&self, db: &Db) -> Result<MasterKey> {
        let file = self.data.join("key");
        if let Some(text) = read(&file)? {
            return decode(&text).with_context(|| file.display().to_string());
        }
        if key_is_known(db).await? {
            bail!(
                "the master key is missing: bring back the file {} (or set SHUKE_KEY); without it the members' personal data can't be read",
                file.display()
            );
        }
        fs::create_dir_all(&self.data).with_context(|| format!("make the folder {}", self.data.display()))?;
        let made: [u8; 32] = Random::system().bytes();
        match write_new(&file, &URL_SAFE_NO_PAD.encode(made)) {
            Ok(()) => Ok(MasterKey::new(made)),
            // Another server on this folder was first.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                decode(&read(&file)?.unwrap_or_default()).with_context(|| file.display().to_string())
            }
            Err(error) => Err(error).with_context(|| format!("write {}", file.display())),
        }
    }
}

fn statements(text: &str) -> std::result::Result<Statements, String> {
    match text {
        "prepared" => Ok(Statements::Prepared),
        "simple" => Ok(Statements::Simple),
        _ => Err("statements are prepared or simple".to_owned()),
    }
}

fn read(file: &Path) -> Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("read {}", file.display())),
    }
}

/// Writes a file that is not there yet: whole, on disk, and for its owner only.
fn write_new(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file)?;
    writeln!(out, "{text}")?;
    out.sync_all()?;
    // The folder's entry has to be on disk too.
    file.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}

/// Where the next master key waits until the database has it.
const NEXT_KEY: &str = "key.new";

/// Reads a master key.
pub(crate) fn decode(text: &str) -> Result<MasterKey> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')).ok();
    let key = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    key.map(MasterKey::new).context("not a master key: 32 bytes in base64url, 43 characters")
}

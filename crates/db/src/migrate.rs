//! One ordered list of migrations for both databases, run at start under a lock.
//!
//! A migration that has been applied is never edited: its text is hashed into `schema_migration`
//! and compared at every start. A server that finds a migration it doesn't know refuses to run.

use crate::{Db, Kind, Stmt, sql, wall};
use shuke_kernel::{Error, Result};

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// `0001_org`: its number and the noun it is about.
    pub name: &'static str,
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL; most often the same.
    pub postgres: &'static str,
}

impl Migration {
    /// A step whose text serves both databases.
    pub const fn both(name: &'static str, text: &'static str) -> Self {
        Self { name, sqlite: text, postgres: text }
    }
}

macro_rules! both {
    ($name:literal) => {
        Migration::both($name, include_str!(concat!("../../../migrations/", $name, ".sql")))
    };
}

macro_rules! each {
    ($name:literal) => {
        Migration {
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/", $name, ".sqlite.sql")),
            postgres: include_str!(concat!("../../../migrations/", $name, ".postgres.sql")),
        }
    };
}

/// Every step, in order.
pub const MIGRATIONS: &[Migration] = &[
    both!("0001_org"),
    each!("0002_jobs"),
    both!("0003_member"),
    each!("0004_ledger"),
    both!("0005_loyalty"),
    both!("0006_catalogue"),
    both!("0007_offer"),
    both!("0008_idempotency"),
    both!("0009_order"),
    both!("0010_import"),
    both!("0011_vault"),
    both!("0012_group"),
    both!("0013_claim"),
    both!("0014_merge"),
    both!("0015_points"),
    both!("0016_reward"),
    both!("0017_membership"),
    both!("0018_coupon"),
    both!("0019_pass"),
    both!("0020_gift_card"),
    both!("0021_top_up_refund"),
    both!("0022_offer_use"),
    both!("0023_trial"),
    both!("0024_approval"),
    both!("0025_order"),
    both!("0026_till"),
    both!("0027_follow"),
    both!("0028_webhook"),
    both!("0029_sign_in"),
    both!("0030_key"),
    each!("0031_position"),
    both!("0032_settlement"),
    both!("0033_oversell"),
    both!("0034_figure"),
    both!("0035_points_kind"),
    both!("0038_key"),
    both!("0039_card"),
    both!("0040_device"),
    both!("0041_offline"),
    both!("0042_upload"),
    both!("0046_merge_late"),
    both!("0047_member"),
    both!("0052_wechat"),
    both!("0053_lake"),
    both!("0054_insight"),
    both!("0055_lot_of_money"),
    both!("0056_follow_up"),
];

const BEFORE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    name TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    CONSTRAINT schema_migration_pkey PRIMARY KEY (name)
)";

/// A 64-bit FNV-1a hash in hexadecimal: enough to notice an edited migration.
fn fingerprint(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

pub(crate) async fn run(db: &Db) -> Result<()> {
    run_some(db, &|_| true).await
}

/// Applies the wanted migrations only: to restore a backup of an older schema into that schema.
pub(crate) async fn run_some(db: &Db, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Result<()> {
    // Several servers may start at once: whoever comes second finds the step done and goes on.
    for attempt in 0.. {
        match apply(db, wanted).await {
            Err(error) if attempt < 20 && error.code() != "schema_newer" && error.code() != "schema_edited" => {
                tracing::info!(%error, "another server is migrating, or the database is busy; trying again");
                tokio::time::sleep(std::time::Duration::from_millis(50 << attempt.min(4))).await;
            }
            outcome => return outcome,
        }
    }
    Ok(())
}

/// The statement that says that a migration was applied to PostgreSQL.
pub(crate) fn record(name: &'static str) -> Result<Stmt> {
    let known = MIGRATIONS.iter().find(|migration| migration.name == name);
    let migration = known.ok_or_else(|| Error::internal(format!("there is no migration {name}")))?;
    Ok(sql!("INSERT INTO schema_migration (name, fingerprint) VALUES ($1, $2)", name, fingerprint(migration.postgres)))
}

/// The migrations that were applied, by name, with their fingerprints.
pub(crate) async fn applied(db: &Db) -> Result<Vec<(String, String)>> {
    db.script(BEFORE, None).await?;
    recorded(db).await
}

/// The same of a database that has a schema; nothing is written.
pub(crate) async fn recorded(db: &Db) -> Result<Vec<(String, String)>> {
    db.read(&(), |tx, ()| {
        Box::pin(async move {
            let rows = tx.rows(sql!("SELECT name, fingerprint FROM schema_migration ORDER BY name")).await?;
            rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
        })
    })
    .await
}

async fn apply(db: &Db, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Result<()> {
    let applied = applied(db).await?;
    if let Some((name, _)) = applied.iter().find(|(name, _)| !MIGRATIONS.iter().any(|m| m.name == name)) {
        return Err(Error::unavailable(
            "schema_newer",
            format!("the data was last used by a newer version (it has {name}); start that version"),
        ));
    }
    for migration in MIGRATIONS.iter().filter(|migration| wanted(migration.name)) {
        let text = match db.kind() {
            Kind::Sqlite => migration.sqlite,
            Kind::Postgres => migration.postgres,
        };
        match applied.iter().find(|(name, _)| name == migration.name) {
            Some((_, known)) if *known == fingerprint(text) => {}
            Some(_) => {
                return Err(Error::unavailable(
                    "schema_edited",
                    format!("migration {} is not the one that made this data", migration.name),
                ));
            }
            None => {
                let record = sql!("INSERT INTO schema_migration (name, fingerprint) VALUES ($1, $2)", migration.name, fingerprint(text));
                db.script(text, Some(record)).await?;
                tracing::info!(migration = migration.name, "applied");
            }
        }
    }
    match db.kind() {
        Kind::Sqlite => Ok(()),
        Kind::Postgres => db.script(wall::BUILD, None).await,
    }
}

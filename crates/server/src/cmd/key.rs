//! `shuke key rotate`: another master key, while the servers run.
//!
//! The next key is on disk before the database has it, and takes the place of the old one afterwards. Both
//! steps may be repeated: what broke off in between is ended by the same command, or by the next start.

use crate::config::{Place, decode};
use anyhow::{Context as _, Result};
use clap::Subcommand;
use shuke_db::Db;
use shuke_http::rotate_key;
use shuke_kernel::Random;

/// What to do with the master key.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Take another master key; running servers go on, and need the new one at their next start
    Rotate(Args),
}

/// Of which database.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// The next master key where the one until now is in SHUKE_KEY
    #[arg(skip = std::env::var("SHUKE_NEW_KEY").ok())]
    next: Option<String>,
}

/// Does it.
pub async fn run(key: Key) -> Result<()> {
    let Key::Rotate(args) = key;
    let db = Db::open(&args.place.database()).await?;
    match &args.place.key {
        Some(now) => {
            let next = args.next.as_deref().context(
                "set SHUKE_NEW_KEY: 32 random bytes in base64url, such as those of `openssl rand -base64 32 | tr +/ -_ | tr -d =`",
            )?;
            let next = decode(next).context("SHUKE_NEW_KEY")?;
            let done = rotate_key(&db, &decode(now).context("SHUKE_KEY")?, &next, &Random::system()).await?;
            println!("{}", if done { "the database has the new key" } else { "the database had the new key already" });
            println!(
                "Give every server SHUKE_KEY with the new key before its next start. Keep the old one with the backups from before: it opens them, and nothing else."
            );
        }
        None => {
            // Where an earlier attempt came to its end, the file is the new key's already.
            let now = args.place.key_file(&db).await?;
            let next = args.place.next_key_file()?;
            rotate_key(&db, &now, &next, &Random::system()).await?;
            let old = args.place.exchange_key_files()?;
            println!("the database has a new key: {}", args.place.data.join("key").display());
            println!(
                "Copy it to where you keep it. The old one is {}: keep it with the backups from before; it opens them, and nothing else.",
                old.display()
            );
        }
    }
    Ok(())
}

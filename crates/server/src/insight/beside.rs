//! What an analysis needs beside the orders, as files of the run's folder: what is known of the members, who has a
//! tag, who was held out. A member is written as in the orders: the mark and a number of the lake.

use super::groups::MARK;
use super::model::Parameters;
use super::ops;
use crate::lake::{self, Place};
use shuke_http::AppInner;
use shuke_insight::ask::{Analysis, Ask};
use shuke_insight::lake::{MemberRow, member};
use shuke_kernel::{Error, MerchantId, Result, Uuid};
use shuke_loyalty::book;
use shuke_member::MemberId;
use shuke_member::dependent::ops as dependents;
use shuke_member::member::store::facts;
use shuke_member::stage::Stage;
use shuke_member::tag::TagId;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Members of one read.
const PAGE_MEMBERS: i64 = 1_000;
/// The same, of numbers that may have to be given.
const PAGE_NUMBERS: usize = 500;

/// Whether an analysis looks at the lake's members, so that they are to be up to date.
pub(super) const fn needs_members(analysis: Analysis) -> bool {
    matches!(analysis, Analysis::Churn | Analysis::Portrait)
}

/// Writes what the analysis needs into the folder, and names it in the question.
///
/// Errors: `insight_tag_empty`, `insight_sides_overlap`, those of the lake and the database.
pub(super) async fn add(app: &AppInner, merchant: MerchantId, parameters: &Parameters, folder: &Path, ask: &mut Ask) -> Result<()> {
    match ask.analysis {
        Analysis::Churn => ask.people = people(app, merchant, folder, &[("来源 source", source), ("类型 kind", kind)]).await?,
        Analysis::Portrait => {
            let columns: [Column; 4] = [("来源 source", source), ("类型 kind", kind), ("等级 tier", tier), ("阶段 stage", stage)];
            ask.people = people(app, merchant, folder, &columns).await?;
            let members = tagged(app, merchant, parameters.tag).await?;
            let rows = numbers(app, merchant, &members).await?.into_iter().map(|number| [marked(number)]);
            ask.segment = Some(table(folder.join("segment.csv"), &["member"], rows)?);
        }
        Analysis::Next => ask.people = births(app, merchant, folder).await?,
        Analysis::Uplift => ask.trial = Some(trial(app, merchant, parameters, folder).await?),
        _ => {}
    }
    Ok(())
}

fn marked(number: i64) -> String {
    format!("{MARK}{number}")
}

fn table<const N: usize>(path: PathBuf, head: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> Result<PathBuf> {
    let failed = |error: csv::Error| Error::internal(format!("a table for an analysis: {error}"));
    let mut out = csv::Writer::from_path(&path).map_err(failed)?;
    out.write_record(head).map_err(failed)?;
    for row in rows {
        out.write_record(&row).map_err(failed)?;
    }
    out.flush().map_err(|error| Error::internal(format!("a table for an analysis: {error}")))?;
    Ok(path)
}

/// A column of what is known of members.
type Column = (&'static str, fn(&MemberRow, &HashMap<Uuid, String>) -> String);

fn source(row: &MemberRow, _: &HashMap<Uuid, String>) -> String {
    row.source.clone().unwrap_or_default()
}

fn kind(row: &MemberRow, _: &HashMap<Uuid, String>) -> String {
    if row.kind == "group" { "团体 group".to_owned() } else { "个人 person".to_owned() }
}

fn tier(row: &MemberRow, tiers: &HashMap<Uuid, String>) -> String {
    row.tier.and_then(|id| tiers.get(&Uuid::from_bytes(id)).cloned()).unwrap_or_else(|| "无 none".to_owned())
}

fn stage(row: &MemberRow, _: &HashMap<Uuid, String>) -> String {
    let zh = match row.stage.parse() {
        Ok(Stage::Prospect) => "潜在",
        Ok(Stage::New) => "新",
        Ok(Stage::Active) => "活跃",
        Ok(Stage::Loyal) => "忠实",
        Ok(Stage::Marginal) => "边缘",
        Ok(Stage::Dormant) => "沉睡",
        Ok(Stage::Lost) => "流失",
        Err(_) => "",
    };
    format!("{zh} {}", row.stage)
}

/// What the lake knows of the members; none where there are none.
async fn people<const N: usize>(app: &AppInner, merchant: MerchantId, folder: &Path, columns: &[Column; N]) -> Result<Option<PathBuf>> {
    let (files, book) = app
        .db
        .read(&merchant, |tx, merchant| {
            Box::pin(async move { Ok((lake::ops::member_files(tx, *merchant).await?, book::load(tx, *merchant).await?)) })
        })
        .await?;
    let tiers: HashMap<Uuid, String> = book.scheme.tiers.iter().map(|tier| (tier.id.0, tier.name.clone())).collect();
    let failed = |error: csv::Error| Error::internal(format!("a table for an analysis: {error}"));
    let path = folder.join("members.csv");
    let mut out = csv::Writer::from_path(&path).map_err(failed)?;
    out.write_record(std::iter::once("member").chain(columns.iter().map(|(name, _)| *name))).map_err(failed)?;
    let (shelf, mut rows) = (app.slot::<Place>().shelf(), 0_u64);
    for file in &files {
        member::read(shelf.get(&file.name).await?, |part| {
            for row in part {
                let cells = columns.iter().map(|(_, cell)| cell(row, &tiers));
                out.write_record(std::iter::once(marked(row.member)).chain(cells)).map_err(failed)?;
                rows += 1;
            }
            Ok(())
        })?;
    }
    out.flush().map_err(|error| Error::internal(format!("a table for an analysis: {error}")))?;
    Ok((rows > 0).then_some(path))
}

/// The day of birth of each member's youngest child; none where no member has one.
async fn births(app: &AppInner, merchant: MerchantId, folder: &Path) -> Result<Option<PathBuf>> {
    let (mut after, mut found) = (MemberId(Uuid::nil()), Vec::new());
    loop {
        let input = (merchant, after);
        let read = app.db.read(&input, |tx, (merchant, after)| Box::pin(dependents::youngest(tx, *merchant, *after, PAGE_MEMBERS)));
        let page = read.await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        found.extend(page);
    }
    if found.is_empty() {
        return Ok(None);
    }
    let born: HashMap<MemberId, String> = found.iter().map(|(member, day)| (*member, day.to_string())).collect();
    let members: Vec<MemberId> = found.into_iter().map(|(member, _)| member).collect();
    let mut rows = Vec::with_capacity(members.len());
    for part in members.chunks(PAGE_NUMBERS) {
        for (member, number) in numbered(app, merchant, part).await? {
            rows.push([marked(number), born.get(&member).cloned().unwrap_or_default()]);
        }
    }
    table(folder.join("members.csv"), &["member", "宝宝生日 birthday"], rows.into_iter()).map(Some)
}

/// Who was treated and who was held out, by their tags.
async fn trial(app: &AppInner, merchant: MerchantId, parameters: &Parameters, folder: &Path) -> Result<PathBuf> {
    let treated = tagged(app, merchant, parameters.treated).await?;
    let held_out = tagged(app, merchant, parameters.held_out).await?;
    let both: HashSet<&MemberId> = treated.iter().collect();
    let count = held_out.iter().filter(|member| both.contains(member)).count();
    if count > 0 {
        let detail = format!("{count} members have both tags; a trial has each member on one side");
        return Err(Error::refused("insight_sides_overlap", detail));
    }
    let mut rows = Vec::with_capacity(treated.len() + held_out.len());
    for (members, side) in [(treated, "treated"), (held_out, "held_out")] {
        rows.extend(numbers(app, merchant, &members).await?.into_iter().map(|number| [marked(number), side.to_owned()]));
    }
    table(folder.join("trial.csv"), &["member", "group"], rows.into_iter())
}

/// The members with a tag, at least one.
async fn tagged(app: &AppInner, merchant: MerchantId, tag: Option<TagId>) -> Result<Vec<MemberId>> {
    let tag = tag.ok_or_else(ops::no_tag)?;
    let (mut after, mut found) = (MemberId(Uuid::nil()), Vec::new());
    loop {
        let input = (merchant, tag, after);
        let read = app.db.read(&input, |tx, (merchant, tag, after)| Box::pin(facts::tagged(tx, *merchant, *tag, *after, PAGE_MEMBERS)));
        let page = read.await?;
        let Some(last) = page.last() else { break };
        after = *last;
        found.extend(page);
    }
    if found.is_empty() {
        return Err(Error::refused("insight_tag_empty", "no member has this tag; give it to some first"));
    }
    Ok(found)
}

/// Their numbers, each once.
async fn numbers(app: &AppInner, merchant: MerchantId, members: &[MemberId]) -> Result<Vec<i64>> {
    let (mut found, mut seen) = (Vec::with_capacity(members.len()), HashSet::new());
    for part in members.chunks(PAGE_NUMBERS) {
        found.extend(numbered(app, merchant, part).await?.into_iter().map(|(_, number)| number).filter(|number| seen.insert(*number)));
    }
    Ok(found)
}

async fn numbered(app: &AppInner, merchant: MerchantId, members: &[MemberId]) -> Result<Vec<(MemberId, i64)>> {
    app.db.write(&(merchant, members), |tx, (merchant, members)| Box::pin(lake::ops::numbers_of(tx, *merchant, members))).await
}

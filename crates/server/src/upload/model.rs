//! A file that was brought, and what an import says.

use crate::import::run::{Outcome, Report};
use crate::import::{Kind, RowFault};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Result, Uuid, id, text_enum};
use std::collections::BTreeMap;
use utoipa::ToSchema;

id!(UploadId, "A file that was brought to be imported.");

/// A file is at most this long.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;
const NAME_CHARS_MAX: usize = 120;

text_enum! {
    /// What a file brings.
    pub enum ImportKind {
        /// 会员.
        Members = "members",
        /// 商品.
        Products = "products",
        /// 历史订单.
        Orders = "orders",
        /// 期初余额.
        Balances = "balances",
    }
}

impl ImportKind {
    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::Members => Kind::Members,
            Self::Products => Kind::Products,
            Self::Orders => Kind::Orders,
            Self::Balances => Kind::Balances,
        }
    }
}

text_enum! {
    /// How far a file is.
    pub enum UploadState {
        /// It is here, and can be looked at.
        Uploaded = "uploaded",
        /// It is being imported, or will be in a moment.
        Queued = "queued",
        /// It is in.
        Done = "done",
        /// It could not be imported; `fault` says why. What of it is in stays.
        Failed = "failed",
    }
}

/// Which column is a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapped {
    /// The field, as in the preview's `columns`.
    #[schema(example = "phone")]
    pub field: String,
    /// The column's name, or its number from 1; empty leaves the field out.
    #[schema(example = "手机号")]
    pub column: String,
}

/// A file that was brought.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// What it brings.
    pub kind: ImportKind,
    /// What it was called.
    pub name: String,
    /// How long it is.
    pub bytes: i64,
    /// How far it is.
    pub state: UploadState,
    /// What was said about its columns last.
    pub map: Vec<Mapped>,
    /// Rows, as the last look counted them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<i64>,
    /// Rows that are dealt with so far.
    pub position: i64,
    /// What came of it, once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<ImportReport>,
    /// Why it failed: a code and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// When it was brought.
    pub created_at: Instant,
}

/// What came of an import, or would.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// `imported`, `already_imported`, or `dry_run`: nothing was written.
    pub outcome: String,
    /// What the file turned out to be.
    pub format: String,
    /// Field to column.
    pub columns: BTreeMap<String, String>,
    /// Columns that nothing is read from.
    pub unused_columns: Vec<String>,
    /// The currency of every amount.
    pub currency: String,
    /// Rows of the file.
    pub rows: i64,
    /// Rows that can't be used.
    pub bad_rows: i64,
    /// Numbers by name: `enrolled`, `known`, `bad.phone_malformed`; amounts in minor units.
    pub counts: BTreeMap<String, i64>,
    /// The first of the rows that can't be used, at most 100.
    #[serde(default)]
    pub faults: Vec<RowFault>,
    /// Some of what is there already.
    pub there_already: Vec<String>,
}

impl ImportReport {
    pub(super) fn of(report: Report) -> Self {
        let outcome = match report.outcome {
            Outcome::Imported | Outcome::Stopped => "imported",
            Outcome::AlreadyImported => "already_imported",
            Outcome::DryRun => "dry_run",
        };
        Self {
            outcome: outcome.to_owned(),
            format: report.format,
            columns: report.columns.into_iter().map(|(field, column)| (field.to_owned(), column)).collect(),
            unused_columns: report.unused_columns,
            currency: report.currency,
            rows: i64::try_from(report.rows).unwrap_or(i64::MAX),
            bad_rows: report.bad_rows,
            counts: report.counts,
            faults: report.faults,
            there_already: report.there_already,
        }
    }
}

/// A look at a file: what an import would do, and the first rows.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// What would come of it; none where the columns don't do yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<ImportReport>,
    /// Why the columns don't do: a code and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The fields that such a file can bring.
    pub fields: Vec<String>,
    /// Of each of these groups at least one field needs a column.
    pub required: Vec<Vec<String>>,
    /// The columns' names.
    pub header: Vec<String>,
    /// The field of each of them; none where nothing is read from it.
    pub columns: Vec<Option<String>>,
    /// Up to 20 rows, as the file writes them.
    pub first_rows: Vec<Vec<String>>,
}

/// A file's name as it is kept: the last part of a path, without what a file can't be called.
///
/// Errors: `file_name_malformed`.
pub(super) fn file_name(text: &str) -> Result<String> {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let name: String = last.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    if name.is_empty() {
        return Err(Error::invalid("file_name_malformed", "say what the file is called, such as 会员.xlsx"));
    }
    Ok(name)
}

/// The run of an import in the database's terms.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) state: UploadState,
    pub(super) report: Option<String>,
    pub(super) bad: Option<String>,
    pub(super) fault: Option<String>,
}

/// Which upload is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub(super) merchant: shuke_kernel::MerchantId,
    pub(super) id: UploadId,
    pub(super) leased_until: i64,
}

/// The upload that has no run yet.
pub(super) const NO_RUN: Option<Uuid> = None;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        assert_eq!(file_name("C:\\Users\\lin\\会员.xlsx").unwrap(), "会员.xlsx");
        assert_eq!(file_name("../../etc/passwd").unwrap(), "passwd");
        for wrong in ["", "a/", "\u{0}\n"] {
            assert_eq!(file_name(wrong).unwrap_err().code(), "file_name_malformed", "{wrong:?}");
        }
    }
}

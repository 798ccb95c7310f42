//! What is printed, and on what.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Result, Uuid, text_enum};
use shuke_org::setting::Section;
use shuke_org::text;
use utoipa::ToSchema;

text_enum! {
    /// Which document.
    pub enum ReceiptKind {
        /// 销售小票 of an order.
        Sale = "sale",
        /// 退货单 of a refund.
        Refund = "refund",
        /// 充值单 of a top-up.
        TopUp = "top_up",
    }
}

text_enum! {
    /// As what.
    pub enum ReceiptFormat {
        /// Plain text.
        Text = "text",
        /// A page for a screen or a browser's printer.
        Html = "html",
        /// Bytes for a receipt printer, in GBK.
        Escpos = "escpos",
    }
}

text_enum! {
    /// The paper.
    pub enum PaperWidth {
        /// 58 mm: 32 columns.
        Narrow = "58mm",
        /// 80 mm: 48 columns.
        Wide = "80mm",
    }
}

impl PaperWidth {
    /// Columns of Latin letters.
    pub const fn columns(self) -> usize {
        match self {
            Self::Narrow => 32,
            Self::Wide => 48,
        }
    }
}

/// What is to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrintAsk {
    /// Which document.
    pub kind: ReceiptKind,
    /// The order, refund or top-up.
    pub document: Uuid,
    /// As what.
    pub format: ReceiptFormat,
    /// The paper.
    #[serde(default = "wide")]
    pub width: PaperWidth,
    /// Only to be looked at, as the next print would be: it is not counted.
    #[serde(default)]
    pub preview: bool,
}

const fn wide() -> PaperWidth {
    PaperWidth::Wide
}

/// A print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Printed {
    /// 0 for the original, else which copy it is.
    pub copy: i64,
    /// The text or the page; none for a printer's bytes.
    pub text: Option<String>,
    /// The printer's bytes in base64; none for a text.
    pub escpos: Option<String>,
}

/// How goods are to be treated, printed where any of them was sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CareText {
    /// Of these products.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Uuid>,
    /// Of products in these categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Uuid>,
    /// 30℃ 以下手洗. At most 200 characters.
    pub text: String,
}

/// What stands on every receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReceiptPolicy {
    /// Lines below the store's name, at most 10.
    pub header: Vec<String>,
    /// Lines at the end, at most 10.
    pub footer: Vec<String>,
    /// Care texts, at most 100.
    pub care: Vec<CareText>,
}

const LINES_MAX: usize = 10;
const CARE_MAX: usize = 100;
const NAMES_MAX: usize = 100;
const CHARS_MAX: usize = 200;

impl Section for ReceiptPolicy {
    const NAME: &'static str = "receipt";
    fn check(&self) -> Result<()> {
        let too_many = |field: &str| {
            Err(Error::invalid("receipt_policy_invalid", "the receipt's texts can't be used").field(
                field,
                "out_of_range",
                "these are too many",
            ))
        };
        for (field, lines) in [("header", &self.header), ("footer", &self.footer)] {
            if lines.len() > LINES_MAX {
                return too_many(&format!("/{field}"));
            }
            for line in lines {
                text::optional_line(field, line, CHARS_MAX)?;
            }
        }
        if self.care.len() > CARE_MAX || self.care.iter().any(|care| care.products.len() + care.categories.len() > NAMES_MAX) {
            return too_many("/care");
        }
        self.care.iter().try_for_each(|care| text::line("care", &care.text, CHARS_MAX).map(|_| ()))
    }
}

/// A line of goods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Goods {
    pub(super) name: String,
    pub(super) count: String,
    pub(super) amount: String,
    /// What it is made of.
    pub(super) parts: Vec<String>,
}

/// A receipt before it is laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Slip {
    pub(super) store: String,
    pub(super) header: Vec<String>,
    pub(super) title: &'static str,
    /// Which copy; none for the original.
    pub(super) copy: Option<i64>,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) goods: Vec<Goods>,
    /// Label and amount.
    pub(super) sums: Vec<(String, String)>,
    /// The figure that counts.
    pub(super) total: Option<(&'static str, String)>,
    /// Payments, points, tax.
    pub(super) after: Vec<(String, String)>,
    pub(super) care: Vec<String>,
    pub(super) footer: Vec<String>,
}

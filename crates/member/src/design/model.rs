//! A design, and filling it in: pure.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Result, id, text_enum};
use utoipa::ToSchema;

id!(CardDesignId, "A design of printed cards.");

/// Elements of one design.
const ELEMENTS_MAX: usize = 40;
/// Characters of an element's text.
const TEXT_CHARS_MAX: usize = 200;
/// A side of a card: 20 cm.
const EDGE_TENTHS_MM_MAX: i64 = 2_000;
/// What may stand in braces.
const PLACEHOLDERS: &[&str] = &["number", "batch", "issued_on", "store"];

text_enum! {
    /// Which side of a card.
    pub enum Side {
        /// 正面.
        Front = "front",
        /// 背面.
        Back = "back",
    }
}

text_enum! {
    /// What an element is.
    pub enum ElementKind {
        /// A text.
        Text = "text",
        /// The text as a barcode (Code 128).
        Barcode = "barcode",
        /// The text as a QR code.
        Qr = "qr",
        /// A line to write on, such as that of the signature; its text stands below it.
        Line = "line",
    }
}

text_enum! {
    /// Where a text stands in its box.
    pub enum Align {
        /// At the left.
        Left = "left",
        /// In the middle.
        Center = "center",
        /// At the right.
        Right = "right",
    }
}

/// One thing on a card. Places and sizes are tenths of a millimetre from the upper left corner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// Which side.
    pub side: Side,
    /// What.
    pub kind: ElementKind,
    /// The text, with {number}, {batch}, {issued_on} or {store} in it.
    pub text: String,
    /// From the left edge.
    pub x: i64,
    /// From the upper edge.
    pub y: i64,
    /// How wide.
    pub width: i64,
    /// How high.
    pub height: i64,
    /// The letters' size in tenths of a point.
    #[serde(default = "letters")]
    pub letters: i64,
    /// Where the text stands.
    #[serde(default = "left")]
    pub align: Align,
}

const fn letters() -> i64 {
    90
}
const fn left() -> Align {
    Align::Left
}

/// A design to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardDesignDraft {
    /// Its name.
    pub name: String,
    /// How wide a card is, in tenths of a millimetre; 856 for a bank card.
    pub width: i64,
    /// How high; 540 for a bank card.
    pub height: i64,
    /// What stands on it.
    pub elements: Vec<Element>,
}

/// A design.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardDesign {
    /// Its id.
    pub id: CardDesignId,
    /// Name, size, elements.
    #[serde(flatten)]
    pub draft: CardDesignDraft,
    /// When it was last changed.
    pub changed_at: Instant,
}

/// What is filled in for one card.
#[derive(Clone, Copy, Debug)]
pub struct Filling<'a> {
    /// The card's number.
    pub number: &'a str,
    /// The name of its batch.
    pub batch: &'a str,
    /// The local day of the issue.
    pub issued_on: &'a str,
    /// The store's name, or nothing.
    pub store: &'a str,
}

impl CardDesignDraft {
    /// Refuses what can't be printed: `card_design_malformed`, with the place.
    pub fn check(&self) -> Result<()> {
        let fault = |place: String, detail: &str| {
            Err(Error::invalid("card_design_malformed", "this design can't be printed").field(place, "card_design_malformed", detail))
        };
        for (place, edge) in [("/width", self.width), ("/height", self.height)] {
            if !(100..=EDGE_TENTHS_MM_MAX).contains(&edge) {
                return fault(place.to_owned(), "a card's edge is 10 to 200 mm, in tenths of a millimetre");
            }
        }
        if self.elements.is_empty() || self.elements.len() > ELEMENTS_MAX {
            return fault("/elements".to_owned(), "put 1 to 40 elements on a card");
        }
        for (index, element) in self.elements.iter().enumerate() {
            let at = |field: &str| format!("/elements/{index}/{field}");
            let inside = |from: i64, size: i64, edge: i64| from >= 0 && size > 0 && from.checked_add(size).is_some_and(|end| end <= edge);
            if !inside(element.x, element.width, self.width) {
                return fault(at("x"), "the element stands beyond the card's edge");
            }
            if !inside(element.y, element.height, self.height) {
                return fault(at("y"), "the element stands beyond the card's edge");
            }
            if !(30..=1_000).contains(&element.letters) {
                return fault(at("letters"), "letters are 3 to 100 points, in tenths of a point");
            }
            if element.text.chars().count() > TEXT_CHARS_MAX || element.text.chars().any(char::is_control) {
                return fault(at("text"), "a text has at most 200 characters in one line");
            }
            if element.text.is_empty() && element.kind != ElementKind::Line {
                return fault(at("text"), "say what stands here");
            }
            if let Some(unknown) = placeholders(&element.text).find(|name| !PLACEHOLDERS.contains(name)) {
                return fault(at("text"), &format!("there is no {{{unknown}}}; use {{number}}, {{batch}}, {{issued_on}} or {{store}}"));
            }
        }
        Ok(())
    }

    /// The elements of one card, with everything filled in.
    pub fn filled(&self, with: &Filling<'_>) -> Vec<Element> {
        let fill = |element: &Element| Element { text: filled(&element.text, with), ..element.clone() };
        self.elements.iter().map(fill).collect()
    }
}

/// What stands in braces in a text.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// In one pass, so that what was filled in is not read again.
fn filled(text: &str, with: &Filling<'_>) -> String {
    let mut parts = text.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let value = part.split_once('}').and_then(|(name, rest)| {
            let value = match name {
                "number" => with.number,
                "batch" => with.batch,
                "issued_on" => with.issued_on,
                "store" => with.store,
                _ => return None,
            };
            Some((value, rest))
        });
        match value {
            Some((value, rest)) => {
                out.push_str(value);
                out.push_str(rest);
            }
            None => {
                out.push('{');
                out.push_str(part);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(text: &str) -> Element {
        Element {
            side: Side::Front,
            kind: ElementKind::Text,
            text: text.to_owned(),
            x: 0,
            y: 0,
            width: 856,
            height: 540,
            letters: 90,
            align: Align::Left,
        }
    }

    fn design(elements: Vec<Element>) -> CardDesignDraft {
        CardDesignDraft { name: "金卡".to_owned(), width: 856, height: 540, elements }
    }

    #[test]
    fn what_stands_beyond_the_edge_is_refused() {
        assert!(design(vec![element("No. {number}")]).check().is_ok());
        let wrong = [
            Element { x: 1, ..element("x") },
            Element { y: -1, ..element("x") },
            Element { height: 0, ..element("x") },
            Element { x: i64::MAX, ..element("x") },
            Element { letters: 10, ..element("x") },
            element(""),
            element("{phone}"),
            element("a\nb"),
        ];
        for wrong in wrong {
            let error = design(vec![element("x"), wrong.clone()]).check().unwrap_err();
            assert!(error.fields()[0].field.starts_with("/elements/1/"), "{wrong:?}: {:?}", error.fields());
        }
        assert!(design(Vec::new()).check().is_err());
    }

    #[test]
    fn everything_is_filled_in_once() {
        let with = Filling { number: "{store}", batch: "首批", issued_on: "2026-11-22", store: "静安店" };
        let elements = design(vec![element("{number}/{batch} {issued_on} {store}"), element("{ {x")]).filled(&with);
        assert_eq!(elements[0].text, "{store}/首批 2026-11-22 静安店", "what was filled in is no placeholder");
        assert_eq!(elements[1].text, "{ {x");
    }
}

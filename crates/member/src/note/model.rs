//! A note.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Result, id};
use utoipa::ToSchema;

id!(NoteId, "A note about a member.");

/// Characters in a note.
const NOTE_CHARS_MAX: usize = 2_000;

/// A note to be written.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteDraft {
    /// 1 to 2,000 characters.
    pub text: String,
    /// Whether it stands before the others.
    #[serde(default)]
    pub pinned: bool,
}

impl std::fmt::Debug for NoteDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoteDraft").field("pinned", &self.pinned).finish_non_exhaustive()
    }
}

impl NoteDraft {
    /// The text without white space around it. Refuses what can't be: `note_malformed`.
    pub fn check(&self) -> Result<&str> {
        let text = self.text.trim();
        let control = |c: char| c.is_control() && c != '\n';
        if (1..=NOTE_CHARS_MAX).contains(&text.chars().count()) && !text.chars().any(control) {
            return Ok(text);
        }
        Err(Error::invalid("note_malformed", "this note can't be kept").field(
            "/text",
            "text_malformed",
            format!("write 1 to {NOTE_CHARS_MAX} characters, without control characters"),
        ))
    }
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// What it says.
    pub text: String,
    /// Whether it stands before the others.
    pub pinned: bool,
    /// When it was written.
    pub at: Instant,
    /// By whom.
    pub actor: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_something() {
        let check = |text: &str| NoteDraft { text: text.to_owned(), pinned: false }.check().map(str::to_owned).map_err(|e| e.code());
        assert_eq!(check(" 喜欢靠窗\n不吃辣 "), Ok("喜欢靠窗\n不吃辣".to_owned()));
        for wrong in ["", "  ", "a\u{7}b", &"字".repeat(NOTE_CHARS_MAX + 1)] {
            assert_eq!(check(wrong), Err("note_malformed"));
        }
    }
}

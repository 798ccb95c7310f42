//! Reports 报告: what an analysis found, for people and for programs.
//!
//! A [`Report`] says in plain words what was found, what to do next and when not to trust it, in Chinese and
//! in English, and carries its figures, tables and plots. It is written as one self-contained page ([`html`],
//! plots as SVG inside, readable in black and white), as one JSON document ([`json`]), as a table ([`table`], [`columns`]),
//! or as text for a terminal ([`text`]).

pub mod columns;
pub mod html;
mod model;
mod rows;
pub mod svg;
pub mod table;
pub mod text;

pub use model::{Cell, Format, Line, Plot, Report, Style, Table, Text, json, lines, says, share};
pub use rows::Rows;

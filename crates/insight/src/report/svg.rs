//! Plots as SVG: no script, no font of their own, lines that differ without colour.

use super::html::escape;
use super::model::{Format, Line, Plot, Style, Text, thousands};
use std::fmt::Write as _;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 66.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 44.0;

/// A plot.
pub fn draw(plot: &Plot, format: &Format) -> String {
    match plot {
        Plot::Lines { axes, lines, band, title } => lines_plot(title, axes, lines, band, format),
        Plot::Bars { axis, bars, title } => bars_plot(title, axis, bars, format),
        Plot::Field { rows, columns, values, shares, title } => field_plot(title, rows, columns, values, *shares, format),
    }
}

/// A whole step that makes about five marks.
fn step(range: f64) -> f64 {
    let raw = (range / 5.0).max(1e-12);
    let power = 10_f64.powf(raw.log10().floor());
    let digit = raw / power;
    power
        * if digit <= 1.0 {
            1.0
        } else if digit <= 2.0 {
            2.0
        } else if digit <= 5.0 {
            5.0
        } else {
            10.0
        }
}

fn mark(value: f64) -> String {
    if value.abs() >= 10_000.0 || (value.fract() == 0.0 && value.abs() < 1e15) { thousands(value as i64) } else { format!("{value:.2}") }
}

fn opened(title: &Text, height: f64, format: &Format) -> String {
    let label = escape(format.text(title));
    format!("<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{label}\" xmlns=\"http://www.w3.org/2000/svg\">")
}

struct Scale {
    x: (f64, f64),
    y: (f64, f64),
}

impl Scale {
    fn of(points: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let mut scale = Self { x: (f64::INFINITY, f64::NEG_INFINITY), y: (0.0, f64::NEG_INFINITY) };
        for (x, y) in points.filter(|(x, y)| x.is_finite() && y.is_finite()) {
            scale.x = (scale.x.0.min(x), scale.x.1.max(x));
            scale.y = (scale.y.0.min(y), scale.y.1.max(y));
        }
        if scale.x.0 > scale.x.1 {
            return None;
        }
        if scale.x.0 == scale.x.1 {
            scale.x.1 += 1.0;
        }
        if scale.y.0 >= scale.y.1 {
            scale.y.1 = scale.y.0 + 1.0;
        }
        Some(scale)
    }
    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let across = LEFT + (x - self.x.0) / (self.x.1 - self.x.0) * (WIDTH - LEFT - RIGHT);
        (across, HEIGHT - BOTTOM - (y - self.y.0) / (self.y.1 - self.y.0) * (HEIGHT - TOP - BOTTOM))
    }
}

fn lines_plot(title: &Text, axes: &(Text, Text), lines: &[Line], band: &[(f64, f64, f64)], format: &Format) -> String {
    let all =
        lines.iter().flat_map(|line| line.points.iter().copied()).chain(band.iter().flat_map(|(x, low, high)| [(*x, *low), (*x, *high)]));
    let Some(scale) = Scale::of(all) else { return String::new() };
    let mut out = opened(title, HEIGHT + 18.0 * lines.len() as f64, format);
    axes_of(&mut out, &scale, axes, format);
    if !band.is_empty() {
        let up = band.iter().map(|(x, _, high)| scale.at(*x, *high));
        let down = band.iter().rev().map(|(x, low, _)| scale.at(*x, *low));
        let points: Vec<String> = up.chain(down).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = write!(out, "<polygon class=\"band\" points=\"{}\"/>", points.join(" "));
    }
    for (at, line) in lines.iter().enumerate() {
        let kept: Vec<(f64, f64)> =
            line.points.iter().filter(|(x, y)| x.is_finite() && y.is_finite()).map(|(x, y)| scale.at(*x, *y)).collect();
        if line.style == Style::Points {
            for (x, y) in &kept {
                let _ = write!(out, "<circle class=\"l{}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>", at % 4);
            }
        } else {
            let points: Vec<String> = kept.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            let _ = write!(out, "<polyline class=\"l{} {}\" points=\"{}\"/>", at % 4, class(line.style), points.join(" "));
        }
        let y = HEIGHT + 18.0 * at as f64 + 6.0;
        let _ =
            write!(out, "<line class=\"l{} {}\" x1=\"{LEFT}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\"/>", at % 4, class(line.style), LEFT + 34.0);
        let _ = write!(out, "<text x=\"{}\" y=\"{}\">{}</text>", LEFT + 42.0, y + 4.0, escape(format.text(&line.name)));
    }
    out.push_str("</svg>");
    out
}

const fn class(style: Style) -> &'static str {
    match style {
        Style::Solid => "solid",
        Style::Dashed => "dashed",
        Style::Dotted | Style::Points => "dotted",
    }
}

fn axes_of(out: &mut String, scale: &Scale, axes: &(Text, Text), format: &Format) {
    let up = step(scale.y.1 - scale.y.0);
    let mut y = (scale.y.0 / up).ceil() * up;
    while y <= scale.y.1 + up * 1e-9 {
        let (_, at) = scale.at(scale.x.0, y);
        let _ = write!(out, "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{}\" y2=\"{at:.1}\"/>", WIDTH - RIGHT);
        let _ = write!(out, "<text class=\"end\" x=\"{}\" y=\"{:.1}\">{}</text>", LEFT - 6.0, at + 4.0, mark(y));
        y += up;
    }
    let across = step(scale.x.1 - scale.x.0);
    let mut x = (scale.x.0 / across).ceil() * across;
    while x <= scale.x.1 + across * 1e-9 {
        let (at, _) = scale.at(x, scale.y.0);
        let _ = write!(out, "<text class=\"middle\" x=\"{at:.1}\" y=\"{}\">{}</text>", HEIGHT - BOTTOM + 16.0, mark(x));
        x += across;
    }
    let _ =
        write!(out, "<text class=\"middle\" x=\"{}\" y=\"{}\">{}</text>", (LEFT + WIDTH) / 2.0, HEIGHT - 8.0, escape(format.text(&axes.0)));
    let _ = write!(out, "<text x=\"4\" y=\"10\">{}</text>", escape(format.text(&axes.1)));
}

fn bars_plot(title: &Text, axis: &Text, bars: &[(Text, f64, String)], format: &Format) -> String {
    let row = 26.0;
    let highest = bars.iter().map(|(_, value, _)| value.abs()).fold(1e-12, f64::max);
    let mut out = opened(title, row * bars.len() as f64 + 24.0, format);
    let _ = write!(out, "<text x=\"4\" y=\"12\">{}</text>", escape(format.text(axis)));
    for (at, (name, value, written)) in bars.iter().enumerate() {
        let y = 20.0 + row * at as f64;
        let wide = value.abs() / highest * (WIDTH - 320.0);
        let _ = write!(out, "<text class=\"end\" x=\"190\" y=\"{:.1}\">{}</text>", y + 15.0, escape(format.text(name)));
        let _ = write!(out, "<rect class=\"bar\" x=\"198\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"18\"/>");
        let _ = write!(out, "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>", 204.0 + wide, y + 15.0, escape(written));
    }
    out.push_str("</svg>");
    out
}

fn field_plot(title: &Text, rows: &[Text], columns: &[Text], values: &[Vec<Option<f64>>], shares: bool, format: &Format) -> String {
    let left = 96.0;
    let (wide, high) = ((WIDTH - left - 6.0) / columns.len().max(1) as f64, 22.0);
    let highest = values.iter().flatten().flatten().copied().fold(1e-12, f64::max);
    let mut out = opened(title, 26.0 + high * rows.len() as f64, format);
    for (at, name) in columns.iter().enumerate() {
        let x = left + wide * (at as f64 + 0.5);
        let _ = write!(out, "<text class=\"middle small\" x=\"{x:.1}\" y=\"14\">{}</text>", escape(format.text(name)));
    }
    for (r, name) in rows.iter().enumerate() {
        let y = 20.0 + high * r as f64;
        let _ = write!(out, "<text class=\"end small\" x=\"{}\" y=\"{:.1}\">{}</text>", left - 6.0, y + 15.0, escape(format.text(name)));
        for (c, value) in values.get(r).into_iter().flatten().enumerate().filter_map(|(c, value)| Some((c, (*value)?))) {
            let x = left + wide * c as f64;
            let dark = (value / highest).clamp(0.0, 1.0);
            let _ = write!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"#8a3a12\" fill-opacity=\"{:.2}\"/>",
                wide - 1.0,
                high - 1.0,
                dark * 0.9
            );
            if wide >= 26.0 {
                let written = if shares { format!("{:.0}", value * 100.0) } else { mark(value) };
                let ink = if dark > 0.55 { "small middle light" } else { "small middle" };
                let _ = write!(out, "<text class=\"{ink}\" x=\"{:.1}\" y=\"{:.1}\">{written}</text>", x + wide / 2.0, y + 15.0);
            }
        }
    }
    out.push_str("</svg>");
    out
}

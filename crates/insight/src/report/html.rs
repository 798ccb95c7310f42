//! A report as one page that can be mailed: styles and plots inside, nothing loaded, no script.

use super::model::{Cell, Format, Plot, Report, Table, Text};
use super::svg;
use std::fmt::Write as _;

/// Rows of a table that the page shows.
const ROWS_MAX: usize = 200;

const STYLE: &str = "
:root{color-scheme:light;font:15px/1.55 -apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#1f1f1f}
body{max-width:860px;margin:24px auto;padding:0 20px;background:#fff}
h1{font-size:24px;margin:0}h2{font-size:17px;margin:32px 0 8px}p{margin:6px 0}.sub,.en{color:#595959}
.en{font-size:13px}.find{border-left:4px solid #c2410c;padding:2px 0 2px 12px;margin:10px 0}
.next{border-left:4px solid #1f1f1f;padding:2px 0 2px 12px;margin:10px 0}.warn{border:1px solid #1f1f1f;padding:8px 12px;margin:10px 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13px;width:100%}
th,td{padding:4px 8px;border-bottom:1px solid #d9d9d9;text-align:right}th:first-child,td.name{text-align:left}
svg{width:100%;height:auto}svg text{font-size:12px;fill:#262626}.small{font-size:10.5px!important}.light{fill:#fff!important}
.end{text-anchor:end}.middle{text-anchor:middle}.grid{stroke:#e5e5e5}.bar{fill:#8a3a12}.band{fill:#8a3a12;fill-opacity:.15}
polyline{fill:none}.l0{stroke:#8a3a12;fill:#8a3a12;stroke-width:2.4}.l1{stroke:#1f1f1f;fill:#1f1f1f;stroke-width:1.8}
.l2{stroke:#5b6b7b;fill:#5b6b7b;stroke-width:1.8}.l3{stroke:#8c8c8c;fill:#8c8c8c;stroke-width:1.8}polyline.l0,polyline.l1,polyline.l2,polyline.l3{fill:none}
.dashed{stroke-dasharray:7 4}.dotted{stroke-dasharray:2 4}
@media print{body{margin:0}}
";

/// Text that is safe in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// The page: Chinese first, English beneath each sentence.
pub fn page(report: &Report) -> String {
    let format = Format { chinese: true, plain: false, currency: report.currency };
    let mut out = String::from("<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">");
    let _ =
        write!(out, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{}</title>", escape(&report.title.zh));
    let _ = write!(out, "<style>{STYLE}</style></head><body>\n<h1>{}</h1>", escape(&report.title.zh));
    let day = crate::orders::dates::iso(report.as_of);
    let _ = writeln!(out, "<p class=\"sub\">{} · 截至 as of {day} · {}</p>", escape(&report.title.en), report.currency.code());
    for (class, texts) in [("find", &report.findings), ("next", &report.next), ("warn", &report.warnings)] {
        for text in texts {
            sentence(&mut out, class, text);
        }
    }
    for plot in &report.plots {
        let (Plot::Lines { title, .. } | Plot::Bars { title, .. } | Plot::Field { title, .. }) = plot;
        heading(&mut out, title);
        out.push_str(&svg::draw(plot, &format));
    }
    for table in &report.tables {
        write_table(&mut out, table, &format);
    }
    heading(&mut out, &super::says("怎么算的", "How it was computed"));
    sentence(&mut out, "sub", &report.method);
    out.push_str("</body></html>\n");
    out
}

fn sentence(out: &mut String, class: &str, text: &Text) {
    let _ = writeln!(out, "<div class=\"{class}\">{}<div class=\"en\" lang=\"en\">{}</div></div>", escape(&text.zh), escape(&text.en));
}

fn heading(out: &mut String, title: &Text) {
    let _ = writeln!(out, "<h2>{} <span class=\"en\" lang=\"en\">{}</span></h2>", escape(&title.zh), escape(&title.en));
}

fn write_table(out: &mut String, table: &Table, format: &Format) {
    heading(out, &table.title);
    out.push_str("<table><thead><tr>");
    for name in &table.head {
        let _ = write!(out, "<th>{}<div class=\"en\" lang=\"en\">{}</div></th>", escape(&name.zh), escape(&name.en));
    }
    out.push_str("</tr></thead><tbody>\n");
    for row in table.rows.iter().take(ROWS_MAX) {
        out.push_str("<tr>");
        for cell in &row {
            let class = if matches!(cell, Cell::Name(_) | Cell::Word(_)) { " class=\"name\"" } else { "" };
            let _ = write!(out, "<td{class}>{}</td>", escape(&format.cell(cell)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table>\n");
    if table.rows.len() > ROWS_MAX {
        let _ = writeln!(out, "<p class=\"sub\">… {} 行 rows</p>", table.rows.len() - ROWS_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_data_is_markup() {
        assert_eq!(escape("<b>\"&'"), "&lt;b&gt;&quot;&amp;&#39;");
    }
}

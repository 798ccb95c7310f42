import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import { Table } from "../../parts/List";
import { changeOf, type Kind, type Overall, type Sums } from "./figures";

const ARROWS = { up: "▲", down: "▼", same: "＝", fresh: "" };

/** Writes a figure as its kind asks. */
function useFigure() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  return (value: number | null | undefined, kind: Kind): string => {
    if (value == null) return "–";
    switch (kind) {
      case "money":
        return f.money(value);
      case "count":
        return f.count(value);
      case "rate":
        return f.rate(value);
      case "times":
        return t("today.timesEach", { n: f.plain(value / 1000) });
    }
  };
}

/** What became of a figure: its direction as a sign and a colour. */
function Change({
  now,
  before,
  kind,
}: {
  now: number | null | undefined;
  before: number | null | undefined;
  kind: Kind;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const change = changeOf(now, before, kind);
  if (!change) return <>–</>;
  const text =
    change.way === "same"
      ? t("today.same")
      : change.way === "fresh"
        ? t("today.fresh")
        : kind === "rate"
          ? t("today.points", { n: f.plain(change.by / 100) })
          : f.rate(change.by);
  return (
    <span className={change.way === "up" || change.way === "down" ? change.way : undefined}>
      <span aria-hidden>{ARROWS[change.way]} </span>
      <span className="hidden">{change.way === "up" ? "+" : change.way === "down" ? "−" : ""}</span>
      {text}
    </span>
  );
}

interface Card {
  key: "sold" | "received" | "consumed" | "orders" | "identified" | "repurchase";
  kind: Kind;
  of: (sums: Sums) => number | null | undefined;
  to: "/sales/reports" | "/sales/orders" | "/members";
  tab?: string;
}

const CARDS: Card[] = [
  { key: "sold", kind: "money", of: (sums) => sums.sold, to: "/sales/reports", tab: "sold" },
  { key: "received", kind: "money", of: (sums) => sums.received, to: "/sales/reports", tab: "received" },
  { key: "consumed", kind: "money", of: (sums) => sums.consumed, to: "/sales/reports", tab: "consumed" },
  { key: "orders", kind: "count", of: (sums) => sums.orders - sums.undone, to: "/sales/orders" },
  { key: "identified", kind: "rate", of: (sums) => sums.identified_ratio, to: "/sales/orders" },
  { key: "repurchase", kind: "rate", of: (sums) => sums.repurchase_ratio, to: "/members" },
];

/** The figures of the period; each opens the list behind it. */
export function Cards({ data }: { data: Overall }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const write = useFigure();
  return (
    <div className="figures">
      {CARDS.map(({ key, kind, of, to, tab }) => (
        <div key={key}>
          <p>{t(`today.${key}`)}</p>
          <Link to={to} search={(tab ? { tab } : {}) as never} title={t(`today.${key}Help`)}>
            <b>{write(of(data.figures), kind)}</b>
          </Link>
          <small>
            <Change now={of(data.figures)} before={of(data.before)} kind={kind} />
          </small>
          <small className="soft">{t("today.before", { value: write(of(data.before), kind) })}</small>
          {key === "sold" && data.figures.prepaid_sold !== 0 && (
            <small className="soft">{t("today.prepaidSold", { amount: f.money(data.figures.prepaid_sold) })}</small>
          )}
        </div>
      ))}
    </div>
  );
}

const LEVERS: { key: "newMembers" | "purchaseRate" | "frequency" | "average"; kind: Kind; of: Card["of"] }[] = [
  { key: "newMembers", kind: "count", of: (sums) => sums.new_members },
  { key: "purchaseRate", kind: "rate", of: (sums) => sums.purchase_rate },
  { key: "frequency", kind: "times", of: (sums) => sums.frequency_milli },
  { key: "average", kind: "money", of: (sums) => sums.average },
];

/** The four levers of growth, each beside the period before. */
export function Levers({ data }: { data: Overall }) {
  const { t } = useTranslation(["app", "ui"]);
  const write = useFigure();
  return (
    <section className="form-section" aria-label={t("today.levers")}>
      <h2>{t("today.levers")}</h2>
      <Table
        label={t("today.levers")}
        rows={LEVERS}
        rowKey={(row) => row.key}
        columns={[
          { key: "lever", title: t("today.lever"), render: (row) => t(`today.${row.key}`) },
          {
            key: "now",
            title: t("today.now"),
            number: true,
            render: (row) => <b>{write(row.of(data.figures), row.kind)}</b>,
          },
          {
            key: "then",
            title: t("today.earlier"),
            number: true,
            render: (row) => write(row.of(data.before), row.kind),
          },
          {
            key: "change",
            title: t("today.change"),
            number: true,
            render: (row) => <Change now={row.of(data.figures)} before={row.of(data.before)} kind={row.kind} />,
          },
        ]}
      />
      <p className="help">{t("today.leversHelp")}</p>
    </section>
  );
}

import type { Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel, useToday } from "./format";
import { type Column, Table } from "./List";
import { Loaded } from "./Parts";
import { useUrl } from "./url";

type Entry = Schema<"Entry">;
type Account = Schema<"AccountKind">;

const MONEY: readonly Account[] = ["principal", "bonus", "pass_value", "gift_card"];

/** Writes what an account holds: money, points or visits; with its sign where it is a change. */
export function useAccountAmount(): (account: Account, amount: number, sign?: boolean) => string {
  const f = useFormat();
  return (account, amount, sign = false) =>
    MONEY.includes(account) ? f.money(amount, sign) : `${sign && amount > 0 ? "+" : ""}${f.count(amount)}`;
}

/** Names an entry among others. */
export function entryKey(entry: Entry): string {
  return `${entry.source_id}${entry.source_kind}${entry.source_line}${entry.account}${entry.at}`;
}

/** When, which account, how much, why, and where it came from. */
export function useEntryColumns(): Column<Entry>[] {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const write = useAccountAmount();
  return [
    { key: "at", title: t("form.when"), render: (row) => f.moment(row.at) },
    { key: "account", title: t("member.entry.account"), render: (row) => label("account", row.account) },
    {
      key: "amount",
      title: t("member.entry.amount"),
      number: true,
      render: (row) => write(row.account, row.amount, true),
    },
    { key: "why", title: t("member.entry.why"), render: (row) => label("why", row.why) },
    {
      key: "other",
      title: t("member.entry.source"),
      render: (row) =>
        row.source_kind === "sale" ? (
          <Link to="/sales/orders/$id" params={{ id: row.source_id }}>
            {t("sales.order.one")}
          </Link>
        ) : (
          label("source", row.source_kind)
        ),
      text: (row) => label("source", row.source_kind),
    },
  ];
}

/** What was held on a date, and the entries of that day: why it changed. The date stands in the address. */
export function DayLedger({
  id,
  load,
}: {
  /** Names what holds it. */
  id: string;
  load: (date: string) => Promise<{ data?: Schema<"DayView"> | undefined }>;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const field = useId();
  const today = useToday();
  const columns = useEntryColumns();
  const write = useAccountAmount();
  const [search, setUrl] = useUrl();
  const date = search.on ?? today;
  const view = useQuery({
    queryKey: ["member", id, "at", date],
    queryFn: async () => (await load(date)).data as Schema<"DayView">,
  });
  const number = (key: string, title: string, of: (row: Schema<"DayBalance">) => string) => ({
    key,
    title,
    number: true,
    render: of,
  });
  return (
    <section className="form-section" aria-label={t("member.at.title")}>
      <h2>{t("member.at.title")}</h2>
      <div className="filter">
        <label htmlFor={field}>{t("member.at.date")}</label>
        <input
          id={field}
          type="date"
          value={date}
          max={today}
          onChange={(event) => event.target.value && setUrl({ on: event.target.value })}
        />
        <small>{view.data && t("member.at.zone", { zone: view.data.zone })}</small>
      </div>
      <Loaded query={view}>
        {(data) =>
          data.balances.length === 0 ? (
            <p>{t("member.at.nothing")}</p>
          ) : (
            <>
              <Table<Schema<"DayBalance">>
                label={t("member.at.title")}
                rows={data.balances}
                rowKey={(row) => row.account}
                columns={[
                  { key: "account", title: t("member.entry.account"), render: (row) => label("account", row.account) },
                  number("start", t("member.at.start"), (row) => write(row.account, row.start)),
                  number("change", t("member.at.change"), (row) => write(row.account, row.end - row.start, true)),
                  number("end", t("member.at.end"), (row) => write(row.account, row.end)),
                ]}
              />
              {data.entries.length === 0 ? (
                <p>{t("member.at.none")}</p>
              ) : (
                <Table<Entry> label={t("member.at.why")} rows={data.entries} rowKey={entryKey} columns={columns} />
              )}
              {data.more && <p className="help">{t("member.at.more")}</p>}
            </>
          )
        }
      </Loaded>
    </section>
  );
}

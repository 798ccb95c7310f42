import { moment } from "@shuke/ui";
import { useRef } from "react";
import type { QueuedSale } from "./db";
import { pieces, useWriting } from "./format";
import { Panel } from "./Panel";
import { Paper, type PaperHandle } from "./Paper";
import { usePlace } from "./place";
import { slipPage } from "./slip";

export type Sold = Pick<QueuedSale, "id" | "at" | "shown">;

/** The receipt of a sale that waits here: made by the till, and it says so. */
export function LocalReceipt({ sale, onClose }: { sale: Sold; onClose: () => void }) {
  const { t, money, language } = useWriting();
  const { store, till } = usePlace();
  const paper = useRef<PaperHandle>(null);
  const { shown } = sale;
  const payments = shown.payments ?? [];
  const cash = payments.find((one) => one.tender === "cash")?.amount ?? 0;
  const change = shown.received === undefined ? 0 : shown.received - cash;
  const page = slipPage({
    title: t("receipt.local"),
    store: store.name,
    head: [
      `${till.name} · ${moment(sale.at, store.zone, language)}`,
      t("receipt.by", { name: shown.by }),
      shown.member ? `${t("member.title")} ${shown.member}` : "",
      t("receipt.localId", { id: sale.id.slice(-8).toUpperCase() }),
    ],
    lines: shown.lines.map((line) => ({
      name: line.name,
      pieces: pieces(line.quantityMilli),
      net: money(line.net),
    })),
    sums: [
      [t("total.toPay"), money(shown.total)],
      ...payments.map((one): [string, string] => [
        t(`account.${one.tender}` as "account.cash"),
        money(one.tender === "cash" && change > 0 ? one.amount + change : one.amount),
      ]),
      ...(change > 0 ? ([[t("done.change"), money(change)]] as [string, string][]) : []),
    ],
    foot: t("receipt.localFoot"),
  });
  return (
    <Panel title={t("receipt.title")} onClose={onClose}>
      <Paper ref={paper} page={page} title={t("receipt.title")} />
      <button type="button" className="btn main" onClick={() => paper.current?.print(page)}>
        {t("ui:do.print")}
      </button>
    </Panel>
  );
}

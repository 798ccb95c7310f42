import { api, asProblem, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel } from "../../parts/format";
import { Table } from "../../parts/List";
import { Facts, Loaded } from "../../parts/Parts";
import { useActorName, useStoreName, useTills } from "../../parts/refs";
import { Decide } from "./Decide";

type OfflineRecord = Schema<"OfflineRecord">;

/** A sale that a till made without a network: what was promised, what differs, what became of it. */
export function OfflineSalePage({ id }: { id: string }) {
  const record = useQuery({
    queryKey: ["offline-sales", id],
    queryFn: async () =>
      (await api.GET("/api/v1/offline-sales/{id}", { params: { path: { id } } })).data as OfflineRecord,
  });
  return <Loaded query={record}>{(data) => <Page record={data} />}</Loaded>;
}

function Page({ record }: { record: OfflineRecord }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const mayDecide = useMay("approval:give");
  const open = record.state === "waiting" || record.state === "booked";
  return (
    <div className="stack">
      <header className="page-head">
        <h1>
          {t("running.sale.one")} {f.moment(record.sale.at)}
        </h1>
        <span className="page-actions">
          {record.state !== "waiting" && record.state !== "declined" && (
            <Link to="/sales/orders/$id" params={{ id: record.sale.id }}>
              {t("running.sale.order")}
            </Link>
          )}
        </span>
      </header>
      <Summary record={record} />
      {record.conflicts.length > 0 && (
        <section className="form-section" aria-label={t("running.sale.what")}>
          <h2>{t("running.sale.what")}</h2>
          <ul className="needs">
            {record.conflicts.map((one, at) => (
              <li key={`${one.code}${at}`}>
                {label("conflict", one.code)}
                {one.now != null && ` · ${t("running.sale.now", { amount: f.money(one.now) })}`}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Lines record={record} />
      {open && mayDecide && <Decide record={record} />}
    </div>
  );
}

function Summary({ record }: { record: OfflineRecord }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  const actor = useActorName();
  const tills = useTills();
  const { sale } = record;
  return (
    <section className="form-section" aria-label={t("running.sale.one")}>
      <Facts
        items={[
          [t("form.state"), <b key="state">{label("offlineState", record.state)}</b>],
          [t("running.sale.total"), f.money(sale.total)],
          [
            t("sales.order.payments"),
            f.list((sale.payments ?? []).map((one) => `${label("tender", one.tender)} ${f.money(one.amount)}`)) || "–",
          ],
          [
            t("running.sale.member"),
            sale.member ? (
              <Link to="/members/$id" params={{ id: sale.member }}>
                {t("member.open")}
              </Link>
            ) : (
              t("sales.order.guest")
            ),
          ],
          [t("shell.store"), storeName(record.store)],
          [t("sales.shift.till"), tills.find((one) => one.id === record.till)?.name ?? "–"],
          [t("running.sale.sentAt"), f.moment(record.received_at)],
          [t("running.sale.sentBy"), actor(record.received_by)],
          ...(record.settled_at == null
            ? []
            : ([
                [
                  t("running.sale.decided"),
                  t("running.sale.decidedBy", { who: actor(record.settled_by), when: f.moment(record.settled_at) }),
                ],
                [t("form.note"), record.note || "–"],
              ] as [string, string][])),
        ]}
      />
    </section>
  );
}

/** What was sold; the names are those that the catalogue has today. */
function Lines({ record }: { record: OfflineRecord }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const { sale, store } = record;
  const names = useQuery({
    queryKey: ["offline-sales", sale.id, "names"],
    staleTime: 60_000,
    queryFn: async () => {
      const found = new Map<string, string>();
      try {
        const lines = sale.lines.map(({ variant, quantity_milli }) => ({ variant, quantity_milli }));
        const { data } = await api.POST("/api/v1/quotes", { body: { store, lines, coupons: { kind: "none" } } });
        for (const one of data?.goods ?? []) found.set(one.variant, one.name);
      } catch (thrown) {
        // What can't be priced any more has no name here; the amounts stand all the same.
        if (asProblem(thrown).offline) throw thrown;
      }
      return found;
    },
  });
  return (
    <section className="form-section" aria-label={t("running.sale.lines")}>
      <h2>{t("running.sale.lines")}</h2>
      <Table<Schema<"OfflineLine"> & { line: number }>
        label={t("running.sale.lines")}
        rows={sale.lines.map((line, at) => ({ ...line, line: at }))}
        rowKey={(row) => String(row.line)}
        columns={[
          {
            key: "name",
            title: t("running.sale.goods"),
            render: (row) => names.data?.get(row.variant) ?? (names.isPending ? "…" : t("running.sale.unknown")),
          },
          { key: "n", title: t("sales.order.quantity"), number: true, render: (row) => f.quantity(row.quantity_milli) },
          { key: "price", title: t("sales.order.price"), number: true, render: (row) => f.money(row.unit_price) },
          { key: "saved", title: t("sales.order.saved"), number: true, render: (row) => f.money(row.gross - row.net) },
          { key: "net", title: t("sales.order.net"), number: true, render: (row) => f.money(row.net) },
        ]}
      />
    </section>
  );
}

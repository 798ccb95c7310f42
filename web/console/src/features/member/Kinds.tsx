import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import { Table } from "../../parts/List";
import { Facts, Loaded } from "../../parts/Parts";
import { useUrl } from "../../parts/url";

type View = Schema<"KindView">;

/** What a member has of the kinds of points beside the shop's own. */
export function useKinds(id: string): View[] {
  return (
    useQuery({
      queryKey: ["member", id, "kinds"],
      queryFn: async () =>
        (await api.GET("/api/v1/members/{id}/points-kinds", { params: { path: { id } } })).data ?? [],
    }).data ?? []
  );
}

/** Each kind of points with its balance, its lots on demand, and the way to its ledger. */
export function Kinds({ id }: { id: string }) {
  const kinds = useKinds(id);
  return (
    <>
      {kinds.map((one) => (
        <Kind key={one.kind} id={id} view={one} />
      ))}
    </>
  );
}

function Kind({ id, view }: { id: string; view: View }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const [, setUrl] = useUrl();
  const [open, setOpen] = useState(false);
  const { points } = view;
  return (
    <section className="form-section" aria-label={view.name}>
      <div className="page-head">
        <h2>
          {view.name} {f.count(points.balance)}
        </h2>
        <span className="page-actions">
          <Button size="small" onClick={() => setOpen(!open)} aria-expanded={open}>
            {t("member.lots")}
          </Button>
          <Button size="small" onClick={() => setUrl({ tab: "ledger", of: view.kind }, { push: true })}>
            {t("member.tab.ledger")}
          </Button>
        </span>
      </div>
      <Facts
        items={[
          [t("member.available"), f.count(points.available)],
          [t("member.pending"), f.count(points.pending)],
          [t("member.debt"), f.count(points.debt)],
          [t("member.kindPays"), view.pays ? t("form.yes") : t("member.kindRewards")],
        ]}
      />
      {points.next_expiry && (
        <p className="help">
          {t("member.expiring", { on: f.day(points.next_expiry.on), amount: f.count(points.next_expiry.amount) })}
        </p>
      )}
      {open && <KindLots id={id} kind={view.kind} label={`${view.name} ${t("member.lots")}`} />}
    </section>
  );
}

function KindLots({ id, kind, label }: { id: string; kind: string; label: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const lots = useQuery({
    queryKey: ["member", id, "kind-lots", kind],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/points-kinds/{kind}/lots", { params: { path: { id, kind } } })).data ?? [],
  });
  return (
    <Loaded query={lots}>
      {(rows) =>
        rows.length === 0 ? (
          <p className="help">{t("ui:state.empty")}</p>
        ) : (
          <Table<Schema<"LotView">>
            label={label}
            rows={rows}
            rowKey={(row) => row.id}
            columns={[
              { key: "from", title: t("member.lot.available"), render: (row) => f.moment(row.available_at) },
              { key: "granted", title: t("member.lot.granted"), number: true, render: (row) => f.count(row.granted) },
              { key: "left", title: t("member.lot.remaining"), number: true, render: (row) => f.count(row.remaining) },
              {
                key: "to",
                title: t("member.lot.expires"),
                render: (row) => (row.expires_on ? f.day(row.expires_on) : t("member.lot.never")),
              },
            ]}
          />
        )
      }
    </Loaded>
  );
}

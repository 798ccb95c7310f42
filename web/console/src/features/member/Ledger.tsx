import { api, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { DayLedger, entryKey, useEntryColumns } from "../../parts/DayLedger";
import { useLabel } from "../../parts/format";
import { List } from "../../parts/List";
import { useUrl } from "../../parts/url";
import { useKinds } from "./Kinds";

type Entry = Schema<"Entry">;
const KINDS = ["points", "principal", "bonus"] as const;

/** What a member had on a date and why, and every entry; of the shop's own points and wallet, or of a kind of points. */
export function Ledger({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const [search, setUrl] = useUrl();
  const kinds = useKinds(id);
  const kind = kinds.find((one) => one.kind === search.of);
  return (
    <div className="stack">
      {kinds.length > 0 && (
        <div className="filter">
          <label htmlFor="ledger-of">{t("member.at.of")}</label>
          <select
            id="ledger-of"
            value={kind?.kind ?? ""}
            onChange={(event) => setUrl({ of: event.target.value || undefined })}
          >
            <option value="">{t("member.at.own")}</option>
            {kinds.map((one) => (
              <option key={one.kind} value={one.kind}>
                {one.name}
              </option>
            ))}
          </select>
        </div>
      )}
      {kind ? <OfKind key={kind.kind} id={id} kind={kind.kind} /> : <Own id={id} />}
    </div>
  );
}

function Own({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const columns = useEntryColumns();
  return (
    <>
      <DayLedger
        id={id}
        load={(date) => api.GET("/api/v1/members/{id}/balances/at", { params: { path: { id }, query: { date } } })}
      />
      <List<Entry>
        inner
        id="member-statement"
        title={t("member.tab.ledger")}
        rowKey={entryKey}
        depends={[id]}
        filters={[
          {
            key: "kind",
            label: t("member.entry.account"),
            options: KINDS.map((one) => ({ value: one, label: label("account", one) })),
          },
        ]}
        columns={columns}
        load={async (search, cursor, limit) =>
          (
            await api.GET("/api/v1/members/{id}/statement", {
              params: { path: { id }, query: { kind: search.kind as (typeof KINDS)[number], cursor, limit } },
            })
          ).data
        }
        empty={{ text: t("member.at.never") }}
      />
    </>
  );
}

function OfKind({ id, kind }: { id: string; kind: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const columns = useEntryColumns();
  const path = { id, kind };
  return (
    <>
      <DayLedger
        id={`${id} ${kind}`}
        load={(date) => api.GET("/api/v1/members/{id}/points-kinds/{kind}/at", { params: { path, query: { date } } })}
      />
      <List<Entry>
        inner
        id="member-kind-statement"
        title={t("member.tab.ledger")}
        rowKey={entryKey}
        depends={[id, kind]}
        columns={columns}
        load={async (_, cursor, limit) =>
          (
            await api.GET("/api/v1/members/{id}/points-kinds/{kind}/statement", {
              params: { path, query: { cursor, limit } },
            })
          ).data
        }
        empty={{ text: t("member.at.never") }}
      />
    </>
  );
}

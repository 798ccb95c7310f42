import { api, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { ChooseStore } from "../../parts/ChooseStore";
import { useFormat } from "../../parts/format";
import { List } from "../../parts/List";
import { useRefresh } from "../../parts/Parts";
import { useStores } from "../../parts/refs";
import { useUrl } from "../../parts/url";

/** The carts that wait in a store. */
export function Held() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const [search] = useUrl();
  const stores = useStores();
  const store = search.store ?? (stores.length === 1 ? stores[0]?.id : undefined);
  if (!store) return <ChooseStore title={t("page.held")} />;
  return (
    <List<Schema<"HeldCart">>
      id="held"
      title={t("page.held")}
      rowKey={(row) => row.id}
      depends={[store]}
      columns={[
        { key: "label", title: t("sales.held.label"), render: (row) => row.label || "–" },
        { key: "at", title: t("form.when"), render: (row) => f.moment(row.held_at) },
        { key: "lines", title: t("sales.held.lines"), number: true, render: (row) => f.count(row.cart.lines.length) },
        { key: "until", title: t("sales.held.expires"), render: (row) => f.moment(row.expires_at) },
        {
          key: "actions",
          title: t("form.actions"),
          render: (row) => (
            <Act
              small
              danger
              label={t("sales.held.discard")}
              ask={t("sales.held.discardAsk")}
              act={(_key) => api.DELETE("/api/v1/held-carts/{id}", { params: { path: { id: row.id } } })}
              done={() => refresh("held")}
            />
          ),
        },
      ]}
      load={async (_, cursor, limit) =>
        (await api.GET("/api/v1/held-carts", { params: { query: { store, cursor, limit } } })).data
      }
      empty={{ text: t("sales.held.empty") }}
    />
  );
}

import { api, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel } from "../../parts/format";
import { Table } from "../../parts/List";
import { Loaded } from "../../parts/Parts";
import { useUrl } from "../../parts/url";

/** How many members are in which stage. */
export function Stages() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const may = useMay("member:read");
  const stages = useQuery({
    queryKey: ["stages"],
    enabled: may,
    queryFn: async () => (await api.GET("/api/v1/stages")).data ?? [],
  });
  if (!may) return null;
  return (
    <section className="form-section" aria-label={t("today.stages")}>
      <h2>{t("today.stages")}</h2>
      <Loaded query={stages}>
        {(rows) => (
          <Table<Schema<"StageCount">>
            label={t("today.stages")}
            rows={rows}
            rowKey={(row) => row.stage}
            columns={[
              {
                key: "stage",
                title: t("member.stage"),
                render: (row) => (
                  <Link to="/members" search={{ stage: row.stage } as never}>
                    {label("stage", row.stage)}
                  </Link>
                ),
              },
              { key: "n", title: t("today.members"), number: true, render: (row) => f.count(row.members) },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

/** How many members agreed to which way of being reached. */
export function Reach() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const [{ store }] = useUrl();
  const reach = useQuery({
    queryKey: ["figures", "reach", store],
    queryFn: async () =>
      (await api.GET("/api/v1/figures/reach", { params: { query: { store } } })).data as Schema<"Reach">,
  });
  return (
    <section className="form-section" aria-label={t("today.reach")}>
      <h2>{t("today.reach")}</h2>
      <Loaded query={reach}>
        {(data) => (
          <>
            <p className="help">{t("today.reachHelp", { n: f.count(data.members) })}</p>
            <Table<Schema<"Reachable">>
              label={t("today.reach")}
              rows={data.channels}
              rowKey={(row) => row.channel}
              columns={[
                { key: "channel", title: t("today.channel"), render: (row) => label("consentChannel", row.channel) },
                { key: "members", title: t("today.members"), number: true, render: (row) => f.count(row.members) },
                { key: "ratio", title: t("today.ratio"), number: true, render: (row) => f.rate(row.ratio) },
              ]}
            />
          </>
        )}
      </Loaded>
    </section>
  );
}

import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { download, toCsv } from "../../parts/csv";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel } from "../../parts/format";
import { List } from "../../parts/List";
import { Facts, useRefresh } from "../../parts/Parts";

/** Batches of gift cards, and finding one by its code. */
export function GiftCards() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const may = useMay("loyalty:configure");
  const [open, setOpen] = useState(false);
  const add = may && (
    <Button type="primary" onClick={() => setOpen(true)}>
      {t("benefits.wallet.giftAdd")}
    </Button>
  );
  return (
    <div className="stack">
      <List<Schema<"GiftCardBatch">>
        inner
        id="gift-card-batches"
        title={t("benefits.wallet.gift")}
        rowKey={(row) => row.id}
        columns={[
          { key: "name", title: t("form.name"), render: (row) => row.name },
          { key: "face", title: t("benefits.wallet.face"), number: true, render: (row) => f.money(row.face) },
          { key: "cards", title: t("benefits.wallet.cards"), number: true, render: (row) => f.count(row.cards) },
          { key: "sold", title: t("benefits.wallet.sold"), number: true, render: (row) => f.count(row.sold) },
          { key: "at", title: t("form.when"), render: (row) => f.moment(row.at) },
          {
            key: "actions",
            title: t("form.actions"),
            render: (row) =>
              may && <Act small label={t("benefits.wallet.codes")} act={() => exportCodes(row.id, row.name)} />,
          },
        ]}
        load={async (_, cursor, limit) =>
          (await api.GET("/api/v1/gift-card-batches", { params: { query: { cursor, limit } } })).data
        }
        actions={add}
        empty={{ text: t("benefits.wallet.giftEmpty"), action: add }}
      />
      <Find />
      <FormDrawer<{ name: string; face: number | null; cards: number | null; months: number | null }>
        id="gift-card-batch"
        title={t("benefits.wallet.giftAdd")}
        open={open}
        onClose={() => setOpen(false)}
        initial={{ name: "", face: null, cards: null, months: null }}
        sections={[
          {
            title: "",
            fields: [
              { at: "name", kind: "text", required: true, label: t("form.name") },
              { at: "face", kind: "money", required: true, label: t("benefits.wallet.face") },
              { at: "cards", kind: "whole", required: true, label: t("benefits.wallet.cards") },
              { at: "months", kind: "whole", label: t("benefits.wallet.months") },
            ],
          },
        ]}
        save={(value, key) =>
          api.POST("/api/v1/gift-card-batches", {
            params: { header: once(key) },
            body: { id: key, name: value.name, face: value.face ?? 0, cards: value.cards ?? 0, months: value.months },
          })
        }
        saved={() => refresh("gift-card-batches")}
      />
    </div>
  );
}

async function exportCodes(id: string, name: string): Promise<void> {
  const rows: string[][] = [];
  let cursor: string | undefined;
  do {
    const { data } = await api.GET("/api/v1/gift-card-batches/{id}/codes", {
      params: { path: { id }, query: { cursor, limit: 200 } },
    });
    rows.push(...(data?.items ?? []).map((one) => [String(one.number), one.code]));
    cursor = data?.next ?? undefined;
  } while (cursor);
  download(`${name}.csv`, toCsv(rows));
}

function Find() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  const may = useMay("wallet:top-up");
  const [code, setCode] = useState("");
  const [asked, setAsked] = useState("");
  const found = useQuery({
    queryKey: ["gift-card-code", asked],
    enabled: asked !== "",
    retry: false,
    queryFn: async () =>
      (await api.GET("/api/v1/gift-card-codes/{code}", { params: { path: { code: asked } } }))
        .data as Schema<"GiftCardView">,
  });
  const card = found.data;
  const at = (key: string) => ({ params: { path: { id: card?.id ?? "" }, header: once(key) } });
  return (
    <section className="form-section" aria-label={t("benefits.wallet.find")}>
      <h2>{t("benefits.wallet.find")}</h2>
      <Input.Search
        aria-label={t("benefits.wallet.findCode")}
        value={code}
        onChange={(event) => setCode(event.target.value)}
        onSearch={(text) => setAsked(text.trim())}
        enterButton
      />
      <ProblemNotice error={found.error} />
      {card && (
        <>
          <Facts
            items={[
              [t("form.state"), label("giftCardState", card.state)],
              [t("benefits.wallet.face"), f.money(card.face)],
              [t("benefits.wallet.balance"), f.money(card.balance)],
              [t("member.validity"), f.day(card.expires_on)],
            ]}
          />
          {may && card.state === "active" && (
            <Act
              danger
              label={t("benefits.wallet.block")}
              ask={t("benefits.wallet.blockAsk")}
              act={(key) => api.POST("/api/v1/gift-cards/{id}/block", at(key))}
              done={() => refresh("gift-card-code")}
            />
          )}
          {may && card.state === "blocked" && (
            <Act
              label={t("benefits.wallet.unblock")}
              act={(key) => api.POST("/api/v1/gift-cards/{id}/unblock", at(key))}
              done={() => refresh("gift-card-code")}
            />
          )}
        </>
      )}
    </section>
  );
}

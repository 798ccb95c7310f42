import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { useApproved } from "../../parts/Approval";
import { download, toCsv } from "../../parts/csv";
import { DayLedger } from "../../parts/DayLedger";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel } from "../../parts/format";
import { List } from "../../parts/List";
import { Facts, useRefresh } from "../../parts/Parts";
import { FIRST_PAYING, type Paying, payments, usePayingFields } from "../../parts/paying";
import { useStores } from "../../parts/refs";
import { useUrl } from "../../parts/url";

type Card = Schema<"GiftCardView">;

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
  const [code, setCode] = useState("");
  const [asked, setAsked] = useState("");
  const found = useQuery({
    queryKey: ["gift-card-code", asked],
    enabled: asked !== "",
    retry: false,
    queryFn: async () =>
      (await api.GET("/api/v1/gift-card-codes/{code}", { params: { path: { code: asked } } })).data as Card,
  });
  return (
    <>
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
        {found.data && <Found card={found.data} />}
      </section>
      {found.data && found.data.state !== "new" && <CardLedger card={found.data} />}
    </>
  );
}

function CardLedger({ card }: { card: Card }) {
  const may = useMay("ledger:read");
  if (!may) return null;
  return (
    <DayLedger
      key={card.id}
      id={card.id}
      load={(date) => api.GET("/api/v1/gift-cards/{id}/at", { params: { path: { id: card.id }, query: { date } } })}
    />
  );
}

/** A card that was found by its code, and what can be done with it. */
function Found({ card }: { card: Card }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  const may = useMay("wallet:top-up");
  const [open, setOpen] = useState<"sell" | "redeem" | "return">();
  const at = (key: string) => ({ params: { path: { id: card.id }, header: once(key) } });
  const done = () => refresh("gift-card-code", "gift-card-batches", "member");
  const close = () => setOpen(undefined);
  const unused = card.state === "active" && card.balance === card.face;
  return (
    <>
      <Facts
        items={[
          [t("form.state"), label("giftCardState", card.state)],
          [t("benefits.wallet.number"), f.count(card.number)],
          [t("benefits.wallet.face"), f.money(card.face)],
          [t("benefits.wallet.balance"), f.money(card.balance)],
          [t("member.validity"), card.expires_on ? f.day(card.expires_on) : t("member.lot.never")],
          [t("benefits.wallet.soldAt"), f.moment(card.sold_at)],
          [
            t("benefits.wallet.paidBy"),
            card.payments.map((one) => `${label("tender", one.tender)} ${f.money(one.amount)}`).join("，") || "–",
          ],
        ]}
      />
      <p className="page-actions">
        {may && card.state === "new" && (
          <Button type="primary" onClick={() => setOpen("sell")}>
            {t("benefits.wallet.sell")}
          </Button>
        )}
        {may && card.state === "active" && card.balance > 0 && (
          <Button onClick={() => setOpen("redeem")}>{t("benefits.wallet.redeemFor")}</Button>
        )}
        {may && unused && <Button onClick={() => setOpen("return")}>{t("benefits.wallet.give")}</Button>}
        {may && card.state === "active" && (
          <Act
            danger
            label={t("benefits.wallet.block")}
            ask={t("benefits.wallet.blockAsk")}
            act={(key) => api.POST("/api/v1/gift-cards/{id}/block", at(key))}
            done={done}
          />
        )}
        {may && card.state === "blocked" && (
          <Act
            label={t("benefits.wallet.unblock")}
            act={(key) => api.POST("/api/v1/gift-cards/{id}/unblock", at(key))}
            done={done}
          />
        )}
      </p>
      {open === "sell" && <SellCard card={card} onClose={close} done={done} />}
      {open === "redeem" && <RedeemCard card={card} onClose={close} done={done} />}
      {open === "return" && <ReturnCard card={card} onClose={close} done={done} />}
    </>
  );
}

interface Step {
  card: Card;
  onClose: () => void;
  done: () => void;
}

function SellCard({ card, onClose, done }: Step) {
  const { t } = useTranslation(["app", "ui"]);
  const stores = useStores();
  const [search] = useUrl();
  const paying = usePayingFields();
  return (
    <FormDrawer<Paying & { store: string; buyer: string | null }>
      id={`gift-card-sale-${card.id}`}
      title={t("benefits.wallet.sell")}
      open
      onClose={onClose}
      submit={t("benefits.wallet.sellDo")}
      initial={{ store: search.store ?? stores[0]?.id ?? "", buyer: null, ...FIRST_PAYING }}
      sections={[
        {
          title: "",
          fields: [
            { at: "store", kind: "ref", of: "store", required: true, label: t("shell.store") },
            { at: "buyer", kind: "ref", of: "member", label: t("benefits.wallet.buyer") },
            ...(paying as never[]),
          ],
        },
      ]}
      save={({ store, buyer, ...paid }, key) =>
        api.POST("/api/v1/gift-cards/{id}/sale", {
          params: { path: { id: card.id }, header: once(key) },
          body: { store, buyer, payments: payments(card.face, paid) },
        })
      }
      saved={done}
    />
  );
}

function RedeemCard({ card, onClose, done }: Step) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <FormDrawer<{ member: string }>
      id={`gift-card-wallet-${card.id}`}
      title={t("benefits.wallet.redeemFor")}
      open
      onClose={onClose}
      submit={t("benefits.wallet.toWalletDo")}
      initial={{ member: "" }}
      sections={[
        {
          title: "",
          help: t("benefits.wallet.toWalletHelp"),
          fields: [{ at: "member", kind: "ref", of: "member", required: true, label: t("sales.order.member") }],
        },
      ]}
      save={(body, key) =>
        api.POST("/api/v1/gift-card-redemptions", {
          params: { header: once(key) },
          body: { ...body, id: key, card: card.id },
        })
      }
      saved={done}
    />
  );
}

function ReturnCard({ card, onClose, done }: Step) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const [{ store }] = useUrl();
  const approved = useApproved<{ reason: string }>(
    ({ reason }) => ({ kind: "top_up_refund", subject: card.id, amount: card.face, reason, store: store ?? null }),
    (_value, key, approval) =>
      api.POST("/api/v1/gift-cards/{id}/return", {
        params: { path: { id: card.id }, header: once(key) },
        body: { id: key, approval },
      }),
  );
  return (
    <FormDrawer<{ reason: string }>
      id={`gift-card-return-${card.id}`}
      title={t("benefits.wallet.give")}
      open
      onClose={onClose}
      submit={t("sales.order.refundDo")}
      initial={{ reason: "" }}
      sections={[
        {
          title: "",
          help: t("benefits.wallet.giveAsk", { money: f.money(card.face) }),
          fields: [{ at: "reason", kind: "area", required: true, label: t("form.reason") }],
        },
      ]}
      actions={approved.second}
      save={approved.save}
      saved={done}
    />
  );
}

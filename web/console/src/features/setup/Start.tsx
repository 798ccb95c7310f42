import { api, newId, once, type Schema } from "@shuke/api";
import { parseMoney, useWho } from "@shuke/ui";
import { MoneyInput } from "@shuke/ui/antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Input, Steps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { Form } from "../../parts/form/Form";
import { useFormat } from "../../parts/format";
import { useRefresh } from "../../parts/Parts";
import { useStores, useTills } from "../../parts/refs";

/** From an empty shop to the first sale: a till, some goods, a member. */
export function Start() {
  const { t } = useTranslation(["app", "ui"]);
  const products = useQuery({
    queryKey: ["products", "any"],
    queryFn: async () => (await api.GET("/api/v1/products", { params: { query: { limit: 1 } } })).data?.items ?? [],
  });
  const members = useQuery({
    queryKey: ["members", "any"],
    queryFn: async () => (await api.GET("/api/v1/members", { params: { query: { limit: 1 } } })).data?.items ?? [],
  });
  const tills = useTills();
  const done = [tills.length > 0, (products.data?.length ?? 0) > 0, (members.data?.length ?? 0) > 0];
  const step = done.indexOf(false);
  return (
    <>
      <header className="page-head">
        <h1>{t("start.title")}</h1>
      </header>
      <Steps
        current={step < 0 ? 3 : step}
        items={[
          { title: t("start.till") },
          { title: t("start.goods") },
          { title: t("start.member") },
          { title: t("start.sell") },
        ]}
      />
      <div className="form-section">
        {step === 0 && <FirstTill />}
        {step === 1 && <FirstGoods />}
        {step === 2 && <FirstMember />}
        {step < 0 && (
          <>
            <h2>{t("start.ready")}</h2>
            <p className="help">{t("start.readyHelp")}</p>
            <p className="help">{t("start.readyFind")}</p>
            <p className="page-actions">
              <Button type="primary" size="large" href="/till/">
                {t("start.toTill")}
              </Button>
              <Link to="/">{t("start.toToday")}</Link>
            </p>
          </>
        )}
      </div>
    </>
  );
}

function FirstTill() {
  const { t } = useTranslation(["app", "ui"]);
  const stores = useStores();
  const refresh = useRefresh();
  const store = stores[0];
  if (!store) return null;
  return (
    <Form<Schema<"TillDraft">>
      id="first-till"
      initial={{ name: t("start.tillName"), store: store.id }}
      sections={[
        {
          title: t("start.till"),
          help: t("start.tillHelp", { store: store.name }),
          fields: [{ at: "name", kind: "text", label: t("start.tillLabel"), required: true }],
        },
      ]}
      submit={t("start.next")}
      save={(body, key) => api.POST("/api/v1/tills", { params: { header: once(key) }, body })}
      saved={() => refresh("tills")}
    />
  );
}

interface Row {
  id: string;
  name: string;
  price: number | null;
  barcode: string;
}

const blank = (): Row => ({ id: newId(), name: "", price: null, barcode: "" });

function FirstGoods() {
  const { t } = useTranslation(["app", "ui"]);
  const { merchant } = useWho();
  const { currency } = useFormat();
  const refresh = useRefresh();
  const [rows, setRows] = useState<Row[]>([blank(), blank(), blank()]);
  const [fault, setFault] = useState<string>();
  const put = (next: Row[]) => {
    setFault(undefined);
    setRows(next);
  };
  const change = (id: string, part: Partial<Row>) =>
    put(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const full = rows.filter((row) => row.name.trim() && row.price != null);
  // A row that is half filled is not passed over: it would be missed at the till.
  const check = () => {
    const half = rows.findIndex((row) => Boolean(row.name.trim() || row.barcode.trim()) !== (row.price != null));
    if (half >= 0) setFault(t("start.halfRow", { n: half + 1 }));
    else if (full.length === 0) setFault(t("start.noGoods"));
    return half < 0 && full.length > 0;
  };
  const sample = t(`sample.${merchant.trade}`)
    .split("、")
    .map((text): Row => {
      const [name = "", price = ""] = text.split("|");
      return { ...blank(), name, price: parseMoney(price, currency) ?? 0 };
    });
  return (
    <>
      <h2>{t("start.goods")}</h2>
      <p className="help">{t("start.goodsHelp")}</p>
      {rows.map((row, at) => (
        <div className="goods-row" key={row.id}>
          <Input
            aria-label={t("start.goodsName", { n: at + 1 })}
            placeholder={t("goods.name")}
            value={row.name}
            onChange={(event) => change(row.id, { name: event.target.value })}
          />
          <MoneyInput
            currency={currency}
            aria-label={t("start.goodsPrice", { n: at + 1 })}
            placeholder={t("goods.price")}
            value={row.price}
            onChange={(price) => change(row.id, { price })}
          />
          <Input
            aria-label={t("start.goodsBarcode", { n: at + 1 })}
            placeholder={t("goods.barcode")}
            value={row.barcode}
            onChange={(event) => change(row.id, { barcode: event.target.value })}
          />
        </div>
      ))}
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <p className="page-actions">
        <Button onClick={() => put([...rows, blank()])}>{t("start.addRow")}</Button>
        <Button onClick={() => put(sample)}>{t("start.sample")}</Button>
        <Link to="/members/imports" search={{ kind: "products" } as never}>
          {t("start.fromFile")}
        </Link>
        <Act
          primary
          label={t("start.next")}
          ready={check}
          act={async () => {
            for (const [at, row] of full.entries()) await sell(row, at);
          }}
          done={() => refresh("products")}
        />
      </p>
    </>
  );
}

/** Makes one of the first goods; its id names the write, so asking again makes it once. */
async function sell(row: Row, at: number): Promise<void> {
  const code = `P${String(at + 1).padStart(3, "0")}`;
  const body: Schema<"NewProduct"> = {
    id: row.id,
    name: row.name.trim(),
    kind: "goods",
    code,
    variants: [
      {
        sku: code,
        price: row.price ?? 0,
        track_stock: false,
        ...(row.barcode ? { barcodes: [row.barcode.trim()] } : {}),
      },
    ],
  };
  await api.POST("/api/v1/products", { params: { header: once(row.id) }, body });
}

function FirstMember() {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  return (
    <Form<Partial<Schema<"EnrolRequest">>>
      id="first-member"
      initial={{ name: "", phone: "" }}
      sections={[
        {
          title: t("start.member"),
          help: t("start.memberHelp"),
          fields: [
            { at: "name", kind: "text", label: t("member.name"), required: true },
            { at: "phone", kind: "text", label: t("member.phone"), required: true },
          ],
        },
      ]}
      submit={t("start.next")}
      save={(body, key) =>
        api.POST("/api/v1/members", { params: { header: once(key) }, body: body as Schema<"EnrolRequest"> })
      }
      saved={() => refresh("members")}
    />
  );
}

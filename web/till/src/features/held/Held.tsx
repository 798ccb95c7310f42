import { api, newId, newKey, once, query, type Schema } from "@shuke/api";
import { clock } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Cart, type CartLine, emptyCart, wishesOf } from "../../core/cart";
import { db } from "../../core/db";
import { pieces } from "../../core/format";
import { memberById } from "../../core/members";
import { Panel } from "../../core/Panel";
import { usePlace } from "../../core/place";

type HeldCart = Schema<"HeldCart">;

/** Puts the cart aside under a few words. */
export function Hold({ cart, onDone, onClose }: { cart: Cart; onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const { store } = usePlace();
  const queries = useQueryClient();
  const [label, setLabel] = useState(cart.member?.name ?? "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const attempt = useRef({ id: newId(), key: newKey(), label: "" });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    if (attempt.current.label !== label) attempt.current = { id: newId(), key: newKey(), label };
    setBusy(true);
    setError(undefined);
    try {
      const { id, key } = attempt.current;
      await api.POST("/api/v1/held-carts", {
        params: { header: once(key) },
        body: { id, store: store.id, label: label.trim(), cart: wishesOf(cart) },
      });
      await queries.invalidateQueries({ queryKey: ["get", "/api/v1/held-carts"] });
      onDone();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title={t("held.hold")} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <label>
          {t("held.label")}
          <input
            className="field"
            maxLength={80}
            autoComplete="off"
            value={label}
            onChange={(event) => setLabel(event.target.value)}
          />
        </label>
        <ProblemNotice error={error} />
        <button type="submit" className="btn main" disabled={busy}>
          {t("held.hold")}
        </button>
      </form>
    </Panel>
  );
}

/** The cart that a held one becomes again. Goods that left the catalogue are named and left out. */
async function cartOf(held: HeldCart): Promise<{ cart: Cart; gone: number }> {
  const cart = emptyCart();
  const lines: CartLine[] = [];
  for (const line of held.cart.lines) {
    const goods = await db().goods.get(line.variant);
    if (!goods) continue;
    lines.push({
      key: newId(),
      variant: goods.variant,
      name: goods.name,
      sku: goods.sku,
      kind: goods.kind,
      quantityMilli: line.quantity_milli,
      gift: line.gift ?? undefined,
      goods,
    });
  }
  const member = held.cart.member ? await memberById(held.cart.member) : undefined;
  return {
    cart: {
      ...cart,
      lines,
      selected: lines.length - 1,
      member,
      coupons: held.cart.coupons ?? { kind: "auto" },
      points: held.cart.points ?? { kind: "none" },
    },
    gone: held.cart.lines.length - lines.length,
  };
}

/** The carts that wait in this store. */
export function HeldCarts({
  onResume,
  onClose,
}: {
  onResume: (cart: Cart, gone: number) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const { store } = usePlace();
  const [error, setError] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const keys = useRef<Record<string, string>>({});
  const list = query.useQuery("get", "/api/v1/held-carts", { params: { query: { store: store.id, limit: 50 } } });
  const resume = async (held: HeldCart) => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    keys.current[held.id] ??= newKey();
    try {
      const { data } = await api.POST("/api/v1/held-carts/{id}/resume", {
        params: { path: { id: held.id }, header: once(keys.current[held.id] ?? "") },
        body: {},
      });
      const { cart, gone } = await cartOf(data ?? held);
      await list.refetch();
      onResume(cart, gone);
    } catch (thrown) {
      setError(thrown);
      void list.refetch();
    } finally {
      setBusy(false);
    }
  };
  const items = list.data?.items ?? [];
  return (
    <Panel title={t("held.title")} onClose={onClose}>
      <ProblemNotice error={error ?? list.error} onRetry={list.error ? () => void list.refetch() : undefined} />
      {list.isPending ? <p>{t("ui:state.loading")}</p> : null}
      {list.isSuccess && items.length === 0 ? <p>{t("held.empty")}</p> : null}
      <ul className="picks">
        {items.map((held) => (
          <li key={held.id}>
            <button type="button" className="btn wide" disabled={busy} onClick={() => void resume(held)}>
              <span className="grow">{held.label || t("held.nameless")}</span>
              <small>
                {t("held.lines", {
                  count: held.cart.lines.length,
                  pieces: pieces(held.cart.lines.reduce((sum, line) => sum + line.quantity_milli, 0)),
                })}
                {" · "}
                {clock(held.held_at, store.zone)}
              </small>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

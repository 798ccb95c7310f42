import { query, type Schema } from "@shuke/api";
import { useState } from "react";
import type { Cart } from "../../core/cart";
import { useWriting } from "../../core/format";
import { Panel } from "../../core/Panel";
import type { Priced } from "../../core/price";
import { CouponCode } from "./CouponCode";

/** Which coupons: those that save most by themselves, none, or by hand. */
export function CouponChoices({
  cart,
  priced,
  onChange,
  onClaimed,
  onClose,
}: {
  cart: Cart;
  priced: Priced | undefined;
  onChange: (choice: Schema<"CouponChoice">) => void;
  /** The member has one more. */
  onClaimed: () => void;
  onClose: () => void;
}) {
  const { t, money, whyNot } = useWriting();
  const coupons = priced?.reply?.quote.coupons ?? [];
  const used = coupons.filter((coupon) => coupon.saved > 0).map((coupon) => coupon.coupon);
  const chosen = cart.coupons.kind === "selected" ? cart.coupons.coupons : cart.coupons.kind === "auto" ? used : [];
  const toggle = (id: string) => {
    const next = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
    onChange(next.length > 0 ? { kind: "selected", coupons: next } : { kind: "none" });
  };
  return (
    <Panel title={t("coupon.title")} onClose={onClose}>
      <div className="choices">
        <button
          type="button"
          className="btn"
          aria-pressed={cart.coupons.kind === "auto"}
          onClick={() => onChange({ kind: "auto" })}
        >
          {t("coupon.auto")}
        </button>
        <button
          type="button"
          className="btn"
          aria-pressed={cart.coupons.kind === "none"}
          onClick={() => onChange({ kind: "none" })}
        >
          {t("coupon.none")}
        </button>
      </div>
      {coupons.length === 0 ? <p>{t(cart.lines.length > 0 ? "coupon.empty" : "coupon.scanFirst")}</p> : null}
      <ul className="picks">
        {coupons.map((coupon) => (
          <li key={coupon.coupon}>
            <label className="check">
              <input type="checkbox" checked={chosen.includes(coupon.coupon)} onChange={() => toggle(coupon.coupon)} />
              <span className="grow">
                {coupon.name} <small>{coupon.code}</small>
                {coupon.saved === 0 && coupon.why_not ? <small className="why">{whyNot(coupon.why_not)}</small> : null}
              </span>
              {coupon.saved > 0 ? <b className="figure">{money(-coupon.saved)}</b> : null}
            </label>
          </li>
        ))}
      </ul>
      {cart.member ? <CouponCode member={cart.member.id} onClaimed={onClaimed} /> : null}
      <button type="button" className="btn main" data-first onClick={onClose}>
        {t("ui:do.confirm")}
      </button>
    </Panel>
  );
}

/** How many points pay. */
export function PointsChoices({
  cart,
  priced,
  onChange,
  onClose,
}: {
  cart: Cart;
  priced: Priced | undefined;
  onChange: (choice: Schema<"PointsChoice">) => void;
  onClose: () => void;
}) {
  const { t, money, whyNot } = useWriting();
  const points = priced?.reply?.quote.points;
  const [text, setText] = useState(cart.points.kind === "exact" ? String(cart.points.points) : "");
  const wanted = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return (
    <Panel title={t("points.title")} onClose={onClose}>
      {points ? (
        <p>
          {t("points.most", { points: points.points_max, money: money(points.money_max) })}
          {points.why_not ? <small className="why">{whyNot(points.why_not)}</small> : null}
        </p>
      ) : (
        <p>{t("ui:state.loading")}</p>
      )}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onChange(wanted ? { kind: "exact", points: wanted } : text === "" ? { kind: "max" } : { kind: "none" });
          onClose();
        }}
      >
        <label>
          {t("points.howMany")}
          <input
            className="field"
            inputMode="numeric"
            autoComplete="off"
            placeholder={points ? String(points.points_max) : ""}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <div className="choices">
          <button type="submit" className="btn main" disabled={text !== "" && wanted === undefined}>
            {text === "" ? t("points.useMost") : t("points.use")}
          </button>
          <button
            type="button"
            className="btn"
            onClick={() => {
              onChange({ kind: "none" });
              onClose();
            }}
          >
            {t("points.none")}
          </button>
        </div>
      </form>
    </Panel>
  );
}

/** Which pass pays a service line of the cart. */
export function PassChoices({
  cart,
  at,
  onChange,
  onClose,
}: {
  cart: Cart;
  at: number;
  onChange: (pass: { id: string; name: string } | undefined) => void;
  onClose: () => void;
}) {
  const { t } = useWriting();
  const passes = query.useQuery("get", "/api/v1/members/{id}/passes", {
    params: { path: { id: cart.member?.id ?? "" }, query: { limit: 20 } },
  });
  const usable = (passes.data?.items ?? []).filter((pass) => pass.state === "active");
  return (
    <Panel title={t("pass.title", { name: cart.lines[at]?.name ?? "" })} onClose={onClose}>
      {passes.isPending ? <p>{t("ui:state.loading")}</p> : usable.length === 0 ? <p>{t("pass.empty")}</p> : null}
      <div className="choices column">
        {usable.map((pass) => (
          <button
            type="button"
            key={pass.id}
            className="btn"
            onClick={() => {
              onChange({ id: pass.id, name: pass.name });
              onClose();
            }}
          >
            {pass.name}
          </button>
        ))}
      </div>
    </Panel>
  );
}

import { useEffect, useRef, useState } from "react";
import { type Cart, type CartLine, PIECE } from "../../core/cart";
import { parsePieces, pieces, useWriting } from "../../core/format";
import type { PricedLine } from "../../core/price";
import "./cart.css";

interface Props {
  cart: Cart;
  lines: PricedLine[] | undefined;
  stale: boolean;
  onSelect: (at: number) => void;
  onQuantity: (at: number, milli: number) => void;
  onRemove: (at: number) => void;
  onPass: ((at: number) => void) | undefined;
}

/** The goods of the cart: each with its price, and each part of the price with its reason. */
export function CartView({ cart, lines, stale, onSelect, onQuantity, onRemove, onPass }: Props) {
  const { t } = useWriting();
  const list = useRef<HTMLOListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list scrolls when another line is selected or added
  useEffect(() => {
    list.current?.querySelector("[data-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [cart.selected, cart.lines.length]);
  if (cart.lines.length === 0)
    return (
      <div className="empty">
        <p>{t("cart.empty")}</p>
        <p>
          <small>{t("cart.hint")}</small>
        </p>
      </div>
    );
  return (
    <ol className="lines" ref={list} aria-label={t("cart.title")} aria-busy={stale}>
      {cart.lines.map((line, at) => (
        <LineView
          key={line.key}
          line={line}
          priced={lines?.[at]}
          selected={at === cart.selected}
          onSelect={() => onSelect(at)}
          onQuantity={(milli) => onQuantity(at, milli)}
          onRemove={() => onRemove(at)}
          onPass={onPass && line.kind === "service" ? () => onPass(at) : undefined}
        />
      ))}
    </ol>
  );
}

interface LineProps {
  line: CartLine;
  priced: PricedLine | undefined;
  selected: boolean;
  onSelect: () => void;
  onQuantity: (milli: number) => void;
  onRemove: () => void;
  onPass: (() => void) | undefined;
}

function LineView({ line, priced, selected, onSelect, onQuantity, onRemove, onPass }: LineProps) {
  const { t, money, because } = useWriting();
  const unit = priced?.unitPrice ?? line.goods.price;
  const short = priced?.onHandMilli !== undefined && priced.onHandMilli < line.quantityMilli;
  return (
    <li className="line" data-selected={selected} aria-current={selected}>
      <div className="what">
        <button type="button" className="name" onClick={onSelect}>
          {line.name}
        </button>
        <small>
          {line.sku}
          {short ? (
            <span className="warn"> · {t("cart.onHand", { count: pieces(priced?.onHandMilli ?? 0) })}</span>
          ) : null}
        </small>
        {priced?.kit?.length ? (
          <small className="kit">
            {t("cart.kit", {
              parts: priced.kit.map((part) => `${part.name} × ${pieces(part.quantity_milli)}`).join(" · "),
            })}
          </small>
        ) : null}
      </div>
      <fieldset className="quantity" aria-label={t("cart.quantityOf", { name: line.name })}>
        <button
          type="button"
          className="btn"
          aria-label={t("cart.less")}
          onClick={() => onQuantity(line.quantityMilli - PIECE)}
        >
          −
        </button>
        <QuantityField value={line.quantityMilli} onChange={onQuantity} label={t("cart.quantity")} />
        <button
          type="button"
          className="btn"
          aria-label={t("cart.more")}
          onClick={() => onQuantity(line.quantityMilli + PIECE)}
        >
          +
        </button>
      </fieldset>
      <span className="figure unit">{money(unit)}</span>
      <span className="figure net">
        {line.pass ? t("cart.byPass") : priced ? money(priced.net) : "…"}
        {priced && !line.pass && priced.net !== priced.gross ? <del>{money(priced.gross)}</del> : null}
      </span>
      <button type="button" className="btn plain" aria-label={t("cart.remove", { name: line.name })} onClick={onRemove}>
        ✕
      </button>
      <div className="parts">
        {priced?.parts.map((part) => (
          <details key={part.stage + part.name + part.reason.code} className="part">
            <summary>
              {part.name || t(`partOf.${part.stage}`)} <b className="figure">{money(-part.amount)}</b>
            </summary>
            <p>
              {t(`partOf.${part.stage}`)}: {because(part.reason)}
            </p>
          </details>
        ))}
        {line.gift ? <span className="part">{t("cart.gift")}</span> : null}
        {line.pass ? <span className="part">{line.pass.name}</span> : null}
        {onPass ? (
          <button type="button" className="btn small" onClick={onPass}>
            {line.pass ? t("cart.passOff") : t("cart.passOn")}
          </button>
        ) : null}
      </div>
    </li>
  );
}

/** Takes a number while it is typed, and gives it on when it is one. */
function QuantityField({
  value,
  onChange,
  label,
}: {
  value: number;
  onChange: (milli: number) => void;
  label: string;
}) {
  const [text, setText] = useState<string | undefined>(undefined);
  return (
    <input
      className="field"
      inputMode="decimal"
      aria-label={label}
      value={text ?? pieces(value)}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
      }}
      onBlur={() => {
        const milli = text === undefined ? undefined : parsePieces(text);
        if (milli) onChange(milli);
        setText(undefined);
      }}
    />
  );
}

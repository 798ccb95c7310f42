import { query, type Schema } from "@shuke/api";
import { dateIn, language, moment } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useState } from "react";
import type { Exchanging } from "../../core/cart";
import { useWriting } from "../../core/format";
import { type Brief, searchMembers } from "../../core/members";
import { usePlace } from "../../core/place";
import { Receipt } from "../../core/Receipt";
import { RefundPanel } from "./Refund";

/** Finds an order of this store: by its number, its day, or its member; prints it again, takes it back. */
export function Orders({ onExchange }: { onExchange: (exchange: Exchanging) => void }) {
  const { t, money } = useWriting();
  const { store } = usePlace();
  const [text, setText] = useState("");
  const [date, setDate] = useState(dateIn(Date.now(), store.zone));
  const [members, setMembers] = useState<Brief[]>([]);
  const [member, setMember] = useState<Brief | undefined>(undefined);
  const [openId, setOpenId] = useState<string | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const list = query.useQuery("get", "/api/v1/orders", {
    params: {
      query: {
        ...(member ? { member: member.id } : { store: store.id, from: date, to: date }),
        limit: 100,
      },
    },
  });
  const digits = text.trim();
  const shown = (list.data?.items ?? []).filter((order) => member || !digits || order.number.includes(digits));
  const findMember = async () => {
    setError(undefined);
    if (!digits) return setMember(undefined);
    try {
      const found = await searchMembers(digits);
      setMembers(found);
      if (found.length === 1) setMember(found[0]);
    } catch (thrown) {
      setError(thrown);
    }
    return undefined;
  };
  return (
    <section className="sheet broad">
      <h1>{t("order.title")}</h1>
      <form
        className="choices"
        onSubmit={(event) => {
          event.preventDefault();
          if (shown.length === 1) setOpenId(shown[0]?.id);
          else void findMember();
        }}
      >
        <label className="grow">
          {t("order.find")}
          <input
            className="field"
            autoComplete="off"
            // biome-ignore lint/a11y/noAutofocus: the number is scanned or typed here
            autoFocus
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setMember(undefined);
              setMembers([]);
            }}
          />
        </label>
        <label>
          {t("order.day")}
          <input
            className="field"
            type="date"
            value={date}
            onChange={(event) => event.target.value && setDate(event.target.value)}
          />
        </label>
        <button type="submit" className="btn">
          {t("ui:do.search")}
        </button>
      </form>
      {members.length > 1 && !member ? (
        <div className="choices">
          {members.map((one) => (
            <button type="button" key={one.id} className="btn" onClick={() => setMember(one)}>
              {one.name ?? one.number} <small>{one.phone}</small>
            </button>
          ))}
        </div>
      ) : null}
      {member ? <p>{t("order.ofMember", { name: member.name ?? member.number })}</p> : null}
      <ProblemNotice error={error ?? list.error} onRetry={list.error ? () => void list.refetch() : undefined} />
      {list.isPending ? <p>{t("ui:state.loading")}</p> : null}
      {list.isSuccess && shown.length === 0 ? <p>{t("order.empty")}</p> : null}
      <ul className="picks">
        {shown.map((order) => (
          <li key={order.id}>
            <button type="button" className="btn wide" onClick={() => setOpenId(order.id)}>
              <span className="grow">
                {order.number}{" "}
                <small>
                  {moment(order.at, store.zone, language())} {order.buyer?.name ?? order.buyer?.number}
                </small>
              </span>
              {order.refunded > 0 ? (
                <small className="warn">{t("order.refunded", { amount: money(order.refunded) })}</small>
              ) : null}
              <b className="figure">{money(order.total)}</b>
            </button>
          </li>
        ))}
      </ul>
      {openId ? (
        <OneOrder
          id={openId}
          onExchange={onExchange}
          onClose={() => {
            setOpenId(undefined);
            void list.refetch();
          }}
        />
      ) : null}
    </section>
  );
}

function OneOrder({
  id,
  onExchange,
  onClose,
}: {
  id: string;
  onExchange: (exchange: Exchanging) => void;
  onClose: () => void;
}) {
  const [receipt, setReceipt] = useState<{ kind: Schema<"ReceiptKind">; id: string } | undefined>(undefined);
  const order = query.useQuery("get", "/api/v1/orders/{id}", { params: { path: { id } } }, { staleTime: 0 });
  return (
    <>
      <RefundPanel
        order={order.data}
        error={order.error}
        onAgain={() => void order.refetch()}
        onReceipt={() => setReceipt({ kind: "sale", id })}
        onRefundReceipt={(refund) => setReceipt({ kind: "refund", id: refund })}
        onExchange={onExchange}
        onClose={onClose}
      />
      {receipt ? <Receipt kind={receipt.kind} document={receipt.id} onClose={() => setReceipt(undefined)} /> : null}
    </>
  );
}

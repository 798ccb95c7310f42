import { api, newKey, once } from "@shuke/api";
import { day, language } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useRef, useState } from "react";
import { useWriting } from "../../core/format";
import { type FoundCard, GiftCode } from "../../core/GiftCode";
import type { Brief } from "../../core/members";
import { Panel } from "../../core/Panel";
import { usePlace } from "../../core/place";

const TENDERS = ["cash", "wechat_pay", "alipay", "bank_card", "other"] as const;

/** Sells a gift card: its code, and how it is paid. It belongs to whoever holds it; the buyer is noted where known. */
export function SellGiftCard({
  found,
  buyer,
  onClose,
}: {
  /** The card, where its code was scanned already. */
  found: FoundCard | undefined;
  buyer: Brief | undefined;
  onClose: () => void;
}) {
  const { t } = useWriting();
  const [card, setCard] = useState(found);
  const [busy, setBusy] = useState(false);
  const [sold, setSold] = useState<FoundCard | undefined>(undefined);
  if (sold)
    return (
      <Sold
        card={sold}
        onMore={() => {
          setSold(undefined);
          setCard(undefined);
        }}
        onClose={onClose}
      />
    );
  return (
    <Panel
      title={buyer ? t("giftCard.sellTo", { name: buyer.name ?? buyer.number }) : t("giftCard.sell")}
      onClose={onClose}
      locked={busy}
    >
      {card ? (
        <TakeMoney found={card} buyer={buyer} busy={busy} onBusy={setBusy} onSold={setSold} />
      ) : (
        <GiftCode
          submit={t("giftCard.look")}
          onClose={onClose}
          onFound={(next) => {
            if (next.card.state !== "new") return t(`giftCard.not.${next.card.state}`);
            setCard(next);
            return undefined;
          }}
        />
      )}
    </Panel>
  );
}

/** What the card costs, and what it is paid with. */
function TakeMoney({
  found,
  buyer,
  busy,
  onBusy,
  onSold,
}: {
  found: FoundCard;
  buyer: Brief | undefined;
  busy: boolean;
  onBusy: (busy: boolean) => void;
  onSold: (sold: FoundCard) => void;
}) {
  const { t, money } = useWriting();
  const { store, till } = usePlace();
  const [error, setError] = useState<unknown>(undefined);
  // One sale for each way to pay: pressing again is a retry.
  const attempt = useRef({ of: "", key: "" });
  const { card, ending } = found;
  const sell = async (tender: (typeof TENDERS)[number]) => {
    if (busy) return;
    if (attempt.current.of !== tender) attempt.current = { of: tender, key: newKey() };
    onBusy(true);
    setError(undefined);
    try {
      const { data } = await api.POST("/api/v1/gift-cards/{id}/sale", {
        params: { path: { id: card.id }, header: once(attempt.current.key) },
        body: {
          store: store.id,
          till: till.id,
          buyer: buyer?.id ?? null,
          payments: [{ tender, amount: card.face }],
        },
      });
      if (data) onSold({ card: data, ending });
    } catch (thrown) {
      setError(thrown);
    } finally {
      onBusy(false);
    }
  };
  return (
    <div className="stack">
      {/* Has the focus: the Enter of another card's scan must not take money for this one. */}
      <p tabIndex={-1} data-first>
        {t("giftCard.which", { number: card.number, ending })}
      </p>
      <p>
        {t("topUp.take")} <b className="figure big">{money(card.face)}</b>
      </p>
      <ProblemNotice error={error} />
      <fieldset className="choices">
        <legend>{t("topUp.how")}</legend>
        {TENDERS.map((tender) => (
          <button type="button" key={tender} className="btn" disabled={busy} onClick={() => void sell(tender)}>
            {t(`tender.${tender}`)}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function Sold({ card, onMore, onClose }: { card: FoundCard; onMore: () => void; onClose: () => void }) {
  const { t, money } = useWriting();
  return (
    <Panel title={t("giftCard.sold")} onClose={onClose}>
      <p className="huge figure">{money(card.card.balance)}</p>
      <p>
        {t("giftCard.which", { number: card.card.number, ending: card.ending })}
        {card.card.expires_on ? ` · ${t("member.until", { on: day(card.card.expires_on, language()) })}` : ""}
      </p>
      <p>{t("giftCard.handOver")}</p>
      <div className="choices">
        {/* biome-ignore lint/a11y/noAutofocus: Enter goes on */}
        <button type="button" className="btn main" autoFocus onClick={onClose}>
          {t("ui:do.confirm")}
        </button>
        <button type="button" className="btn" onClick={onMore}>
          {t("giftCard.more")}
        </button>
      </div>
    </Panel>
  );
}

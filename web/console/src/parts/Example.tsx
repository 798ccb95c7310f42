import { api, asProblem, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { MoneyInput, ProblemNotice } from "@shuke/ui/antd";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel } from "./format";
import { useTiers } from "./refs";

/** Nobody whom the shop knows. */
const NOBODY = "nobody";

/** What a cart of an amount would cost by a rule as it stands in the form: by the server's own price engine. */
export function Example({
  rule,
  tiers,
  ready = true,
}: {
  rule: Schema<"TrialRule">;
  /** The tiers to choose from, where they are being written too. */
  tiers?: { id: string; name: string }[];
  /** Whether the form is far enough for it. */
  ready?: boolean;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const id = useId();
  const known = useTiers();
  const may = useMay("offer:read");
  const choices = tiers ?? known;
  const [amount, setAmount] = useState<number | null>(20_000);
  const [who, setWho] = useState<string>();
  const buyer = who ?? (tiers ? choices.at(-1)?.id : undefined) ?? "";
  const asked = useDeferredValue(
    JSON.stringify({ amount, member: buyer !== NOBODY, tier: buyer === NOBODY || !buyer ? null : buyer, rule }),
  );
  const example = useQuery({
    queryKey: ["price-example", asked],
    enabled: may && ready && amount !== null,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async () =>
      (await api.POST("/api/v1/prices/example", { body: JSON.parse(asked) as Schema<"ExampleAsk"> }))
        .data as Schema<"PriceExample">,
  });
  if (!may) return null;
  // What is half typed is not wrong yet: the form says what is missing when it is saved.
  const typed = ready && !(example.error && asProblem(example.error).status === 400);
  const name =
    buyer === NOBODY
      ? t("benefits.try.nobody")
      : buyer
        ? t("benefits.try.ofTier", { tier: choices.find((one) => one.id === buyer)?.name ?? "…" })
        : t("benefits.try.member");
  return (
    <section className="form-section narrow" aria-label={t("benefits.try.title")}>
      <h2>{t("benefits.try.title")}</h2>
      <label htmlFor={`${id}-amount`}>{t("benefits.try.amount")}</label>
      <MoneyInput id={`${id}-amount`} currency={f.currency} value={amount} onChange={setAmount} />
      <label htmlFor={`${id}-who`}>{t("benefits.try.who")}</label>
      <p>
        <select id={`${id}-who`} value={buyer} onChange={(event) => setWho(event.target.value)}>
          <option value="">{t("benefits.try.member")}</option>
          {choices.map((one) => (
            <option key={one.id} value={one.id}>
              {t("benefits.try.ofTier", { tier: one.name || "…" })}
            </option>
          ))}
          <option value={NOBODY}>{t("benefits.try.nobody")}</option>
        </select>
      </p>
      {typed ? <ProblemNotice error={example.error} /> : <p className="help">{t("benefits.try.unready")}</p>}
      {typed && example.data && !example.error && <Answer found={example.data} who={name} />}
    </section>
  );
}

function Answer({ found, who }: { found: Schema<"PriceExample">; who: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const pieces = found.pieces > 1 ? t("benefits.try.pieces", { n: f.count(found.pieces) }) : "";
  return (
    <div role="status">
      <p>{t("benefits.try.says", { who, amount: f.money(found.amount), pieces })}</p>
      <div className="figures">
        <div>
          <b>{f.money(found.total)}</b>
          <small>
            {found.total === found.before
              ? t("benefits.try.same")
              : t("benefits.try.before", { money: f.money(found.before) })}
          </small>
        </div>
        <div>
          <b>{t("benefits.try.points", { n: f.count(found.points) })}</b>
          {found.points !== found.points_before && (
            <small>{t("benefits.try.pointsBefore", { n: f.count(found.points_before) })}</small>
          )}
        </div>
      </div>
      <ul>
        {found.savings.map((saving) => (
          <li key={`${saving.stage}${saving.source ?? ""}${saving.name}`}>
            {t("ui:pair", {
              name: label("priceStage", saving.stage),
              says: `${saving.name || label("savingReason", saving.reason.code)} ${f.money(-saving.amount)}`,
            })}
          </li>
        ))}
      </ul>
      {!found.applies && (
        <p className="help">
          {found.why_not
            ? t("benefits.try.whyNot", { why: label("whyNot", found.why_not.code) })
            : t("benefits.try.nothing")}
        </p>
      )}
      <p className="help">{t("benefits.try.aside")}</p>
    </div>
  );
}

import { useWho } from "@shuke/ui";
import { useTranslation } from "react-i18next";
import { shift, usePeriod, useToday } from "../parts/format";
import { useStores } from "../parts/refs";
import { useUrl } from "../parts/url";

/** Store and period, which hold on every page. */
export function Period() {
  const { t } = useTranslation(["app", "ui"]);
  const [search, setUrl] = useUrl();
  const who = useWho();
  const today = useToday();
  const { from, to } = usePeriod();
  const stores = useStores().filter((store) => !who.stores || who.stores.includes(store.id));
  const presets: [string, string, string][] = [
    ["today", today, today],
    ["yesterday", shift(today, -1), shift(today, -1)],
    ["week", shift(today, -6), today],
    ["days30", shift(today, -29), today],
    ["month", `${today.slice(0, 7)}-01`, today],
    ["year", `${today.slice(0, 4)}-01-01`, today],
  ];
  const chosen = presets.find(([, first, last]) => first === from && last === to)?.[0] ?? "own";
  return (
    <span className="period">
      {stores.length > 1 && (
        <select
          aria-label={t("shell.store")}
          value={search.store ?? ""}
          onChange={(event) => setUrl({ store: event.target.value || undefined })}
        >
          <option value="">{t("shell.allStores")}</option>
          {stores.map((store) => (
            <option key={store.id} value={store.id}>
              {store.name}
            </option>
          ))}
        </select>
      )}
      <select
        aria-label={t("shell.period")}
        value={chosen}
        onChange={(event) => {
          const preset = presets.find(([name]) => name === event.target.value);
          if (preset) setUrl({ from: preset[1], to: preset[2] });
        }}
      >
        {presets.map(([name]) => (
          <option key={name} value={name}>
            {t(`period.${name as "today"}`)}
          </option>
        ))}
        {chosen === "own" && <option value="own">{t("period.own")}</option>}
      </select>
      <input
        type="date"
        aria-label={t("shell.from")}
        value={from}
        max={to}
        onChange={(event) => event.target.value && setUrl({ from: event.target.value, to })}
      />
      <span aria-hidden>–</span>
      <input
        type="date"
        aria-label={t("shell.to")}
        value={to}
        min={from}
        max={today}
        onChange={(event) => event.target.value && setUrl({ from, to: event.target.value })}
      />
    </span>
  );
}

import { query } from "@shuke/api";
import { useWho } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDevice } from "../../core/device";
import type { Place } from "../../core/place";

/** Where does this device stand? Asked once. */
export function ChoosePlace({ onChoose }: { onChoose: (place: Place) => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const who = useWho();
  const stores = query.useQuery("get", "/api/v1/stores", { params: { query: { limit: 200 } } });
  const tills = query.useQuery("get", "/api/v1/tills", { params: { query: { limit: 200 } } });
  const mine = (stores.data?.items ?? []).filter(
    (store) => store.active && (!who.stores || who.stores.includes(store.id)),
  );
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const store = mine.find((one) => one.id === chosen) ?? (mine.length === 1 ? mine[0] : undefined);
  const there = (tills.data?.items ?? []).filter((till) => till.active && till.store === store?.id);
  const error = stores.error ?? tills.error;
  // A device that is registered stands at its till.
  const device = useDevice().data;
  const known = device && mine.find((one) => one.id === device.store.id);
  const latest = useRef(onChoose);
  latest.current = onChoose;
  useEffect(() => {
    if (known && device.till.active) latest.current({ store: known, till: device.till });
  }, [known, device]);
  return (
    <main className="centre">
      <div className="sheet">
        <h1>{t("place.title")}</h1>
        <p>{t("place.why")}</p>
        <ProblemNotice error={error} onRetry={() => void Promise.all([stores.refetch(), tills.refetch()])} />
        {stores.isPending || tills.isPending ? <p>{t("ui:state.loading")}</p> : null}
        <fieldset className="choices">
          <legend>{t("place.store")}</legend>
          {mine.map((one) => (
            <button
              type="button"
              key={one.id}
              className="btn"
              aria-pressed={one.id === store?.id}
              onClick={() => setChosen(one.id)}
            >
              {one.name}
            </button>
          ))}
        </fieldset>
        {stores.isSuccess && mine.length === 0 ? <p>{t("place.noStore")}</p> : null}
        {store ? (
          <fieldset className="choices">
            <legend>{t("place.till")}</legend>
            {there.map((till) => (
              <button type="button" key={till.id} className="btn main" onClick={() => onChoose({ store, till })}>
                {t("place.tillName", { name: till.name, number: till.number })}
              </button>
            ))}
            {tills.isSuccess && there.length === 0 ? <p>{t("place.noTill")}</p> : null}
          </fieldset>
        ) : null}
      </div>
    </main>
  );
}

import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { useFormat, useLabel, usePeriod } from "../../parts/format";
import { Loaded, useRefresh } from "../../parts/Parts";
import { OfferForm } from "./OfferForm";
import { NewOffer } from "./Offers";
import { useSays } from "./rule";

/** One offer: its terms, its versions, and what it would have done to past orders. */
export function OfferPage({ id }: { id: string }) {
  return id === "new" ? <NewOffer /> : <Existing id={id} />;
}

function Existing({ id }: { id: string }) {
  const offer = useQuery({
    queryKey: ["offer", id],
    queryFn: async () =>
      (await api.GET("/api/v1/offers/{id}", { params: { path: { id } } })).data as Schema<"OfferView">,
  });
  return <Loaded query={offer}>{(view) => <Page key={view.version} view={view} />}</Loaded>;
}

function Page({ view }: { view: Schema<"OfferView"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const may = useMay("offer:write");
  const { from, to } = usePeriod();
  const { id } = view.offer;
  const put = (offer: Schema<"Offer">, state: Schema<"OfferState">) =>
    api.PUT("/api/v1/offers/{id}", {
      params: { path: { id } },
      body: { offer, state, version: view.version },
    });
  const done = () => refresh("offer", "offers", "offer-check");
  return (
    <div className="stack">
      <p className="page-actions">
        {label("publishState", view.state)} ·{" "}
        {t("benefits.offer.used", { money: f.money(view.used.money), n: view.used.count })}
        {may && view.state !== "published" && (
          <Act
            primary
            label={t("benefits.publish")}
            ask={t("benefits.publishAsk")}
            act={() => put(view.offer, "published")}
            done={done}
          />
        )}
        {may && view.state === "published" && (
          <Act
            danger
            label={t("benefits.stop")}
            ask={t("benefits.stopAsk")}
            act={() => put(view.offer, "stopped")}
            done={done}
          />
        )}
        {may && (
          <Act
            label={t("benefits.tryIt")}
            act={(key) =>
              api.POST("/api/v1/trials", {
                params: { header: once(key) },
                body: { id: newId(), name: view.offer.name, from, to, rule: { kind: "offer", offer: view.offer } },
              })
            }
            done={() => void navigate({ to: "/benefits/trials" })}
          />
        )}
      </p>
      <OfferForm
        id={`${id}-${view.version}`}
        title={view.offer.name}
        offer={view.offer}
        save={(offer) => put(offer, view.state)}
        saved={done}
      />
      <Versions id={id} />
    </div>
  );
}

function Versions({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const says = useSays();
  const versions = useQuery({
    queryKey: ["offer", id, "versions"],
    queryFn: async () =>
      (await api.GET("/api/v1/offers/{id}/versions", { params: { path: { id } } })).data?.items ?? [],
  });
  return (
    <section className="form-section" aria-label={t("benefits.versions")}>
      <h2>{t("benefits.versions")}</h2>
      <ol className="timeline">
        {(versions.data ?? []).map((one) => (
          <li key={one.version}>
            <time>{f.moment(one.at)}</time> {t("benefits.version")} {one.version}: {one.offer.name},{" "}
            {says(one.offer.rule)}
          </li>
        ))}
      </ol>
    </section>
  );
}

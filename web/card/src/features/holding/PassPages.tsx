import { api, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { usePages } from "../../shared/pages";
import { Empty, Ends, Loaded, More, Page, Part, Row } from "../../shared/parts";
import { useLabels, usePen, useShop } from "../../shared/shop";

type Pass = Schema<"PassView">;

function usePasses() {
  return usePages("/api/v1/me/passes", {}, async (cursor) => {
    const { data } = await api.GET("/api/v1/me/passes", { params: { query: { cursor, limit: 30 } } });
    return data as { items: Pass[]; next?: string | null };
  });
}

export function PassesPage() {
  const { t } = useTranslation();
  const { merchant } = useShop();
  const passes = usePasses();
  return (
    <Page title={t("pass.title")} up={`/${merchant}`}>
      <Loaded query={passes}>
        {(items) => (
          <>
            {items.length === 0 ? <Empty>{t("pass.none")}</Empty> : null}
            <ul className="list">
              {items.map((pass) => (
                <li key={pass.id}>
                  <PassRow pass={pass} />
                </li>
              ))}
            </ul>
            <More query={passes} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** A pass in a list. */
function PassRow({ pass }: { pass: Pass }) {
  const { merchant } = useShop();
  const left = useLeft();
  const state = useLabels("pass.state");
  return (
    <Row
      title={pass.name}
      note={pass.items.map((item) => `${item.terms.name} ${left(item)}`).join(" · ")}
      side={state(pass.state)}
      sideNote={pass.state === "active" ? <Ends on={pass.expires_on} /> : undefined}
      to="/$merchant/passes/$pass"
      params={{ merchant: String(merchant), pass: pass.id }}
    />
  );
}

function useLeft() {
  const { t } = useTranslation();
  const pen = usePen();
  return (item: Pass["items"][number]) =>
    item.visits_left == null ? t("pass.unlimited") : t("pass.left", { n: pen.count(item.visits_left) });
}

export function PassPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const { merchant } = useShop();
  const pen = usePen();
  const left = useLeft();
  const state = useLabels("pass.state");
  const passes = usePasses();
  const pass = passes.data?.find((one) => one.id === id);
  return (
    <Page title={pass?.name ?? t("pass.title")} up={`/${merchant}/passes`}>
      <Loaded query={passes}>
        {() =>
          pass ? (
            <>
              <div className="figure">
                <span className="figure-label">{state(pass.state)}</span>
                {pass.items.map((item) => (
                  <strong key={item.terms.name} className="smaller">
                    {item.terms.name} {left(item)}
                  </strong>
                ))}
                <span className="row-note">
                  {pass.starts_on || pass.validity.kind === "always" ? (
                    <Ends on={pass.expires_on} />
                  ) : (
                    t("pass.notBegun")
                  )}
                  {" · "}
                  {t("pass.bought", { day: pen.moment(pass.at) })}
                </span>
              </div>
              <Visits pass={pass} />
            </>
          ) : (
            <Empty>{t("pass.none")}</Empty>
          )
        }
      </Loaded>
    </Page>
  );
}

function Visits({ pass }: { pass: Pass }) {
  const { t } = useTranslation();
  const pen = usePen();
  const { merchant } = useShop();
  const visits = usePages("/api/v1/me/passes/{id}/visits", { id: pass.id }, async (cursor) => {
    const params = { path: { id: pass.id }, query: { cursor, limit: 30 } };
    const { data } = await api.GET("/api/v1/me/passes/{id}/visits", { params });
    return data as { items: Schema<"PassVisit">[]; next?: string | null };
  });
  return (
    <Part title={t("pass.visits")}>
      <Loaded query={visits}>
        {(items) => (
          <>
            {items.length === 0 ? <Empty>{t("pass.noVisits")}</Empty> : null}
            <ul className="list">
              {items.map((visit) => (
                <li key={visit.id + visit.line}>
                  <Row
                    title={t("pass.visit", { item: pass.items[visit.item]?.terms.name ?? pass.name, n: visit.visits })}
                    note={pen.moment(visit.at)}
                    side={visit.visits_back > 0 ? t("pass.undone", { n: visit.visits_back }) : undefined}
                    {...(visit.kind === "order"
                      ? { to: "/$merchant/orders/$order", params: { merchant: String(merchant), order: visit.id } }
                      : {})}
                  />
                </li>
              ))}
            </ul>
            <More query={visits} />
          </>
        )}
      </Loaded>
    </Part>
  );
}

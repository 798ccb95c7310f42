import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { ProgressBar } from "antd-mobile";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Choice } from "../../shared/form";
import { usePages } from "../../shared/pages";
import { Empty, Loaded, More, Page, Part, Row } from "../../shared/parts";
import { useLabels, usePen } from "../../shared/shop";
import { RedeemSheet } from "./RedeemSheet";

export type MyReward = Schema<"MyReward">;
export type MyStore = Schema<"MyStore">;

export function RewardsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("reward.title")}>
      <Stamps />
      <Streaks />
      <Rewards />
      <Mine />
      <Gifts />
    </Page>
  );
}

function Stamps() {
  const { t } = useTranslation();
  const { data = [] } = useQuery({
    queryKey: ["get", "/api/v1/me/stamps"],
    queryFn: async () => (await api.GET("/api/v1/me/stamps")).data as Schema<"StampView">[],
  });
  if (data.length === 0) return null;
  return (
    <Part title={t("reward.stamps")}>
      <ul className="list">
        {data.map((card) => (
          <li key={card.card} className="stamp">
            <Row
              title={card.name}
              note={t("reward.stampsOf", { stamps: card.stamps, needed: card.needed })}
              side={card.rounds > 0 ? t("reward.rounds", { n: card.rounds }) : undefined}
            />
            <div aria-hidden="true" className="stamps">
              {Array.from({ length: Math.min(card.needed, 30) }, (_, at) => (
                <i key={at} className={at < card.stamps ? "full" : undefined} />
              ))}
            </div>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Streaks() {
  const { t } = useTranslation();
  const pen = usePen();
  const { data = [] } = useQuery({
    queryKey: ["get", "/api/v1/me/streaks"],
    queryFn: async () => (await api.GET("/api/v1/me/streaks")).data as Schema<"StreakView">[],
  });
  if (data.length === 0) return null;
  return (
    <Part title={t("reward.streaks")}>
      <ul className="list">
        {data.map((streak) => (
          <li key={streak.rule} className="stamp">
            <Row
              title={streak.name}
              note={t("reward.streakOf", { run: streak.run, length: streak.length })}
              sideNote={streak.until ? t("reward.streakUntil", { day: pen.day(streak.until) }) : undefined}
            />
            <div aria-hidden="true">
              <ProgressBar percent={Math.min(100, (streak.run / Math.max(1, streak.length)) * 100)} />
            </div>
          </li>
        ))}
      </ul>
    </Part>
  );
}

const STORE = "shuke.card.store";

function Rewards() {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(() => localStorage.getItem(STORE) ?? "");
  const stores = useQuery({
    queryKey: ["get", "/api/v1/me/stores"],
    queryFn: async () => (await api.GET("/api/v1/me/stores")).data as MyStore[],
  });
  const store = stores.data?.find((one) => one.id === chosen) ?? stores.data?.[0];
  return (
    <Part title={t("reward.exchange")}>
      <Loaded query={stores}>
        {(found) => (
          <>
            {found.length > 1 && store ? (
              <Choice
                label={t("reward.inStore")}
                value={store.id}
                onChange={(event) => {
                  localStorage.setItem(STORE, event.target.value);
                  setChosen(event.target.value);
                }}
              >
                {found.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </Choice>
            ) : null}
            {store ? <Offered store={store} /> : <Empty>{t("reward.none")}</Empty>}
          </>
        )}
      </Loaded>
    </Part>
  );
}

function Offered({ store }: { store: MyStore }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<MyReward>();
  const rewards = useQuery({
    queryKey: ["get", "/api/v1/me/rewards", { store: store.id }],
    queryFn: async () => {
      const { data } = await api.GET("/api/v1/me/rewards", { params: { query: { store: store.id } } });
      return data as MyReward[];
    },
  });
  return (
    <Loaded query={rewards}>
      {(items) => (
        <>
          {items.length === 0 ? <Empty>{t("reward.none")}</Empty> : null}
          <ul className="list">
            {items.map((offer) => (
              <li key={offer.reward.id}>
                <RewardRow offer={offer} onOpen={() => setWanted(offer)} />
              </li>
            ))}
          </ul>
          {wanted ? <RedeemSheet offer={wanted} store={store} onClose={() => setWanted(undefined)} /> : null}
        </>
      )}
    </Loaded>
  );
}

export function useCost() {
  const { t } = useTranslation();
  const pen = usePen();
  return ({ points = 0, money = 0 }: { points?: number; money?: number }) =>
    money > 0
      ? t("reward.costMoney", { n: pen.count(points), amount: pen.money(money) })
      : points > 0
        ? t("reward.cost", { n: pen.count(points) })
        : t("reward.free");
}

function RewardRow({ offer, onOpen }: { offer: MyReward; onOpen: () => void }) {
  const { t } = useTranslation();
  const pen = usePen();
  const cost = useCost();
  const kind = useLabels("reward.kind");
  const whyNot = useLabels("whyNot");
  const { reward } = offer;
  const stock =
    reward.stock == null ? "" : t("reward.stock", { n: pen.count(Math.max(0, reward.stock - reward.redeemed)) });
  const why =
    offer.why_not === "points_short"
      ? t("whyNot.points_short", { n: pen.count(offer.points_short) })
      : offer.why_not
        ? whyNot(offer.why_not)
        : offer.here
          ? ""
          : t("reward.atTill");
  const able = offer.can > 0 && offer.here;
  return (
    <Row
      title={reward.name}
      note={why || [kind(reward.terms.gives.kind), stock].filter(Boolean).join(" · ")}
      side={cost(reward.terms)}
      {...(able ? { onClick: onOpen } : {})}
    />
  );
}

function Mine() {
  const { t } = useTranslation();
  const pen = usePen();
  const state = useLabels("reward.state");
  const orders = usePages("/api/v1/me/reward-orders", {}, async (cursor) => {
    const { data } = await api.GET("/api/v1/me/reward-orders", { params: { query: { cursor, limit: 20 } } });
    return data as { items: Schema<"RewardOrder">[]; next?: string | null };
  });
  return (
    <Part title={t("reward.mine")}>
      <Loaded query={orders}>
        {(items) => (
          <>
            {items.length === 0 ? <Empty>{t("reward.noneMine")}</Empty> : null}
            <ul className="list">
              {items.map((order) => (
                <li key={order.id}>
                  <Row
                    title={
                      order.quantity > 1 ? `${order.name} ${t("order.quantity", { n: order.quantity })}` : order.name
                    }
                    note={[
                      pen.moment(order.at),
                      order.valid_until && order.state === "reserved"
                        ? t("reward.fetchBy", { day: pen.day(order.valid_until) })
                        : "",
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                    side={state(order.state)}
                    sideNote={
                      order.state === "reserved" && order.uses > 1
                        ? t("reward.usesLeft", { n: order.uses_left })
                        : undefined
                    }
                  />
                </li>
              ))}
            </ul>
            <More query={orders} />
          </>
        )}
      </Loaded>
    </Part>
  );
}

function Gifts() {
  const { t } = useTranslation();
  const pen = usePen();
  const cause = useLabels("reward.gift");
  const { data = [] } = useQuery({
    queryKey: ["get", "/api/v1/me/gifts"],
    queryFn: async () => (await api.GET("/api/v1/me/gifts")).data as Schema<"Given">[],
  });
  if (data.length === 0) return null;
  return (
    <Part title={t("reward.gifts")}>
      <ul className="list">
        {data.slice(0, 20).map((gift) => (
          <li key={gift.source + gift.place}>
            <Row
              title={cause(gift.cause)}
              note={pen.moment(gift.at)}
              side={[
                gift.points > 0 ? t("reward.giftPoints", { n: pen.count(gift.points) }) : "",
                gift.coupons > 0 ? t("reward.giftCoupons", { n: gift.coupons }) : "",
              ]
                .filter(Boolean)
                .join(" · ")}
              sideNote={gift.taken_back ? t("reward.takenBack") : undefined}
            />
          </li>
        ))}
      </ul>
    </Part>
  );
}

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAssets } from "../../shared/assets";
import { Loaded, Page, Row } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";
import { Tabs } from "../../shared/tabs";
import { Figure, Lots } from "./Lots";
import { Movements } from "./Movements";

export function WalletPage() {
  const { t } = useTranslation();
  const { merchant } = useShop();
  const pen = usePen();
  const assets = useAssets();
  const [kind, setKind] = useState<"principal" | "bonus">("principal");
  return (
    <Page title={t("home.wallet")} up={`/${merchant}`}>
      <Loaded query={assets}>
        {({ balances, ...found }) => (
          <>
            <Figure
              value={pen.money(balances.principal.available + balances.bonus.available)}
              balance={{
                available: balances.principal.available + balances.bonus.available,
                pending: balances.principal.pending + balances.bonus.pending,
                held: balances.principal.held + balances.bonus.held,
                debt: 0,
              }}
              write={pen.money}
            />
            <dl className="pair">
              <div>
                <dt>{t("holding.principal")}</dt>
                <dd>{pen.money(balances.principal.available)}</dd>
              </div>
              <div>
                <dt>{t("holding.bonus")}</dt>
                <dd>{pen.money(balances.bonus.available)}</dd>
              </div>
            </dl>
            <p className="notice">{t("holding.walletNote")}</p>
            <ul className="list">
              <li>
                <Row
                  title={t("redeem.card")}
                  note={t("redeem.cardRow")}
                  to="/$merchant/redeem"
                  params={{ merchant: String(merchant) }}
                />
              </li>
            </ul>
            <Lots assets={{ ...found, balances }} kinds={["principal", "bonus"]} />
          </>
        )}
      </Loaded>
      <Tabs
        label={t("holding.movements")}
        value={kind}
        onChange={setKind}
        options={[
          ["principal", t("holding.principal")],
          ["bonus", t("holding.bonus")],
        ]}
      >
        <Movements kind={kind} />
      </Tabs>
    </Page>
  );
}

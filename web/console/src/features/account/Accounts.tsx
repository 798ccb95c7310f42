import { api, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { useFormat, useLabel, usePeriod } from "../../parts/format";
import { List } from "../../parts/List";
import { useStoreName } from "../../parts/refs";
import { useUrl } from "../../parts/url";

/** Accounts of what the shop holds: a debit comes in. Of all others a credit does. */
const HELD: readonly string[] = ["cash", "safe", "wechat_pay", "alipay", "bank_card", "other_tender"];

/** What came into an account, and what went out of it. */
const turned = ({ account, debits, credits }: Schema<"Turnover">) =>
  HELD.includes(account) ? ([debits, credits] as const) : ([credits, debits] as const);

/** What went in and out of the shop's own accounts, and the check of all books. */
export function Accounts() {
  const { t } = useTranslation(["app", "ui"]);
  const { modal } = App.useApp();
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  const mayVerify = useMay("ledger:verify");
  const [{ store }] = useUrl();
  const { from, to } = usePeriod();
  const write = (row: Schema<"Turnover">, value: number) =>
    row.account.startsWith("points") || row.account.startsWith("pass_visits") ? f.count(value) : f.money(value);
  const verify = async () => {
    const { data: report } = await api.POST("/api/v1/ledger/verify");
    if (!report) return;
    const wrong = report.first_difference;
    if (wrong) modal.error({ title: t("sales.accounts.wrong", { text: wrong.text }), content: wrong.check });
    else
      modal.success({
        title: t("sales.accounts.fine", {
          accounts: f.count(report.accounts),
          entries: f.count(report.entries),
          lots: f.count(report.lots),
        }),
      });
  };
  return (
    <List<Schema<"Turnover">>
      id="accounts"
      title={t("page.accounts")}
      rowKey={(row) => `${row.account}${row.store}`}
      depends={[store, from, to]}
      note={<p className="help">{t("sales.accounts.note")}</p>}
      actions={mayVerify && <Act label={t("sales.accounts.verify")} ask={t("sales.accounts.verifyAsk")} act={verify} />}
      columns={[
        { key: "account", title: t("sales.accounts.account"), render: (row) => label("account", row.account) },
        { key: "store", title: t("shell.store"), render: (row) => storeName(row.store) },
        { key: "in", title: t("sales.accounts.in"), number: true, render: (row) => write(row, turned(row)[0]) },
        { key: "out", title: t("sales.accounts.out"), number: true, render: (row) => write(row, turned(row)[1]) },
        {
          key: "net",
          title: t("sales.accounts.net"),
          number: true,
          render: (row) => write(row, turned(row)[0] - turned(row)[1]),
        },
      ]}
      load={async () => (await api.GET("/api/v1/ledger/accounts", { params: { query: { from, to, store } } })).data}
      empty={{ text: t("sales.accounts.empty") }}
    />
  );
}

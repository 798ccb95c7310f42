import { api, type Schema } from "@shuke/api";
import { language } from "@shuke/ui";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Form } from "../../parts/form/SetupForm";
import { Choices } from "../../shell/Choices";

/** The first page of an empty server: merchant, store, owner. The answer signs the owner in. */
export function Setup({ trades }: { trades: Schema<"TradeChoice">[] }) {
  const { t } = useTranslation(["app", "ui"]);
  const client = useQueryClient();
  const navigate = useNavigate();
  const zh = language() === "zh";
  return (
    <main className="door wide">
      <div className="card">
        <header className="page-head">
          <div>
            <h1>{t("setup.title")}</h1>
            <p className="help">{t("setup.intro")}</p>
          </div>
          <Choices />
        </header>
        <Form
          trades={trades.map((one) => ({ value: one.trade, label: zh ? one.name_zh : one.name_en }))}
          save={async (value) => {
            const { data } = await api.POST("/api/v1/setup", { body: value });
            await navigate({ to: "/start" });
            client.setQueryData(["session"], data);
          }}
        />
      </div>
    </main>
  );
}

import { useTranslation } from "react-i18next";
import { TabPage } from "../../parts/Parts";
import { Hooks } from "./Hooks";
import { Keys } from "./Keys";

/** What other programs may do, and what they are told. */
export function Programs() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.programs")}
      tabs={[
        { key: "keys", label: t("settings.program.keys"), render: () => <Keys /> },
        { key: "hooks", label: t("settings.program.hooks"), render: () => <Hooks /> },
      ]}
    />
  );
}

import { useMay } from "@shuke/ui";
import { createFileRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Messages } from "../../features/message/Messages";
import { Hooks } from "../../features/program/Hooks";
import { Keys } from "../../features/program/Keys";
import { Wechat } from "../../features/wechat/Wechat";
import { TabPage } from "../../parts/Parts";

export const Route = createFileRoute("/settings/programs")({ component: Page });

/** What other programs may do, what they are told, and who sends text messages. */
function Page() {
  const { t } = useTranslation(["app", "ui"]);
  const may = useMay("org:write");
  return (
    <TabPage
      title={t("page.programs")}
      tabs={[
        { key: "keys", label: t("settings.program.keys"), render: () => <Keys /> },
        { key: "hooks", label: t("settings.program.hooks"), render: () => <Hooks /> },
        { key: "messages", label: t("running.message.tab"), render: () => <Messages /> },
        ...(may ? [{ key: "wechat", label: t("settings.wechat.title"), render: () => <Wechat /> }] : []),
      ]}
    />
  );
}

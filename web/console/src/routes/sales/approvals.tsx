import { createFileRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Approvals } from "../../features/approval/Approvals";
import { OfflineSales } from "../../features/offline/OfflineSales";
import { TabPage } from "../../parts/Parts";

export const Route = createFileRoute("/sales/approvals")({ component: Page });

/** What waits for a second look: approvals above a limit, sales that were made without a network. */
function Page() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.approvals")}
      tabs={[
        { key: "approvals", label: t("running.sale.approvals"), render: () => <Approvals inner /> },
        { key: "offline", label: t("running.sale.tab"), render: () => <OfflineSales /> },
      ]}
    />
  );
}

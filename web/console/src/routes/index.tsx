import { createFileRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

export const Route = createFileRoute("/")({ component: Home });

function Home() {
  const { t } = useTranslation();
  return (
    <main>
      <h1>{t("title")}</h1>
    </main>
  );
}

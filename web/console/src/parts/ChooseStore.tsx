import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Empty } from "./List";
import { useStores } from "./refs";
import { useUrl } from "./url";

/** A page of one store, before one is chosen: they stand here to be chosen. */
export function ChooseStore({ title }: { title: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const stores = useStores();
  const [, setUrl] = useUrl();
  return (
    <section className="list" aria-label={title}>
      <h1>{title}</h1>
      <Empty text={t("shell.chooseStore")}>
        <p className="page-actions choose">
          {stores.map((store) => (
            <Button key={store.id} onClick={() => setUrl({ store: store.id })}>
              {store.name}
            </Button>
          ))}
        </p>
      </Empty>
    </section>
  );
}

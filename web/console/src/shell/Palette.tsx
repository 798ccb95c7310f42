import { api } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Input, Modal } from "antd";
import { useDeferredValue, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../parts/format";
import { usePages } from "./pages";

interface Hit {
  key: string;
  kind: "page" | "member" | "product" | "order";
  title: string;
  detail?: string;
  go: () => void;
}

/** An order's number, or its beginning from the day on. */
const NUMBER = /^\d{6,}[\d-]*$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i;

/** Search over pages, members, products and orders (Ctrl K). */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const id = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const hits = useHits(useDeferredValue(text.trim()), onClose);
  const chosen = hits[Math.min(at, hits.length - 1)];
  return (
    <Modal open onCancel={onClose} footer={null} closable={false} title={t("shell.search")} destroyOnHidden>
      <Input
        autoFocus
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls={`${id}-hits`}
        aria-activedescendant={chosen && `${id}-${chosen.key}`}
        aria-label={t("shell.search")}
        placeholder={t("shell.searchHint")}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(at + 1, hits.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
          else if (event.key === "Enter") chosen?.go();
          else return;
          event.preventDefault();
        }}
      />
      <div id={`${id}-hits`} role="listbox" aria-label={t("shell.found")} className="hits">
        {hits.map((hit, index) => (
          <button
            type="button"
            key={hit.key}
            id={`${id}-${hit.key}`}
            role="option"
            aria-selected={hit === chosen}
            onMouseEnter={() => setAt(index)}
            onClick={hit.go}
          >
            <span className="hit-kind">{t(`shell.kind.${hit.kind}`)}</span> {hit.title} <small>{hit.detail}</small>
          </button>
        ))}
      </div>
      {text && hits.length === 0 && <p role="status">{t("list.nothingFound")}</p>}
    </Modal>
  );
}

function useHits(q: string, onClose: () => void): Hit[] {
  const pages = usePages();
  const navigate = useNavigate();
  const seesMembers = useMay("member:read");
  const seesGoods = useMay("catalogue:read");
  const seesOrders = useMay("sale:read");
  const f = useFormat();
  const members = useQuery({
    queryKey: ["search", "members", q],
    enabled: seesMembers && q.length >= 2,
    placeholderData: (old) => old,
    queryFn: async () => (await api.GET("/api/v1/members", { params: { query: { q, limit: 6 } } })).data?.items ?? [],
  });
  const products = useQuery({
    queryKey: ["search", "products", q],
    enabled: seesGoods && q.length >= 2,
    placeholderData: (old) => old,
    queryFn: async () => (await api.GET("/api/v1/products", { params: { query: { q, limit: 6 } } })).data?.items ?? [],
  });
  const orders = useQuery({
    queryKey: ["search", "orders", q],
    enabled: seesOrders && (UUID.test(q) || NUMBER.test(q)),
    queryFn: async () => {
      if (UUID.test(q)) {
        const { data } = await api.GET("/api/v1/orders/{id}", { params: { path: { id: q } } });
        return data ? [data] : [];
      }
      return (await api.GET("/api/v1/orders", { params: { query: { q, limit: 6 } } })).data?.items ?? [];
    },
  });
  const leave = (go: () => Promise<void>) => () => {
    onClose();
    void go();
  };
  const low = q.toLowerCase();
  return [
    ...pages
      .filter((page) => !q || page.title.toLowerCase().includes(low))
      .slice(0, 8)
      .map((page) => ({
        key: page.to.replaceAll("/", "-"),
        kind: "page" as const,
        title: page.title,
        go: leave(() => navigate({ to: page.to })),
      })),
    ...(q.length < 2 ? [] : (members.data ?? [])).map((member) => ({
      key: member.id,
      kind: "member" as const,
      title: member.name ?? member.number,
      detail: [member.phone, member.number].filter(Boolean).join(" · "),
      go: leave(() => navigate({ to: "/members/$id", params: { id: member.id } })),
    })),
    ...(orders.data ?? []).map((found) => ({
      key: found.id,
      kind: "order" as const,
      title: found.number,
      detail: `${f.moment(found.at)} · ${f.money(found.total)}`,
      go: leave(() => navigate({ to: "/sales/orders/$id", params: { id: found.id } })),
    })),
    ...(q.length < 2 ? [] : (products.data ?? [])).map((product) => ({
      key: product.id,
      kind: "product" as const,
      title: product.name,
      detail: product.code,
      go: leave(() => navigate({ to: "/goods/products/$id", params: { id: product.id } })),
    })),
  ];
}

import { ProblemNotice } from "@shuke/ui/antd";
import { type UseQueryResult, useQueryClient } from "@tanstack/react-query";
import { Skeleton, Tabs } from "antd";
import type { ReactNode } from "react";
import { useUrl } from "./url";

/** What was asked for once it is there; what went wrong, with a way to try again; a skeleton until then. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton active aria-busy />;
}

/** Names and values, one under the other. */
export function Facts({ items }: { items: [label: string, value: ReactNode][] }) {
  return (
    <dl className="facts">
      {items.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value ?? "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Parts of a page, chosen in the address. */
export function TabPage({
  title,
  actions,
  tabs,
  children,
}: {
  title: string;
  actions?: ReactNode;
  tabs: { key: string; label: string; render: () => ReactNode }[];
  children?: ReactNode;
}) {
  const [{ tab }, setUrl] = useUrl();
  const chosen = tabs.find((one) => one.key === tab) ?? tabs[0];
  return (
    <>
      <header className="page-head">
        <h1>{title}</h1>
        <div className="page-actions">{actions}</div>
      </header>
      {children}
      <Tabs
        activeKey={chosen?.key}
        onChange={(key) => setUrl({ tab: key })}
        items={tabs.map((one) => ({
          key: one.key,
          label: one.label,
          children: one.key === chosen?.key ? one.render() : null,
        }))}
      />
    </>
  );
}

/** Has everything that begins with these read again. */
export function useRefresh(): (...keys: string[]) => void {
  const client = useQueryClient();
  return (...keys) => {
    for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
  };
}

import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "./Act";
import { FormDrawer } from "./FormDrawer";
import { useFormat, useLabel } from "./format";
import { Table } from "./List";
import { Facts, Loaded, useRefresh } from "./Parts";
import { useStoreName, useStores } from "./refs";
import { useUrl } from "./url";

type View = Schema<"CouponView">;

/** One coupon: whose it is, how it was used, and what can be done with it. */
export function CouponDrawer({ coupon, onClose }: { coupon: View; onClose: () => void }) {
  return (
    <Drawer open onClose={onClose} title={coupon.name} size={640}>
      <CouponParts coupon={coupon} />
    </Drawer>
  );
}

/** The same within a page. */
export function CouponParts({ coupon }: { coupon: View }) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <div className="stack">
      <CouponFacts coupon={coupon} />
      <CouponActions coupon={coupon} />
      <section aria-label={t("benefits.coupon.usesMade")}>
        <h2>{t("benefits.coupon.usesMade")}</h2>
        <Uses coupon={coupon} />
      </section>
    </div>
  );
}

/** What a coupon is and whose. */
function CouponFacts({ coupon }: { coupon: View }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  return (
    <Facts
      items={[
        [t("member.couponCode"), coupon.code],
        [t("form.state"), label("couponState", coupon.state)],
        [t("member.validity"), `${f.day(coupon.valid_from)} – ${f.day(coupon.expires_on)}`],
        [t("member.usesLeft"), f.count(coupon.uses_left)],
        [t("benefits.coupon.from"), `${label("couponSource", coupon.source_kind)} · ${f.moment(coupon.issued_at)}`],
        [
          t("benefits.coupon.owner"),
          <Link key="owner" to="/members/$id" params={{ id: coupon.member }}>
            {t("member.open")}
          </Link>,
        ],
      ]}
    />
  );
}

function CouponActions({ coupon }: { coupon: View }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const mayIssue = useMay("coupon:issue");
  const maySell = useMay("sale:write");
  const [open, setOpen] = useState<"give" | "use">();
  const done = () => refresh("member", "coupon-code", "coupon-uses");
  const live = coupon.state === "active";
  return (
    <p className="page-actions">
      {live && maySell && coupon.terms.benefit.kind === "service" && (
        <Button onClick={() => setOpen("use")}>{t("benefits.coupon.redeem")}</Button>
      )}
      {live && mayIssue && coupon.terms.transferable && (
        <Button onClick={() => setOpen("give")}>{t("benefits.coupon.give")}</Button>
      )}
      {live && mayIssue && (
        <Act
          danger
          label={t("benefits.coupon.revoke")}
          ask={t("benefits.coupon.revokeAsk")}
          act={(key) =>
            api.POST("/api/v1/coupons/{id}/revoke", {
              params: { path: { id: coupon.id }, header: once(key) },
              body: { reason: t("benefits.pass.atDesk") },
            })
          }
          done={done}
        />
      )}
      {mayIssue && coupon.source_kind === "staff" && (
        <Act
          danger
          label={t("benefits.coupon.revokeIssue")}
          ask={t("benefits.coupon.revokeIssueAsk")}
          act={(key) =>
            api.POST("/api/v1/coupon-issues/{id}/revoke", {
              params: { path: { id: coupon.source }, header: once(key) },
              body: { reason: t("benefits.pass.atDesk") },
            })
          }
          done={done}
        />
      )}
      {open === "give" && <Give coupon={coupon} onClose={() => setOpen(undefined)} done={done} />}
      {open === "use" && <Use coupon={coupon} onClose={() => setOpen(undefined)} done={done} />}
    </p>
  );
}

interface Step {
  coupon: View;
  onClose: () => void;
  done: () => void;
}

function Give({ coupon, onClose, done }: Step) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <FormDrawer<{ to: string }>
      id={`coupon-give-${coupon.id}`}
      title={t("benefits.coupon.give")}
      open
      onClose={onClose}
      initial={{ to: "" }}
      sections={[
        {
          title: "",
          fields: [{ at: "to", kind: "ref", of: "member", required: true, label: t("member.transferTo") }],
        },
      ]}
      save={(body, key) =>
        api.POST("/api/v1/coupons/{id}/transfer", { params: { path: { id: coupon.id }, header: once(key) }, body })
      }
      saved={done}
    />
  );
}

function Use({ coupon, onClose, done }: Step) {
  const { t } = useTranslation(["app", "ui"]);
  const stores = useStores();
  const [search] = useUrl();
  return (
    <FormDrawer<{ store: string; uses: number | null }>
      id={`coupon-use-${coupon.id}`}
      title={t("benefits.coupon.redeem")}
      open
      onClose={onClose}
      initial={{ store: search.store ?? stores[0]?.id ?? "", uses: 1 }}
      sections={[
        {
          title: "",
          fields: [
            { at: "store", kind: "ref", of: "store", required: true, label: t("shell.store") },
            { at: "uses", kind: "whole", required: true, label: t("benefits.coupon.usesNow") },
          ],
        },
      ]}
      save={({ store, uses }, key) =>
        api.POST("/api/v1/coupon-redemptions", {
          params: { header: once(key) },
          body: { id: key, coupon: coupon.id, store, uses: uses ?? 1 },
        })
      }
      saved={done}
    />
  );
}

/** The uses of a coupon, newest first; one that was made without a sale can be undone. */
function Uses({ coupon }: { coupon: View }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const storeName = useStoreName();
  const may = useMay("sale:refund");
  const uses = useQuery({
    queryKey: ["coupon-uses", coupon.id],
    queryFn: async () =>
      (
        await api.GET("/api/v1/coupons/{id}/redemptions", {
          params: { path: { id: coupon.id }, query: { limit: 100 } },
        })
      ).data?.items ?? [],
  });
  return (
    <Loaded query={uses}>
      {(rows) =>
        rows.length === 0 ? (
          <p className="help">{t("benefits.coupon.usesNone")}</p>
        ) : (
          <Table<Schema<"Redemption">>
            label={t("benefits.coupon.usesMade")}
            rows={rows}
            rowKey={(row) => row.id}
            columns={[
              { key: "at", title: t("form.when"), render: (row) => f.moment(row.at) },
              { key: "store", title: t("shell.store"), render: (row) => storeName(row.store) },
              {
                key: "uses",
                title: t("benefits.coupon.usesNow"),
                number: true,
                render: (row) => f.count(row.uses - row.uses_back),
              },
              {
                key: "actions",
                title: t("form.actions"),
                render: (row) =>
                  row.kind === "order" ? (
                    <Link to="/sales/orders/$id" params={{ id: row.id }}>
                      {t("sales.order.one")}
                    </Link>
                  ) : row.uses > row.uses_back ? (
                    may && (
                      <Act
                        small
                        label={t("ui:do.undo")}
                        ask={t("benefits.coupon.undoAsk")}
                        act={(key) =>
                          api.POST("/api/v1/coupon-redemptions/{id}/undo", {
                            params: { path: { id: row.id }, header: once(key) },
                          })
                        }
                        done={() => refresh("coupon-uses", "member", "coupon-code")}
                      />
                    )
                  ) : (
                    t("member.merge.undone")
                  ),
              },
            ]}
          />
        )
      }
    </Loaded>
  );
}

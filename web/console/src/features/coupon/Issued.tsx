import { api, type Schema } from "@shuke/api";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CouponDrawer } from "../../parts/CouponDrawer";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { type Column, List } from "../../parts/List";
import { useStoreName } from "../../parts/refs";

type Row = Schema<"TemplateCoupon">;

/** What has become of the coupons of a template: whose each is, how it stands, and where it was used. */
export function Issued({ template }: { template: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptions();
  const [shown, show] = useState<Row>();
  const columns = useColumns(show);
  return (
    <>
      <List<Row>
        inner
        id="template-coupons"
        title={t("benefits.coupon.issuedList")}
        rowKey={(row) => row.id}
        depends={[template]}
        columns={columns}
        filters={[{ key: "state", label: t("form.state"), options: options("couponState") }]}
        load={async ({ state }, cursor, limit) =>
          (
            await api.GET("/api/v1/coupon-templates/{id}/coupons", {
              params: {
                path: { id: template },
                query: { state: state as Schema<"CouponState"> | undefined, cursor, limit },
              },
            })
          ).data
        }
        empty={{ text: t("benefits.coupon.issuedNone") }}
      />
      {shown && <CouponDrawer coupon={shown} onClose={() => show(undefined)} />}
    </>
  );
}

function useColumns(show: (row: Row) => void): Column<Row>[] {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  const name = ({ owner }: Row) => owner?.name ?? owner?.number ?? "–";
  return [
    {
      key: "member",
      title: t("sales.order.member"),
      render: (row) => (
        <Link to="/members/$id" params={{ id: row.member }}>
          {name(row)}
        </Link>
      ),
      text: name,
    },
    { key: "phone", title: t("member.phone"), render: (row) => row.owner?.phone ?? "–" },
    {
      key: "code",
      title: t("member.couponCode"),
      render: (row) => (
        <Button type="link" size="small" onClick={() => show(row)}>
          {row.code}
        </Button>
      ),
      text: (row) => row.code,
    },
    { key: "state", title: t("form.state"), render: (row) => label("couponState", row.state) },
    { key: "until", title: t("benefits.coupon.until"), render: (row) => f.day(row.expires_on) },
    { key: "from", title: t("benefits.coupon.from"), render: (row) => label("couponSource", row.source_kind) },
    { key: "issued", title: t("benefits.coupon.issuedAt"), render: (row) => f.moment(row.issued_at) },
    {
      key: "used",
      title: t("benefits.coupon.usedAt"),
      render: (row) => (row.last_use ? f.moment(row.last_use.at) : "–"),
    },
    {
      key: "where",
      title: t("benefits.coupon.usedIn"),
      render: ({ last_use: use }) =>
        !use ? (
          "–"
        ) : use.order ? (
          <Link to="/sales/orders/$id" params={{ id: use.order }}>
            {storeName(use.store)}
          </Link>
        ) : (
          storeName(use.store)
        ),
      text: ({ last_use: use }) => (use ? storeName(use.store) : ""),
    },
  ];
}

import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { Example } from "../../parts/Example";
import { FormDrawer } from "../../parts/FormDrawer";
import { Form } from "../../parts/form/Form";
import { useFormat, useLabel, usePeriod } from "../../parts/format";
import { Loaded, TabPage, useRefresh } from "../../parts/Parts";
import { useTags } from "../../parts/refs";
import { useUrl } from "../../parts/url";
import { Issued } from "./Issued";
import { issueToTag } from "./issue";
import { Says } from "./Says";
import { firstTerms, useCouponSections } from "./terms";

/** One coupon template, or a new one. */
export function TemplatePage({ id }: { id: string }) {
  return id === "new" ? <New /> : <Existing id={id} />;
}

function Beside({ terms }: { terms: Schema<"CouponTerms"> }) {
  return (
    <>
      <Says terms={terms} />
      <Example rule={{ kind: "coupon", terms, per_member: 1 }} />
    </>
  );
}

function New() {
  const { t } = useTranslation(["app", "ui"]);
  const navigate = useNavigate();
  const refresh = useRefresh();
  const sections = useCouponSections();
  const [{ tag }] = useUrl();
  const named = useTags().find((one) => one.id === tag)?.name;
  return (
    <Form
      id="coupon-new"
      title={t("benefits.coupon.add")}
      initial={{ name: "", terms: firstTerms() }}
      sections={sections}
      aside={(value) => <Beside terms={value.terms} />}
      below={() => named && <p className="help">{t("benefits.coupon.forTag", { name: named })}</p>}
      save={async (value, key) => {
        const { data } = await api.POST("/api/v1/coupon-templates", {
          params: { header: once(key) },
          body: { id: key, ...value, state: "draft" },
        });
        refresh("coupon-templates");
        if (data) await navigate({ to: "/benefits/coupons/$id", params: { id: data.id }, search: { tag } as never });
      }}
    />
  );
}

function Existing({ id }: { id: string }) {
  const template = useQuery({
    queryKey: ["coupon-template", id],
    queryFn: async () =>
      (await api.GET("/api/v1/coupon-templates/{id}", { params: { path: { id } } })).data as Schema<"CouponTemplate">,
  });
  return <Loaded query={template}>{(data) => <Page key={data.changed_at} template={data} />}</Loaded>;
}

function Page({ template }: { template: Schema<"CouponTemplate"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const sections = useCouponSections();
  const may = useMay("loyalty:configure");
  const mayIssue = useMay("coupon:issue");
  const { from, to } = usePeriod();
  const [issue, setIssue] = useState(false);
  const { id, name, terms } = template;
  const put = (body: Schema<"TemplateChange">) =>
    api.PUT("/api/v1/coupon-templates/{id}", { params: { path: { id } }, body });
  const done = () => refresh("coupon-template", "coupon-templates");
  const actions = (
    <>
      {label("publishState", template.state)} · {t("benefits.coupon.issued")} {f.count(template.issued)}
      {may && template.state !== "published" && (
        <Act
          primary
          label={t("benefits.publish")}
          ask={t("benefits.publishAsk")}
          act={() => put({ name, terms, state: "published" })}
          done={done}
        />
      )}
      {may && template.state === "published" && (
        <Act
          label={t("benefits.stop")}
          ask={t("benefits.stopAsk")}
          act={() => put({ name, terms, state: "stopped" })}
          done={done}
        />
      )}
      {mayIssue && template.state === "published" && (
        <Button type="primary" onClick={() => setIssue(true)}>
          {t("benefits.coupon.issue")}
        </Button>
      )}
      {may && (
        <Act
          label={t("benefits.tryIt")}
          act={(key) =>
            api.POST("/api/v1/trials", {
              params: { header: once(key) },
              body: { id: newId(), name, from, to, rule: { kind: "coupon", terms } as Schema<"TrialRule"> },
            })
          }
          done={() => void navigate({ to: "/benefits/trials" })}
        />
      )}
      {mayIssue && (
        <Act
          danger
          label={t("benefits.coupon.revokeAll")}
          ask={t("benefits.coupon.revokeAsk")}
          act={(key) =>
            api.POST("/api/v1/coupon-templates/{id}/revoke-coupons", {
              params: { path: { id }, header: once(key) },
              body: { reason: "" },
            })
          }
          done={done}
        />
      )}
    </>
  );
  const tabs = [
    {
      key: "terms",
      label: t("benefits.coupon.termsTab"),
      render: () => (
        <Form
          id={`coupon-${id}-${template.changed_at}`}
          readOnly={!may}
          initial={{ name, terms }}
          sections={sections}
          aside={(value) => <Beside terms={value.terms} />}
          save={(value) => put({ ...value, state: template.state })}
          saved={done}
        />
      ),
    },
    { key: "issued", label: t("benefits.coupon.issuedList"), render: () => <Issued template={id} /> },
  ];
  return (
    <div className="stack">
      <TabPage title={name} actions={actions} tabs={tabs} />
      {issue && <Issue id={id} onClose={() => setIssue(false)} done={done} />}
    </div>
  );
}

type Receivers = { to: "members" | "tag"; members: string[]; tag: string | null; count: number | null };

/** To whom coupons are issued: members by name, or everybody with a tag. */
function Issue({ id, onClose, done }: { id: string; onClose: () => void; done: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const [{ tag }] = useUrl();
  return (
    <FormDrawer<Receivers>
      id={`issue-${id}-${tag ?? ""}`}
      title={t("benefits.coupon.issue")}
      open
      onClose={onClose}
      initial={{ to: tag ? "tag" : "members", members: [], tag: tag ?? null, count: 1 }}
      sections={[
        {
          title: "",
          fields: [
            {
              at: "to",
              kind: "choice",
              required: true,
              label: t("benefits.coupon.to"),
              options: [
                { value: "members", label: t("benefits.coupon.toMembers") },
                { value: "tag", label: t("benefits.coupon.toTag") },
              ],
            },
            {
              at: "members",
              kind: "ref",
              of: "member",
              many: true,
              required: true,
              label: t("benefits.coupon.issueTo"),
              when: (value) => value.to !== "tag",
            },
            {
              at: "tag",
              kind: "ref",
              of: "tag",
              required: true,
              label: t("benefits.coupon.tag"),
              when: (value) => value.to === "tag",
            },
            { at: "count", kind: "whole", required: true, label: t("benefits.coupon.count") },
          ],
        },
      ]}
      save={(value, key) =>
        value.to === "tag" && value.tag
          ? issueToTag(id, value.tag, value.count ?? 1, key)
          : api.POST("/api/v1/coupon-issues", {
              params: { header: once(key) },
              body: { id: key, template: id, members: value.members, count: value.count ?? 1 },
            })
      }
      saved={done}
    />
  );
}

import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ArrangeTag } from "../../parts/FollowUps";
import { FormDrawer } from "../../parts/FormDrawer";
import { Table } from "../../parts/List";
import { useRefresh } from "../../parts/Parts";
import { useTags } from "../../parts/refs";
import type { Report } from "./model";
import { Broken } from "./Running";
import { useWrite } from "./write";

type Group = Schema<"RunGroup">;
type Save = Schema<"Save">;

/** Groups that are shown at first. */
const SHOWN = 12;

/** The groups that were found, each with what can be done with its members. */
export function Groups({ run, report }: { run: string; report: Report }) {
  const { t } = useTranslation(["app", "ui"]);
  const { words, f } = useWrite();
  const may = useMay("member:configure");
  const mayCoupon = useMay("coupon:issue");
  const [open, setOpen] = useState<Group>();
  const [all, setAll] = useState(false);
  const refresh = useRefresh();
  const saves = useQuery({
    queryKey: ["insight", "saves", run],
    refetchInterval: (query) => (query.state.data?.some((save) => save.state === "queued") ? 1_000 : false),
    queryFn: async () =>
      (await api.GET("/api/v1/insight/runs/{id}/saves", { params: { path: { id: run }, query: { limit: 50 } } })).data
        ?.items ?? [],
  });
  if (report.groups.length === 0) return null;
  return (
    <>
      <Table<Group>
        label={t("insight.group.title")}
        rows={all ? report.groups : report.groups.slice(0, SHOWN)}
        rowKey={(group) => group.key}
        columns={[
          { key: "name", title: t("insight.group.name"), render: (group) => words(group.name) },
          {
            key: "members",
            title: t("insight.group.members"),
            number: true,
            render: (group) => f.count(group.members),
          },
          {
            key: "actions",
            title: t("insight.group.next"),
            render: (group) => (
              <span className="page-actions">
                {may && (
                  <Button
                    size="small"
                    aria-label={t("insight.group.saveOf", { name: words(group.name) })}
                    onClick={() => setOpen(group)}
                  >
                    {t("insight.group.save")}
                  </Button>
                )}
                <Saved save={saves.data?.find((save) => save.group === group.key)} />
              </span>
            ),
          },
        ]}
      />
      {!all && report.groups.length > SHOWN && (
        <Button type="link" onClick={() => setAll(true)}>
          {t("insight.group.all", { n: f.count(report.groups.length) })}
        </Button>
      )}
      {!may && <p className="help">{t("insight.group.mayNot")}</p>}
      {open && (
        <FormDrawer<{ name: string; coupon: string | null }>
          id={`insight-save-${run}-${open.key}`}
          title={t("insight.group.saveOf", { name: words(open.name) })}
          open
          onClose={() => setOpen(undefined)}
          initial={{ name: words(open.name), coupon: null }}
          submit={t("insight.group.save")}
          sections={[
            {
              title: "",
              help: t("insight.group.saveHelp", { n: f.count(open.members) }),
              fields: [
                { at: "name", kind: "text", required: true, label: t("insight.group.tag") },
                ...(mayCoupon
                  ? [
                      {
                        at: "coupon",
                        kind: "ref",
                        of: "template",
                        label: t("insight.group.withCoupon"),
                        help: t("insight.group.withCouponHelp"),
                      } as const,
                    ]
                  : []),
              ],
            },
          ]}
          save={({ name, coupon }, key) =>
            api.POST("/api/v1/insight/runs/{id}/saves", {
              params: { path: { id: run }, header: once(key) },
              body: { group: open.key, name, coupon: coupon || null },
            })
          }
          saved={() => refresh("insight", "tags", "tag-list", "members")}
        />
      )}
    </>
  );
}

/** How far a save is, and once it is done where to go from it. */
function Saved({ save }: { save: Save | undefined }) {
  const { t } = useTranslation(["app", "ui"]);
  const { f } = useWrite();
  const tags = useTags();
  const mayCoupon = useMay("coupon:issue");
  const mayMembers = useMay("member:read");
  const mayFollowUp = useMay("follow-up:write");
  const [arranging, setArranging] = useState(false);
  if (!save) return null;
  if (save.state === "queued") return <span role="status">{t("insight.group.saving")}</span>;
  if (save.state === "failed") return <Broken state="failed" code={save.fault_code} fault={save.fault} />;
  const name = tags.find((tag) => tag.id === save.tag)?.name ?? "–";
  return (
    <>
      <span role="status">
        {t("insight.group.saved", { name, n: f.count(save.given) })}
        {save.coupon && t("insight.group.issued", { n: f.count(save.issued), m: f.count(save.passed_over) })}
      </span>
      {mayMembers && (
        <Link to="/members" search={{ tag: save.tag } as never}>
          {t("insight.group.open")}
        </Link>
      )}
      {mayCoupon && (
        <Link to="/benefits/coupons/$id" params={{ id: "new" }} search={{ tag: save.tag } as never}>
          {t("insight.group.coupon")}
        </Link>
      )}
      {mayFollowUp && (
        <Button size="small" onClick={() => setArranging(true)}>
          {t("care.arrange")}
        </Button>
      )}
      {arranging && <ArrangeTag tag={save.tag} run={save.run} onClose={() => setArranging(false)} />}
    </>
  );
}

import { api, once, type Schema } from "@shuke/api";
import { useMay, useWho } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Drawer, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { useAssignees } from "../../parts/FollowUps";
import { FormDrawer } from "../../parts/FormDrawer";
import { Form } from "../../parts/form/Form";
import { shift, useFormat, useLabel, useOptions } from "../../parts/format";
import { Facts, Loaded, useRefresh } from "../../parts/Parts";
import { useActorName, useStoreName } from "../../parts/refs";

type Detail = Schema<"FollowUpDetail">;

/** Outcomes after which somebody tries again. */
const AGAIN: Schema<"FollowUpOutcome">[] = ["not_reached", "call_again"];

/** One follow-up: whom to call with what, what was tried, and what came of it. */
export function FollowUpDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const found = useQuery({
    queryKey: ["follow-ups", "one", id],
    queryFn: async () => (await api.GET("/api/v1/follow-ups/{id}", { params: { path: { id } } })).data as Detail,
  });
  const name = found.data?.who?.name ?? found.data?.who?.number ?? "";
  return (
    <Drawer open onClose={onClose} title={t("care.of", { name })} size={640}>
      <Loaded query={found}>
        {(data) => (
          <div className="stack">
            <Before data={data} />
            <Actions data={data} />
            <Tries data={data} />
            {data.state === "open" && <Result key={data.attempts} data={data} />}
          </div>
        )}
      </Loaded>
    </Drawer>
  );
}

/** What is good to know before the call. */
function Before({ data }: { data: Detail }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  const actorName = useActorName();
  const likes = useQuery({
    queryKey: ["member", data.member, "preferences"],
    enabled: useMay("member:identify"),
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/preferences", { params: { path: { id: data.member } } }))
        .data as Schema<"Preferences">,
  });
  const derived = likes.data?.derived;
  const no = data.consents.filter((one) => !one.granted).map((one) => label("consentChannel", one.channel));
  return (
    <>
      <p className="page-actions">
        <Tag color={data.state === "open" ? "blue" : "default"}>{label("followUpState", data.state)}</Tag>
        {data.ended_how && data.ended_how !== "result" && <span>{label("followUpEnd", data.ended_how)}</span>}
        <Link to="/members/$id" params={{ id: data.member }}>
          {t("care.openMember")}
        </Link>
      </p>
      {data.script && (
        <section className="form-section" aria-label={t("care.script")}>
          <h2>{t("care.script")}</h2>
          <p style={{ whiteSpace: "pre-wrap" }}>{data.script}</p>
        </section>
      )}
      <Facts
        items={[
          [t("care.reason"), data.reason || "–"],
          [t("member.phone"), <Phone key="phone" data={data} />],
          [t("care.dueOn"), f.day(data.due_on)],
          [t("care.assignee"), data.assignee ?? t("care.anybody")],
          [t("member.tier"), data.tier ?? t("member.tierNone")],
          [t("member.stage"), label("stage", data.who?.stage)],
          [t("member.last"), f.day(data.who?.last_purchase_on)],
          [t("member.orders"), `${f.count(data.who?.orders)} · ${f.money(data.who?.amount)}`],
          [
            t("member.likes"),
            derived?.products
              .slice(0, 5)
              .map((one) => one.name ?? one.key)
              .join("，") || "–",
          ],
          [t("care.comes"), derived?.hours[0] ? t("care.comesAt", { hour: derived.hours[0].key }) : "–"],
          [t("care.refuses"), no.length > 0 ? f.list(no) : t("care.refusesNothing")],
          [t("shell.store"), storeName(data.store)],
          [t("care.madeBy"), `${actorName(data.created_by)} · ${f.moment(data.created_at)}`],
          ...(data.end_note ? [[t("care.gaveUpWhy"), data.end_note] as [string, string]] : []),
        ]}
      />
    </>
  );
}

/** The number, masked until whoever is to call asks for it: the look is recorded. */
function Phone({ data }: { data: Detail }) {
  const { t } = useTranslation(["app", "ui"]);
  const who = useWho();
  const mayReveal = useMay("member:reveal");
  const mine = data.state === "open" && data.assigned_to === who.id;
  const number = useMutation({
    mutationFn: async () =>
      (await api.GET("/api/v1/follow-ups/{id}/phone", { params: { path: { id: data.id } } }))
        .data as Schema<"FollowUpNumber">,
  });
  if (number.data) {
    const { name, phone } = number.data;
    return (
      <span role="status">
        {phone ? <a href={`tel:${phone}`}>{phone}</a> : t("care.noPhone")} {name}
      </span>
    );
  }
  return (
    <span className="page-actions">
      {data.who?.phone ?? "–"}
      {(mine || mayReveal) && (
        <Button size="small" loading={number.isPending} onClick={() => number.mutate()}>
          {t("care.showNumber")}
        </Button>
      )}
      {!mine && !mayReveal && data.state === "open" && <small>{t("care.takeFirst")}</small>}
      <ProblemNotice error={number.error} />
    </span>
  );
}

/** Taking it over, giving it to somebody else or another day, giving it up. */
function Actions({ data }: { data: Detail }) {
  const { t } = useTranslation(["app", "ui"]);
  const who = useWho();
  const refresh = useRefresh();
  const directs = useMay("follow-up:write");
  const records = useMay("follow-up:record");
  const [open, setOpen] = useState<"change" | "up">();
  const assignees = useAssignees(data.store);
  if (data.state !== "open" || !records) return null;
  const path = { id: data.id };
  const mine = data.assigned_to === who.id;
  const decides = directs || mine || !data.assigned_to;
  return (
    <div className="page-actions">
      {!mine && (directs || !data.assigned_to) && (
        <Act
          primary
          label={t("care.take")}
          act={(_key) =>
            api.PUT("/api/v1/follow-ups/{id}", {
              params: { path },
              body: { due_on: data.due_on, assigned_to: who.id },
            })
          }
          done={() => refresh("follow-ups")}
        />
      )}
      {(directs || mine) && <Button onClick={() => setOpen("change")}>{t("care.change")}</Button>}
      {decides && <Button onClick={() => setOpen("up")}>{t("care.giveUp")}</Button>}
      {!decides && <span>{t("care.colleagues", { name: data.assignee ?? "" })}</span>}
      {open === "change" && (
        <FormDrawer<{ due_on: string; assigned_to: string | null }>
          id={`follow-up-change-${data.id}`}
          title={t("care.change")}
          open
          onClose={() => setOpen(undefined)}
          initial={{ due_on: data.due_on, assigned_to: data.assigned_to ?? null }}
          sections={[
            {
              title: "",
              fields: [
                { at: "due_on", kind: "date", required: true, label: t("care.dueOn") },
                ...(directs
                  ? [
                      {
                        at: "assigned_to",
                        kind: "choice",
                        label: t("care.assignee"),
                        help: t("care.assigneeHelp"),
                        options: assignees,
                      } as const,
                    ]
                  : []),
              ],
            },
          ]}
          save={(value) =>
            api.PUT("/api/v1/follow-ups/{id}", {
              params: { path },
              body: { due_on: value.due_on, assigned_to: value.assigned_to || null },
            })
          }
          saved={() => refresh("follow-ups")}
        />
      )}
      {open === "up" && (
        <FormDrawer<{ reason: string }>
          id={`follow-up-up-${data.id}`}
          title={t("care.giveUp")}
          open
          onClose={() => setOpen(undefined)}
          initial={{ reason: "" }}
          submit={t("care.giveUp")}
          sections={[
            {
              title: "",
              help: t("care.giveUpHelp"),
              fields: [{ at: "reason", kind: "text", required: true, label: t("care.gaveUpWhy") }],
            },
          ]}
          save={(body, key) =>
            api.POST("/api/v1/follow-ups/{id}/give-up", { params: { path, header: once(key) }, body })
          }
          saved={() => refresh("follow-ups")}
        />
      )}
    </div>
  );
}

function Tries({ data }: { data: Detail }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const actorName = useActorName();
  if (data.tries.length === 0) return null;
  return (
    <section className="form-section" aria-label={t("care.tries")}>
      <h2>{t("care.tries")}</h2>
      <ol className="timeline">
        {data.tries.map((one) => (
          <li key={one.number}>
            <time>{f.moment(one.at)}</time> {label("followUpWay", one.how)} · {label("followUpOutcome", one.outcome)}
            {one.next_on && ` · ${t("care.nextOn", { day: f.day(one.next_on) })}`}
            {one.note && <p style={{ whiteSpace: "pre-wrap" }}>{one.note}</p>}
            <small>{actorName(one.actor)}</small>
          </li>
        ))}
      </ol>
    </section>
  );
}

interface Told {
  how: Schema<"FollowUpWay">;
  outcome: Schema<"FollowUpOutcome"> | "";
  next_on: string | null;
  note: string;
}

/** What came of the call. */
function Result({ data }: { data: Detail }) {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptions();
  const refresh = useRefresh();
  const again = (told: Told) => AGAIN.some((one) => one === told.outcome);
  if (!useMay("follow-up:record")) return null;
  return (
    <Form<Told>
      id={`follow-up-result-${data.id}`}
      initial={{ how: "phone", outcome: "", next_on: shift(data.today, 1), note: "" }}
      submit={t("care.record")}
      sections={[
        {
          title: t("care.result"),
          fields: [
            { at: "how", kind: "choice", required: true, label: t("care.how"), options: options("followUpWay") },
            {
              at: "outcome",
              kind: "choice",
              required: true,
              label: t("care.outcome"),
              options: options("followUpOutcome"),
            },
            {
              at: "next_on",
              kind: "date",
              required: true,
              label: t("care.next"),
              when: again,
            },
            { at: "note", kind: "area", label: t("care.note") },
          ],
        },
      ]}
      below={(told) => told.outcome === "do_not_contact" && <p role="status">{t("care.unwelcomeWill")}</p>}
      save={(told, key) =>
        api.POST("/api/v1/follow-ups/{id}/attempts", {
          params: { path: { id: data.id }, header: once(key) },
          body: {
            how: told.how,
            outcome: told.outcome as Schema<"FollowUpOutcome">,
            note: told.note,
            next_on: again(told) ? told.next_on : null,
          },
        })
      }
      saved={() => refresh("follow-ups", "member")}
    />
  );
}

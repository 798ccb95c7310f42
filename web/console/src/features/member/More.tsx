import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { Table } from "../../parts/List";
import { useRefresh } from "../../parts/Parts";
import { Bought } from "./Bought";
import { CodeButton } from "./Code";

type Member = Schema<"MemberView">;

/** Cards, people, preferences, points in detail, merges: what is needed now and then. */
export function More({ member }: { member: Member }) {
  return (
    <div className="stack">
      <Cards member={member} />
      <div className="two">
        <People member={member} />
        <Preferences id={member.id} />
        <PendingPoints id={member.id} />
        <Stamps id={member.id} />
        <Bought id={member.id} />
        <Merges id={member.id} />
      </div>
    </div>
  );
}

function Box({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="form-section" aria-label={title}>
      <div className="page-head">
        <h2>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

function Cards({ member }: { member: Member }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const refresh = useRefresh();
  const may = useMay("member:write");
  const [open, setOpen] = useState<"bind" | "pin">();
  const [shared, setShared] = useState<Schema<"Card">>();
  const { id } = member;
  const at = (card: string) => ({ path: { id, card } });
  return (
    <Box
      title={t("member.card.title")}
      actions={
        may && (
          <span className="page-actions">
            <CodeButton id={id} />
            <Button onClick={() => setOpen("bind")}>{t("member.card.bind")}</Button>
            <Button onClick={() => setOpen("pin")}>{t("member.card.pin")}</Button>
            <Act
              label={t("member.card.pinRemove")}
              ask={t("member.card.pinRemoveAsk")}
              act={(_key) => api.DELETE("/api/v1/members/{id}/pin", { params: { path: { id } } })}
            />
          </span>
        )
      }
    >
      <Table<Schema<"Card">>
        label={t("member.card.title")}
        rows={member.cards}
        rowKey={(row) => row.id}
        columns={[
          { key: "number", title: t("member.card.number"), render: (row) => row.number },
          { key: "kind", title: t("member.card.kind"), render: (row) => label("cardKind", row.kind) },
          { key: "state", title: t("form.state"), render: (row) => label("cardState", row.state) },
          { key: "at", title: t("form.when"), render: (row) => f.moment(row.bound_at) },
          { key: "shared", title: t("member.card.shared"), render: (row) => `${row.shared} / ${row.shared_max}` },
          {
            key: "actions",
            title: t("form.actions"),
            render: (row) =>
              may && (
                <span className="page-actions">
                  {row.state === "active" && (
                    <Act
                      small
                      label={t("member.card.lost")}
                      ask={t("member.card.lostAsk")}
                      act={(_key) =>
                        api.PATCH("/api/v1/members/{id}/cards/{card}", { params: at(row.id), body: { lost: true } })
                      }
                      done={() => refresh("member")}
                    />
                  )}
                  {row.state === "lost" && (
                    <Act
                      small
                      label={t("member.card.found")}
                      act={(_key) =>
                        api.PATCH("/api/v1/members/{id}/cards/{card}", {
                          params: at(row.id),
                          body: { lost: false },
                        })
                      }
                      done={() => refresh("member")}
                    />
                  )}
                  <Button size="small" onClick={() => setShared(row)}>
                    {t("member.card.sharing")}
                  </Button>
                </span>
              ),
          },
        ]}
      />
      <Users id={id} />
      <FormDrawer<Schema<"CardDraft">>
        id={`card-${id}`}
        title={t("member.card.bind")}
        open={open === "bind"}
        onClose={() => setOpen(undefined)}
        initial={{ kind: "physical", number: "", nfc_uid: "" }}
        sections={[
          {
            title: "",
            fields: [
              {
                at: "kind",
                kind: "choice",
                required: true,
                label: t("member.card.kind"),
                options: options("cardKind"),
              },
              { at: "number", kind: "text", label: t("member.card.number") },
              { at: "nfc_uid", kind: "text", label: t("member.card.nfc") },
              {
                at: "replaces",
                kind: "choice",
                label: t("member.card.replaces"),
                options: member.cards.map((card) => ({ value: card.id, label: card.number })),
              },
            ],
          },
        ]}
        save={(value, key) =>
          api.POST("/api/v1/members/{id}/cards", {
            params: { path: { id }, header: once(key) },
            body: { ...value, number: value.number || null, nfc_uid: value.nfc_uid || null },
          })
        }
        saved={() => refresh("member")}
      />
      <FormDrawer<Schema<"PinDraft">>
        id={`pin-${id}`}
        title={t("member.card.pin")}
        open={open === "pin"}
        onClose={() => setOpen(undefined)}
        initial={{ pin: "", current: "" }}
        sections={[
          {
            title: "",
            fields: [
              { at: "current", kind: "password", label: t("member.card.pinNow") },
              { at: "pin", kind: "password", required: true, label: t("member.card.pinLabel") },
            ],
          },
        ]}
        save={(value, _key) =>
          api.PUT("/api/v1/members/{id}/pin", {
            params: { path: { id } },
            body: { pin: value.pin, current: value.current || null },
          })
        }
      />
      {shared && (
        <FormDrawer<{ shared_max: number; member: string | null }>
          id={`share-${shared.id}`}
          title={t("member.card.sharing")}
          open
          onClose={() => setShared(undefined)}
          initial={{ shared_max: shared.shared_max, member: null }}
          sections={[
            {
              title: "",
              fields: [
                { at: "shared_max", kind: "whole", required: true, label: t("member.card.sharing") },
                { at: "member", kind: "ref", of: "member", label: t("member.card.share") },
              ],
            },
          ]}
          actions={() => shared.shared > 0 && <Shares id={id} card={shared.id} />}
          save={async (value, key) => {
            await api.PUT("/api/v1/members/{id}/cards/{card}/sharing", {
              params: at(shared.id),
              body: { shared_max: value.shared_max },
            });
            if (value.member)
              await api.POST("/api/v1/members/{id}/cards/{card}/shares", {
                params: { ...at(shared.id), header: once(key) },
                body: { member: value.member },
              });
          }}
          saved={() => refresh("member")}
        />
      )}
    </Box>
  );
}

function useUsers(id: string) {
  return useQuery({
    queryKey: ["member", id, "users"],
    queryFn: async () => (await api.GET("/api/v1/members/{id}/users", { params: { path: { id } } })).data?.items ?? [],
  });
}

/** Ends the sharing of a card with somebody. */
function Shares({ id, card }: { id: string; card: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const users = useUsers(id);
  return (
    <span className="page-actions">
      {(users.data ?? []).map((one) => (
        <Act
          key={one.id}
          small
          label={`${t("member.card.unshare")} · ${one.name ?? one.number}`}
          act={(_key) =>
            api.DELETE("/api/v1/members/{id}/cards/{card}/shares/{member}", {
              params: { path: { id, card, member: one.id } },
            })
          }
          done={() => refresh("member")}
        />
      ))}
    </span>
  );
}

function Users({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const users = useUsers(id);
  if (!users.data || users.data.length === 0) return null;
  return (
    <p>
      {t("member.card.users")}: {users.data.map((one) => one.name ?? one.number).join("，")}
    </p>
  );
}

function People({ member }: { member: Member }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const options = useOptions();
  const refresh = useRefresh();
  const may = useMay("member:write");
  const [open, setOpen] = useState(false);
  const { id } = member;
  const group = member.kind === "group";
  const people = useQuery({
    queryKey: ["member", id, "people", group],
    queryFn: async () => {
      const params = { path: { id } };
      if (!group)
        return { people: (await api.GET("/api/v1/members/{id}/groups", { params })).data?.items ?? [], max: 0 };
      const { data } = await api.GET("/api/v1/members/{id}/people", { params });
      return { people: data?.people ?? [], max: data?.people_max ?? 0 };
    },
  });
  const rows = people.data?.people ?? [];
  const [limit, setLimit] = useState(false);
  return (
    <Box
      title={group ? t("member.group.people") : t("member.group.groups")}
      actions={
        may &&
        group && (
          <span className="page-actions">
            <Button onClick={() => setLimit(true)}>{t("member.group.max")}</Button>
            <Button onClick={() => setOpen(true)}>{t("member.group.add")}</Button>
          </span>
        )
      }
    >
      {rows.length === 0 && <p className="help">{t("ui:state.empty")}</p>}
      {rows.map((one) => (
        <p key={one.member.id} className="page-actions">
          <Link to="/members/$id" params={{ id: one.member.id }}>
            {one.member.name ?? one.member.number}
          </Link>
          {label("groupPart", one.part)}
          {may && group && (
            <Act
              small
              label={t("member.group.out")}
              ask={t("member.group.outAsk")}
              act={(_key) =>
                api.DELETE("/api/v1/members/{id}/people/{person}", {
                  params: { path: { id, person: one.member.id } },
                })
              }
              done={() => refresh("member")}
            />
          )}
        </p>
      ))}
      {limit && people.data && (
        <FormDrawer<Schema<"GroupDraft">>
          id={`group-${id}`}
          title={t("member.group.max")}
          open
          onClose={() => setLimit(false)}
          initial={{ people_max: people.data.max }}
          sections={[
            { title: "", fields: [{ at: "people_max", kind: "whole", required: true, label: t("member.group.max") }] },
          ]}
          save={(body, _key) => api.PUT("/api/v1/members/{id}/group", { params: { path: { id } }, body })}
          saved={() => refresh("member")}
        />
      )}
      <FormDrawer<Schema<"PersonDraft">>
        id={`person-${id}`}
        title={t("member.group.add")}
        open={open}
        onClose={() => setOpen(false)}
        initial={{ person: "", part: "person" }}
        sections={[
          {
            title: "",
            fields: [
              { at: "person", kind: "ref", of: "member", required: true, label: t("member.group.person") },
              {
                at: "part",
                kind: "choice",
                required: true,
                label: t("member.group.part"),
                options: options("groupPart"),
              },
            ],
          },
        ]}
        save={(body, key) =>
          api.POST("/api/v1/members/{id}/people", { params: { path: { id }, header: once(key) }, body })
        }
        saved={() => refresh("member")}
      />
    </Box>
  );
}

function Preferences({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const may = useMay("member:write");
  const [open, setOpen] = useState(false);
  const found = useQuery({
    queryKey: ["member", id, "preferences"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/preferences", { params: { path: { id } } })).data as Schema<"Preferences">,
  });
  const declared = Object.entries(found.data?.declared ?? {});
  return (
    <Box
      title={t("member.preferences")}
      actions={may && found.data && <Button onClick={() => setOpen(true)}>{t("ui:do.edit")}</Button>}
    >
      {declared.map(([key, value]) => (
        <p key={key}>{t("ui:pair", { name: key, says: value })}</p>
      ))}
      <p className="help">
        {t("member.derived")}:{" "}
        {(found.data?.derived.categories ?? []).map((one) => `${one.name ?? one.key} ×${one.orders}`).join("，") || "–"}
      </p>
      {open && (
        <FormDrawer<{ lines: string[] }>
          id={`preferences-${id}`}
          title={t("member.preferences")}
          open
          onClose={() => setOpen(false)}
          initial={{ lines: declared.map(([key, value]) => `${key}: ${value}`) }}
          sections={[{ title: "", fields: [{ at: "lines", kind: "lines", label: t("member.declared") }] }]}
          save={(value, _key) =>
            api.PUT("/api/v1/members/{id}/preferences/declared", {
              params: { path: { id } },
              body: declaredOf(value.lines),
            })
          }
          saved={() => refresh("member")}
        />
      )}
    </Box>
  );
}

/** Lines as `taste: mild`, whichever colon was typed. */
export function declaredOf(lines: string[]): Record<string, string> {
  return Object.fromEntries(
    lines
      .map((line) => /^\s*([^:\uff1a]+)[:\uff1a](.*)$/.exec(line))
      .flatMap((found) => (found?.[1] ? [[found[1].trim(), (found[2] ?? "").trim()]] : [])),
  );
}

function PendingPoints({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const may = useMay("ledger:adjust");
  const pending = useQuery({
    queryKey: ["member", id, "pending"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/pending-points", { params: { path: { id } } })).data ?? [],
  });
  const points = useQuery({
    queryKey: ["member", id, "points"],
    queryFn: async () => (await api.GET("/api/v1/members/{id}/points", { params: { path: { id } } })).data ?? null,
  });
  const limits = [...(points.data?.caps ?? []), ...(points.data?.spend_limits ?? [])];
  const at = (key: string) => ({ path: { id }, header: once(key) });
  return (
    <Box title={t("member.pendingPoints")}>
      {(pending.data ?? []).length === 0 && <p className="help">{t("ui:state.empty")}</p>}
      {(pending.data ?? []).map((lot) => (
        <p key={lot.id} className="page-actions">
          {f.count(lot.remaining)} · {f.moment(lot.available_at)}
          {may && (
            <>
              <Act
                small
                label={t("member.release")}
                act={(key) =>
                  api.POST("/api/v1/members/{id}/pending-points/release", {
                    params: at(key),
                    body: { source: lot.source_id },
                  })
                }
                done={() => refresh("member")}
              />
              <Act
                small
                danger
                label={t("member.cancelPending")}
                act={(key) =>
                  api.POST("/api/v1/members/{id}/pending-points/cancel", {
                    params: at(key),
                    body: { source: lot.source_id },
                  })
                }
                done={() => refresh("member")}
              />
            </>
          )}
        </p>
      ))}
      {limits.map((limit, index) => (
        <p key={index}>
          {t("ui:pair", { name: t("member.pointsLimits"), says: `${f.count(limit.used)} / ${f.count(limit.max)}` })}
        </p>
      ))}
    </Box>
  );
}

function Stamps({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const stamps = useQuery({
    queryKey: ["member", id, "stamps"],
    queryFn: async () => (await api.GET("/api/v1/members/{id}/stamps", { params: { path: { id } } })).data ?? [],
  });
  const streaks = useQuery({
    queryKey: ["member", id, "streaks"],
    queryFn: async () => (await api.GET("/api/v1/members/{id}/streaks", { params: { path: { id } } })).data ?? [],
  });
  const gifts = useQuery({
    queryKey: ["member", id, "gifts"],
    queryFn: async () => (await api.GET("/api/v1/members/{id}/gifts", { params: { path: { id } } })).data ?? [],
  });
  const nothing = !stamps.data?.length && !streaks.data?.length && !gifts.data?.length;
  return (
    <Box title={t("member.stamps")}>
      {nothing && <p className="help">{t("ui:state.empty")}</p>}
      {(stamps.data ?? []).map((one) => (
        <p key={one.card}>
          {t("ui:pair", {
            name: one.name,
            says: t("member.stampText", { stamps: one.stamps, needed: one.needed, rounds: one.rounds }),
          })}
        </p>
      ))}
      {(streaks.data ?? []).map((one) => (
        <p key={one.rule}>
          {t("ui:pair", { name: one.name, says: t("member.streakText", { run: one.run, length: one.length }) })}
        </p>
      ))}
      {(gifts.data ?? []).map((one) => (
        <p key={`${one.rule}${one.source}${one.place}`}>
          {f.moment(one.at)}{" "}
          {t("ui:pair", { name: label("cause", one.cause), says: `${f.count(one.points)} ${t("member.points")}` })}
        </p>
      ))}
    </Box>
  );
}

function Merges({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const may = useMay("member:merge");
  const merges = useQuery({
    queryKey: ["member", id, "merges"],
    queryFn: async () => (await api.GET("/api/v1/members/{id}/merges", { params: { path: { id } } })).data?.items ?? [],
  });
  return (
    <Box title={t("member.merge.history")}>
      {(merges.data ?? []).length === 0 && <p className="help">{t("ui:state.empty")}</p>}
      {(merges.data ?? []).map((one) => (
        <p key={one.id} className="page-actions">
          {f.moment(one.at)}{" "}
          <Link to="/members/$id" params={{ id: one.survivor === id ? one.absorbed : one.survivor }}>
            {one.survivor === id ? t("member.merge.into") : t("member.merge.away")}
          </Link>
          {one.reason}
          {one.undone_at != null
            ? t("member.merge.undone")
            : may && (
                <Act
                  small
                  label={t("member.merge.undo")}
                  ask={t("member.merge.undoAsk")}
                  act={(key) =>
                    api.POST("/api/v1/merges/{id}/undo", { params: { path: { id: one.id }, header: once(key) } })
                  }
                  done={() => refresh("member", "members")}
                />
              )}
        </p>
      ))}
    </Box>
  );
}

import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, QRCode } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import type { Field } from "../../parts/form/model";
import { Loaded, useRefresh } from "../../parts/Parts";

/** An order that had no buyer: given to a member, to somebody who joins with it, or left to the customer by its code. */
export function ClaimButtons({ order }: { order: Schema<"Order"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const may = useMay("sale:write");
  const [open, setOpen] = useState<"give" | "code">();
  if (!may || order.member || order.refunded > 0) return null;
  return (
    <>
      <Button onClick={() => setOpen("give")}>{t("sales.claim.give")}</Button>
      <Button onClick={() => setOpen("code")}>{t("sales.claim.code")}</Button>
      {open === "give" && <Give order={order} onClose={() => setOpen(undefined)} />}
      {open === "code" && (
        <Drawer open title={t("sales.claim.code")} onClose={() => setOpen(undefined)}>
          <Code id={order.id} />
        </Drawer>
      )}
    </>
  );
}

interface Buyer {
  who: "known" | "join";
  member: string;
  phone: string;
  name: string;
}

function Give({ order, onClose }: { order: Schema<"Order">; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const mayEnrol = useMay("member:write");
  const known = (value: Buyer) => value.who === "known";
  const fields: Field<Buyer>[] = [
    {
      at: "who",
      kind: "choice",
      required: true,
      label: t("sales.claim.who"),
      options: [
        { value: "known", label: t("sales.claim.known") },
        ...(mayEnrol ? [{ value: "join", label: t("sales.claim.join") }] : []),
      ],
    },
    { at: "member", kind: "ref", of: "member", required: true, label: t("sales.order.member"), when: known },
    { at: "phone", kind: "text", required: true, label: t("member.phone"), when: (value) => !known(value) },
    { at: "name", kind: "text", label: t("member.name"), when: (value) => !known(value) },
  ];
  return (
    <FormDrawer<Buyer>
      id={`claim-${order.id}`}
      title={t("sales.claim.give")}
      open
      onClose={onClose}
      initial={{ who: "known", member: "", phone: "", name: "" }}
      sections={[{ title: "", help: t("sales.claim.help"), fields }]}
      base="/buyer/person"
      save={(value, key) =>
        api.POST("/api/v1/claims", {
          params: { header: once(key) },
          body: {
            order: order.id,
            buyer: known(value)
              ? { kind: "known", member: value.member }
              : {
                  kind: "join",
                  person: { id: key, phone: value.phone, name: value.name || null, store: order.store },
                },
          } as Schema<"ClaimAsk">,
        })
      }
      saved={() => refresh("order", "orders", "members")}
    />
  );
}

/** The code that the customer scans to make the order theirs. */
function Code({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const code = useQuery({
    queryKey: ["claim-code", id],
    queryFn: async () =>
      (await api.GET("/api/v1/orders/{id}/claim-code", { params: { path: { id } } })).data as Schema<"ClaimCode">,
  });
  return (
    <Loaded query={code}>
      {(data) => (
        <div className="stack">
          <p className="help">{t("sales.claim.codeHelp")}</p>
          <div role="img" aria-label={t("sales.claim.code")}>
            <div aria-hidden>
              <QRCode
                type="canvas"
                value={new URL(data.path, location.origin).href}
                bgColor="#ffffff"
                color="#000000"
                size={240}
              />
            </div>
          </div>
          <code className="long">{data.code}</code>
        </div>
      )}
    </Loaded>
  );
}

import type { Texts } from "../zh";

export const benefits: Texts["benefits"] = {
  coupon: {
    issue: "Issue coupons",
    template: "Which coupon",
    count: "How many each",
    revoke: "Revoke",
    revokeAsk: "A revoked coupon can’t be used or brought back.",
  },
  pass: {
    atDesk: "Done in the console",
    freeze: "Freeze",
    freezeAsk: "A frozen pass can’t be used; its last day moves by as many days.",
    thaw: "Thaw",
    extend: "Extend",
    until: "Until which day",
  },
};

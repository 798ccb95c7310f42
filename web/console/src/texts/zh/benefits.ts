export const benefits = {
  coupon: {
    issue: "发券",
    template: "哪种券",
    count: "每人几张",
    revoke: "收回",
    revokeAsk: "收回后不能再用，也不能恢复。",
  },
  pass: {
    atDesk: "管理台办理",
    freeze: "冻结",
    freezeAsk: "冻结期间不能用，到期日会按冻结的天数顺延。",
    thaw: "解冻",
    extend: "延期",
    until: "延到哪天",
  },
};

export const zh = {
  title: "会员卡",
};

export type Texts = typeof zh;

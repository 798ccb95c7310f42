export const zh = {
  title: "熟客 管理台",
};

export type Texts = typeof zh;

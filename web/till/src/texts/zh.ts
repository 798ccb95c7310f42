export const zh = {
  title: "熟客 收银台",
};

export type Texts = typeof zh;

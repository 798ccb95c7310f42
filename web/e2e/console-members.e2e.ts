// Members in the console: brought in from a workbook, and what is done for one of them at the desk.
import ExcelJS from "exceljs";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { watch } from "./faults";
import { accessibilityFaults, openShop, PASSWORD, type Shop } from "./shop";

async function signIn(page: Page, username: string): Promise<void> {
  await page.goto("/console/");
  await page.getByLabel("用户名").fill(username);
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: /登\s?录/ }).click();
  await page.getByRole("navigation", { name: "菜单" }).waitFor();
}

/** A workbook as a shop has it: headings of its own, a phone that is none in the third row. */
async function workbook(): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet("会员");
  sheet.addRow(["客户姓名", "手机", "怎么称呼", "当前积分", "办卡日期"]);
  sheet.addRow(["陈小满", "13600001111", "陈姐", 120, "2025-03-01"]);
  sheet.addRow(["何立春", "13600002222", "老何", 0, "2025-03-02"]);
  sheet.addRow(["赵白露", "1360000", "小赵", 5, "2025-03-03"]);
  return Buffer.from(await book.xlsx.writeBuffer());
}

describe("members in the console", () => {
  let shop: Shop;
  let owner: string;
  openShop({}, async (opened) => {
    shop = opened;
    owner = await shop.signIn("owner");
  });

  it("brings members in from a workbook, and hands back the row that can't be used", async () => {
    const page = await (await shop.context()).newPage();
    const faults = watch(page);
    await signIn(page, "owner");
    await page.goto("/console/members/imports");
    await page.getByText("还没有导入过文件").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel("文件", { exact: true }).setInputFiles({
      name: "会员.xlsx",
      mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      buffer: await workbook(),
    });
    await page.getByRole("button", { name: "上传并查看" }).click();

    const columns = page.getByRole("region", { name: "每一列是什么" });
    await columns.waitFor();
    const holds = (name: string) => columns.getByLabel(`“${name}”这一列是`);
    expect(await holds("手机").inputValue()).toBe("phone");
    expect(await holds("怎么称呼").inputValue()).toBe("");
    await page.getByRole("region", { name: "1行用不了" }).getByRole("cell", { name: "4", exact: true }).waitFor();

    // A column that was guessed is left out: then who it is can't be told any more.
    await holds("手机").selectOption("");
    await page.getByText("还要指定一列是手机号或会员卡号").waitFor();
    await holds("手机").selectOption("phone");
    await holds("怎么称呼").selectOption("note");
    await page.getByRole("region", { name: "导入后会有什么" }).getByText("新会员").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole("button", { name: "导入2行" }).click();
    await page.getByRole("dialog").getByText("有1行用不了，会跳过").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "导入2行" }).click();
    await page.getByText("导好了，2行已处理").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "下载没导入的行" }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe("会员.xlsx.bad.csv");
    let text = "";
    for await (const part of await saved.createReadStream()) text += part;
    expect(text).toContain("赵白露");
    expect(text).not.toContain("陈小满");

    // It is found again in the list, and its members in theirs.
    await page.getByRole("link", { name: "再导一个文件" }).click();
    await page.getByRole("row", { name: /会员\.xlsx.*已导入/ }).waitFor();
    await page.goto("/console/members?q=13600001111");
    await page.getByRole("cell", { name: "136****1111" }).waitFor();
    await page.goto("/console/members?q=1360000");
    await page.getByText("没有找到").waitFor();
    expect(faults).toEqual([]);
  });

  it("takes members out as a workbook", async () => {
    const page = await (await shop.context()).newPage();
    const faults = watch(page);
    await signIn(page, "owner");
    await page.goto("/console/members/imports?tab=out");
    await page.getByLabel("带姓名、手机号等个人信息").click();
    expect(await accessibilityFaults(page)).toEqual([]);
    const saving = page.waitForEvent("download");
    await page
      .getByRole("button", { name: /导\s?出/, exact: false })
      .last()
      .click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe("会员.xlsx");
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(await saved.path());
    const phones: unknown[] = [];
    book.worksheets[0]?.eachRow((row) => phones.push(...(row.values as unknown[])));
    expect(phones.map(String).some((one) => one.includes("13800000042") || /1\d{10}/.test(one))).toBe(true);
    expect(faults).toEqual([]);
  });

  it("shows what happened with a member in words and money", async () => {
    const [member] = (
      await shop.call<{ items: { id: string; orders: number }[] }>(owner, "GET", "/api/v1/members?limit=100")
    ).items.filter((one) => one.orders > 0);
    const page = await (await shop.context()).newPage();
    const faults = watch(page);
    await signIn(page, "manager");
    await shop.call(owner, "POST", `/api/v1/members/${member?.id}/adjustments`, {
      account: "principal",
      amount: 12_345,
      reason: "补录",
    });
    await page.goto(`/console/members/${member?.id}`);
    const told = page.getByRole("region", { name: "最近往来" });
    await told.getByText("储值本金 +¥123.45").waitFor();
    expect(await told.textContent()).toMatch(/消费¥[\d,]+\.\d\d/);
    // Nothing as a bare number of cents, no code of the program.
    expect(await told.textContent()).not.toMatch(/12345|adjustment|_/);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(faults).toEqual([]);
  });
});

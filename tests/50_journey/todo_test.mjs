/*
 * todo_test.mjs - the work list: the first page after sign-in of an officer and of the lead office,
 * its count in the navigation, its files, and that a matter leaves it when it is done.
 */
import { House, equal, fieldErrors, finish, includes, look, ok, press, story, visit } from "./house.mjs";

const count = async (page) => Number((await page.locator(".site-nav .nav-count").innerText()).replace(/\D+/g, "") || 0);

async function download(page, name) {
  const file = page.waitForEvent("download");
  await page.locator("main").getByRole("link", { name, exact: true }).click();
  const stream = await (await file).createReadStream();
  let bytes = Buffer.alloc(0);
  for await (const part of stream) {
    bytes = Buffer.concat([bytes, part]);
  }
  return { name: (await file).suggestedFilename(), bytes };
}

async function officer(house) {
  const page = await house.pageOf("officer", { device: "phone" });
  equal(new URL(page.url()).pathname, "/todo", "an officer begins with what is due");
  await look(page, "todo");
  const rows = await page.locator("main tbody tr").count();
  ok(rows > 0, "there is work");
  const dates = await page.locator("main tbody tr:first-child td[data-label='期限']").innerText();
  ok(/^\d{4}-\d{2}-\d{2}$/.test(dates.trim()), "the nearest date stands first, under its head");
  includes(await page.locator("main tbody tr:first-child td[data-label='剩余']").innerText(), "工作日", "and how many working days are left");
  equal(await count(page), rows, "the navigation says how much");
  await visit(page, "/measure", "measure-list-count");
  equal(await count(page), rows, "on every page");
  for (const which of ["late", "soon", "plan", "record"]) {
    await visit(page, `/todo?which=${which}`, `todo-${which}`);
  }
  await page.goto("/todo");
  const table = await download(page, "导出表格");
  ok(table.name.endsWith(".xlsx") && table.bytes.subarray(0, 2).toString() === "PK", "the list is a table");
  const calendar = await download(page, "导出日历（手机、邮件程序可以打开）");
  const text = calendar.bytes.toString("utf8");
  ok(calendar.name.endsWith(".ics") && text.startsWith("BEGIN:VCALENDAR\r\n"), "and a calendar");
  ok(text.includes("BEGIN:VEVENT") && text.trimEnd().endsWith("END:VCALENDAR"), "with what has a date");
  await page.context().close();
}

/* A notice that was just issued is in the unit's list, and out of it when it is answered. */
async function notice(house) {
  const lead = await house.pageOf("lead", { device: "desktop" });
  equal(new URL(lead.url()).pathname, "/todo", "and so does the lead office");
  await look(lead, "todo-lead");
  await lead.goto("/notice/new?task=5");
  await lead.locator("#f-unit").selectOption({ label: "市商务局" });
  await lead.fill("#f-title", "请报送待办测试材料");
  await lead.fill("#f-body", "请于期限内报送材料。");
  await Promise.all([lead.waitForNavigation(), lead.locator("main").getByRole("button", { name: "签发", exact: true }).click()]);
  const unit = await house.pageOf("officer", { device: "desktop" });
  const link = () => unit.locator("main").getByRole("link", { name: "请报送待办测试材料" });
  equal(await link().count(), 1, "the notice waits for its unit");
  await Promise.all([unit.waitForNavigation(), link().click()]);
  await Promise.all([unit.waitForNavigation(), unit.locator("main").getByRole("button", { name: "签收", exact: true }).click()]);
  await unit.fill("#f-text", "材料已报送");
  await Promise.all([unit.waitForNavigation(), unit.locator("main").getByRole("button", { name: "回复", exact: true }).click()]);
  await unit.goto("/todo");
  equal(await link().count(), 0, "answered, it is gone");
  await visit(lead, "/notice", "notice-list-files");
  for (const [name, magic] of [["电子表格", "PK"], ["打印件（PDF）", "%P"]]) {
    const href = await lead.locator("main").getByRole("link", { name, exact: true }).getAttribute("href");
    const answer = await lead.request.get(new URL(href, lead.url()).href);
    equal((await answer.body()).subarray(0, 2).toString(), magic, `notices as ${name}`);
  }
  const csv = await lead.locator("main").getByRole("link", { name: "文本表格（CSV）", exact: true }).getAttribute("href");
  includes(await (await lead.request.get(new URL(csv, lead.url()).href)).text(), "请报送待办测试材料", "and as text");
  await lead.context().close();
  await unit.context().close();
}

/* A time limit with its document, by two of the lead office. */
async function limit(house) {
  const one = await house.pageOf("lead", { device: "desktop" });
  await visit(one, "/clock", "clock-list");
  await visit(one, "/clock/recognition", "clock-kind");
  await press(one, "提出，等另一人签认");
  ok(Object.keys(await fieldErrors(one)).length >= 2, "a limit without days and document is refused");
  await one.locator("#f-act, [name='act']").first().selectOption({ label: "申报" }).catch(() => one.getByLabel("申报", { exact: true }).check());
  await one.fill("#f-days", "10");
  await one.fill("#f-source", "演示办法（演示〔2026〕1号）第五条");
  await press(one, "提出，等另一人签认");
  includes(await one.innerText("main"), "待签认", "it waits for another");
  const link = one.locator("main tbody a[href^='/clock/recognition/']").first();
  const path = await link.getAttribute("href");
  await visit(one, path, "clock-mine");
  equal(await one.getByRole("button", { name: "签认", exact: true }).count(), 0, "who proposed does not sign");
  const two = await house.pageOf("lead2", { device: "phone" });
  await visit(two, path, "clock-other");
  await press(two, "签认");
  includes(await two.innerText("main"), "10 个工作日", "it is in force");
  const unit = await house.pageOf("officer", { device: "desktop" });
  await visit(unit, "/clock/recognition", "clock-unit");
  await one.context().close();
  await two.context().close();
  await unit.context().close();
}

async function others(house) {
  const page = await house.pageOf("finance", { device: "desktop" });
  equal(new URL(page.url()).pathname, "/", "others begin at the start page");
  equal((await page.request.get(new URL("/todo", page.url()).href)).status(), 403, "and have no such list");
  await page.context().close();
}

await story("the work list", async () => {
  const house = await House.open("todo");
  try {
    await story("the officer", () => officer(house));
    await story("a notice", () => notice(house));
    await story("a time limit", () => limit(house));
    await story("others", () => others(house));
  } finally {
    await house.close();
  }
});
finish();

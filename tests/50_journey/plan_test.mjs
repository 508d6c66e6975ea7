/*
 * plan_test.mjs - the plan at work, as three people see it: the officer of a unit files a figure and
 * works a measure, the unit's head approves, the lead office confirms, urges and looks at all; and
 * what anyone may see of it.
 */
import { House, cell, equal, fact, fieldErrors, finish, includes, look, ok, press, story, visit } from "./house.mjs";

const SERIES = "二手车交易量";
const PAPER = { name: "十月统计报表.PDF", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n") };

async function follow(page, link) {
  await Promise.all([page.waitForNavigation(), link.click()]);
}

async function button(page, name) {
  await Promise.all([page.waitForNavigation(), page.locator("main").getByRole("button", { name, exact: true }).first().click()]);
}

/* Messages of the browser about content that the policy forbids. */
function watch(page) {
  const found = [];
  page.on("console", (message) => {
    if (message.type() === "error") {
      found.push(message.text());
    }
  });
  page.on("pageerror", (error) => found.push(String(error)));
  return found;
}

async function figureForm(page, period, value) {
  await page.fill("#f-period", period);
  await page.fill("#f-value", value);
  await page.fill("#f-evidence", "演示：2026 年 10 月统计报表");
  await press(page, "提交填报");
}

async function officerFiles(house) {
  const page = await house.pageOf("officer", { device: "desktop" });
  await visit(page, "/my-unit", "my-unit-work");
  await visit(page, "/series?who=mine", "series-mine");
  await follow(page, page.locator("main tbody").getByRole("link", { name: SERIES }));
  await look(page, "series-n");
  const path = new URL(page.url()).pathname;
  await press(page, "提交填报");
  ok(Object.keys(await fieldErrors(page)).length >= 3, "an empty figure is refused at its fields");
  await look(page, "series-refused");
  await figureForm(page, "2026-13", "35");
  includes((await fieldErrors(page)).period, "时期", "a month that does not exist is refused");
  await figureForm(page, "2026-12", "35");
  includes((await fieldErrors(page)).period, "今天", "a month of the future is refused");
  await page.setInputFiles('[name="papers"]', { name: "报表.exe", mimeType: "application/pdf", buffer: Buffer.from("MZ no paper") });
  await figureForm(page, "2026-10", "1234");
  includes((await fieldErrors(page)).papers, "类型", "a file that is no paper is refused, whatever it says of itself");
  await page.setInputFiles('[name="papers"]', PAPER);
  await figureForm(page, "2026-10", "12a");
  includes((await fieldErrors(page)).value, "数字", "a value that is no number is refused");
  includes(await page.innerText(".kept"), PAPER.name, "and the paper that came with it is not lost");
  await look(page, "series-paper-kept");
  await figureForm(page, "2026-10", "1234");
  includes(await page.innerText("main"), "已提交", "the figure is filed");
  equal(await cell(page, ["1234", "演示"], "状态"), "待单位负责人审核", "and waits for the head");
  const other = await page.goto("/dashboard/unit/1");
  equal(other.status(), 403, "the page of another unit is closed to an officer");
  await page.context().close();
  return path;
}

async function headApproves(house) {
  const page = await house.pageOf("head04", { device: "desktop" });
  await visit(page, "/figure", "figure-list");
  await follow(page, page.locator("main tbody tr", { hasText: "1234" }).getByRole("link"));
  await look(page, "figure-n");
  const link = page.locator("main").getByRole("link", { name: PAPER.name });
  const file = page.waitForEvent("download");
  await link.click();
  equal((await file).suggestedFilename(), PAPER.name, "the head opens the paper");
  const stranger = await house.pageOf("head05", { device: "desktop" });
  const refused = await stranger.request.get(new URL(await link.getAttribute("href"), page.url()).href);
  equal(refused.status(), 403, "an officer of another unit does not");
  await stranger.context().close();
  await press(page, "退回");
  ok((await fieldErrors(page)).note, "sent back only with a reason");
  await button(page, "审核通过");
  includes(await page.innerText("main"), "已审核通过", "the head approves");
  await page.context().close();
}

async function leadConfirms(house, path) {
  const page = await house.pageOf("lead", { device: "desktop" });
  await page.goto("/figure");
  await follow(page, page.locator("main tbody tr", { hasText: "1234" }).getByRole("link"));
  await look(page, "figure-n-lead");
  await button(page, "确认");
  includes(await page.innerText("main"), "数值已确认", "the lead office confirms");
  await page.goto(path);
  equal(await cell(page, ["1234", "演示"], "状态"), "已确认", "the series shows it confirmed");
  await page.context().close();
}

async function targetIsDrawn(house) {
  const page = await house.page({ device: "desktop" });
  const errors = watch(page);
  await page.goto("/dashboard");
  await follow(page, page.locator("main tbody tr", { hasText: "T13" }).getByRole("link"));
  await page.waitForSelector("figure.plot canvas");
  await look(page, "target-n-plot");
  ok((await fact(page, "达到的把握")).endsWith("%"), "the chance stands beside the light");
  ok((await page.locator("figure.plot tbody tr").count()) > 12, "the chart has its data table");
  equal(errors.join("\n"), "", "the content policy lets the chart be drawn");
  await page.context().close();
  const plain = await house.page({ device: "phone" });
  await plain.goto("/sign-in");
  equal(await plain.locator("script[src*='echarts']").count(), 0, "pages without charts do not load the library");
  await plain.context().close();
}

/* The officer's own measure that is being worked. */
async function workMeasure(house) {
  const page = await house.pageOf("officer", { device: "phone" });
  await visit(page, "/measure?state=doing", "measure-list");
  await follow(page, page.locator("main tbody a[href^='/measure/']").first());
  await look(page, "measure-n");
  const path = new URL(page.url()).pathname;
  await page.locator("#f-percent").fill("120");
  await press(page, "报进展");
  ok((await fieldErrors(page)).percent, "more than the whole is refused at its field");
  await page.goto(path);
  await page.locator("form[action$='/progress'] [name='text']").fill("已完成三分之二");
  await page.locator("#f-percent").fill("66");
  await press(page, "报进展");
  includes(await fact(page, "进度"), "66%", "the progress is told");
  await page.locator("form[action$='/report'] [name='text']").fill("全部完成");
  await page.locator("form[action$='/report'] [name='evidence']").fill("验收单三份");
  await page.locator("form[action$='/report'] [name='papers']").setInputFiles({ ...PAPER, name: "验收单.PDF" });
  await press(page, "报送完成");
  includes(await fact(page, "状态"), "待确认", "done, says the unit");
  await look(page, "measure-reported");
  await page.context().close();
  return path;
}

async function confirmMeasure(house, path) {
  const page = await house.pageOf("lead", { device: "desktop" });
  await visit(page, path, "measure-n-lead");
  ok((await page.locator("main").getByRole("link", { name: "验收单.PDF" }).count()) === 1, "the lead office sees the paper");
  await page.locator("form[action$='/return'] [name='text']").fill("请补充验收照片");
  await press(page, "退回继续办理");
  includes(await fact(page, "状态"), "推进中", "sent back with a reason");
  await page.context().close();
  const officer = await house.pageOf("officer", { device: "desktop" });
  await officer.goto(path);
  includes(await officer.innerText("main"), "请补充验收照片", "the unit reads why");
  await officer.locator("form[action$='/report'] [name='text']").fill("已补充验收照片");
  await officer.locator("form[action$='/report'] [name='evidence']").fill("验收单和照片");
  await press(officer, "报送完成");
  await officer.context().close();
  const lead = await house.pageOf("lead", { device: "desktop" });
  await lead.goto(path);
  await button(lead, "确认完成");
  includes(await fact(lead, "状态"), "已完成", "done, says the lead office");
  await look(lead, "measure-done");
  await lead.context().close();
}

async function urge(house) {
  const lead = await house.pageOf("lead", { device: "desktop" });
  await visit(lead, "/notice", "notice-list");
  await visit(lead, "/notice/new?task=5", "notice-new");
  await press(lead, "签发");
  ok(Object.keys(await fieldErrors(lead)).length >= 2, "an empty notice is refused at its fields");
  await lead.goto("/notice/new?task=5");
  await lead.locator("#f-unit").selectOption({ label: "市商务局" });
  await lead.fill("#f-title", "请报送促销活动安排");
  await lead.fill("#f-body", "请于期限内报送下半年促销活动安排。");
  await press(lead, "签发");
  includes(await lead.innerText("h1"), "督办〔2026〕", "the notice has its number");
  await look(lead, "notice-n");
  const path = new URL(lead.url()).pathname;
  const unit = await house.pageOf("officer", { device: "phone" });
  await visit(unit, path, "notice-n-unit");
  await button(unit, "签收");
  await unit.fill("#f-text", "活动安排见附件，共四场");
  await unit.setInputFiles('[name="papers"]', { ...PAPER, name: "活动安排.PDF" });
  await press(unit, "回复");
  includes(await fact(unit, "状态"), "已回复", "the unit has answered");
  await lead.goto(path);
  ok((await lead.locator("main").getByRole("link", { name: "活动安排.PDF" }).count()) === 1, "with its paper");
  await button(lead, "办结");
  includes(await fact(lead, "状态"), "已办结", "the lead office closes it");
  await lead.context().close();
  await unit.context().close();
}

async function leadLooksAround(house) {
  const page = await house.pageOf("lead", { device: "desktop" });
  const errors = watch(page);
  await visit(page, "/dashboard", "dashboard-lead-work");
  const targets = await page.locator("table", { hasText: "期末预测" }).locator("tbody tr").count();
  equal(targets, 22, "the dashboard shows 22 targets");
  ok((await page.locator("svg.town-map circle").count()) === 12, "and 12 towns on the map");
  includes(await page.innerText("main"), "需要关注", "what needs a look comes first");
  equal(errors.join("\n"), "", "nothing on it breaks the content policy");
  await follow(page, page.locator("table", { hasText: "单位看板" }).getByRole("link", { name: "市商务局" }));
  await look(page, "dashboard-unit");
  await visit(page, "/unit-head", "unit-head");
  await visit(page, "/sources", "sources");
  equal(await page.locator("main tbody tr").count(), 22, "each target says what it rests on");
  await page.goto("/record/recognition");
  await follow(page, page.locator("main tbody tr", { hasText: "智能工厂" }).first().getByRole("link").first());
  await look(page, "recognition-conditions");
  includes(await page.innerText("main"), "必须符合", "an honour shows its conditions");
  equal(await page.locator("table", { hasText: "必须符合" }).locator("tbody tr", { hasText: "必须符合" }).count(), 6, "all six that are confirmed");
  await visit(page, "/task/1/measure", "measure-new");
  const file = page.waitForEvent("download");
  await page.goto("/measure").then(() => page.getByRole("link", { name: "导出表格" }).click());
  ok((await file).suggestedFilename().endsWith(".xlsx"), "the list of measures is a file");
  const months = page.waitForEvent("download");
  await page.goto("/series/7").then(() => page.getByRole("link", { name: "导出表格" }).click());
  equal((await months).suggestedFilename(), `${SERIES}.xlsx`, "and so are the months of a series");
  await page.context().close();
}

async function anyone(house) {
  const page = await house.page({ device: "phone" });
  for (const where of ["/dashboard", "/lights", "/calendar", "/calendar?year=2026&from=2026-09-30&days=3", "/task/1"]) {
    await visit(page, where, `open${where.replace(/\W+/g, "-")}`);
  }
  await page.goto("/calendar?year=2026&from=2026-09-30&days=3");
  includes(await fact(page, "期限届满"), "2026-10-10", "three working days over the holiday");
  await page.goto("/calendar?from=2026-09-31&days=3");
  ok(Object.keys(await fieldErrors(page)).length >= 1, "a day that does not exist is refused");
  await page.goto("/dashboard");
  const text = await page.innerText("main");
  ok(!text.includes("逾期") && !text.includes("需要关注"), "what is late stays between offices");
  await follow(page, page.locator("table", { hasText: "去年" }).getByRole("link").first());
  await look(page, "dashboard-town");
  await page.context().close();
}

await story("the plan", async () => {
  const house = await House.open("plan");
  try {
    let series = "";
    let measure = "";
    await story("the officer files", async () => { series = await officerFiles(house); });
    await story("the head approves", () => headApproves(house));
    await story("the lead office confirms", () => leadConfirms(house, series));
    await story("a target is drawn", () => targetIsDrawn(house));
    await story("a measure is worked", async () => { measure = await workMeasure(house); });
    await story("a measure is confirmed", () => confirmMeasure(house, measure));
    await story("a notice", () => urge(house));
    await story("the lead office looks around", () => leadLooksAround(house));
    await story("anyone", () => anyone(house));
  } finally {
    await house.close();
  }
});
finish();

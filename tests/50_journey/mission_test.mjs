/*
 * mission_test.mjs - the whole plan as its officers meet it: every clause of the plan from the page
 * of its task to the records, as an officer of each unit that leads it; every kind of record from
 * its list to one record, as an officer of its owner; a joint unit's own figure; and the day by
 * which figures are due, set by two people and felt in the work list. The clauses and their units
 * are read from the running system and from docs/reference/clauses.md, never listed here.
 */
import fs from "node:fs";
import { House, cell, englishIn, equal, fact, fieldErrors, finish, includes, look, ok, press, signIn, story, visit } from "./house.mjs";

/* Rows of a table of clauses.md with so many cells, as lists of cells without their back quotes. */
function tableRows(cellCount) {
  return fs
    .readFileSync("docs/reference/clauses.md", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.slice(1, -1).split("|").map((part) => part.trim().replaceAll("`", "")))
    .filter((row) => row.length === cellCount && !row[0].startsWith("---") && row[0] !== "id" && row[0] !== "kind");
}

const listed = (text) => text.split(",").map((part) => part.trim());

/* Units in the order of units.yaml: their ids, names and the accounts of their officers. */
function unitsRead() {
  const text = fs.readFileSync("cities/anqiu/units.yaml", "utf8");
  const found = [...text.matchAll(/^- id: "(\w+)"\n {2}name: "([^"]+)"/gm)];
  return found.map((match, index) => ({
    id: match[1],
    name: match[2],
    login: match[1] === "shangwu" ? "officer" : `unit${String(index + 1).padStart(2, "0")}`,
  }));
}

const UNITS = unitsRead();
const CLAUSES = tableRows(7).map(([id, , units, kinds]) => ({ id, units: listed(units), kinds: listed(kinds) }));

async function tasksOf(page) {
  const answer = await page.request.get(`${page.house.address}/api/dashboard`);
  return (await answer.json()).tasks;
}

const found = (text) => Number((/共 (\d+) 条/.exec(text) || [])[1] || 0);

/* From figures or sums to the lists behind them: one of them has records that this person sees. */
async function toRecords(page, links, where) {
  const paths = [...new Set(await links.evaluateAll((nodes) => nodes.map((node) => node.getAttribute("href"))))];
  const empty = [];
  for (const path of paths) {
    const answer = await page.goto(path);
    if (answer.status() === 200 && found(await page.innerText("main")) > 0) {
      ok(true, `${where}: the way to the records`);
      return;
    }
    empty.push(`${answer.status()} ${path}`);
  }
  ok(false, `${where}: the way to the records`, empty.join("\n"));
}

/* One officer of a unit at a clause that the unit leads: the task, its sums, its records. */
async function atClause(page, clause, unit) {
  const where = `${clause.id}, ${unit.name}`;
  await page.goto("/my-unit");
  const row = page.locator("main tbody tr", { has: page.locator("a[href^='/task/']") });
  await row.filter({ hasText: clause.id }).locator("a[href^='/task/']").first().click();
  await page.waitForLoadState();
  await look(page, "task-records");
  const table = page.locator("table", { hasText: "累计" });
  const rows = await table.locator("tbody tr").allInnerTexts();
  ok(rows.some((row) => /[1-9]/.test(row)), `${where}: what the records have come to`, rows.join("\n"));
  await toRecords(page, table.locator("a[href^='/record/']"), where);
}

/* T has no task: it is the table of all targets, each with its figures and their records. */
async function atTargets(page) {
  await page.goto("/dashboard");
  equal(await page.locator("main a[href^='/target/']:visible", { hasText: /./ }).count() >= 22, true, "T: all targets are there");
  await page.locator("main tbody tr", { hasText: "T07" }).getByRole("link").last().click();
  await page.waitForLoadState();
  await toRecords(page, page.getByRole("link", { name: "的逐条记录" }), "T");
}

async function clausesAreComplete(page) {
  const tasks = await tasksOf(page);
  const wanted = ["T", ...tasks.map((task) => task.clause)].sort().join(" ");
  equal(CLAUSES.map((clause) => clause.id).sort().join(" "), wanted, "every clause of the plan has its row");
  for (const task of tasks) {
    const clause = CLAUSES.find((row) => row.id === task.clause);
    const names = clause.units.map((id) => UNITS.find((unit) => unit.id === id).name).join("、");
    equal(names, task.lead, `${task.clause}: the units that lead it`);
  }
}

/* A unit's officer goes through all clauses that the unit leads, on a phone or at a desk. */
async function unitAtWork(house, unit, device) {
  const mine = CLAUSES.filter((clause) => clause.units.includes(unit.id));
  if (mine.length === 0) {
    return;
  }
  const page = await house.pageOf(unit.login, { device });
  for (const clause of mine) {
    await story(`${clause.id}, ${unit.name}`, () => (clause.id === "T" ? atTargets(page) : atClause(page, clause, unit)));
  }
  await page.context().close();
}

async function kindsAtWork(house) {
  const pages = new Map();
  for (const [kind, title] of tableRows(3)) {
    const text = fs.readFileSync(`cities/anqiu/records/${kind}.yaml`, "utf8");
    const owner = /^owner: \["(\w+)"/m.exec(text)[1];
    const unit = UNITS.find((row) => row.id === owner);
    if (!pages.has(unit.login)) {
      pages.set(unit.login, await house.pageOf(unit.login, { device: pages.size % 2 === 0 ? "desktop" : "phone" }));
    }
    const page = pages.get(unit.login);
    await page.goto(`/record/${kind}`);
    const main = await page.innerText("main");
    includes(main, title, `${kind}: its list, as ${unit.name}`);
    ok(found(main) > 0, `${kind}: has demo records`, main.slice(0, 200));
    await page.locator(`main tbody a[href^='/record/${kind}/']`).first().click();
    await page.waitForLoadState();
    ok((await fact(page, "状态")) !== null, `${kind}: a record opens and says its state`);
    const english = englishIn(main + (await page.innerText("main")));
    equal(english.join(" "), "", `${kind}: no English on its pages`);
  }
  for (const page of pages.values()) {
    await page.context().close();
  }
}

/* A unit that only shares in a task tells a figure of its own; the measure keeps the owner's. */
async function jointUnit(house) {
  const page = await house.pageOf("unit15", { device: "phone" });
  const answer = await page.goto("/measure/1");
  equal(answer.status(), 200, "a measure of others can be read");
  includes(await page.innerText("main"), "开放", "but its history is closed to a unit outside the task");
  await page.context().close();
  const joint = await house.pageOf("unit02", { device: "phone" });
  await joint.goto("/my-unit");
  await joint.getByRole("link", { name: "家电换新" }).first().click();
  await joint.waitForLoadState();
  await joint.locator("main a[href^='/measure/']").first().click();
  await joint.waitForLoadState();
  const before = await fact(joint, "进度");
  await joint.fill("#f-percent", "101");
  await joint.fill("form[action$='/progress'] [name='text']", "已动员生产企业参加");
  await press(joint, "报本单位配合情况");
  ok((await fieldErrors(joint)).percent, "more than the whole is refused at its field");
  await look(joint, "measure-joint-refused");
  await joint.fill("#f-percent", "35");
  await press(joint, "报本单位配合情况");
  equal(await fact(joint, "进度"), before, "the measure's own figure stays");
  equal(await cell(joint, ["市工信局", "已动员"], "进度"), "35%", "the joint unit's stands beside it");
  equal(await cell(joint, ["市发改局"], "进度"), "未报", "and who has not told yet");
  await look(joint, "measure-joint");
  await joint.context().close();
}

/* ---- by which day figures are due ---- */

async function proposes(house) {
  const page = await house.pageOf("lead", { device: "phone" });
  await visit(page, "/report-day");
  equal(await fact(page, "上月数值报送期限"), "每月 10 日前", "the demo's rule is in force");
  await page.fill("#f-day", "29");
  await page.fill("#f-source", "短");
  await press(page, "提出，等另一人签认");
  const errors = await fieldErrors(page);
  ok(errors.day && errors.source, "a wrong day and no document are told at their fields", JSON.stringify(errors));
  await look(page, "report-day-refused");
  await page.fill("#f-day", "8");
  await page.fill("#f-source", "演示专班〔2026〕8号");
  await press(page, "提出，等另一人签认");
  includes(await page.innerText("main"), "由专班的另一人签认", "who proposes does not sign");
  equal(await fact(page, "上月数值报送期限"), "每月 10 日前", "nothing has changed yet");
  await look(page, "report-day-proposed");
  await page.context().close();
}

async function signs(house) {
  const page = await house.pageOf("lead2", { device: "desktop", script: false });
  await page.goto("/todo");
  await page.locator("main tbody").getByRole("link", { name: "演示专班〔2026〕8号" }).click();
  await page.waitForLoadState();
  await press(page, "退回");
  ok((await fieldErrors(page)).note, "sent back only with a reason");
  await press(page, "签认");
  if (await page.locator("main").getByRole("button", { name: "确定" }).count()) {
    await press(page, "确定");
  }
  equal(await fact(page, "上月数值报送期限"), "每月 8 日前", "the second person puts it in force");
  await look(page, "report-day-signed");
  await page.context().close();
}

/* A month later nobody has told November: late for its unit, seen by the lead office. */
async function isFelt(house) {
  await house.serve("2026-12-15");
  const page = await house.page({ device: "phone" });
  await signIn(page, "officer");
  await page.goto("/todo");
  includes(await cell(page, ["二手车交易量", "缺报"], "期限"), "2026-12-08", "the missing month has its day");
  includes(await cell(page, ["二手车交易量", "缺报"], "剩余"), "逾期", "and is late");
  await page.goto("/series?who=mine");
  includes(await page.innerText("main"), "每月 8 日前", "the list of figures says by when");
  await page.context().close();
  const lead = await house.page({ device: "desktop" });
  await signIn(lead, "lead");
  await lead.goto("/dashboard");
  includes(await cell(lead, ["缺报", "二手车交易量"], "情况"), "已逾期", "the lead office sees who is late");
  await lead.context().close();
}

const house = await House.open("mission");
try {
  await story("the clauses", async () => clausesAreComplete(await house.page()));
  for (const [index, unit] of UNITS.entries()) {
    await story(unit.name, () => unitAtWork(house, unit, index % 2 === 0 ? "desktop" : "phone"));
  }
  await story("the kinds", () => kindsAtWork(house));
  await story("a joint unit", () => jointUnit(house));
  await story("a day is proposed", () => proposes(house));
  await story("a day is signed", () => signs(house));
  await story("a day is felt", () => isFelt(house));
} finally {
  await house.close();
}
finish();

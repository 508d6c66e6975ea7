/*
 * desk_test.mjs - an officer and the records of a declared kind: files one, is corrected, edits,
 * meets another officer's edit, acts, imports a table with errors, exports; on a phone and on a
 * desk; and once without JavaScript.
 */
import fs from "node:fs";
import {
  House,
  cell,
  equal,
  fact,
  fieldErrors,
  finish,
  includes,
  look,
  ok,
  photo,
  press,
  story,
  visit,
} from "./house.mjs";

const ESTATE = "演示花园小区";

async function fillLift(page, building, estate = ESTATE) {
  await page.locator('input[name="plan"][value="renew"]').check();
  /* With a script the questions of this answer come by themselves, without one by the button. */
  if (page.hasScript) {
    await page.waitForSelector("#f-code");
  } else {
    await press(page, "按已填内容更新表单");
  }
  await page.fill("#f-estate", estate);
  await page.fill("#f-building", building);
  await page.locator('[name="site.town"]').selectOption({ index: 1 });
  await page.fill('[name="site.lat"]', "36.4285");
  await page.fill('[name="site.lon"]', "119.2183");
  await page.fill("#f-floors", "11");
  await page.fill("#f-households", "44");
  await page.fill("#f-code", "30103707842005010001");
  await page.fill("#f-used_since", "2005");
  await page.fill("#f-budget", "420000");
}

async function officerFiles(house) {
  const page = await house.pageOf("unit07");
  await visit(page, "/record");
  await visit(page, "/record/due");
  await visit(page, "/record/lift", "record-lift-list");
  await visit(page, "/record/lift/new");
  ok((await page.locator("#f-code").count()) === 0, "what depends on an answer is not asked yet");
  await press(page, "保存");
  const errors = await fieldErrors(page);
  ok(Object.keys(errors).length >= 5, "an empty form is refused at its fields", JSON.stringify(errors));
  await look(page, "record-lift-refused");
  await fillLift(page, "1号楼1单元");
  await page.fill("#f-floors", "1");
  await page.setInputFiles('[name="papers"]', photo("表决.png"));
  await press(page, "保存");
  includes((await fieldErrors(page)).floors, "2", "a number out of range is refused");
  includes(await page.innerText(".kept"), "表决.png", "the file is not lost by the refusal");
  await page.fill("#f-floors", "11");
  await press(page, "保存");
  includes(await page.innerText("main"), "已保存", "the record is filed");
  equal(await fact(page, "状态"), "摸排", "in its first state");
  includes(await page.innerText(".timeline"), "市住建局", "its timeline says who filed it");
  await look(page, "record-lift-n");
  const file = page.locator(".files a").first();
  const answer = await page.request.get(new URL(await file.getAttribute("href"), page.url()).href);
  equal(answer.headers()["x-content-type-options"], "nosniff", "a file is sent with nosniff");
  includes(answer.headers()["content-disposition"], "attachment", "and as an attachment");
  return { page, path: new URL(page.url()).pathname };
}

async function officerActs(page, path) {
  await page.goto(path);
  await page.getByRole("link", { name: "入册", exact: true }).click();
  await look(page, "record-act");
  await press(page, "入册");
  equal(await fact(page, "状态"), "已入册", "the act moves the state");
  await page.getByRole("link", { name: "登记业主表决" }).click();
  await press(page, "登记业主表决");
  ok(Object.keys(await fieldErrors(page)).length >= 1, "an act asks for its fields");
  await page.fill("#f-votes", "50");
  await page.fill("#f-agreed", "40");
  await page.fill("#f-voted", "2026-11-10");
  await press(page, "登记业主表决");
  includes((await fieldErrors(page)).votes, "总户数", "and checks them by the rules of the kind");
  await look(page, "record-act-refused");
  await page.fill("#f-votes", "44");
  await page.fill("#f-note", "表决结果已公示");
  await press(page, "登记业主表决");
  equal(await fact(page, "状态"), "表决通过", "then it is done");
  includes(await page.innerText(".timeline"), "表决结果已公示", "the note is in the timeline");
}

async function twoOfficersMeet(house, path) {
  const first = await house.pageOf("unit07");
  const second = await house.pageOf("head07");
  await first.goto(`${path}/edit`);
  await second.goto(`${path}/edit`);
  await look(first, "record-edit");
  await first.fill("#f-households", "45");
  await first.fill("#f-budget", "430000");
  await press(first, "保存修改");
  await second.fill("#f-households", "46");
  await second.fill("#f-estate", `${ESTATE}二期`);
  const answer = await press(second, "保存修改");
  equal(answer.status(), 409, "the second sees that somebody was faster");
  includes(await second.innerText("main"), "有人先改了", "in words");
  await look(second, "record-conflict");
  equal(await cell(second, ["总户数"], "我填的"), "46", "what I typed is there");
  equal(await cell(second, ["总户数"], "现在（对方）"), "45", "and what the other one made of it");
  await second.locator('input[name="pick.households"][value="theirs"]').check();
  await press(second, "按选择保存");
  equal(await fact(second, "小区名称"), `${ESTATE}二期`, "my field is stored");
  includes(await fact(second, "总户数"), "45", "the field of my choice too");
  includes(await fact(second, "计划投资"), "430,000", "and the other's field is not lost");
  await first.context().close();
  await second.context().close();
}

function tableOf(rows) {
  const head = "类别,小区名称,楼栋单元,位置,层站数,总户数,旧梯注册代码,旧梯投用年份,计划投资";
  return Buffer.from(`\ufeff${[head, ...rows].join("\r\n")}\r\n`);
}

async function upload(page, buffer) {
  await page.goto("/record/lift/import");
  await page.setInputFiles('[name="file"]', { name: "电梯.csv", mimeType: "text/csv", buffer });
  await press(page, "上传并检查");
  await page.waitForSelector("text=有错误");
}

async function officerImports(page) {
  await visit(page, "/record/lift/import");
  const good = (i) => `既有住宅加装,导入小区,${i}号楼,新安街道,11,40,,,400000`;
  const rows = [good(1), good(2), "既有住宅加装,导入小区,3号楼,没有这个镇,11,40,,,400000", good(2)];
  await upload(page, tableOf(rows));
  await look(page, "record-import-errors");
  equal(await fact(page, "正确"), "2", "good rows are counted");
  equal(await fact(page, "有错误"), "2", "wrong rows are counted");
  includes(await page.innerText("main"), "没有这个镇", "with what is wrong");
  const [errors] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: /下载错误表/ }).click(),
  ]);
  ok(fs.statSync(await errors.path()).size > 1000, "the wrong rows come back as a table");
  await press(page, "只导入正确的 2 条");
  await page.waitForSelector("text=已导入 2 条");
  await look(page, "record-imported");
  await page.goto("/record/lift?q=导入小区");
  equal(String(await page.locator("main tbody tr").count()), "2", "both are in the list");
}

async function officerLists(page) {
  await page.goto("/record/lift");
  await page.locator("th a", { hasText: "总户数" }).count();
  await page.locator("th a", { hasText: "层站数" }).click();
  equal(await page.locator('th[aria-sort="ascending"]').count(), 1, "a head sorts");
  await page.locator('select[name="state"]').selectOption("draft");
  await press(page, "查询");
  ok((await page.locator("main tbody tr").count()) >= 2, "a filter by state finds records");
  await page.locator("summary", { hasText: "存为我的视图" }).click();
  await page.fill("#f-title", "我的摸排");
  await press(page, "保存视图");
  await page.getByRole("link", { name: "我的摸排" }).click();
  await look(page, "record-list-view");
  const [csv] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "导出 CSV", exact: true }).click(),
  ]);
  const text = fs.readFileSync(await csv.path(), "utf8");
  includes(text, "小区名称", "the export has heads");
  includes(text, "导入小区", "and records");
  await visit(page, "/record/lift/map");
  await visit(page, "/public");
  await visit(page, "/public/lift");
  ok(!(await page.innerText("main")).includes("导入小区"), "what is not entered is not public");
}

/* A name is text wherever it is shown, also where the map's library would take markup. */
async function mapShowsNamesAsText(page) {
  const name = '<b id="inject">小区</b>';
  await page.goto("/record/lift/new");
  await fillLift(page, "9号楼9单元", name);
  await press(page, "保存");
  await page.goto(`/record/lift/map?q=${encodeURIComponent("inject")}`);
  await page.waitForSelector("path.leaflet-interactive");
  const points = page.locator("path.leaflet-interactive");
  let seen = "";
  for (let i = 0; i < (await points.count()) && !seen.includes("inject"); i += 1) {
    await points.nth(i).hover({ force: true });
    await page.waitForSelector(".leaflet-tooltip");
    seen += await page.innerText(".leaflet-tooltip");
  }
  includes(seen, name, "the tooltip shows the name as it was typed");
  equal(await page.locator("#inject").count(), 0, "and makes nothing of it");
}

/* Rows come and go by buttons that send the form; nothing typed is lost. */
async function withoutScript(house) {
  const page = await house.pageOf("unit15", { device: "phone", script: false });
  await visit(page, "/record/village_clinic/new", "noscript-clinic-new");
  await page.fill("#f-name", "演示村卫生室");
  await press(page, "添加一行");
  await page.fill('[name="equipment.0.name"]', "血压计");
  await press(page, "添加一行");
  await page.fill('[name="equipment.1.name"]', "除颤仪");
  await page.fill('[name="equipment.1.count"]', "2");
  await page.getByRole("button", { name: "删除第 1 行" }).click();
  equal(await page.inputValue('[name="equipment.1.name"]'), "除颤仪", "a row goes, the other stays");
  equal(await page.inputValue("#f-name"), "演示村卫生室", "what was typed stays");
  await look(page, "noscript-clinic-rows");
  await press(page, "存为草稿");
  includes(await page.innerText("main"), "草稿已保存", "it can be kept as a draft");
  await page.goto("/record/village_clinic");
  await page.locator('a[href*="draft="]', { hasText: "演示村卫生室" }).click();
  equal(await page.inputValue('[name="equipment.1.count"]'), "2", "the draft has its rows");
  await page.locator('[name="site.town"]').selectOption({ index: 1 });
  await page.fill("#f-village", "演示村");
  await page.fill("#f-people", "900");
  await page.fill("#f-area", "80");
  await page.fill("#f-doctors", "2");
  await page.locator('[name="rooms"][value="exam"]').check();
  await press(page, "保存");
  includes(await page.innerText("main"), "已保存", "and is filed");
  includes(await page.innerText("main"), "除颤仪", "with its rows");
  await look(page, "noscript-clinic-n");
  await page.context().close();
}

/* The queue from the keyboard alone: the first row is opened, done, and the queue comes back. */
async function fromTheKeyboard(house) {
  const page = await house.pageOf("unit02");
  await visit(page, "/record/due");
  const rows = await page.locator("main tbody tr").count();
  ok(rows > 2, "something waits", String(rows));
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const first = await page.locator("main tbody a").first().textContent();
  equal(await page.evaluate(() => document.activeElement.textContent), first, "j and k move");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  includes(await page.innerText("h1"), first, "Enter opens");
  await page.context().close();
}

/* On a phone the search is in sight, the other conditions one tap (or one key) away. */
async function filtersOnThePhone(house, script) {
  const page = await house.pageOf("lead", { device: "phone", script });
  const told = script ? "" : ", without JavaScript";
  const state = page.locator('main form [name="state"]');
  await page.goto("/record/project_month?rows=10");
  ok(await page.locator('main form [name="q"]').isVisible(), `the search is in sight${told}`);
  ok(!(await state.isVisible()), `the other conditions are not${told}`);
  await page.locator("#filter-open").focus();
  await page.keyboard.press("Space");
  ok(await state.isVisible(), `a key opens them${told}`);
  await page.keyboard.press("Space");
  await page.locator("label.bar-open").click();
  await state.selectOption({ index: 1 });
  await look(page, `record-filters-open${script ? "" : "-plain"}`);
  await press(page, "查询");
  includes(await page.innerText("label.bar-open"), "已选 1 项", `how many are set is told${told}`);
  await look(page, `record-filters-set${script ? "" : "-plain"}`);
  await page.getByRole("link", { name: "清除全部条件" }).click();
  ok(!page.url().includes("state="), `all are cleared at once${told}`);
  await page.goto("/record/project_month?rows=10");
  await page.fill('nav.pager [name="n"]', "3");
  await press(page, "跳转");
  includes(await page.innerText("nav.pager"), "第 3 /", `a page by its number${told}`);
  const third = await page.locator("main tbody tr a").first().innerText();
  await page.locator('nav.pager a[rel="prev"]').click();
  includes(await page.innerText("nav.pager"), "第 2 /", `one back${told}`);
  await page.locator('nav.pager a[rel="next"]').click();
  equal(await page.locator("main tbody tr a").first().innerText(), third, `and again${told}`);
  await page.locator('nav.pager a[rel="last"]').click();
  equal(await page.locator('nav.pager a[rel="next"]').count(), 0, `nothing behind the last${told}`);
  await page.context().close();
}

async function onThePhone(house, path) {
  const page = await house.pageOf("unit07", { device: "phone" });
  for (const where of ["/record", "/record/due", "/record/lift", "/record/lift/new"]) {
    await visit(page, where);
  }
  await visit(page, path, "record-lift-n");
  await visit(page, `${path}/edit`, "record-edit");
  await visit(page, `${path}/print`, "record-print");
  await page.context().close();
}

await story("the records of a declared kind", async () => {
  const house = await House.open("desk");
  try {
    await story("an officer files, acts, is met", async () => {
      const { page, path } = await officerFiles(house);
      await officerActs(page, path);
      await twoOfficersMeet(house, path);
      await onThePhone(house, path);
      await story("an officer imports", () => officerImports(page));
      await story("an officer lists", () => officerLists(page));
      await story("a name on the map is text", () => mapShowsNamesAsText(page));
    });
    await story("filters on a phone", () => filtersOnThePhone(house, true));
    await story("filters, plain", () => filtersOnThePhone(house, false));
    await story("from the keyboard", () => fromTheKeyboard(house));
    await story("without JavaScript", () => withoutScript(house));
  } finally {
    await house.close();
  }
});
finish();

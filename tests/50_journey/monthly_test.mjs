/*
 * monthly_test.mjs - the monthly report: composed and edited by one of the lead office, issued by the
 * other, read by anybody on a phone, with its three files.
 */
import { House, equal, fieldErrors, finish, includes, look, ok, press, story, visit } from "./house.mjs";

/* The bytes that a link of the page leads to. */
async function fileOf(page, words) {
  const href = await page.getByRole("link", { name: words }).getAttribute("href");
  const answer = await page.request.get(`${page.house.address}${href}`);
  equal(answer.status(), 200, `${words} answers`);
  return answer.body();
}

async function writes(house) {
  const page = await house.pageOf("lead", { device: "desktop" });
  await visit(page, "/monthly");
  await page.fill("#f-month", "2026-10");
  await press(page, "汇编月报");
  await look(page, "monthly-draft");
  includes(await page.innerText("main"), "截至2026年11月20日", "figures are of the city's day");
  await page.getByRole("link", { name: /修改“一、总体情况”/ }).click();
  await look(page, "monthly-section");
  await page.fill("#f-body", "");
  await press(page, "保存为新版");
  ok((await fieldErrors(page)).body !== undefined, "an empty section is refused");
  await page.fill("#f-body", "本月总体平稳。\n详见各部分。");
  await press(page, "保存为新版");
  includes(await page.innerText("main"), "本月总体平稳。", "the new version stands in the report");
  await page.getByRole("link", { name: /修改“一、总体情况”/ }).click();
  includes(await page.innerText("main"), "系统汇编", "the first version is kept");
  await page.getByRole("link", { name: "回到月报" }).click();
  await page.getByRole("link", { name: /修改标题/ }).click();
  await look(page, "monthly-head");
  await page.fill("#f-copies_to", "市委办公室");
  await press(page, "保存");
  const pdf = await fileOf(page, "公文版式（PDF）");
  equal(pdf.subarray(0, 5).toString(), "%PDF-", "the draft is a PDF");
  await press(page, "送签");
  includes(await page.innerText("main"), "由专班的另一位同志签发", "the writer does not sign");
  await look(page, "monthly-submitted");
  const place = new URL(page.url()).pathname;
  await page.context().close();
  return place;
}

async function signs(house, place) {
  const page = await house.pageOf("lead2", { device: "desktop" });
  await visit(page, place);
  await page.getByRole("link", { name: "编号并签发" }).click();
  await look(page, "monthly-issue");
  await page.fill("#f-number", "第3期");
  await press(page, "签发");
  includes((await fieldErrors(page)).number, "发文字号", "a number in another form is refused");
  await look(page, "monthly-issue-refused");
  await page.fill("#f-number", "安更新〔2026〕3号");
  await press(page, "签发");
  includes(await page.innerText("main"), "安更新〔2026〕3号", "the report has its number");
  await look(page, "monthly-issued");
  await page.context().close();
}

async function reads(house, place) {
  const page = await house.page({ device: "phone" });
  await visit(page, "/monthly");
  await page.getByRole("link", { name: "2026年10月工作月报" }).click();
  equal(new URL(page.url()).pathname, place, "the archive leads to the report");
  await look(page, "monthly-public");
  includes(await page.innerText("main"), "本月总体平稳。", "anybody reads the words");
  const main = await page.innerText("main");
  ok(!main.includes("送签人"), "persons of the office are not named");
  for (const words of ["公文版式（PDF）", "文字版（可编辑）", "数据表（电子表格）"]) {
    ok((await fileOf(page, words)).length > 2000, `${words} is a file`);
  }
  await page.context().close();
  const officer = await house.pageOf("officer", { device: "desktop" });
  await visit(officer, "/monthly", "monthly-officer");
  for (const words of ["目标与任务总览（PDF）", "本单位任务单（PDF）"]) {
    const pdf = await fileOf(officer, words);
    equal(pdf.subarray(0, 5).toString(), "%PDF-", `${words} prints`);
  }
}

await story("the monthly report", async () => {
  const house = await House.open("monthly");
  try {
    let place = "";
    await story("one writes", async () => {
      place = await writes(house);
    });
    await story("another signs", () => signs(house, place));
    await story("anybody reads", () => reads(house, place));
  } finally {
    await house.close();
  }
});
finish();

/*
 * clauses_test.mjs - each clause of the plan at the desk of the unit that answers for it: its
 * officer opens the list of one of its kinds, files a record, moves it one state, and sees it
 * counted. Every second clause is worked on a phone.
 */
import fs from "node:fs";
import { House, equal, fact, finish, includes, look, ok, press, story, visit } from "./house.mjs";

const DAY = "2026-11-19";
const firm = (name) => ({ "org.name": `演示·${name}` });

/* id, officer, kind, what is filled in, the act, what it asks, the state after it. Fields that
 * come with an answer stand after it. */
const CLAUSES = [
  ["T", "unit10", "car_month", { month: "2026-11", new_cars: "900", new_energy: "400", transfer: "700", cancelled: "300", stock: "156000", stock_energy: "20800", energy_change: "400" }, "填报", {}, "已填报"],
  ["1.1", "unit02", "enterprise_survey", { ...firm("数控机床厂"), year: "2026", survey_day: DAY, town: "兴安街道", industry: "装备制造", revenue: "88000000", above_scale: true, design_tool: true, process_total: "20", process_nc: "15", machine_total: "60", machine_top: "50" }, "填报", {}, "已填报"],
  ["1.2", "unit03", "platform", { name: "演示灌装技术创新中心", type: "技术创新中心", level: "市级", "host.name": "演示·灌装研究所", town: "新安街道", direction: "无菌灌装" }, "申报", { filed_day: DAY }, "已申报"],
  ["1.3", "unit06", "product", { name: "演示大姜脆片", ...firm("姜制品厂"), town: "官庄镇", class: "食品", standard: "演示企业标准1号", about: "低盐即食（演示）。" }, "提交审核", {}, "待审核"],
  ["1.4", "unit02", "equipment", { ...firm("铸造厂"), town: "凌河街道", class: "电动机", name: "主风机电机", model: "YE4-200", serial: "YS-JOURNEY-14", made: "2012", energy: "准入水平", finding: "无问题", checked: DAY }, "核对入册", {}, "在用"],
  ["2.1", "officer", "promotion_event", { name: "演示新能源汽车景芝展销", type: "新能源汽车下乡展销", host: "市商务局", begin: "2026-11-28", end: "2026-11-29", "site.town": "景芝镇", address: "演示广场", offers: "厂家让利（演示）。" }, "列入计划", {}, "已列入计划"],
  ["2.2", "officer", "showroom", { name: "演示智能家电线上展厅", ...firm("家电城"), form: "线上展示", link: "演示网址", themes: "智能家居", hours: "全天", about: "智能家电实景（演示）。" }, "提交", {}, "待核对"],
  ["2.3", "unit08", "gas_stove", { shop: "演示羊汤馆", ...firm("羊汤馆"), "site.town": "石堆镇", address: "演示街9号", keeper: "张演示", phone: "15400001234", gas: "瓶装液化气", checked: DAY, stoves: "4", unsafe: "0" }, "登记无隐患", {}, "无隐患"],
  ["3.1", "unit07", "pipeline", { class: "供水", code: "YS-JOURNEY-31", road: "演示三路", town: "兴安街道", begin: "东口", end: "西口", length: "640", diameter: "200", material: "灰口铸铁", laid: "1992", "operator.name": "演示·供水公司", finding: "可继续使用", checked: DAY }, "核对入册", {}, "在用"],
  ["3.2", "unit11", "old_truck", { plate: "鲁Z98765", vin: "1M8GDM9AXKP042788", class: "轻型", stage: "国三", registered: "2012-05-06", keeper: "李演示", town: "吾山镇" }, "核对入册", {}, "在册"],
  ["3.3", "unit13", "public_equipment", { field: "广播电视", ...firm("广播电视中心"), town: "兴安街道", name: "调频发射机", model: "YS-3", serial: "YS-JOURNEY-33", count: "1", bought: "2009", cost: "260000" }, "核对入册", {}, "在用"],
  ["3.4", "unit14", "harvest_area", { year: "2026", town: "辉渠镇", crop: "生姜", counted: DAY, till: "9000", tilled: "8800", sow: "9000", sown: "5200", harvest: "9000", harvested: "4700" }, "填报", {}, "已填报"],
  ["3.5", "unit15", "village_clinic", { name: "演示柘山村卫生室", "site.town": "柘山镇", village: "演示村", people: "1200", area: "72", doctors: "2" }, "核对入册", {}, "在册"],
  ["4.1", "unit20", "warehouse_asset", { card: "YSGW-JOURNEY-41", name: "会议桌", class: "办公家具", count: "2", from: "市教体局", source: "闲置", bought: "2019", cost: "3600", condition: "完好可用" }, "申请入仓", {}, "申请入仓"],
  ["4.2", "officer", "used_car_dealer", { ...firm("万家二手车行"), type: "经销企业", "site.town": "新安街道" }, "提交备案", {}, "已提交"],
  ["4.3", "unit01", "circular_enterprise", { ...firm("变速器再制造厂"), type: "汽车零部件再制造", "site.town": "金冢子镇", license: "演示43号", capacity: "12000", capacity_unit: "台件" }, "提交", {}, "待核对"],
  ["4.4", "unit21", "recycling_point", { name: "演示大盛回收点", type: "回收点", ...firm("供销再生"), "site.town": "大盛镇", address: "演示村口", goods: "废旧家电" }, "列入规划", {}, "规划"],
  ["5.1", "unit06", "training", { name: "演示标准起草培训", class: "标准起草", day: "2026-12-01", hours: "8", place: "演示培训中心", planned: "60" }, "发通知", {}, "已通知"],
  ["5.2", "unit06", "certification", { ...firm("制冷设备厂"), town: "新安街道", class: "碳足迹", scope: "冷水机组（演示）" }, "登记受理", { body: "演示认证中心", accepted: DAY }, "已受理"],
  ["5.3", "unit06", "standard_use", { ...firm("二手车鉴定所"), town: "兴安街道", code: "演示标准53号", name: "二手乘用车鉴定", class: "二手车鉴定分级", object: "收车和展销", proof: "自我声明", since: DAY }, "提交", {}, "待核实"],
  ["S1", "unit01", "policy_paper", { name: "演示工业领域设备更新细则", field: "工业", type: "实施细则", made_by: "市工信局", due: "2026-12-20" }, "征求意见", { asked: DAY }, "征求意见"],
  ["S2", "unit16", "land_measure", { matter: "环卫设施用地", ...firm("环卫公司"), parcel: "演示宗地62号", "site.town": "官庄镇", area: "2600" }, "申请", {}, "已申请"],
  ["S3", "unit18", "financing_demand", { ...firm("智能装备厂"), type: "工业企业", purpose: "设备更新", town: "兴安街道", amount: "6000000", months: "36", mortgage: "设备抵押", revenue: "90000000", about: "购置加工中心（演示）。", contact: "王演示", phone: "15400005678" }, "提出", {}, "已提出"],
];

/* Units that only share in clauses: each has something at its desk. */
const OTHERS = ["unit05", "unit09", "unit12", "unit17", "unit19", "unit22", "unit23"];

async function answer(page, name, value) {
  const field = page.locator(`main form [name="${name}"]`);
  await field.first().waitFor({ state: "attached" });
  const kind = await field.first().evaluate((node) => node.type);
  if (kind === "radio" || kind === "checkbox") {
    const words = value === true ? "是" : value;
    await field.locator(`xpath=ancestor::fieldset[1]`).first().getByLabel(words, { exact: true }).check();
  } else if (kind === "select-one") {
    await field.selectOption({ label: value });
  } else {
    await field.fill(value);
  }
}

async function fill(page, answers) {
  for (const [name, value] of Object.entries(answers)) {
    await answer(page, name, value);
  }
}

/* How many records of a kind are in a state, as its list says. */
async function countIn(page, kind, state) {
  await page.goto(`/record/${kind}`);
  const folded = page.locator("label.bar-open");
  if (await folded.isVisible()) {
    await folded.click();
  }
  await page.locator('main form [name="state"]').selectOption({ label: state });
  await press(page, "查询");
  const found = /共 (\d+) 条/.exec(await page.innerText("main"));
  return found ? Number(found[1]) : 0;
}

async function workOn(house, [id, login, kind, answers, act, asks, state], device) {
  const page = await house.pageOf(login, { device });
  await visit(page, `/record/${kind}`, `clause-${kind}`);
  const before = await countIn(page, kind, state);
  await page.goto(`/record/${kind}/new`);
  await look(page, `clause-${kind}-new`);
  await fill(page, answers);
  await press(page, "保存");
  includes(await page.innerText("main"), "已保存", `${id}: ${kind} is filed by ${login}`);
  await page.locator("main").getByRole("link", { name: act, exact: true }).click();
  await page.waitForLoadState();
  await fill(page, asks);
  await press(page, act);
  equal(await fact(page, "状态"), state, `${id}: "${act}" moves it`);
  await look(page, "clause-record");
  equal(await countIn(page, kind, state), before + 1, `${id}: and it is counted`);
  await page.context().close();
}

async function deskOf(house, login) {
  const page = await house.pageOf(login);
  await page.goto("/record");
  const count = await page.locator("main tbody tr").count();
  ok(count > 0, `${login} has kinds at its desk`, `${count} rows`);
  await page.context().close();
}

/* The ids of docs/reference/clauses.md, which are the plan's: a new one needs its row here. */
function clauseIds() {
  const lines = fs.readFileSync("docs/reference/clauses.md", "utf8").split("\n");
  const rows = lines.map((line) => line.split("|").map((part) => part.trim()));
  return rows.filter((row) => row.length === 9 && /^(T|S?\d(\.\d)?)$/.test(row[1])).map((row) => row[1]);
}

const house = await House.open("clauses");
try {
  equal(CLAUSES.map((row) => row[0]).sort().join(" "), clauseIds().sort().join(" "), "every clause is worked here");
  for (const [index, row] of CLAUSES.entries()) {
    await story(`clause ${row[0]}`, () => workOn(house, row, index % 2 === 0 ? "phone" : "desktop"));
  }
  for (const login of OTHERS) {
    await story(login, () => deskOf(house, login));
  }
} finally {
  await house.close();
}
finish();

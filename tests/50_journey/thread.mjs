/*
 * thread.mjs - one resident's trade-in from the calculator to the dashboard, step by step, each as
 * its person and only through pages. The tests run it on a phone, on a desktop and without
 * JavaScript, each time with another category, because a person has one coupon of each per year.
 */
import {
  cell,
  dayOf,
  equal,
  fact,
  fenOf,
  fieldErrors,
  includes,
  look,
  ok,
  photo,
  press,
  signIn,
  visit,
} from "./house.mjs";

export const RESIDENT = "王安华";
const POT = "家电以旧换新";

/* An article number with its check digit, from the range of our own use (2...). */
export function gtinOf(number) {
  const body = `29${String(number).padStart(10, "0")}`;
  const sum = [...body].reduce((total, digit, i) => total + Number(digit) * (i % 2 ? 3 : 1), 0);
  return body + ((10 - (sum % 10)) % 10);
}

/* A question is a select or a group of radios, whatever the number of its answers. */
export async function choose(page, label, answer) {
  const select = page.locator("main select").and(page.getByLabel(label));
  if ((await select.count()) > 0) {
    await select.first().selectOption(answer);
    return;
  }
  const group = page.locator("main fieldset", { hasText: label }).last();
  await group.locator(`input[value="${answer}"]`).check();
}

/* Answers the calculator's questions; each part of `case_` is optional to be told. */
export async function ask(page, case_) {
  await page.goto("/calculator?programme=appliance");
  await page.fill("#f-day", case_.day);
  await choose(page, "哪一类", case_.category);
  await choose(page, "能效", case_.level || "1");
  await page.getByLabel("成交价").fill(case_.price);
  return press(page, "看看能补多少");
}

/* What the public meter says is left of this year's pot, in fen. */
export async function leftNow(page) {
  await page.goto("/meter");
  const year = dayOf().slice(0, 4);
  return fenOf(await cell(page, [POT, year], "还可领取"));
}

/* ---- the resident claims --------------------------------------------------------------------- */

/* From the calculator's button over the sign-in to the coupon. */
export async function claim(page, goods) {
  await ask(page, { day: dayOf(), category: goods.name, price: goods.price });
  await page.getByRole("link", { name: "领取资格券" }).click();
  if (page.url().includes("/sign-in")) {
    await signIn(page, "resident");
  }
  includes(page.url(), "/coupon/claim", "after signing in the claim is still there");
  await look(page, "coupon-claim");
  await page.check("#f-agree");
  await press(page, "领取资格券");
  includes(await page.innerText("main"), "领取成功", `${goods.name}: the claim is confirmed`);
  await look(page, "coupon-claimed");
  return { url: new URL(page.url()).pathname, code: await codeOf(page) };
}

/* The large number of a coupon that waits for its use. */
export async function codeOf(page) {
  return (await page.locator("main .coupon-code").textContent()).trim();
}

export async function residentClaims(house, options, goods) {
  const page = await house.page(options);
  const before = await leftNow(page);
  const coupon = await claim(page, goods);
  equal(await fact(page, "状态"), "待使用", `${goods.name}: the coupon waits for its use`);
  const reserved = fenOf(await fact(page, "已为您预留（最高）"));
  equal(reserved, 150000, `${goods.name}: 1,500.00 元 is reserved`);
  equal(before - (await leftNow(page)), reserved, `${goods.name}: the public meter falls at once`);
  await visit(page, "/meter");
  await visit(page, "/coupon");
  ok(/^[0-9A-Z ]{12,16}$/.test(coupon.code), `${goods.name}: the code can be read out`, coupon.code);
  return { page, ...coupon };
}

/* ---- the shop -------------------------------------------------------------------------------- */

export async function filePrice(page, goods) {
  await page.goto("/price");
  await page.fill("#f-gtin", goods.gtin);
  await page.fill("#f-title", goods.title);
  await choose(page, "补贴类别", `appliance:${goods.code}`);
  await choose(page, "能效等级", "1");
  await page.fill("#f-price", goods.price);
  await press(page, "备案");
  includes(await page.innerText("main"), "价格已备案", `${goods.name}: the price is filed`);
  includes(await page.innerText("main"), goods.gtin, `${goods.name}: the filed price is listed`);
}

/* Fills the till; `change` replaces single fields of the good sale. */
export async function redeem(page, sale, change = {}) {
  const fields = {
    code: sale.couponCode,
    gtin: sale.gtin,
    serial: sale.serial,
    invoice: sale.invoice,
    invoice_day: dayOf(),
    price: sale.price,
    buyer: RESIDENT,
    payer: RESIDENT,
    recipient: RESIDENT,
    ...change,
  };
  delete fields.photo_file;
  await page.goto("/till");
  for (const [name, value] of Object.entries(fields)) {
    await page.fill(`#f-${name}`, value);
  }
  await page.setInputFiles("#f-photo", change.photo_file || photo());
  return press(page, "核销");
}

/* A sale that must be refused at one field with these words. */
export async function refused(page, sale, change, field, words) {
  const answer = await redeem(page, sale, change);
  const errors = await fieldErrors(page);
  ok(answer.status() >= 400 && answer.status() < 500, `till ${field}: the answer is a refusal`,
    String(answer.status()));
  includes(errors[field], words, `till ${field}: ${words}`);
  equal(await page.inputValue("#f-gtin"), change.gtin || sale.gtin, "what was typed is kept");
}

export async function shopSells(house, options, sale) {
  const page = await house.pageOf("shop", options);
  await look(page, "home-shop");
  await visit(page, "/price");
  await filePrice(page, sale);
  await visit(page, "/till");
  await refused(page, sale, { buyer: "李小四" }, "buyer", "M5");
  await look(page, "till-refused");
  await refused(page, sale, { payer: "李小四" }, "payer", "M6");
  await refused(page, sale, { recipient: "李小四" }, "recipient", "M6");
  await refused(page, sale, { price: "7000" }, "price", "M1");
  await refused(page, sale, { code: "ABCDEFGHJKLM" }, "code", "没有");
  await sell(page, sale);
  return page;
}

export async function sell(page, sale) {
  await redeem(page, sale);
  includes(await page.innerText("main"), "核销成功", `${sale.name}: redeemed`);
  equal(await fact(page, "补贴立减"), "1,049.85 元", `${sale.name}: 15 % of 6,999.00 is taken off`);
  equal(await fact(page, "顾客实付"), "5,949.15 元", `${sale.name}: the customer pays the rest`);
  await look(page, "shop-sale");
}

/* The goods come back: the coupon and the rest of the money are there again. */
export async function shopTakesBack(page, resident, sale) {
  await press(page, "办理退货");
  includes(await page.innerText("main"), "退货", `${sale.name}: the return is confirmed`);
  equal(await fact(page, "状态"), "已退货", `${sale.name}: the sale is returned`);
  await look(page, "shop-sale-returned");
  await resident.page.goto(resident.url);
  equal(await fact(resident.page, "状态"), "待使用", `${sale.name}: the coupon is usable again`);
}

/* ---- the old one goes ------------------------------------------------------------------------ */

export async function residentBooks(resident, goods) {
  const page = resident.page;
  await page.goto(resident.url);
  await look(page, "coupon-redeemed");
  await page.getByRole("link", { name: "预约上门回收旧家电" }).click();
  await look(page, "pickup-new");
  await choose(page, "旧物类别", goods.code);
  await page.fill("#f-title", `旧${goods.name}，四楼`);
  await page.locator("#f-town").selectOption({ index: 1 });
  await page.fill("#f-address", "演示小区 3 号楼 402");
  await page.locator("#f-slot").selectOption({ index: 1 });
  await press(page, "提交预约");
  includes(await page.innerText("main"), "预约成功", `${goods.name}: the pick-up is booked`);
  equal(await fact(page, "状态"), "待上门", `${goods.name}: the pick-up waits`);
  await look(page, "pickup-booked");
  await visit(page, "/pickup");
}

/* Tomorrow's round of a recycler, planned and handed to its driver. */
async function dispatcherReleases(house, options, number) {
  const page = await house.pageOf(`recycler${number}`, options);
  await page.goto("/dispatch");
  const has = (words) => page.getByRole("button", { name: words, exact: true }).count();
  for (const words of ["排定路线", "重新排定"]) {
    if (await has(words)) {
      await press(page, words);
      break;
    }
  }
  if (await has("发布给司机和居民")) {
    await press(page, "发布给司机和居民");
  }
  await page.context().close();
}

/* The recycler that got the order: its driver sees it in the round. */
async function driverOf(house, options, title) {
  for (const number of ["", "02", "03"]) {
    await dispatcherReleases(house, options, number);
    const page = await house.pageOf(`driver${number}`, options);
    await page.goto("/round");
    if ((await page.innerText("main")).includes(title)) {
      return { page, number };
    }
    await page.context().close();
  }
  throw new Error(`no driver sees ${title}`);
}

export async function driverCollects(house, options, goods) {
  const title = `旧${goods.name}，四楼`;
  const { page, number } = await driverOf(house, options, title);
  await look(page, "round");
  includes(await cell(page, [title], "地址"), "当天可打开",
    `${goods.name}: the address waits for the day of the round`);
  const row = page.locator("main tbody tr", { hasText: title });
  await row.getByRole("link", { name: "称重付款" }).click();
  await look(page, "round-n");
  const fill = async (values) => {
    for (const [name, value] of Object.entries(values)) {
      await page.fill(`#f-${name}`, value);
    }
    await page.getByText("居民在纸质单上签字").click();
    return press(page, "确认收走并付款");
  };
  const good = { old_serial: goods.oldSerial, gross: "62000", tare: "2000", paid: "80" };
  await fill({ ...good, tare: "62000" });
  includes((await fieldErrors(page)).tare, "皮重应小于毛重", "an impossible weight is refused");
  await look(page, "round-n-refused");
  await fill(good);
  includes(await page.innerText("main"), "已登记收走", `${goods.name}: weighed and paid`);
  return number;
}

/* Live figures before and after: the target, its task, the masked list. */
export async function recoveryOf(page) {
  await page.goto("/dashboard");
  const target = page.locator("main tbody tr", { hasText: "T06" }).getByRole("link");
  await target.click();
  const units = Number((await fact(page, `${dayOf().slice(0, 4)} 年累计`)).replace(/\D/g, ""));
  await look(page, "target-recovery");
  await page.goto("/dashboard");
  await page.locator("main tbody tr", { hasText: "2.2" }).getByRole("link").first().click();
  const task = Number((await fact(page, "废旧家电拆解出证（台）")).replace(/\D/g, ""));
  await look(page, "task-appliances");
  return { units, task };
}

export async function recyclerCertifies(house, options, goods, number) {
  const open = await house.page(options);
  const before = await recoveryOf(open);
  const page = await house.pageOf(`recycler${number}`, options);
  await look(page, "home-recycler");
  await visit(page, "/reverse-invoice");
  equal(await cell(page, [RESIDENT.slice(0, 1), "80.00"], "付款"), "80.00 元",
    `${goods.name}: the reverse invoice is prepared`);
  await visit(page, "/recycle");
  const row = page.locator("main tbody tr", { hasText: goods.oldSerial });
  await row.getByRole("link", { name: "登记拆解" }).click();
  await look(page, "recycle-certify");
  await choose(page, "处理方式", "dismantled");
  await press(page, "登记并出具证明");
  includes(await page.innerText("main"), "证明已出具", `${goods.name}: the end is certified`);
  await look(page, "certificate-made");
  const certificate = await fact(page, "证明编号");
  const after = await recoveryOf(open);
  equal(after.units - before.units, 1, `${goods.name}: the recovery target counts one more`);
  equal(after.task - before.task, 1, `${goods.name}: task 2.2 counts one more`);
  await visit(open, "/certificate");
  const shown = await cell(open, [certificate], "旧机序列号");
  ok(shown !== null && shown.includes("****"), `${goods.name}: anyone sees it, masked`, shown);
}

/* ---- the money reaches the shop -------------------------------------------------------------- */

export async function financeSettles(house, options, sale, shopPage) {
  await shopPage.goto("/me");
  const shopName = await fact(shopPage, "所属单位");
  const page = await house.pageOf("finance", options);
  await look(page, "home-finance");
  await visit(page, "/settlement");
  const row = page.locator("main tbody tr", { hasText: shopName }).first();
  await Promise.all([page.waitForNavigation(), row.getByRole("button").click()]);
  includes(await page.innerText("main"), "结算批次已生成", `${sale.name}: the batch is made`);
  await look(page, "settlement-n");
  const batch = new URL(page.url()).pathname;
  await checkFile(page, batch, sale);
  includes(await page.innerText("main"), "另一位同事", `${sale.name}: who made it does not pay it`);
  const second = await house.pageOf("finance2", options);
  await second.goto(batch);
  await second.fill("#f-bank_reference", "1");
  await press(second, "登记已支付");
  ok((await fieldErrors(second)).bank_reference !== undefined, "a short bank reference is refused");
  await second.fill("#f-bank_reference", `HD${Date.now()}`);
  await press(second, "登记已支付");
  equal(await fact(second, "状态"), "已支付", `${sale.name}: the batch is paid`);
  await visit(shopPage, "/shop/money");
  const state = await cell(shopPage, [batch.split("/").pop()], "状态");
  equal(state, "已支付", `${sale.name}: the shop sees the money`);
  await visit(shopPage, "/shop/sales");
}

async function checkFile(page, batch, sale) {
  const file = await page.request.get(`${page.house.address}${batch}/file`);
  const text = (await file.body()).toString("utf8");
  const total = text.trim().split("\r\n").pop();
  includes(file.headers()["content-type"], "text/csv", `${sale.name}: the pay file is a table`);
  includes(text, sale.serial, `${sale.name}: the pay file names the serial number`);
  includes(total, fenOf(await fact(page, "合计")) / 100, `${sale.name}: the file adds up`);
}

/* The whole way of one thing. */
export async function wholeThread(house, options, goods) {
  const resident = await residentClaims(house, options, goods);
  const sale = { ...goods, couponCode: resident.code };
  const shop = await shopSells(house, options, sale);
  await shopTakesBack(shop, resident, sale);
  await sell(shop, { ...sale, serial: `${sale.serial}B`, invoice: nextInvoice(sale.invoice) });
  await residentBooks(resident, goods);
  const number = await driverCollects(house, options, goods);
  await recyclerCertifies(house, options, goods, number);
  await financeSettles(house, options, { ...sale, serial: `${sale.serial}B` }, shop);
  return { resident, shop };
}

export function nextInvoice(invoice) {
  return (BigInt(invoice) + 1n).toString();
}

/* The goods of a thread: number keeps serials, invoices and article numbers apart. */
export function goodsOf(number, name, code) {
  return {
    name,
    code,
    title: `示例牌${name} J${number}`,
    gtin: gtinOf(number),
    serial: `JSN${number}0001`,
    oldSerial: `OLD${number}7788`,
    invoice: `2637200000000${String(number).padStart(7, "0")}`,
    price: "6999",
  };
}

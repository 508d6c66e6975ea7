/*
 * refusals_test.mjs - what must not happen twice or at all: wrong answers to the calculator, one
 * claim sent twice, a second coupon of a kind, a serial number or an invoice used again, a coupon
 * that is over, a wrong photo, six wrong passwords.
 */
import {
  DEVICES,
  House,
  dayOf,
  equal,
  fact,
  fieldErrors,
  finish,
  includes,
  look,
  ok,
  press,
  signIn,
  story,
} from "./house.mjs";
import {
  ask,
  claim,
  codeOf,
  filePrice,
  goodsOf,
  leftNow,
  nextInvoice,
  redeem,
  refused,
  sell,
} from "./thread.mjs";

const WRONG = [
  { price: "", words: "请填写" },
  { price: "六千九", words: "金额" },
  { price: "-5", words: "" },
  { price: "6999.123", words: "金额" },
];

/* Every wrong answer is told at its field, with 400, and the other answers stay. */
async function wrongAnswers(house) {
  for (const device of Object.keys(DEVICES)) {
    const page = await house.page({ device });
    const before = await leftNow(page);
    for (const row of WRONG) {
      const answer = await ask(page, { day: "2026-10-01", category: "冰箱", price: row.price });
      const errors = Object.entries(await fieldErrors(page)).filter(([name]) => name !== "");
      const shown = errors.map((pair) => pair.join(": ")).join("; ");
      equal(answer.status(), 400, `${device}: price "${row.price}" is refused`);
      ok(errors.length === 1 && shown.includes(row.words), `${device}: "${row.price}" at its field`,
        shown);
      equal(await page.isChecked('input[value="冰箱"]'), true, "the other answers are kept");
    }
    await look(page, "calculator-refused");
    const day = await page.goto("/calculator?programme=appliance&day=2026-02-30&q0=x");
    equal(day.status(), 400, `${device}: 30 February is refused`);
    ok((await fieldErrors(page)).day !== undefined, `${device}: 30 February is told at its field`);
    equal(await leftNow(page), before, `${device}: wrong answers change nothing`);
    await page.context().close();
  }
}

/* The same form sent twice is one claim; the second answer is the first one. */
async function claimTwice(page, goods) {
  const before = await leftNow(page);
  await ask(page, { day: dayOf(), category: goods.name, price: goods.price });
  await page.getByRole("link", { name: "领取资格券" }).click();
  await page.check("#f-agree");
  const places = await page.evaluate(async () => {
    const form = document.querySelector("main form");
    const send = () => {
      const body = new URLSearchParams(new FormData(form));
      return fetch(form.action, { method: "POST", body }).then((answer) => answer.url);
    };
    return Promise.all([send(), send(), send()]);
  });
  equal(new Set(places).size, 1, "one claim sent three times has one answer");
  includes(places[0], "/coupon/", "and the answer is the coupon");
  equal(before - (await leftNow(page)), 150000, "the money is reserved once");
  return new URL(places[0]).pathname;
}

async function secondIsRefused(page, goods) {
  await ask(page, { day: dayOf(), category: goods.name, price: goods.price });
  await page.getByRole("link", { name: "领取资格券" }).click();
  await page.check("#f-agree");
  const before = page.url();
  const answer = await press(page, "领取资格券");
  equal(answer.status(), 409, "a second coupon of the kind is refused");
  includes(await page.innerText("main"), "今年已经领取或使用过", "and the refusal says why");
  await look(page, "coupon-claim-refused");
  return before;
}

/* Going back after the claim and sending the old page again does not claim again. */
async function backButton(page, goods) {
  await claim(page, goods);
  await page.goBack();
  includes(page.url(), "/coupon/claim", "the back button shows the claim again");
  await page.check("#f-agree");
  await press(page, "领取资格券");
  const main = await page.innerText("main");
  ok(main.includes("今年已经领取") || main.includes("待使用"), "going back claims nothing twice",
    main.slice(0, 200));
}

async function withdraw(page, path) {
  const before = await leftNow(page);
  await page.goto(path);
  await press(page, "不用了，退回资格券");
  includes(await page.innerText("main"), "资格券已退回", "the coupon is given back");
  await look(page, "coupon-list-withdrawn");
  equal((await leftNow(page)) - before, 150000, "its money is free at once");
  await page.goto(path);
  equal(await fact(page, "状态"), "已退回", "the coupon says so");
  await look(page, "coupon-withdrawn");
}

async function resident(house, goods, second) {
  const page = await house.pageOf("resident", { device: "phone" });
  const empty = await page.goto("/coupon");
  equal(empty.status(), 200, "the list of coupons answers");
  await look(page, "coupon-empty");
  const path = await claimTwice(page, goods);
  await secondIsRefused(page, goods);
  await withdraw(page, path);
  await claim(page, goods);
  const one = { path: new URL(page.url()).pathname, code: await codeOf(page) };
  await backButton(page, second);
  await page.goto("/coupon");
  await page.locator("main tbody tr", { hasText: second.name }).getByRole("link").first().click();
  const two = { path: new URL(page.url()).pathname, code: await codeOf(page) };
  return { page, one, two };
}

/* What was used for one subsidy cannot be used for another. */
async function till(house, goods, second, coupons) {
  const page = await house.pageOf("shop", { device: "phone" });
  await filePrice(page, goods);
  await filePrice(page, second);
  const first = { ...goods, couponCode: coupons.one.code };
  await refused(page, { ...first, gtin: second.gtin }, {}, "gtin", "不属于这张券的类别");
  await refused(page, first, { gtin: "2900000009999" }, "gtin", "");
  await refused(page, first, { serial: "111111" }, "serial", "");
  await refused(page, first, { invoice: "12345678" }, "invoice", "");
  await refused(page, first, { invoice_day: dayOf(1) }, "invoice_day", "开票日期");
  await refused(page, first, { price: "0" }, "price", "");
  const text = { name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from("not a photo") };
  await refused(page, first, { photo_file: text }, "photo", "不能使用");
  await look(page, "till-photo-refused");
  await sell(page, first);
  await refused(page, first, {}, "code", "已核销");
  const again = { ...second, couponCode: coupons.two.code };
  await refused(page, again, { serial: goods.serial }, "serial", "M7");
  await refused(page, again, { invoice: goods.invoice }, "invoice", "M4");
  await withdraw(coupons.page, coupons.two.path);
  await refused(page, again, { invoice: nextInvoice(goods.invoice) }, "code", "已退回");
}

/* Ten days later the coupon has lapsed: its money is free, the till refuses it, a new one is offered.
 * Ten days pass once before, so that no coupon of the demo city lapses beside it. */
async function expiry(house, goods) {
  await house.serve(dayOf(10));
  const resident = await house.pageOf("resident", { device: "phone" });
  const before = await leftNow(resident);
  const coupon = await claim(resident, goods);
  await filePrice(await house.pageOf("shop", { device: "phone" }), goods);
  await house.serve(dayOf(10));
  const shop = await house.pageOf("shop", { device: "phone" });
  await refused(shop, { ...goods, couponCode: coupon.code }, {}, "code", "过期");
  const later = await house.pageOf("resident", { device: "phone" });
  equal(await leftNow(later), before, "the money of a lapsed coupon is free again");
  await later.goto(coupon.url);
  equal(await fact(later, "状态"), "已过期", "the coupon says that it has lapsed");
  await look(later, "coupon-expired");
  equal(await later.getByRole("link", { name: "重新领取" }).count(), 1, "and offers a new one");
}

async function lockOut(house) {
  const page = await house.page({ device: "phone" });
  await page.goto("/sign-in");
  await press(page, "登录");
  ok((await fieldErrors(page)).login !== undefined, "an empty sign-in is told at its field");
  for (let i = 0; i < 5; i += 1) {
    await signIn(page, "bank", "wrong password");
  }
  await look(page, "sign-in-refused");
  await signIn(page, "bank");
  includes(page.url(), "/sign-in", "after five wrong passwords the right one does not open");
  includes(await page.innerText("main"), "锁定", "the page says that the account is locked");
  await look(page, "sign-in-locked");
  const other = await house.pageOf("enterprise", { device: "phone" });
  ok(!other.url().includes("/sign-in"), "others can still sign in");
}

await story("refusals", async () => {
  const house = await House.open("refusals");
  try {
    const goods = goodsOf(300, "冰箱", "fridge");
    const second = goodsOf(400, "空调", "air_conditioner");
    await story("wrong answers", () => wrongAnswers(house));
    await story("at the till", async () => {
      const coupons = await resident(house, goods, second);
      await till(house, goods, second, coupons);
    });
    await story("lock-out", () => lockOut(house));
    await story("expiry", () => expiry(house, goodsOf(600, "电视", "tv")));
  } finally {
    await house.close();
  }
});
finish();

/*
 * noscript_test.mjs - the core of the thread with JavaScript off, and the elder mode: every page
 * works without scripts, and the letters of an older person are larger everywhere.
 */
import { House, dayOf, equal, finish, includes, look, ok, story } from "./house.mjs";
import { ask, goodsOf, wholeThread } from "./thread.mjs";

/* The size from which all others are made, in CSS pixels. */
function letters(page) {
  return page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
}

async function elder(house) {
  const page = await house.page({ device: "phone" });
  await page.goto("/calculator");
  const before = await letters(page);
  await page.getByRole("link", { name: "长辈版" }).click();
  includes(page.url(), "/calculator", "the switch stays on the page");
  const after = await letters(page);
  ok(after >= before * 1.25 && after >= 20, "the letters are larger", `${before} to ${after}`);
  await look(page, "elder-calculator");
  await page.goto("/");
  await look(page, "elder-home");
  await ask(page, { day: dayOf(), category: "电视", price: "4999" });
  await look(page, "elder-answer");
  await page.getByRole("link", { name: "领取资格券" }).click();
  await look(page, "elder-sign-in");
  await page.fill("#f-login", "resident");
  await page.fill("#f-password", house.password);
  await page.locator("main").getByRole("button", { name: "登录" }).click();
  await look(page, "elder-claim");
  await page.check("#f-agree");
  await page.locator("main").getByRole("button", { name: "领取资格券" }).click();
  await page.waitForURL(/\/coupon\/\d+/);
  await look(page, "elder-coupon");
  await page.getByRole("link", { name: "标准版" }).click();
  equal(await letters(page), before, "and back");
}

await story("without scripts and for elders", async () => {
  const house = await House.open("noscript");
  try {
    await story("elder mode", () => elder(house));
    await story("JavaScript off", () =>
      wholeThread(house, { device: "phone", script: false }, goodsOf(500, "冰箱", "fridge"))
    );
  } finally {
    await house.close();
  }
});
finish();

/*
 * round_test.mjs - the dispatcher hands tomorrow's round to a driver; on the day the driver opens
 * the addresses on a phone; the auditor sees who did.
 */
import { House, cell, dayOf, finish, includes, look, ok, press, story } from "./house.mjs";

async function released(house) {
  const desk = await house.pageOf("recycler", { device: "desktop" });
  await desk.goto("/dispatch");
  await press(desk, "排定路线");
  await press(desk, "发布给司机和居民");
  await desk.locator("main tbody a[href^='/dispatch/vehicle/']").first().click();
  await look(desk, "vehicle-n");
  includes(await desk.innerText("main"), "司机账号", "a vehicle names its driver");
  await desk.goto("/dispatch");
  await desk.locator("main a[href^='/dispatch/stop/']").first().click();
  await look(desk, "dispatch-stop-n");
  await press(desk, "查看地址");
  includes(await desk.innerText("main"), "已写入日志", "the dispatcher's look is journaled");
  await look(desk, "dispatch-address");
  const driver = await house.pageOf("driver", { device: "phone" });
  await driver.goto("/round");
  await look(driver, "round-eve");
  includes(await driver.innerText("main"), "当天可打开", "on the eve no address is shown");
  ok(!(await driver.innerText("main")).includes("演示大街"), "not one");
}

async function onTheDay(house) {
  const tomorrow = dayOf(1);
  await house.serve(tomorrow);
  const driver = await house.pageOf("driver", { device: "phone" });
  await driver.goto("/round");
  await look(driver, "round-closed");
  await press(driver, "打开今天的地址");
  includes(await driver.innerText("main"), "演示大街", "the driver sees where to go");
  await look(driver, "round-open");
  const auditor = await house.pageOf("auditor", { device: "desktop" });
  await auditor.goto("/journal?verb=pickup.address");
  includes(await cell(auditor, ["driver"], "事项"), "查看上门地址", "the auditor sees who opened");
}

const house = await House.open("round");
try {
  await story("the round is released", () => released(house));
  await story("the day of the round", () => onTheDay(house));
} finally {
  await house.close();
}
finish();

/* thread_test.mjs - the trade-in of one thing, on a phone and on a desktop. */
import { House, finish, story } from "./house.mjs";
import { goodsOf, wholeThread } from "./thread.mjs";

await story("the thread", async () => {
  const house = await House.open("thread");
  try {
    await story("on a phone", () =>
      wholeThread(house, { device: "phone" }, goodsOf(100, "冰箱", "fridge"))
    );
    await story("on a desktop", () =>
      wholeThread(house, { device: "desktop" }, goodsOf(200, "洗衣机", "washer"))
    );
  } finally {
    await house.close();
  }
});
finish();

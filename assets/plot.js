/*
 * plot.js - draws figure.plot from its own data table with ECharts; loaded after it, and only on
 * pages that have one. The head of a column says what it is: data-plot-as = line, bar, forecast,
 * low and high (a band), goal. Drawn on canvas, tooltips as canvas text: no style attribute, no
 * markup from data, so the strict content policy holds.
 */
(function () {
  "use strict";

  if (!window.echarts) {
    return;
  }

  function numberOf(cell) {
    var text = cell.textContent.trim();
    return text === "" ? null : Number(text);
  }

  function columnsOf(table) {
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    return Array.prototype.slice.call(table.tHead.rows[0].cells, 1).map(function (head, i) {
      return {
        name: head.textContent.trim(),
        as: head.getAttribute("data-plot-as"),
        values: rows.map(function (row) {
          return numberOf(row.cells[i + 1]);
        })
      };
    });
  }

  function colour(name, fallback) {
    var value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    return value || fallback;
  }

  function difference(high, low) {
    return high.map(function (value, i) {
      return value === null || low[i] === null ? null : value - low[i];
    });
  }

  function lineOf(column, style) {
    return {
      name: column.name, type: "line", data: column.values, connectNulls: column.as === "forecast" || column.as === "goal",
      showSymbol: column.values.length < 40, symbolSize: 5, lineStyle: style,
      itemStyle: { color: style.color }
    };
  }

  function bandOf(low, high, tint) {
    var quiet = { type: "line", stack: "band", connectNulls: true, symbol: "none", lineStyle: { opacity: 0 },
      silent: true, tooltip: { show: false } };
    return [
      Object.assign({ name: low.name, data: low.values }, quiet),
      Object.assign({ name: high.name, data: difference(high.values, low.values),
        areaStyle: { color: tint, opacity: 0.18 } }, quiet)
    ];
  }

  function seriesOf(columns) {
    var tint = colour("--blue-700", "#0b529f");
    var other = colour("--amber-600", "#b06a00");
    var low = columns.find(function (it) { return it.as === "low"; });
    var list = [];
    columns.forEach(function (column) {
      if (column.as === "bar") {
        list.push({ name: column.name, type: "bar", data: column.values, itemStyle: { color: tint } });
      } else if (column.as === "line") {
        list.push(lineOf(column, { color: tint, width: 2 }));
      } else if (column.as === "forecast") {
        list.push(lineOf(column, { color: tint, width: 2, type: "dashed" }));
      } else if (column.as === "goal") {
        list.push(lineOf(column, { color: other, width: 1.5, type: "dotted" }));
        list[list.length - 1].showSymbol = false;
      } else if (column.as === "high" && low) {
        list = list.concat(bandOf(low, column, tint));
      }
    });
    return list;
  }

  function optionOf(figure, table, columns) {
    var labels = Array.prototype.map.call(table.tBodies[0].rows, function (row) {
      return row.cells[0].textContent.trim();
    });
    return {
      animation: false,
      textStyle: { fontFamily: "inherit" },
      grid: { left: 64, right: 20, top: 44, bottom: 32 },
      legend: { top: 0, left: 0, data: columns.filter(function (it) {
        return it.as !== "low" && it.as !== "high";
      }).map(function (it) { return it.name; }) },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true },
      xAxis: { type: "category", data: labels, boundaryGap: columns.some(function (it) {
        return it.as === "bar";
      }) },
      yAxis: { type: "value", scale: true, name: figure.getAttribute("data-unit") || "" },
      series: seriesOf(columns)
    };
  }

  function draw(figure) {
    var canvas = figure.querySelector(".plot-canvas");
    var table = figure.querySelector("table");
    if (!canvas || !table || !table.tBodies[0] || table.tBodies[0].rows.length === 0) {
      return;
    }
    canvas.hidden = false;
    figure.querySelector("details").open = false;
    var chart = window.echarts.init(canvas, null, { renderer: "canvas" });
    chart.setOption(optionOf(figure, table, columnsOf(table)));
    window.addEventListener("resize", function () { chart.resize(); });
    window.addEventListener("beforeprint", function () {
      figure.querySelector("details").open = true;
    });
  }

  document.querySelectorAll("figure.plot").forEach(draw);
})();

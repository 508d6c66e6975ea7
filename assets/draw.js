/*
 * draw.js - the draft's model in the editor dmn-js: tables, the graph of decisions, expressions.
 * Loaded on its own page only, with dmn-js.js. The model comes from the server and goes back
 * through the same door as every other change, against the revision that was opened.
 *   [data-draw="/workshop/5"]    where the editor stands
 *   [data-draw-save]             the button; [data-draw-status] says what happened
 * dmn-js speaks DMN 1.3; our models are DMN 1.5. For tables, graphs and literal expressions the two
 * differ by their namespaces only, which are exchanged on the way in and out; the server does not
 * send models here that hold more.
 */
(function () {
  "use strict";

  var place = document.querySelector("[data-draw]");
  if (!place || !window.DmnJS) {
    return;
  }
  var address = place.getAttribute("data-draw");
  var form = document.querySelector("form[data-draw-form]");
  var status = document.querySelector("[data-draw-status]");
  var OURS = "https://www.omg.org/spec/DMN/20230324/";
  var THEIRS = "https://www.omg.org/spec/DMN/20191111/";

  var WORDS = {
    "Add rule": "加一行", "Add input": "加条件列", "Add output": "加结果列",
    "Add Input": "加条件列", "Add Output": "加结果列", "Add annotation": "加说明列",
    "Annotations": "说明", "Annotation": "说明", "Hit policy": "命中方式", "Hit Policy": "命中方式",
    "Aggregate": "汇总", "Hit policy:": "命中方式：", "Unique": "只能一行命中", "First": "自上而下第一行",
    "Priority": "按结果优先", "Any": "任一行", "Collect": "收集", "Rule order": "按行序", "Output order": "按结果序",
    "When": "当", "And": "且", "Then": "则", "Input": "条件", "Output": "结果",
    "Copy": "复制", "Cut": "剪切", "Paste": "粘贴", "Remove": "删除", "Delete": "删除", "Above": "在上面",
    "Below": "在下面", "Left": "在左边", "Right": "在右边", "Rule": "行", "Clear": "清空",
    "Add": "添加", "View DRD": "看决策图", "View Drd": "看决策图", "Edit": "编辑", "Expression": "表达式",
    "Expression language": "表达式语言", "Type": "类型", "Label": "名称", "Name": "名称",
    "Column label": "列名", "Input label": "条件名", "Output label": "结果名", "Output name": "结果代号",
    "Input type": "条件类型", "Output type": "结果类型", "Predefined values": "可选的值",
    "Add predefined values": "加可选的值", "Decision table": "决策表", "Literal expression": "表达式",
    "Decision Table": "决策表", "Literal Expression": "表达式", "Decision": "决策",
    "Input data": "输入", "Input Data": "输入", "Knowledge source": "依据", "Knowledge Source": "依据",
    "Business knowledge model": "知识模型", "Business Knowledge Model": "知识模型",
    "Boxed expression": "框式表达式", "Empty": "空", "Edit description": "改说明", "Delete description": "删除说明",
    "Add description": "加说明", "Connect to other element": "连到别的", "Append decision": "加决策",
    "Append input data": "加输入", "Append text annotation": "加文字", "Change type": "改类型",
    "Create decision": "画决策", "Create input data": "画输入", "Create knowledge source": "画依据",
    "Create business knowledge model": "画知识模型", "Activate lasso tool": "框选", "Activate hand tool": "移动画布",
    "Test": "测试", "Enter text": "写文字", "Select value": "选值", "Ranges": "范围", "Values": "值"
  };

  function translate(text, values) {
    var words = WORDS[text] || text;
    return words.replace(/{([^}]+)}/g, function (whole, key) {
      return values && values[key] !== undefined ? values[key] : whole;
    });
  }

  function say(text) {
    status.textContent = text;
  }

  function allTo(text, from, to) {
    return text.split(from).join(to);
  }

  /* ---- a graph for models that come without one: decisions above what they rest on ---- */

  var DI = "https://www.omg.org/spec/DMN/20191111/DMNDI/";
  var DC = "http://www.omg.org/spec/DMN/20180521/DC/";

  function requiredBy(node) {
    return Array.prototype.map.call(
      node.querySelectorAll("requiredInput, requiredDecision, requiredKnowledge"),
      function (one) {
        return one.getAttribute("href").replace(/^.*#/, "");
      }
    );
  }

  function levelsOf(nodes) {
    var levels = {};
    function level(id, depth) {
      if (levels[id] === undefined && nodes[id] && depth < 50) {
        levels[id] = 0;
        var below = requiredBy(nodes[id]).map(function (other) {
          return nodes[other] ? level(other, depth + 1) + 1 : 0;
        });
        levels[id] = Math.max.apply(null, below.concat(0));
      }
      return levels[id] || 0;
    }
    Object.keys(nodes).forEach(function (id) {
      level(id, 0);
    });
    return levels;
  }

  function shapeXml(id, x, y, size) {
    return (
      '<dmndi:DMNShape id="shape-' + id + '" dmnElementRef="' + id + '"><dc:Bounds height="' + size[1] +
      '" width="' + size[0] + '" x="' + x + '" y="' + y + '"/></dmndi:DMNShape>'
    );
  }

  function drawn(text) {
    var tree = new DOMParser().parseFromString(text, "application/xml");
    var nodes = {};
    tree.documentElement
      .querySelectorAll("decision, inputData, businessKnowledgeModel, knowledgeSource")
      .forEach(function (node) {
        nodes[node.getAttribute("id")] = node;
      });
    var levels = levelsOf(nodes);
    var most = Math.max.apply(null, Object.keys(levels).map(function (id) { return levels[id]; }).concat(0));
    var used = {};
    var shapes = Object.keys(nodes).map(function (id) {
      var size = nodes[id].localName === "inputData" ? [140, 45] : [180, 80];
      var at = used[levels[id]] || 0;
      used[levels[id]] = at + 1;
      return shapeXml(id, 60 + at * 210, 60 + (most - levels[id]) * 150, size);
    });
    var di =
      '<dmndi:DMNDI xmlns:dmndi="' + DI + '" xmlns:dc="' + DC + '"><dmndi:DMNDiagram id="diagram-1">' +
      shapes.join("") + "</dmndi:DMNDiagram></dmndi:DMNDI>";
    var end = text.lastIndexOf("</");
    return text.slice(0, end) + di + text.slice(end);
  }

  /* ---- in and out ---- */

  var editor = null;

  function modules() {
    return { additionalModules: [{ translate: ["value", translate] }] };
  }

  function open(text) {
    var theirs = allTo(text, OURS, THEIRS);
    if (theirs.indexOf("DMNDI") < 0) {
      theirs = drawn(theirs);
    }
    editor = new window.DmnJS({
      container: place,
      drd: modules(),
      decisionTable: modules(),
      literalExpression: modules(),
      boxedExpression: modules()
    });
    return editor.importXML(theirs).then(function () {
      var views = editor.getViews();
      var table = views.filter(function (view) {
        return view.type === "decisionTable";
      })[0];
      return table && views.length <= 2 ? editor.open(table) : undefined;
    });
  }

  function save() {
    say("正在保存…");
    return editor
      .saveXML({ format: true })
      .then(function (result) {
        var body = new URLSearchParams();
        body.set("csrf", form.elements.csrf.value);
        body.set("revision", form.elements.revision.value);
        body.set("text", allTo(result.xml, THEIRS, OURS));
        return window.fetch("/api" + address + "/model", {
          method: "POST", credentials: "same-origin", body: body
        });
      })
      .then(function (answer) {
        return answer.json();
      })
      .then(function (answer) {
        if (!answer.ok) {
          var first = (answer.errors || [])[0] || {};
          say("没有保存：" + (first.message || "") + (first.hint ? "（" + first.hint + "）" : ""));
          return;
        }
        form.elements.revision.value = answer.revision;
        say("已保存，修改到第 " + answer.revision + " 次");
      })
      .catch(function (error) {
        say("没有保存：" + error.message);
      });
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (editor) {
      save();
    }
  });

  window
    .fetch(address + "/model/file", { credentials: "same-origin" })
    .then(function (answer) {
      return answer.text();
    })
    .then(open)
    .then(
      function () {
        say("已打开");
        place.setAttribute("data-draw-ready", "");
      },
      function (error) {
        say("打不开这个模型：" + error.message);
      }
    );
})();

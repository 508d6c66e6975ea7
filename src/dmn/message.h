/*
 * message.h - every sentence of DMN about a model or a decision, once: stable code, Chinese,
 * English, and a hint in both. {1} and {2} stand for the texts of the diagnostic. Private to
 * src/dmn; what FEEL says about a cell stands in feel/message.h.
 */
#ifndef HUANXIN_DMN_MESSAGE_H
#define HUANXIN_DMN_MESSAGE_H

#include "dmn/dmn.h"

/* X(id, code, Chinese, English, Chinese hint, English hint) */
#define DMN_MESSAGE_LIST(X)                                                                        \
    X(FEEL, "feel", "", "", "", "")                                                                \
    X(NO_NAME, "no-name", "{1} 没有名称", "a {1} has no name", "填写 name 属性",                   \
      "give it a name attribute")                                                                  \
    X(DUPLICATE_NAME, "duplicate-name", "名称“{1}”重复", "the name {1} occurs twice",              \
      "每个决策、输入和知识模型使用不同的名称",                                                    \
      "name every decision, input and knowledge model differently")                                \
    X(DUPLICATE_ID, "duplicate-id", "标识“{1}”重复", "the id {1} occurs twice",                    \
      "每个元素使用不同的 id", "use a different id for each element")                              \
    X(UNKNOWN_REFERENCE, "unknown-reference", "引用的元素“{1}”不存在",                             \
      "the referenced element {1} does not exist", "检查 href，或补上被导入的模型文件",            \
      "check the href, or supply the imported model")                                              \
    X(UNKNOWN_IMPORT, "unknown-import", "导入的模型“{1}”没有提供",                                 \
      "the imported model {1} was not supplied", "同时提供该命名空间的模型文件",                   \
      "supply the model file of that namespace too")                                               \
    X(UNKNOWN_TYPE, "unknown-type", "未知类型“{1}”", "unknown type {1}",                           \
      "使用内置类型或先写条目定义", "use a built-in type or write an item definition")             \
    X(CIRCULAR_TYPE, "circular-type", "类型“{1}”定义为它自己",                                     \
      "the type {1} is defined by itself", "改为引用另一个类型", "let it refer to another type")   \
    X(CIRCULAR_DECISION, "circular-decision", "“{1}”依赖于它自己", "{1} depends on itself",        \
      "去掉一条需求连线", "remove one of the requirements")                                        \
    X(NO_LOGIC, "no-logic", "“{1}”没有决策逻辑，结果为 null",                                      \
      "{1} has no logic: its value is null", "补上决策表或表达式",                                 \
      "add a decision table or an expression")                                                     \
    X(UNKNOWN_ELEMENT, "unknown-element", "不认识的表达式元素 {1}",                                \
      "unknown expression element {1}", "使用 DMN 1.5 的表达式元素",                               \
      "use an expression element of DMN 1.5")                                                      \
    X(EXTERNAL_FUNCTION, "external-function", "不支持外部函数（{1}）",                             \
      "external functions are not supported ({1})", "改写为 FEEL 函数",                            \
      "write it as a FEEL function")                                                               \
    X(CELL_COUNT, "cell-count", "本行有 {1} 个单元格，应为 {2} 个",                                \
      "the row has {1} cells where {2} are needed", "每一列写一个单元格，任意值写 -",              \
      "write a cell for each column, - for any value")                                             \
    X(EMPTY_CELL, "empty-cell", "单元格为空", "the cell is empty", "任意值写 -，空值写 null",      \
      "write - for any value, null for no value")                                                  \
    X(HIT_POLICY, "hit-policy", "未知的命中策略“{1}”", "unknown hit policy {1}",                   \
      "使用 UNIQUE、ANY、PRIORITY、FIRST、RULE ORDER、OUTPUT ORDER 或 COLLECT",                    \
      "use UNIQUE, ANY, PRIORITY, FIRST, RULE ORDER, OUTPUT ORDER or COLLECT")                     \
    X(AGGREGATION, "aggregation", "汇总方式“{1}”在这里无效",                                       \
      "the aggregation {1} is not valid here",                                                     \
      "只有单列输出的 COLLECT 表可用 SUM、COUNT、MIN、MAX",                                        \
      "SUM, COUNT, MIN and MAX need a COLLECT table with one output")                              \
    X(NO_OUTPUT_VALUES, "no-output-values", "命中策略 {1} 需要输出值的优先次序",                   \
      "hit policy {1} needs a list of output values", "按优先次序写出输出值",                      \
      "list the output values in order of priority")                                               \
    X(TOO_LARGE, "too-large", "{1}超过上限 {2}", "{1} beyond the limit of {2}", "拆成几个模型",    \
      "split it into several models")                                                              \
    X(SEVERAL_ROWS, "several-rows", "UNIQUE 表有多行同时命中：{1}",                                \
      "several rows of a UNIQUE table match: {1}", "让各行条件互不重叠，或改用其他命中策略",       \
      "make the rows exclude each other, or choose another hit policy")                            \
    X(ROWS_DISAGREE, "rows-disagree", "ANY 表命中的各行输出不同：{1}",                             \
      "matching rows of an ANY table give different outputs: {1}", "让重叠的各行输出相同",         \
      "give overlapping rows the same output")                                                     \
    X(NO_ROW, "no-row", "没有任何一行命中", "no row matches", "补上缺少的情况，或写默认输出",      \
      "add the missing case, or a default output")                                                 \
    X(INPUT_NOT_ALLOWED, "input-not-allowed", "输入值 {1} 不在允许范围 {2} 内",                    \
      "the input value {1} is not among the allowed {2}", "检查输入，或修改允许的值",              \
      "check the input, or change the allowed values")                                             \
    X(VALUE_TYPE, "value-type", "值 {1} 不符合类型 {2}", "the value {1} does not conform to {2}",  \
      "检查数据和类型定义", "check the value and the type")                                        \
    X(AGGREGATE_TYPE, "aggregate-type", "汇总 {1} 需要同类的数值", "{1} needs values of one type", \
      "让输出列只含数字", "let the output column hold numbers only")                               \
    X(CONDITION_TYPE, "condition-type", "条件的值 {1} 不是 true 或 false",                         \
      "the condition gives {1}, not true or false", "写一个结果为真或假的条件",                    \
      "write a condition that is true or false")                                                   \
    X(NOT_A_LIST, "not-a-list", "这里需要列表，实际是 {1}", "a list is needed here, found {1}",    \
      "提供一个列表", "supply a list")                                                             \
    X(NOT_A_FUNCTION, "not-a-function", "“{1}”不是可以调用的函数", "{1} is not a function",        \
      "检查名称和知识需求连线", "check the name and the knowledge requirement")

typedef enum DmnMessage {
#define X(id, code, zh, en, zh_hint, en_hint) DMN_MESSAGE_##id,
    DMN_MESSAGE_LIST(X)
#undef X
} DmnMessage;

#endif

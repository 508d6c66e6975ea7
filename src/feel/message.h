/*
 * message.h - every sentence FEEL says, once: stable code, Chinese, English, and a hint in both.
 * {1} and {2} stand for the texts of the diagnostic; {A} and {B} too, where they are words of FEEL
 * that have a Chinese name (kinds, tokens). Sentences are lowercase without full stop.
 */
#ifndef HUANXIN_FEEL_MESSAGE_H
#define HUANXIN_FEEL_MESSAGE_H

#include "feel/feel.h"

/* X(id, code, Chinese, English, Chinese hint, English hint) */
#define FEEL_MESSAGE_LIST(X)                                                                       \
    X(SYNTAX_EXPECTED, "syntax-expected", "这里应为 {A}，实际是“{2}”", "expected {A}, found {2}",  \
      "检查括号、引号和逗号是否成对", "check that brackets, quotes and commas are complete")       \
    X(SYNTAX_OPERAND, "syntax-operand", "这里缺少一个值，实际是“{1}”",                             \
      "a value is missing here, found {1}", "写一个数字、“文字”、名称或括号",                      \
      "write a number, a \"text\", a name or a bracket")                                           \
    X(SYNTAX_REST, "syntax-rest", "表达式在“{1}”之前已经结束", "the expression ends before {1}",   \
      "缺少运算符，或名称拼写与模型不同",                                                          \
      "an operator is missing, or a name is spelled differently in the model")                     \
    X(EMPTY, "empty", "表达式为空", "the expression is empty", "填写表达式，或用 - 表示任意值",    \
      "write an expression, or - for any value")                                                   \
    X(FULL_WIDTH, "full-width", "全角标点“{1}”不是 FEEL 符号", "full-width {1} is no FEEL symbol", \
      "改用半角标点", "type the ASCII punctuation mark instead")                                   \
    X(FULL_WIDTH_FOR, "full-width-for", "全角标点“{1}”不是 FEEL 符号，应为半角 {2}",               \
      "full-width {1} is no FEEL symbol, write {2}", "切换到英文输入法再输入标点",                 \
      "switch the keyboard to half-width punctuation")                                             \
    X(CHARACTER, "character", "无法识别的字符“{1}”", "unexpected character {1}",                   \
      "删除它，或把文字放进双引号", "remove it, or put text in double quotes")                     \
    X(STRING_END, "string-end", "文字缺少结尾的双引号", "the text has no closing quote",           \
      "在文字末尾补上 \"", "add \" at the end of the text")                                        \
    X(COMMENT_END, "comment-end", "注释缺少结尾 */", "the comment has no closing */", "补上 */",   \
      "add */")                                                                                    \
    X(NUMBER_FORM, "number-form", "数字“{1}”无效", "{1} is no number",                             \
      "数字形如 12 或 0.5 或 1e3，不要千位分隔符", "write 12, 0.5 or 1e3, without grouping marks") \
    X(TOO_DEEP, "too-deep", "表达式嵌套太深", "the expression is nested too deep",                 \
      "拆成几个决策或函数", "split it into several decisions or functions")                        \
    X(TOO_LONG, "too-long", "表达式太长", "the expression is too long", "拆成几个决策",            \
      "split it into several decisions")                                                           \
    X(NOT_UTF8, "not-utf8", "文本不是 UTF-8 编码", "the text is not UTF-8", "把文件另存为 UTF-8",  \
      "save the file as UTF-8")                                                                    \
    X(LITERAL_AT, "literal-at", "@\"{1}\" 不是日期、时间或时长",                                   \
      "@\"{1}\" is no date, time or duration",                                                     \
      "形如 @\"2026-01-31\"、@\"08:30:00\"、@\"P1D\"、@\"P1Y2M\"",                                 \
      "write @\"2026-01-31\", @\"08:30:00\", @\"P1D\" or @\"P1Y2M\"")                              \
    X(DUPLICATE_KEY, "duplicate-key", "“{1}”重复出现", "{1} occurs twice", "每个名称只写一次",     \
      "write each name once")                                                                      \
    X(TOO_MANY, "too-many", "{A}太多", "too many {A}", "减少数量", "use fewer")                    \
    X(UNKNOWN_NAME, "unknown-name", "未知名称“{1}”", "unknown name {1}",                           \
      "检查拼写，或为该输入建立需求连线；文字要加双引号",                                          \
      "check the spelling and the requirements of the decision; text needs double quotes")         \
    X(UNKNOWN_TYPE, "unknown-type", "未知类型“{1}”", "unknown type {1}",                           \
      "使用内置类型或模型中的条目定义", "use a built-in type or an item definition of the model")  \
    X(UNKNOWN_MEMBER, "unknown-member", "没有“{1}”这一项（对象是{B}）",                            \
      "no member {1} in a value of type {B}", "检查项目名称", "check the name of the member")      \
    X(OPERAND_TYPES, "operand-types", "{A} 不能用于这两个类型：{B}", "{A} does not apply to {B}",  \
      "两边换成同类型的值", "make both sides values of one type")                                  \
    X(ARITHMETIC, "arithmetic", "{1} 没有结果（除以零、超出范围）",                                \
      "{1} has no result (division by zero or out of range)", "先检查除数和数值范围",              \
      "check the divisor and the size of the numbers first")                                       \
    X(CONDITION, "condition", "条件不是真或假，而是{A}", "the condition is no boolean but {A}",    \
      "条件要写成比较，例如 金额 > 0", "write a comparison such as amount > 0")                    \
    X(NOT_FUNCTION, "not-function", "{A}不是函数，不能调用", "{A} is no function",                 \
      "去掉后面的括号，或改用函数名称", "drop the brackets after it, or use a function")           \
    X(ARGUMENT_COUNT, "argument-count", "函数 {1} 的参数个数不对：{2}",                            \
      "wrong number of arguments for {1}: {2}", "对照函数说明补齐或删去参数",                      \
      "compare with the signature of the function")                                                \
    X(ARGUMENT_NAME, "argument-name", "函数 {1} 没有名为“{2}”的参数",                              \
      "{1} has no parameter named {2}", "检查参数名称", "check the parameter's name")              \
    X(ARGUMENT_TYPE, "argument-type", "函数 {1} 不接受这样的参数：{2}", "{1} does not take {2}",   \
      "检查参数的类型", "check the type of the argument")                                          \
    X(ARGUMENT_VALUE, "argument-value", "函数 {1} 无法处理这个值：{2}",                            \
      "{1} has no result for {2}", "检查值的格式与范围", "check the form and range of the value")  \
    X(EXTERNAL, "external", "不支持外部函数（{1}）", "external functions are not supported ({1})", \
      "用 FEEL 改写该函数", "write the function in FEEL")                                          \
    X(NO_CLOCK, "no-clock", "本次计算没有给定当前时间，{1} 为空",                                  \
      "no current time was given, so {1} is null", "由调用方给出时间",                             \
      "the caller must supply the time")                                                           \
    X(RANGE_ENDS, "range-ends", "区间两端不是可比较的同类值：{1}",                                 \
      "the ends of the range do not compare: {1}", "两端写同类型且从小到大的值",                   \
      "use two values of one type, the smaller first")                                             \
    X(ITERATION, "iteration", "不能遍历{A}", "cannot iterate over {A}",                            \
      "使用列表，或整数、日期的区间", "use a list, or a range of integers or dates")               \
    X(FILTER, "filter", "筛选条件不是真假值也不是序号，而是{A}",                                   \
      "the filter is neither a condition nor a position but {A}",                                  \
      "写条件如 [item > 2] 或序号如 [1]", "write a condition like [item > 2] or a position [1]")   \
    X(CONFORMANCE, "conformance", "值 {1} 不符合类型 {2}", "{1} does not conform to type {2}",     \
      "检查值的类型和允许取值", "check the type and the allowed values")                           \
    X(NOT_BOOLEAN, "not-boolean", "{1} 只能用于真假值，实际是{B}",                                 \
      "{1} applies to booleans, not to {B}", "改为比较表达式", "write a comparison")

typedef enum FeelMessage {
#define X(id, code, zh, en, hint_zh, hint_en) FEEL_SAY_##id,
    FEEL_MESSAGE_LIST(X)
#undef X
        FEEL_MESSAGE_COUNT
} FeelMessage;

/* Adds a diagnostic; diagnostics may be NULL. Texts and source are borrowed. */
void feel_say(FeelDiagnostics *diagnostics, const FeelDiagnostic *diagnostic);
/* Adds a diagnostic about the part of the program that runs; texts are borrowed. Costs nothing when
 * nobody listens. */
void feel_report(FeelEval *eval, FeelMessage message, Str first, Str second);
/* True when a diagnostic would be kept: lets callers skip printing values for it. One that would
 * only be counted is counted here: ask once, then report. */
bool feel_is_heard(const FeelEval *eval);

#endif

/*
 * dmn_model_test.c - models as text: what they decide, how they explain it, what they say about
 * mistakes. All models are our own.
 */
#include "dmn/analyse.h"
#include "dmn/dmn.h"
#include "test.h"

static Arena *arena;
static Cx cx;

static int setup(void **state) {
    (void)state;
    arena = arena_create();
    cx_init(&cx, arena);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

#define HEAD                                                                                       \
    "<?xml version='1.0'?><definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' "      \
    "namespace='urn:t' name='t'>"
#define TAIL "</definitions>"
#define TEXT(text) "<literalExpression><text>" text "</text></literalExpression>"
#define INPUT(name, type)                                                                          \
    "<inputData id='" name "' name='" name "'><variable name='" name "' typeRef='" type            \
    "'/></inputData>"
#define NEEDS_INPUT(name)                                                                          \
    "<informationRequirement><requiredInput href='#" name "'/></informationRequirement>"
#define NEEDS(name)                                                                                \
    "<informationRequirement><requiredDecision href='#" name "'/></informationRequirement>"
#define NEEDS_KNOWLEDGE(name)                                                                      \
    "<knowledgeRequirement><requiredKnowledge href='#" name "'/></knowledgeRequirement>"
#define DECISION(name, body)                                                                       \
    "<decision id='" name "' name='" name "'><variable name='" name "'/>" body "</decision>"
#define COLUMN(text) "<input><inputExpression><text>" text "</text></inputExpression></input>"
#define RULE(input, output)                                                                        \
    "<rule><inputEntry><text>" input "</text></inputEntry><outputEntry><text>" output              \
    "</text></outputEntry></rule>"

static const DmnModel *load_all(const char *const *texts, size_t count) {
    DmnSource sources[4];
    for (size_t i = 0; i < count; i++) {
        sources[i] = (DmnSource){str_print(arena, "m%zu.dmn", i), str_of(texts[i])};
    }
    DmnLoadOptions options = {.sources = sources, .source_count = count};
    const DmnModel *model = NULL;
    Status status = dmn_load(&cx, &options, &model);
    if (status != STATUS_OK) {
        fail_msg("%s; %s (line %d)", cx.fault.text, cx.fault.detail, (int)cx.fault.line);
    }
    return model;
}

static const DmnModel *load(const char *text) {
    return load_all(&text, 1);
}

static size_t find(const DmnModel *model, const char *name) {
    size_t node = dmn_node_find(model, str_of(name), STR(""));
    assert_true(node != DMN_NONE);
    return node;
}

static const char *decide(const DmnModel *model, const char *name, const char *json) {
    DmnRun *run = dmn_run_new(arena, model);
    FeelValue value = FEEL_NULL_VALUE;
    dmn_run_begin(run, &cx, NULL, false);
    assert_int_equal(dmn_run_inputs_json(run, str_of(json)), STATUS_OK);
    assert_int_equal(dmn_run_decide(run, find(model, name), &value), STATUS_OK);
    return str_c(arena, feel_print(arena, &value));
}

/* The layout of models as text is ours. */
/* clang-format off */

/* ---- hit policies ---- */

static const char *by_policy(const char *attributes, const char *values, const char *fallback,
                             const char *json) {
    Buf *buf = buf_in(arena, 65536);
    buf_print(
        buf,
        HEAD INPUT("x", "number") "<decision id='d' name='d'>" NEEDS_INPUT(
            "x") "<decisionTable %s>" COLUMN("x") "<output name='o'>%s%s</output>" RULE("[0..10]",
                                                                                        "1")
            RULE("[5..20]", "3") RULE("[7..9]", "2") RULE("&gt; 100", "\"text\"")
                RULE("&gt; 100", "4") "</decisionTable></"
                                      "decision>" TAIL,
        attributes, values, fallback);
    return decide(load(str_c(arena, buf_str(buf))), "d", json);
}

static void hit_policies(void **state) {
    (void)state;
    static const char VALUES[] = "<outputValues><text>2, 3, 1</text></outputValues>";
    static const char FALLBACK[] = "<defaultOutputEntry><text>99</text></defaultOutputEntry>";
    static const char *const rows[][5] = {
        {"", "", "", "{\"x\": 1}", "1"},
        {"hitPolicy='UNIQUE'", "", "", "{\"x\": 6}", "null"},
        {"hitPolicy='UNIQUE'", "", "", "{\"x\": 30}", "null"},
        {"hitPolicy='UNIQUE'", "", FALLBACK, "{\"x\": 30}", "99"},
        {"hitPolicy='ANY'", "", "", "{\"x\": 6}", "null"},
        {"hitPolicy='ANY'", "", "", "{\"x\": 15}", "3"},
        {"hitPolicy='FIRST'", "", "", "{\"x\": 8}", "1"},
        {"hitPolicy='PRIORITY'", VALUES, "", "{\"x\": 8}", "2"},
        {"hitPolicy='PRIORITY'", VALUES, "", "{\"x\": 6}", "3"},
        {"hitPolicy='RULE ORDER'", "", "", "{\"x\": 8}", "[1, 3, 2]"},
        {"hitPolicy='OUTPUT ORDER'", VALUES, "", "{\"x\": 8}", "[2, 3, 1]"},
        {"hitPolicy='COLLECT'", "", "", "{\"x\": 8}", "[1, 3, 2]"},
        {"hitPolicy='COLLECT'", "", "", "{\"x\": 30}", "[]"},
        {"hitPolicy='COLLECT' aggregation='SUM'", "", "", "{\"x\": 8}", "6"},
        {"hitPolicy='COLLECT' aggregation='MIN'", "", "", "{\"x\": 8}", "1"},
        {"hitPolicy='COLLECT' aggregation='MAX'", "", "", "{\"x\": 8}", "3"},
        {"hitPolicy='COLLECT' aggregation='COUNT'", "", "", "{\"x\": 8}", "3"},
        {"hitPolicy='COLLECT' aggregation='COUNT'", "", "", "{\"x\": 30}", "0"},
        {"hitPolicy='COLLECT' aggregation='SUM'", "", "", "{\"x\": 30}", "null"},
        {"hitPolicy='COLLECT' aggregation='SUM'", "", "", "{\"x\": 200}", "null"},
        {"hitPolicy='COLLECT' aggregation='MAX'", "", "", "{\"x\": 200}", "null"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *got = by_policy(rows[i][0], rows[i][1], rows[i][2], rows[i][3]);
        if (!str_equal(str_of(got), str_of(rows[i][4]))) {
            fail_msg("%s %s: %s, not %s", rows[i][0], rows[i][3], got, rows[i][4]);
        }
    }
}

/* ---- boxed expressions ---- */

static void boxed_expressions(void **state) {
    (void)state;
    static const struct {
        const char *body;
        const char *expected;
    } rows[] = {
        {"<context><contextEntry><variable name='a b'/>" TEXT("2")
         "</contextEntry><contextEntry><variable name='c'/>" TEXT("a b + 1")
         "</contextEntry></context>", "{\"a b\": 2, c: 3}"},
        {"<context><contextEntry><variable name='a'/>" TEXT("2") "</contextEntry><contextEntry>"
         TEXT("a * 10") "</contextEntry></context>", "20"},
        {"<list>" TEXT("1") TEXT("\"x\"") "</list>", "[1, \"x\"]"},
        {"<relation><column name='a'/><column name='b'/><row>" TEXT("1") TEXT("2") "</row><row>"
         TEXT("3") TEXT("4") "</row></relation>", "[{a: 1, b: 2}, {a: 3, b: 4}]"},
        {"<conditional><if>" TEXT("1 &lt; 2") "</if><then>" TEXT("\"y\"") "</then><else>"
         TEXT("\"n\"") "</else></conditional>", "\"y\""},
        {"<conditional><if>" TEXT("null") "</if><then>" TEXT("1") "</then><else>" TEXT("2")
         "</else></conditional>", "2"},
        {"<filter><in>" TEXT("[1, 2, 3]") "</in><match>" TEXT("item &gt; 1") "</match></filter>",
         "[2, 3]"},
        {"<filter><in><relation><column name='age'/><row>" TEXT("7") "</row><row>" TEXT("9")
         "</row></relation></in><match>" TEXT("age &gt; 8") "</match></filter>", "[{age: 9}]"},
        {"<for iteratorVariable='i'><in>" TEXT("[1, 2, 3]") "</in><return>"
         TEXT("i + count(partial)") "</return></for>", "[1, 3, 5]"},
        {"<for iteratorVariable='i'><in>" TEXT("[2..4]") "</in><return>" TEXT("i * i")
         "</return></for>", "[4, 9, 16]"},
        {"<some iteratorVariable='i'><in>" TEXT("[1, null]") "</in><satisfies>" TEXT("i &gt; 1")
         "</satisfies></some>", "null"},
        {"<every iteratorVariable='i'><in>" TEXT("[]") "</in><satisfies>" TEXT("false")
         "</satisfies></every>", "true"},
        /* A function of a context may call itself and sees the entries before it. */
        {"<context><contextEntry><variable name='one'/>" TEXT("1")
         "</contextEntry><contextEntry><variable name='fact'/><functionDefinition>"
         "<formalParameter name='n'/>" TEXT("if n &lt;= one then one else n * fact(n - one)")
         "</functionDefinition></contextEntry><contextEntry>" TEXT("fact(20)")
         "</contextEntry></context>", "2432902008176640000"},
        {"<context><contextEntry><variable name='f'/><functionDefinition><formalParameter "
         "name='a' typeRef='number'/><formalParameter name='b'/>" TEXT("a - b")
         "</functionDefinition></contextEntry><contextEntry><invocation>" TEXT("f")
         "<binding><parameter name='b'/>" TEXT("1") "</binding><binding><parameter name='a'/>"
         TEXT("10") "</binding></invocation></contextEntry></context>", "9"},
        {"<invocation>" TEXT("nothing") "</invocation>", "null"},
        {"<functionDefinition kind='Java'>" TEXT("1") "</functionDefinition>", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Buf *buf = buf_in(arena, 65536);
        buf_print(buf, HEAD "<decision name='d'>%s</decision>" TAIL, rows[i].body);
        const char *got = decide(load(str_c(arena, buf_str(buf))), "d", "{}");
        if (rows[i].expected != NULL && !str_equal(str_of(got), str_of(rows[i].expected))) {
            fail_msg("row %zu: %s, not %s", i, got, rows[i].expected);
        }
    }
}

/* ---- the graph ---- */

static const char GRAPH[] =
    HEAD INPUT("价格", "number") INPUT("能效等级", "tLevel")
    "<itemDefinition name='tLevel'><typeRef>number</typeRef><allowedValues>"
    "<text>1,2,3,4,5</text></allowedValues></itemDefinition><decision id='rate' name='补贴比例'>"
    "<variable name='补贴比例' typeRef='number'/>" NEEDS_INPUT("能效等级")
    "<decisionTable id='T1' hitPolicy='UNIQUE'><input label='等级'><inputExpression "
    "typeRef='tLevel'><text>能效等级</text></inputExpression></input><output/><annotation "
    "name='依据'/><rule id='r1'><inputEntry><text>1</text></inputEntry><outputEntry>"
    "<text>0.2</text></outputEntry><annotationEntry><text>第三条</text></annotationEntry></rule>"
    "<rule id='r2'><inputEntry><text>2</text></inputEntry><outputEntry><text>0.15</text>"
    "</outputEntry><annotationEntry><text>第四条</text></annotationEntry></rule><rule id='r3'>"
    "<inputEntry><text>&gt;= 3</text></inputEntry><outputEntry><text>0</text></outputEntry>"
    "<annotationEntry/></rule></decisionTable></decision><businessKnowledgeModel id='cap' "
    "name='封顶'><variable name='封顶'/><encapsulatedLogic><formalParameter name='金额' "
    "typeRef='number'/>" TEXT("min(金额, 1500)")
    "</encapsulatedLogic></businessKnowledgeModel><decision id='amount' name='补贴金额'><variable "
    "name='补贴金额' typeRef='number'/>" NEEDS_INPUT("价格") NEEDS("rate") NEEDS_KNOWLEDGE("cap")
    TEXT("封顶(价格 * 补贴比例)")
    "</decision><decisionService id='s' name='服务'><variable name='服务'/><outputDecision "
    "href='#amount'/><encapsulatedDecision href='#rate'/><inputData href='#价格'/><inputData "
    "href='#能效等级'/></decisionService>"
    DECISION("call", NEEDS_KNOWLEDGE("s")TEXT("服务(能效等级: 1, 价格: 5000)")) TAIL;

static void graph_decides(void **state) {
    (void)state;
    const DmnModel *model = load(GRAPH);
    assert_false(dmn_model_has_errors(model));
    assert_string_equal(decide(model, "补贴金额", "{\"价格\": 6999, \"能效等级\": 2}"), "1049.85");
    assert_string_equal(decide(model, "补贴金额", "{\"价格\": 9999, \"能效等级\": 1}"), "1500");
    /* A value outside the allowed ones is null, and so is what rests on it. */
    assert_string_equal(decide(model, "补贴金额", "{\"价格\": 9999, \"能效等级\": 7}"), "null");
    assert_string_equal(decide(model, "补贴金额", "{\"价格\": \"9999\", \"能效等级\": 1}"), "null");
    assert_string_equal(decide(model, "call", "{}"), "1000");
    size_t inputs[16];
    assert_int_equal(dmn_node_inputs(model, find(model, "补贴金额"), inputs), 2);
    assert_int_equal(dmn_node_inputs(model, find(model, "call"), inputs), 2);
}

static void graph_explains(void **state) {
    (void)state;
    const DmnModel *model = load(GRAPH);
    DmnRun *run = dmn_run_new(arena, model);
    FeelValue value = FEEL_NULL_VALUE;
    dmn_run_begin(run, &cx, NULL, true);
    assert_int_equal(dmn_run_inputs_json(run, STR("{\"价格\": 3000, \"能效等级\": 2}")), STATUS_OK);
    assert_int_equal(dmn_run_decide(run, find(model, "补贴金额"), &value), STATUS_OK);
    const DmnTrace *table = dmn_run_trace(run);
    assert_non_null(table->table);
    assert_int_equal(table->depth, 1);
    assert_int_equal(table->fired_count, 1);
    assert_int_equal(table->fired[0].row, 1);
    assert_true(str_equal(table->table->rows[1].id, STR("r2")));
    assert_true(str_equal(table->table->rows[1].annotations[0], STR("第四条")));
    assert_true(str_equal(table->table->inputs[0].label, STR("等级")));
    assert_true(str_equal(feel_print(arena, &table->inputs[0]), STR("2")));
    assert_true(str_equal(feel_print(arena, &table->fired[0].outputs[0]), STR("0.15")));
    const DmnTrace *rate = table->next;
    assert_null(rate->table);
    assert_int_equal(rate->node, find(model, "补贴比例"));
    assert_int_equal(rate->next->node, find(model, "补贴金额"));
    assert_int_equal(rate->next->depth, 0);
    assert_null(rate->next->next);

    DmnChanges changes = {0};
    assert_int_equal(dmn_nearest_changes(run, find(model, "补贴金额"), &changes), STATUS_OK);
    assert_int_equal(changes.count, 2); /* level 1 below, level 3 above */
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(changes.items[i].node, find(model, "能效等级"));
    }
    assert_true(str_equal(feel_print(arena, &changes.items[0].to), STR("1")));
    assert_true(str_equal(feel_print(arena, &changes.items[0].value), STR("600")));
    assert_true(str_equal(feel_print(arena, &changes.items[1].to), STR("3")));
    assert_true(str_equal(feel_print(arena, &changes.items[1].value), STR("0")));
    assert_true(str_equal(dmn_change_text(arena, model, &changes.items[0], FEEL_CHINESE),
                          STR("如果能效等级是 1（现在是 2），结果是 600")));
    Buf *buf = buf_in(arena, 65536);
    dmn_trace_put_text(arena, buf, model, dmn_run_trace(run), FEEL_CHINESE);
    assert_true(str_contains(buf_str(buf), STR("第 2 行命中 | 2 → 补贴比例 0.15 (依据: 第四条)")));
    buf_clear(buf);
    dmn_trace_put_json(buf, model, dmn_run_trace(run));
    FeelValue json = FEEL_NULL_VALUE;
    assert_int_equal(feel_parse_json(&cx, buf_str(buf), &json), STATUS_OK);
    assert_int_equal(json.list->count, 3);
    const FeelContext *first = json.list->items[0].context;
    assert_true(str_equal(feel_context_get(first, STR("kind"))->string, STR("table")));
}

static void questions(void **state) {
    (void)state;
    const DmnModel *model = load(GRAPH);
    DmnMonotone question = {.node = find(model, "补贴金额"), .input = find(model, "价格")};
    DmnAnswer answer = {0};
    assert_int_equal(dmn_monotone(&cx, model, &question, &answer), STATUS_OK);
    assert_false(answer.is_found); /* paying more never gives less */
    assert_true(answer.is_exhaustive);
    assert_true(answer.try_count > 10);
    question.input = find(model, "能效等级");
    assert_int_equal(dmn_monotone(&cx, model, &question, &answer), STATUS_OK);
    assert_true(answer.is_found); /* a higher level gives less */
    /* Replay both cases. */
    for (int i = 0; i < 2; i++) {
        const FeelValue *values = i == 0 ? answer.first : answer.second;
        DmnRun *run = dmn_run_new(arena, model);
        FeelValue value = FEEL_NULL_VALUE;
        dmn_run_begin(run, &cx, NULL, false);
        for (size_t k = 0; k < answer.node_count; k++) {
            dmn_run_input(run, answer.nodes[k], values[k]);
        }
        assert_int_equal(dmn_run_decide(run, question.node, &value), STATUS_OK);
        assert_int_equal(feel_equal(&value, &answer.values[i]), FEEL_TRUE);
    }
    DmnReach reach = {.node = question.node, .value = feel_integer(1500)};
    assert_int_equal(dmn_reach(&cx, model, &reach, &answer), STATUS_OK);
    assert_true(answer.is_found);
    reach.value = feel_integer(1501);
    assert_int_equal(dmn_reach(&cx, model, &reach, &answer), STATUS_OK);
    assert_false(answer.is_found);
    question.input = find(model, "补贴比例");
    assert_int_equal(dmn_monotone(&cx, model, &question, &answer), STATUS_NOT_FOUND);
}

static void calls_by_name(void **state) {
    (void)state;
    const DmnModel *model = load(GRAPH);
    DmnRun *run = dmn_run_new(arena, model);
    FeelValue value = FEEL_NULL_VALUE;
    FeelArgument arguments[2] = {{STR("价格"), feel_integer(1000)},
                                 {STR("能效等级"), feel_integer(1)}};
    dmn_run_begin(run, &cx, NULL, false);
    assert_int_equal(dmn_run_call(run, find(model, "服务"), arguments, 2, &value), STATUS_OK);
    assert_true(str_equal(feel_print(arena, &value), STR("200")));
    assert_int_equal(dmn_run_call(run, find(model, "补贴金额"), arguments, 2, &value),
                     STATUS_INVALID);
}

static void batch_agrees(void **state) {
    (void)state;
    enum { CASES = 300 };
    const DmnModel *model = load(GRAPH);
    FeelValue prices[CASES];
    FeelValue levels[CASES];
    FeelValue values[CASES];
    for (size_t i = 0; i < CASES; i++) {
        prices[i] = i % 7 == 0 ? feel_string(STR("x")) : feel_integer((int64_t)i * 97 % 20000);
        levels[i] = i % 11 == 0 ? FEEL_NULL_VALUE : feel_integer((int64_t)(i % 7));
    }
    DmnColumn columns[2] = {{find(model, "价格"), prices}, {find(model, "能效等级"), levels}};
    DmnBatch batch = {find(model, "补贴金额"), columns, 2, CASES, NULL};
    assert_int_equal(dmn_batch(&cx, model, &batch, values), STATUS_OK);
    DmnRun *run = dmn_run_new(arena, model);
    for (size_t i = 0; i < CASES; i++) {
        FeelValue value = FEEL_NULL_VALUE;
        dmn_run_begin(run, &cx, NULL, false);
        dmn_run_input(run, columns[0].node, prices[i]);
        dmn_run_input(run, columns[1].node, levels[i]);
        assert_int_equal(dmn_run_decide(run, batch.node, &value), STATUS_OK);
        assert_true(feel_is(&value, &values[i]));
    }
}

static void memory_does_not_grow(void **state) {
    (void)state;
    const DmnModel *model = load(GRAPH);
    DmnRun *run = dmn_run_new(arena, model);
    Arena *work_arena = arena_create();
    Cx work;
    size_t bytes = 0;
    cx_init(&work, work_arena);
    for (int i = 0; i < 100; i++) {
        FeelValue value = FEEL_NULL_VALUE;
        size_t before = arena_bytes(arena);
        dmn_run_begin(run, &work, NULL, true);
        dmn_run_input(run, find(model, "价格"), feel_integer(5000));
        dmn_run_input(run, find(model, "能效等级"), feel_integer(1));
        assert_int_equal(dmn_run_decide(run, find(model, "补贴金额"), &value), STATUS_OK);
        assert_int_equal(arena_bytes(arena), before);
        assert_true(bytes == 0 || bytes == arena_bytes(work_arena));
        bytes = arena_bytes(work_arena);
        arena_reset(work_arena);
    }
    arena_free(work_arena);
}

/* ---- imports ---- */

static void imports(void **state) {
    (void)state;
    static const char *const texts[2] = {
        HEAD "<import namespace='urn:lib' name='库' "
             "importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>"
             "<inputData id='p' name='p'><variable name='p' typeRef='库.tPerson'/></inputData>"
             "<decision id='d' name='d'><informationRequirement><requiredInput href='#p'/>"
             "</informationRequirement><informationRequirement><requiredDecision "
             "href='urn:lib#k'/></informationRequirement><knowledgeRequirement>"
             "<requiredKnowledge href='urn:lib#f'/></knowledgeRequirement>" TEXT(
                 "库.问候(p) + \" \" + string(库.常数)") "</decision>" TAIL,
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' namespace='urn:lib' "
        "name='lib'><itemDefinition name='tPerson'><itemComponent name='名'><typeRef>string"
        "</typeRef></itemComponent></itemDefinition>"
        "<businessKnowledgeModel id='f' name='问候'><encapsulatedLogic><formalParameter name='x' "
        "typeRef='tPerson'/>" TEXT(
            "\"你好 \" + x.名") "</encapsulatedLogic>"
                                "</businessKnowledgeModel><decision id='k' name='常数'>" TEXT(
                                    "7") "</decision>"
                                         "</definitions>"};
    const DmnModel *model = load_all(texts, 2);
    assert_false(dmn_model_has_errors(model));
    assert_string_equal(decide(model, "d", "{\"p\": {\"名\": \"李\"}}"), "\"你好 李 7\"");
    assert_string_equal(decide(model, "d", "{\"p\": {\"x\": 1}}"), "null");
    model = load(texts[0]);
    assert_true(dmn_model_has_errors(model));
}

static void knowledge_may_call_itself(void **state) {
    (void)state;
    const DmnModel *model = load(
        HEAD
        "<businessKnowledgeModel id='k' name='up to'><variable name='up to'/><encapsulatedLogic>"
        "<formalParameter name='n' typeRef='number'/>"
         TEXT("if n &lt;= 0 then [] else append(up to(n - 1), n)")
         "</encapsulatedLogic></businessKnowledgeModel>" DECISION(
            "d", NEEDS_KNOWLEDGE("k") TEXT("up to(4)")) TAIL);
    assert_false(dmn_model_has_errors(model));
    assert_string_equal(decide(model, "d", "{}"), "[1, 2, 3, 4]");
}

/* ---- types ---- */

static void types(void **state) {
    (void)state;
    const DmnModel *model = load(
        HEAD
        "<itemDefinition name='tNode'><itemComponent name='v'><typeRef>number</typeRef>"
        "</itemComponent><itemComponent name='kids' isCollection='true'><typeRef>tNode"
        "</typeRef></itemComponent></itemDefinition>"
        "<itemDefinition name='tDays' isCollection='true'><typeRef>date</typeRef>"
        "<typeConstraint><text>count(?) &lt;= 2</text></typeConstraint></itemDefinition>" INPUT(
            "tree", "tNode") INPUT("days", "tDays")
            DECISION("sum", NEEDS_INPUT("tree") TEXT("tree.v + sum(tree.kids.v)"))
                DECISION("first", NEEDS_INPUT("days") TEXT("days[1].year")) TAIL);
    assert_false(dmn_model_has_errors(model));
    assert_string_equal(decide(model, "sum",
                               "{\"tree\": {\"v\": 1, \"kids\": [{\"v\": 2, \"kids\": []}, "
                               "{\"v\": 3, \"kids\": []}]}}"),
                        "6");
    assert_string_equal(decide(model, "first", "{\"days\": [\"2026-01-02\"]}"), "2026");
    assert_string_equal(
        decide(model, "first", "{\"days\": [\"2026-01-02\", \"2026-01-02\", \"2026-01-02\"]}"),
        "null");
    assert_string_equal(decide(model, "first", "{\"days\": [\"2026-13-02\"]}"), "null");
    /* A type narrowed from another keeps the other's values. */
    model = load(HEAD "<itemDefinition name='tWide'><typeRef>number</typeRef><allowedValues><text>"
                      "[0..100]</text></allowedValues></itemDefinition>"
                      "<itemDefinition name='tNarrow'><typeRef>tWide</typeRef><allowedValues><text>"
                      "&gt; 50, 7</text></allowedValues></itemDefinition>" INPUT("x", "tNarrow")
                          DECISION("d", NEEDS_INPUT("x") TEXT("x")) TAIL);
    assert_string_equal(decide(model, "d", "{\"x\": 60}"), "60");
    assert_string_equal(decide(model, "d", "{\"x\": 7}"), "7");
    assert_string_equal(decide(model, "d", "{\"x\": 20}"), "null");
    assert_string_equal(decide(model, "d", "{\"x\": 120}"), "null");
    /* Types as editors and older models write them; empty cells mean any value. */
    model = load("<d:definitions xmlns:d='https://www.omg.org/spec/DMN/20191111/MODEL/' "
                 "namespace='u' name='e'><d:itemDefinition name='tX'><d:typeRef>feel:string"
                 "</d:typeRef></d:itemDefinition><d:inputData id='x' name='x'><d:variable name='x' "
                 "typeRef='ns:tX'/></d:inputData><d:inputData id='n' name='n'><d:variable name='n' "
                 "typeRef='integer'/></d:inputData><d:decision id='d' name='d'>"
                 "<d:informationRequirement><d:requiredInput href='#x'/>"
                 "</d:informationRequirement><d:decisionTable><d:input><d:inputExpression><d:text>x"
                 "</d:text></d:inputExpression></d:input><d:output/><d:rule><d:inputEntry><d:text>"
                 "</d:text></d:inputEntry><d:outputEntry><d:text>1</d:text></d:outputEntry>"
                 "</d:rule></d:decisionTable></d:decision></d:definitions>");
    assert_int_equal(dmn_model_diagnostics(model).count, 0);
    assert_string_equal(decide(model, "d", "{\"x\": \"a\", \"n\": 1}"), "1");
}

/* ---- mistakes ---- */

static void diagnostics_have_places(void **state) {
    (void)state;
    const DmnModel *model = load(
        HEAD
        "\n" INPUT("x", "number") "\n<decision id='d' name='等级'>" NEEDS_INPUT("x")
         "<decisionTable>" COLUMN(
            "x") "<output/>\n" RULE("1",
                                    "2") "\n" RULE("[1..",
                                                   "2") "\n" RULE("3",
                                                                  "unknown thing")
                                                                  "</decisionTable></decision>"
                                                                  TAIL);
    DmnDiagnostics found = dmn_model_diagnostics(model);
    assert_true(dmn_model_has_errors(model));
    assert_true(found.count >= 2);
    const DmnDiagnostic *first = &found.items[0];
    assert_int_equal(first->place.row, 2);
    assert_int_equal(first->place.column, 1);
    assert_int_equal(first->place.line, 5);
    assert_true(str_equal(first->place.node, STR("等级")));
    Str place = dmn_diagnostic_place(arena, first, FEEL_CHINESE);
    assert_true(str_contains(place, STR("m0.dmn:5")));
    assert_true(str_contains(place, STR("第 2 行")));
    assert_false(str_is_empty(dmn_diagnostic_text(arena, first, FEEL_ENGLISH)));
    assert_int_equal(found.items[1].place.row, 3);
    assert_int_equal(found.items[1].place.column, 2);
    /* The broken row does not match; the others still decide. */
    assert_string_equal(decide(model, "等级", "{\"x\": 1}"), "2");
}

static bool has_code(const DmnModel *model, const char *code) {
    DmnDiagnostics found = dmn_model_diagnostics(model);
    for (size_t i = 0; i < found.count; i++) {
        if (str_equal(dmn_diagnostic_code(arena, &found.items[i]), str_of(code))) {
            assert_false(str_is_empty(dmn_diagnostic_text(arena, &found.items[i], FEEL_CHINESE)));
            assert_false(str_is_empty(dmn_diagnostic_hint(&found.items[i], FEEL_CHINESE)));
            return true;
        }
    }
    return false;
}

static void mistakes_of_models(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *code;
    } rows[] = {
        {HEAD "<decision id='d'>" TEXT("1") "</decision>" TAIL, "dmn.no-name"},
        {HEAD "<decision name='a'>" TEXT("1") "</decision><decision name='a'>" TEXT(
             "1") "</decision>" TAIL,
         "dmn.duplicate-name"},
        {HEAD DECISION("a", TEXT("1")) DECISION("a", TEXT("1")) TAIL, "dmn.duplicate-id"},
        {HEAD DECISION("a", NEEDS("b") TEXT("1")) TAIL, "dmn.unknown-reference"},
        {HEAD DECISION("a", NEEDS("b") TEXT("b")) DECISION("b", NEEDS("a") TEXT("a")) TAIL,
         "dmn.circular-decision"},
        {HEAD "<decision id='a' name='a'/>" TAIL, "dmn.no-logic"},
        {HEAD INPUT("x", "tNothing") TAIL, "dmn.unknown-type"},
        {HEAD "<itemDefinition name='a'><typeRef>b</typeRef></itemDefinition>"
              "<itemDefinition name='b'><typeRef>a</typeRef></itemDefinition>" TAIL,
         "dmn.circular-type"},
        {HEAD "<import namespace='urn:none' name='n'/>" TAIL, "dmn.unknown-import"},
        {HEAD DECISION("a", "<decisionTable hitPolicy='BEST'><output/></decisionTable>") TAIL,
         "dmn.hit-policy"},
        {HEAD DECISION("a", "<decisionTable aggregation='SUM'><output/></decisionTable>") TAIL,
         "dmn.aggregation"},
        {HEAD DECISION("a", "<decisionTable hitPolicy='PRIORITY'><output/></decisionTable>") TAIL,
         "dmn.no-output-values"},
        {HEAD DECISION("a", "<decisionTable><output/><rule><outputEntry><text>1</text>"
                            "</outputEntry><outputEntry><text>2</text></outputEntry></rule>"
                            "</decisionTable>") TAIL,
         "dmn.cell-count"},
        {HEAD "<businessKnowledgeModel id='k' name='k'><encapsulatedLogic kind='Java'>" TEXT(
             "1") "</encapsulatedLogic></businessKnowledgeModel>" TAIL,
         "dmn.external-function"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!has_code(load(rows[i].text), rows[i].code)) {
            fail_msg("no %s", rows[i].code);
        }
    }
    /* A circle decides to null and says so; it does not hang. */
    assert_string_equal(decide(load(rows[4].text), "a", "{}"), "null");
}

static void not_models(void **state) {
    (void)state;
    static const char *const rows[] = {
        "",
        "<",
        "<a/>",
        "<definitions/>",
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'>",
        ("<!DOCTYPE a [<!ENTITY e 'x'>]><definitions "
         "xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'/>"),
        "\xFF",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        DmnSource source = {STR("x.dmn"), str_of(rows[i])};
        DmnLoadOptions options = {.sources = &source, .source_count = 1};
        const DmnModel *model = NULL;
        fault_clear(&cx);
        assert_int_equal(dmn_load(&cx, &options, &model), STATUS_INVALID);
        assert_true(str_contains(str_of(cx.fault.detail), STR("x.dmn")));
    }
    Buf *buf = buf_in(arena, 1 << 20);
    for (int i = 0; i < 1000; i++) {
        buf_put_c(buf, "<a>");
    }
    DmnSource source = {STR("deep.dmn"), buf_str(buf)};
    DmnLoadOptions options = {.sources = &source, .source_count = 1};
    const DmnModel *model = NULL;
    fault_clear(&cx);
    assert_int_equal(dmn_load(&cx, &options, &model), STATUS_LIMIT);
}

static void recursion_has_a_limit(void **state) {
    (void)state;
    const DmnModel *model = load(
        HEAD
        "<businessKnowledgeModel id='k' name='k'><variable name='k'/>" NEEDS_KNOWLEDGE("k")
         "<encapsulatedLogic><formalParameter name='n'/>" TEXT(
            "k(n + 1)") "</encapsulatedLogic></businessKnowledgeModel>" DECISION("d",
                                                                                 NEEDS_KNOWLEDGE(
                                                                                     "k")
                                                                                     TEXT("k(1)"))
            TAIL);
    DmnRun *run = dmn_run_new(arena, model);
    FeelValue value = FEEL_NULL_VALUE;
    dmn_run_begin(run, &cx, NULL, false);
    assert_int_equal(dmn_run_decide(run, find(model, "d"), &value), STATUS_LIMIT);
}

static void wrong_inputs(void **state) {
    (void)state;
    const DmnModel *model = load(GRAPH);
    DmnRun *run = dmn_run_new(arena, model);
    dmn_run_begin(run, &cx, NULL, false);
    assert_int_equal(dmn_run_inputs_json(run, STR("{\"其他\": 1}")), STATUS_INVALID);
    fault_clear(&cx);
    assert_int_equal(dmn_run_inputs_json(run, STR("[1]")), STATUS_INVALID);
    fault_clear(&cx);
    assert_int_equal(dmn_run_inputs_json(run, STR("{\"价格\": ")), STATUS_INVALID);
}

/* Each step of loading, deciding and asking may be the last: it ends with LIMIT, nothing else. */
static void every_step_can_fail(void **state) {
    (void)state;
    Status status = STATUS_LIMIT;
    for (uint64_t n = 1; status == STATUS_LIMIT; n++) {
        DmnSource source = {STR("m.dmn"), str_of(GRAPH)};
        DmnLoadOptions options = {.sources = &source, .source_count = 1};
        const DmnModel *model = NULL;
        FeelValue value = FEEL_NULL_VALUE;
        DmnChanges changes = {0};
        DmnFindings findings = {0};
        assert_true(n < 5000);
        arena_reset(arena);
        cx_init(&cx, arena);
        cx.step_fail_at = n;
        status = dmn_load(&cx, &options, &model);
        if (status == STATUS_OK) {
            DmnRun *run = dmn_run_new(arena, model);
            dmn_run_begin(run, &cx, NULL, true);
            dmn_run_input(run, find(model, "价格"), feel_integer(5000));
            dmn_run_input(run, find(model, "能效等级"), feel_integer(1));
            status = dmn_run_decide(run, find(model, "补贴金额"), &value);
            if (status == STATUS_OK) {
                status = dmn_nearest_changes(run, find(model, "补贴金额"), &changes);
            }
        }
        if (status == STATUS_OK) {
            status = dmn_analyse(&cx, model, &findings);
        }
        if (status == STATUS_OK) {
            DmnBatch batch = {.node = find(model, "补贴金额"), .case_count = 1};
            status = dmn_batch(&cx, model, &batch, &value);
        }
        assert_true(status == STATUS_LIMIT || status == STATUS_OK);
    }
    assert_int_equal(status, STATUS_OK);
}

/* clang-format on */

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hit_policies, setup, teardown),
        cmocka_unit_test_setup_teardown(boxed_expressions, setup, teardown),
        cmocka_unit_test_setup_teardown(graph_decides, setup, teardown),
        cmocka_unit_test_setup_teardown(graph_explains, setup, teardown),
        cmocka_unit_test_setup_teardown(questions, setup, teardown),
        cmocka_unit_test_setup_teardown(calls_by_name, setup, teardown),
        cmocka_unit_test_setup_teardown(batch_agrees, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_does_not_grow, setup, teardown),
        cmocka_unit_test_setup_teardown(imports, setup, teardown),
        cmocka_unit_test_setup_teardown(knowledge_may_call_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(types, setup, teardown),
        cmocka_unit_test_setup_teardown(diagnostics_have_places, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes_of_models, setup, teardown),
        cmocka_unit_test_setup_teardown(not_models, setup, teardown),
        cmocka_unit_test_setup_teardown(recursion_has_a_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_inputs, setup, teardown),
        cmocka_unit_test_setup_teardown(every_step_can_fail, setup, teardown),
    };
    return cmocka_run_group_tests_name("dmn_model", tests, NULL, NULL);
}

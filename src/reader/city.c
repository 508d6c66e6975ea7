/* city.c - see city.h. Order: ids, names of the city, aliases of units, one function per file. */
#include "reader/city.h"

#include "base/map.h"
#include "reader/reader_private.h"

enum { FILE_BYTES_MAX = 16 * 1024 * 1024 };

/* FNV-1a, 64 bit (G. Fowler, L. C. Noll, K.-P. Vo). Written out here because ids in files must not
 * change when the hash of the maps does. */
static uint64_t fnv1a(uint64_t hash, Str text) {
    for (size_t i = 0; i < text.len; i++) {
        hash ^= (unsigned char)text.at[i];
        hash *= UINT64_C(0x100000001b3);
    }
    return hash;
}

static const uint64_t FNV_START = UINT64_C(0xcbf29ce484222325);

static Str id_print(Arena *arena, const char *prefix, uint64_t hash) {
    return str_print(arena, "%s-%012llx", prefix,
                     (unsigned long long)(hash & UINT64_C(0xffffffffffff)));
}

Str city_unit_id(Arena *arena, Str name) {
    return id_print(arena, "u", fnv1a(FNV_START, name));
}

/* ---- YAML ----------------------------------------------------------------------------------- */

/* A double-quoted YAML scalar: the one form in which any text is safe. */
static void yaml_text(Buf *out, Str text) {
    buf_put_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '"' || c == '\\') {
            buf_put_char(out, '\\');
        }
        if (c < 0x20) {
            buf_print(out, "\\x%02x", c);
        } else {
            buf_put_char(out, (char)c);
        }
    }
    buf_put_char(out, '"');
}

static void yaml_member(Buf *out, const char *key, Str text) {
    buf_put_c(out, key);
    buf_put_c(out, ": ");
    if (text.len == 0) {
        buf_put_c(out, "not set");
    } else {
        yaml_text(out, text);
    }
    buf_put_char(out, '\n');
}

static void yaml_list(Buf *out, const char *key, const PlanStrVec *list) {
    buf_put_c(out, key);
    buf_put_c(out, ": [");
    for (size_t i = 0; i < list->count; i++) {
        buf_put_c(out, i == 0 ? "" : ", ");
        yaml_text(out, list->items[i]);
    }
    buf_put_c(out, "]\n");
}

/* ---- names ---------------------------------------------------------------------------------- */

/* "安丘市人民政府" -> "安丘市"; empty when the issuer does not begin with an area. */
static Str area_of(Str name) {
    static const char *const AREAS[] = {"省", "市", "县", "区", "旗", "州", "盟", NULL};
    size_t best = 0;
    for (size_t at = 0; at < name.len && at < 60; at += rune_len_at(name, at)) {
        size_t len = words_at(name, at, AREAS);
        static const char *const REST[] = {"人民政府", "委员会", "管委会", "政府", NULL};
        if (len > 0 && at >= 3 && words_at(name, at + len, REST) > 0) {
            best = at + len;
        }
    }
    return str_slice(name, 0, best);
}

static Str city_name(const Plan *plan) {
    Str name = area_of(plan->issuer);
    if (name.len > 0) {
        return name;
    }
    static const char *const AREAS[] = {"市", "县", "区", "旗", NULL};
    size_t at = words_find(str_slice(plan->title, 0, 45), AREAS, 3);
    return at == SIZE_MAX ? STR("") : str_slice(plan->title, 0, at + 3);
}

/* Short names of offices and what they stand for. Source: the names in use since the reform of
 * organs of 2018. */
static const struct {
    const char *brief;
    const char *full;
} OFFICES[] = {
    {"发改局", "发展和改革局"},       {"发改委", "发展和改革委员会"},
    {"工信局", "工业和信息化局"},     {"科技局", "科学技术局"},
    {"教体局", "教育和体育局"},       {"人社局", "人力资源和社会保障局"},
    {"住建局", "住房和城乡建设局"},   {"卫健局", "卫生健康局"},
    {"卫健委", "卫生健康委员会"},     {"市场监管局", "市场监督管理局"},
    {"应急局", "应急管理局"},         {"文旅局", "文化和旅游局"},
    {"供销联社", "供销合作社联合社"}, {"供销社", "供销合作社联合社"},
    {"退役军人局", "退役军人事务局"}, {"医保局", "医疗保障局"},
    {"行政审批局", "行政审批服务局"}, {"自然资源局", "自然资源和规划局"},
    {"经信局", "经济和信息化局"},     {"城管局", "城市管理局"},
    {"交通局", "交通运输局"},         {"农业局", "农业农村局"},
};

/* "市工信局" of 安丘市: 安丘市工信局, 安丘市工业和信息化局. */
static PlanStrVec aliases_of(Arena *arena, Str city, Str name) {
    static const char *const LEVELS[] = {"市", "县", "区", "旗", NULL};
    PlanStrVec aliases = {0};
    size_t level = words_at(name, 0, LEVELS);
    if (level == 0 || city.len < level || !str_ends(city, str_slice(name, 0, level))) {
        return aliases;
    }
    Str rest = str_from(name, level);
    *vec_push(arena, &aliases) = str_join(arena, city, rest);
    for (size_t i = 0; i < sizeof OFFICES / sizeof OFFICES[0]; i++) {
        if (str_equal(rest, str_of(OFFICES[i].brief))) {
            *vec_push(arena, &aliases) = str_join(arena, city, str_of(OFFICES[i].full));
        }
    }
    return aliases;
}

/* ---- files ---------------------------------------------------------------------------------- */

static void city_yaml(Buf *out, Arena *arena, const Plan *plan) {
    bool has_date = plan->date.number != DAY_NONE.number;
    buf_put_c(
        out,
        "# The city and its plan. \"not set\" stands where the plan does not say; fill it in.\n");
    yaml_member(out, "name", city_name(plan));
    buf_put_c(out, "# GB/T 2260: six digits for the area, two for the province.\n");
    yaml_member(out, "code", STR(""));
    yaml_member(out, "province_code", STR(""));
    buf_put_c(out, "plan:\n");
    yaml_member(out, "  title", plan->title);
    yaml_member(out, "  issuer", plan->issuer);
    yaml_member(out, "  doc_number", plan->doc_number);
    yaml_member(out, "  date", has_date ? day_print(arena, plan->date) : STR(""));
    buf_put_c(out, "  file: plan.txt\n");
}

/* The offices that every county has, by what their names hold; the standard kinds of record name
 * their owners by these ids. Order: the more special name first. */
static const struct {
    const char *words[3];
    const char *id;
    const char *brief;
} STANDARD_UNITS[] = {
    {{"发改", "发展和改革", "发展改革"}, "fagai", "发改局"},
    {{"工信", "工业和信息化", "经信"}, "gongxin", "工信局"},
    {{"科技局", "科学技术", NULL}, "keji", "科技局"},
    {{"商务局", NULL, NULL}, "shangwu", "商务局"},
    {{"财政局", NULL, NULL}, "caizheng", "财政局"},
    {{"市场监管", "市场监督管理", NULL}, "shichangjianguan", "市场监管局"},
    {{"住建", "住房和城乡建设", NULL}, "zhujian", "住建局"},
    {{"综合行政执法", "综合执法", "城管"}, "zhifa", "综合行政执法局"},
    {{"交通", NULL, NULL}, "jiaotong", "交通运输局"},
    {{"公安", NULL, NULL}, "gongan", "公安局"},
    {{"生态环境", NULL, NULL}, "shengtai", "生态环境分局"},
    {{"教体", "教育", NULL}, "jiaoti", "教体局"},
    {{"文化和旅游", "文旅", "文广旅"}, "wenlv", "文化和旅游局"},
    {{"农业农村", NULL, NULL}, "nongye", "农业农村局"},
    {{"卫健", "卫生健康", NULL}, "weijian", "卫健局"},
    {{"自然资源", NULL, NULL}, "ziran", "自然资源和规划局"},
    {{"税务", NULL, NULL}, "shuiwu", "税务局"},
    {{"金融监督", "金融监管", NULL}, "jinrong", "金融监管支局"},
    {{"应急", NULL, NULL}, "yingji", "应急局"},
    {{"机关事务", NULL, NULL}, "jiguan", "机关事务服务中心"},
    {{"供销", NULL, NULL}, "gongxiao", "供销联社"},
    {{"宣传部", NULL, NULL}, "xuanchuan", "委宣传部"},
    {{"人社", "人力资源和社会保障", NULL}, "renshe", "人社局"},
};
enum { STANDARD_UNIT_COUNT = sizeof STANDARD_UNITS / sizeof STANDARD_UNITS[0] };

static size_t standard_of(Str name) {
    for (size_t i = 0; i < STANDARD_UNIT_COUNT; i++) {
        for (size_t k = 0; k < 3 && STANDARD_UNITS[i].words[k] != NULL; k++) {
            if (str_contains(name, str_of(STANDARD_UNITS[i].words[k]))) {
                return i;
            }
        }
    }
    return STANDARD_UNIT_COUNT;
}

/* The id of the first unit of its kind is the standard one; of a second one it comes from the name.
 */
static Str unit_id(Arena *arena, const Plan *plan, Str name) {
    size_t kind = standard_of(name);
    for (size_t i = 0; i < plan->units.count && kind < STANDARD_UNIT_COUNT; i++) {
        if (standard_of(plan->units.items[i]) == kind) {
            return str_equal(plan->units.items[i], name) ? str_of(STANDARD_UNITS[kind].id)
                                                         : city_unit_id(arena, name);
        }
    }
    return city_unit_id(arena, name);
}

/* "县" of 临泉县: how its offices begin. */
static Str level_of(Str city) {
    static const char *const LEVELS[] = {"市", "县", "区", "旗", NULL};
    for (size_t i = 0; LEVELS[i] != NULL; i++) {
        if (str_ends(city, str_of(LEVELS[i]))) {
            return str_of(LEVELS[i]);
        }
    }
    return STR("");
}

static bool has_standard(const Plan *plan, size_t kind) {
    for (size_t i = 0; i < plan->units.count; i++) {
        if (standard_of(plan->units.items[i]) == kind) {
            return true;
        }
    }
    return false;
}

/* The plan does not speak of them, but records belong to them. */
static void other_units_yaml(Buf *out, Arena *arena, const Plan *plan) {
    Str level = level_of(city_name(plan));
    bool is_first = true;
    for (size_t i = 0; i < STANDARD_UNIT_COUNT; i++) {
        if (has_standard(plan, i)) {
            continue;
        }
        buf_put_c(out, is_first ? "# Not in the plan, but the standard kinds of record name them; "
                                  "check the names.\n"
                                : "");
        is_first = false;
        yaml_member(out, "  - id", str_of(STANDARD_UNITS[i].id));
        yaml_member(out, "    name", str_join(arena, level, str_of(STANDARD_UNITS[i].brief)));
        buf_put_c(out, "    aliases: []\n    in_plan: false\n");
    }
}

static Status units_yaml(Cx *cx, Buf *out, const Plan *plan) {
    Map ids;
    map_init(&ids, cx->arena);
    Str city = city_name(plan);
    buf_put_c(
        out,
        "# Units in the order of first mention. id: keep it when the name changes and put the old\n"
        "# name among the aliases; the standard kinds of record name their owners by it.\n");
    buf_put_c(out, "units:\n");
    for (size_t i = 0; i < plan->units.count; i++) {
        TRY(cx_step(cx));
        Str name = plan->units.items[i];
        Str id = unit_id(cx->arena, plan, name);
        if (map_has(&ids, id)) {
            return fault(cx, STATUS_CONFLICT, "两个单位得到同一个编号：" STR_FMT, STR_ARG(name));
        }
        map_put(&ids, id, out);
        PlanStrVec aliases = aliases_of(cx->arena, city, name);
        yaml_member(out, "  - id", id);
        yaml_member(out, "    name", name);
        yaml_list(out, "    aliases", &aliases);
    }
    other_units_yaml(out, cx->arena, plan);
    return STATUS_OK;
}

static void number_member(Buf *out, const char *key, const PlanNumber *number) {
    if (number->is_set) {
        buf_print(out, "    %s: " STR_FMT "\n", key, STR_ARG(number->text));
    }
}

static void year_member(Buf *out, const char *key, int32_t year) {
    if (year == 0) {
        buf_print(out, "    %s: not set\n", key);
    } else {
        buf_print(out, "    %s: %d\n", key, (int)year);
    }
}

/* Who leads the task in which the target stands; empty for one of the whole plan. */
static Str owner_of(Arena *arena, const Plan *plan, const PlanTarget *target) {
    for (size_t i = 0; i < plan->tasks.count; i++) {
        const PlanTask *task = &plan->tasks.items[i];
        bool is_same = task->path.count == target->path.count && task->lead.count > 0;
        for (size_t k = 0; is_same && k < task->path.count; k++) {
            is_same = str_equal(task->path.items[k], target->path.items[k]);
        }
        if (is_same) {
            return unit_id(arena, plan, task->lead.items[0]);
        }
    }
    return STR("");
}

static void target_yaml(Buf *out, Str id, const PlanTarget *target) {
    yaml_member(out, "  - id", id);
    yaml_member(out, "    title", target->indicator);
    yaml_member(out, "    quote", target->quote);
    yaml_list(out, "    path", &target->path);
    yaml_member(out, "    kind", str_of(plan_kind_text(target->kind)));
    yaml_member(out, "    op", str_of(plan_op_text(target->op)));
    number_member(out, "value", &target->value);
    number_member(out, "value2", &target->value2);
    yaml_member(out, "    unit", target->unit);
    year_member(out, "year", target->year);
    year_member(out, "baseline_year", target->baseline_year);
    if (target->period.len > 0) {
        yaml_member(out, "    period", target->period);
    }
    buf_put_c(out, "    formula: not set\n");
}

static Status indicators_yaml(Cx *cx, Buf *out, const Plan *plan) {
    buf_put_c(
        out,
        "# The targets in the order of the plan; T01 is the first. owner: the unit that answers for it.\n"
        "# Without a formula the unit reports the figure itself, month by month; with one, declare the\n"
        "# series it names, as the sample city's file does. Baselines are filed on the target's page.\n"
        "series: []\n");
    buf_put_c(out, plan->targets.count == 0 ? "indicators: []\n" : "indicators:\n");
    for (size_t i = 0; i < plan->targets.count; i++) {
        TRY(cx_step(cx));
        const PlanTarget *target = &plan->targets.items[i];
        target_yaml(out, str_print(cx->arena, "T%02zu", i + 1), target);
        yaml_member(out, "    owner", owner_of(cx->arena, plan, target));
    }
    return STATUS_OK;
}

static Status readme(Cx *cx, Buf *out, const Plan *plan) {
    buf_put_c(out, "城市目录 city folder\n\n");
    buf_print(out, STR_FMT "\n\n", STR_ARG(plan->title));
    buf_put_c(
        out,
        "city.yaml     城市与文件；补上 not set 的项\n"
        "plan.txt      方案原文（UTF-8）；程序第一次启动时读它\n"
        "units.yaml    单位、编号、别名\n"
        "indicators.yaml  目标；逐个核对 owner，需要计算的补 series 和 formula\n"
        "records/      标准记录种类；calendar.yaml 国务院公布的放假安排\n"
        "towns.yaml    方案里没有，请补：乡镇、街道的代码和名称；台账的镇街栏、看板和地图用它\n\n");
    buf_print(out, "读到任务 %zu 项、单位 %zu 个、目标 %zu 个、存疑 %zu 处。\n\n",
              plan->tasks.count, plan->units.count, plan->targets.count, plan->doubts.count);
    buf_put_c(out, plan->doubts.count == 0
                       ? ""
                       : "请先核对下面的存疑处，改 plan.txt 或 indicators.yaml：\n");
    for (size_t i = 0; i < plan->doubts.count; i++) {
        TRY(cx_step(cx));
        const PlanDoubt *doubt = &plan->doubts.items[i];
        buf_print(out, "- 第%lld行第%lld字：", (long long)doubt->line, (long long)doubt->column);
        buf_put(out, doubt->reason);
        buf_put_c(out, "：“");
        buf_put(out, doubt->quote);
        buf_put_c(out, "”\n");
    }
    return STATUS_OK;
}

static Status file_add(Cx *cx, CityFiles *files, const char *name, const Buf *text) {
    check(files->count < CITY_FILES_MAX);
    if (buf_status(text) != STATUS_OK) {
        return fault(cx, STATUS_LIMIT, "%s 太大", name);
    }
    files->items[files->count++] = (CityFile){name, buf_str(text)};
    return STATUS_OK;
}

Status city_files_make(Cx *cx, const PlanText *text, const Plan *plan, CityFiles *out) {
    check(cx != NULL);
    check(plan != NULL);
    CityFiles files = {.count = 0};
    Buf *city = buf_in(cx->arena, FILE_BYTES_MAX);
    Buf *units = buf_in(cx->arena, FILE_BYTES_MAX);
    Buf *targets = buf_in(cx->arena, FILE_BYTES_MAX);
    Buf *notes = buf_in(cx->arena, FILE_BYTES_MAX);
    Buf *source = buf_in(cx->arena, FILE_BYTES_MAX);
    city_yaml(city, cx->arena, plan);
    TRY(units_yaml(cx, units, plan));
    TRY(indicators_yaml(cx, targets, plan));
    TRY(readme(cx, notes, plan));
    buf_put(source, text->utf8);
    TRY(file_add(cx, &files, "city.yaml", city));
    TRY(file_add(cx, &files, "plan.txt", source));
    TRY(file_add(cx, &files, "units.yaml", units));
    TRY(file_add(cx, &files, "indicators.yaml", targets));
    TRY(file_add(cx, &files, "README", notes));
    *out = files;
    return STATUS_OK;
}

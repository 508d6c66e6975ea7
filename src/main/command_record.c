/*
 * command_record.c - `huanxin record`: checks declarations and the database against them, lists,
 * exports, imports. Whoever may run this on the server's machine is the administrator: changes are
 * journaled with the role admin and the origin "command". Personal data stays masked.
 */
#include "main/command_record.h"

#include "main/command.h"
#include "office/desk/desk.h"

#include <stdio.h>
#include <string.h>

static const char USAGE[] =
    "用法 usage:\n"
    "  huanxin record check DIR [--data DATA] [--recount] [--json]\n"
    "  huanxin record list KIND --data DATA [FILTERS] [--rows N] [--after CURSOR] [--json]\n"
    "  huanxin record export KIND --data DATA [FILTERS] [--out FILE.xlsx|FILE.csv]\n"
    "  huanxin record import KIND FILE --data DATA [--check|--good] [--state CODE] [--unit ID]\n"
    "    check           检查城市目录 DIR 里 records/*.yaml 的声明，一次列出全部错误：文件:行号: 应为什么\n"
    "      --data DATA   再与数据库比较：声明改动后已有记录会怎样，不能改的说明原因\n"
    "      --recount     再逐条重算各计数器，与保存的数比较\n"
    "    list            列出一种记录；个人信息只显示掩码\n"
    "    export          导出表格；不写 --out 时以 CSV 写到标准输出\n"
    "    import          从 XLSX 或 CSV 导入；缺省全部导入或一行也不导入\n"
    "      --check       只检查，不保存\n"
    "      --good        保存没有错误的行，列出其余\n"
    "      --state CODE  直接记入这个状态（接收旧台账）\n"
    "      --unit ID     以哪个部门的名义填报\n"
    "    FILTERS         --state CODE，--where 字段=值 或 字段=起..止（可多次），--search 词，\n"
    "                    --sort 字段（前加 - 为降序）\n"
    "    --city DIR      城市目录，缺省 cities/anqiu；--db URL 数据库\n"
    "    --json          以 JSON 打印；--quiet 不画进度条\n"
    "退出码 exit: 0 成功，2 参数、声明或表格有误，4 没有这种记录或文件，5 与数据库冲突或计数不符，"
    "9 数据库错误，10 读写失败。\n";

/* ---- options ---- */

static bool flag_set(const char *name, RecordOptions *out) {
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"--json", &out->is_json},       {"--quiet", &out->is_quiet},
                 {"--recount", &out->is_recount}, {"--check", &out->is_check},
                 {"--good", &out->is_good},       {"--help", &out->is_help}};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(name, flags[i].name) == 0) {
            *flags[i].flag = true;
            return true;
        }
    }
    return false;
}

static Status value_set(Cx *cx, const char *name, const char *value, RecordOptions *out) {
    const struct {
        const char *name;
        const char **text;
    } texts[] = {{"--data", &out->data},   {"--db", &out->db},         {"--city", &out->city},
                 {"--out", &out->out},     {"--state", &out->state},   {"--sort", &out->sort},
                 {"--after", &out->after}, {"--search", &out->search}, {"--unit", &out->unit}};
    if (value == NULL) {
        return fault(cx, STATUS_INVALID, "%s 后面缺少值", name);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(name, texts[i].name) == 0) {
            *texts[i].text = value;
            return STATUS_OK;
        }
    }
    if (strcmp(name, "--where") == 0 && out->where_count < RECORD_OPTION_FILTERS_MAX) {
        out->where[out->where_count++] = value;
        return STATUS_OK;
    }
    if (strcmp(name, "--rows") == 0) {
        bool is_right = str_int64(str_of(value), &out->rows) == STATUS_OK && out->rows >= 1 &&
                        out->rows <= RECORD_PAGE_ROWS_MAX;
        return is_right ? STATUS_OK
                        : fault(cx, STATUS_INVALID, "--rows 应为1到%d", RECORD_PAGE_ROWS_MAX);
    }
    return fault(cx, STATUS_INVALID, "没有 %s 这个选项，或写得太多", name);
}

static Status word_set(Cx *cx, const char *word, RecordOptions *out) {
    const char **places[] = {&out->verb, &out->target, &out->file};
    for (size_t i = 0; i < 3; i++) {
        if (*places[i] == NULL) {
            *places[i] = word;
            return STATUS_OK;
        }
    }
    return fault(cx, STATUS_INVALID, "多余的参数 %s", word);
}

static Status options_read(Cx *cx, int argc, char **argv, RecordOptions *out) {
    *out = (RecordOptions){.city = "cities/anqiu", .rows = 50};
    for (int i = 1; i < argc; i++) {
        if (flag_set(argv[i], out)) {
            continue;
        }
        if (strncmp(argv[i], "--", 2) != 0) {
            TRY(word_set(cx, argv[i], out));
        } else {
            TRY(value_set(cx, argv[i], i + 1 < argc ? argv[i + 1] : NULL, out));
            i++;
        }
    }
    return STATUS_OK;
}

/* ---- JSON ---- */

static void json_text(Cx *cx, const char *key, Str text, bool is_last) {
    Str json = str_json(cx->arena, text);
    printf("\"%s\":" STR_FMT "%s", key, STR_ARG(json), is_last ? "" : ",");
}

/* ---- check ---- */

static void check_json(Cx *cx, const RecordBook *book, const RecordProblems *problems,
                       const RecordShifts *shifts) {
    printf("{\"kinds\":[");
    for (size_t i = 0; i < book->kind_count; i++) {
        printf("%s{", i == 0 ? "" : ",");
        json_text(cx, "kind", book->kinds[i].code, false);
        json_text(cx, "title", book->kinds[i].title, false);
        printf("\"fields\":%zu,\"states\":%zu}", book->kinds[i].field_count,
               book->kinds[i].state_count);
    }
    printf("],\"problems\":[");
    for (size_t i = 0; i < problems->count; i++) {
        printf("%s{", i == 0 ? "" : ",");
        json_text(cx, "file", problems->items[i].file, false);
        printf("\"line\":%lld,", (long long)problems->items[i].line);
        json_text(cx, "text", problems->items[i].text, true);
        printf("}");
    }
    printf("],\"changes\":[");
    for (size_t i = 0; i < shifts->count; i++) {
        printf("%s{", i == 0 ? "" : ",");
        json_text(cx, "kind", shifts->items[i].code, false);
        json_text(cx, "text", shifts->items[i].text, false);
        printf("\"refused\":%s,\"rewritten\":%s}", shifts->items[i].is_refused ? "true" : "false",
               shifts->items[i].is_rebuild ? "true" : "false");
    }
    printf("]}\n");
}

static void check_print(const RecordBook *book, const RecordProblems *problems,
                        const RecordShifts *shifts) {
    for (size_t i = 0; i < problems->count; i++) {
        const RecordProblem *problem = &problems->items[i];
        printf(STR_FMT ":%lld: " STR_FMT "\n", STR_ARG(problem->file), (long long)problem->line,
               STR_ARG(problem->text));
    }
    for (size_t i = 0; i < shifts->count; i++) {
        printf(STR_FMT "%s: " STR_FMT "\n", STR_ARG(shifts->items[i].code),
               shifts->items[i].is_refused ? " 不能改" : "", STR_ARG(shifts->items[i].text));
    }
    printf("%zu 种记录，%zu 个错误\n", book->kind_count, problems->count);
}

static Status recount(Cx *cx, DbConn *conn, const RecordBook *book) {
    const RecordHouse house = {.book = book};
    int64_t all = 0;
    for (size_t i = 0; i < book->kind_count; i++) {
        int64_t wrong = 0;
        if (*book->kinds[i].id != 0) {
            TRY(record_counters_verify(cx, conn, &house, &book->kinds[i], &wrong));
        }
        if (wrong > 0) {
            printf(STR_FMT ": %lld 个计数与记录不符\n", STR_ARG(book->kinds[i].code),
                   (long long)wrong);
        }
        all += wrong;
    }
    return all == 0 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "计数器与记录不符");
}

/* Settings as the house wants them, from the options that concern it. */
static Status settings_make(Cx *cx, const RecordOptions *options, const char *city, Settings *out) {
    char *argv[7] = {(char[]){"record"}};
    int argc = 1;
    const char *const pairs[][2] = {
        {"--data", options->data}, {"--db", options->db}, {"--city", city}};
    for (size_t i = 0; i < 3; i++) {
        if (pairs[i][1] != NULL) {
            argv[argc++] = (char *)(uintptr_t)str_c(cx->arena, str_of(pairs[i][0]));
            argv[argc++] = (char *)(uintptr_t)str_c(cx->arena, str_of(pairs[i][1]));
        }
    }
    return settings_read(cx, argc, argv, out);
}

/* Compares with a database without changing it. */
static Status database_check(Cx *cx, const RecordOptions *options, const RecordBook *book,
                             RecordShifts *shifts) {
    Settings settings;
    House house;
    DbConn *conn = NULL;
    TRY(settings_make(cx, options, NULL, &settings));
    TRY(house_open_to_verify(cx, &settings, &house));
    Status status = db_read_begin(cx, house.db, &conn);
    if (status == STATUS_OK) {
        status = record_book_compare(cx, conn, book, shifts);
        if (status == STATUS_OK && options->is_recount) {
            status = recount(cx, conn, book);
        }
        db_read_end(house.db, conn);
    }
    house_close(&house);
    return status;
}

static Status verb_check(Cx *cx, const RecordOptions *options) {
    RecordBook book = {0};
    RecordProblems problems = {0};
    RecordShifts shifts = {0};
    Status status = record_book_load(cx, str_of(options->target), &problems, &book);
    if (status != STATUS_OK && problems.count == 0) {
        return status;
    }
    if (status == STATUS_OK && (options->data != NULL || options->db != NULL)) {
        status = database_check(cx, options, &book, &shifts);
    }
    if (options->is_json) {
        check_json(cx, &book, &problems, &shifts);
    } else {
        check_print(&book, &problems, &shifts);
    }
    return status;
}

/* ---- list ---- */

static Status kind_find(Cx *cx, const House *house, const char *code, const RecordKind **out) {
    *out = record_kind_find(house->city.records, str_of(code));
    return *out != NULL ? STATUS_OK : fault(cx, STATUS_NOT_FOUND, "没有 %s 这种记录", code);
}

Status record_command_query(Cx *cx, const House *house, const RecordOptions *options,
                            RecordQuery *out) {
    static const RecordActor admin = {.role = {"admin", 5}};
    const RecordKind *kind = NULL;
    RecordFilter *filters = arena_array(cx->arena, RecordFilter, options->where_count + 1);
    TRY(kind_find(cx, house, options->target, &kind));
    *out = record_query_for(kind, &admin);
    for (size_t i = 0; i < options->where_count; i++) {
        Str rest = str_of(options->where[i]);
        filters[i].name = str_trim(str_cut(&rest, '='));
        size_t field = record_field_find(kind, filters[i].name);
        filters[i].name = field == SIZE_MAX ? filters[i].name : kind->fields[field].name;
        size_t dots = str_find(rest, STR(".."), 0);
        filters[i].low = dots == SIZE_MAX ? rest : str_slice(rest, 0, dots);
        filters[i].high = dots == SIZE_MAX ? rest : str_from(rest, dots + 2);
    }
    out->filters = filters;
    out->filter_count = options->where_count;
    if (options->state != NULL) {
        Str *state = arena_new(cx->arena, Str);
        *state = str_of(options->state);
        out->states = state;
        out->state_count = 1;
    }
    out->search = str_of(options->search);
    out->sort = options->sort == NULL ? out->sort : str_of(options->sort);
    out->after = str_of(options->after);
    out->row_max = (size_t)options->rows;
    return STATUS_OK;
}

static void record_json(Cx *cx, const House *house, const Record *record) {
    const RecordKind *kind = record->kind;
    printf("{");
    json_text(cx, "number", record->number, false);
    json_text(cx, "state", kind->states[record->state].code, false);
    json_text(cx, "owner", record->owner, false);
    json_text(cx, "filed_by", record->filer_name, false);
    printf("\"id\":%lld,\"revision\":%lld,\"fields\":{", (long long)record->id,
           (long long)record->revision);
    bool is_first = true;
    for (size_t i = 0; i < kind->field_count; i++) {
        if (record->values[i].has_value) {
            printf("%s", is_first ? "" : ",");
            json_text(cx, str_c(cx->arena, kind->fields[i].name),
                      record_value_plain(cx->arena, house->city.records, &kind->fields[i],
                                         &record->values[i]),
                      true);
            is_first = false;
        }
    }
    printf("}}");
}

static void record_print(Cx *cx, const House *house, const Record *record) {
    printf(STR_FMT "  " STR_FMT, STR_ARG(record->number),
           STR_ARG(record->kind->states[record->state].title));
    for (size_t i = 0; i < record->kind->field_count; i++) {
        const RecordField *field = &record->kind->fields[i];
        if (field->is_list && record->values[i].has_value) {
            Str text = record_value_text(cx->arena, house->city.records, field, &record->values[i]);
            printf("  " STR_FMT "=" STR_FMT, STR_ARG(field->title), STR_ARG(text));
        }
    }
    printf("\n");
}

static void page_print(Cx *cx, const House *house, const RecordOptions *options,
                       const RecordPage *page) {
    printf("%s", options->is_json ? "{\"records\":[" : "");
    for (size_t i = 0; i < page->count; i++) {
        if (options->is_json) {
            printf("%s", i == 0 ? "" : ",");
            record_json(cx, house, &page->items[i]);
        } else {
            record_print(cx, house, &page->items[i]);
        }
    }
    if (options->is_json) {
        printf("],");
        json_text(cx, "next", page->next, true);
        printf("}\n");
    } else if (page->next.len > 0) {
        printf("下一页：--after " STR_FMT "\n", STR_ARG(page->next));
    }
}

static Status verb_list(Cx *cx, House *house, const RecordOptions *options) {
    RecordQuery query;
    RecordPage page;
    DbConn *conn = NULL;
    const RecordHouse records = desk_house(&house->city);
    TRY(record_command_query(cx, house, options, &query));
    TRY(db_read_begin(cx, house->db, &conn));
    Status status = record_list(cx, conn, &records, &query, &page);
    db_read_end(house->db, conn);
    if (status == STATUS_OK) {
        page_print(cx, house, options, &page);
    }
    return status;
}

/* ---- the verbs ---- */

typedef Status Verb(Cx *cx, House *house, const RecordOptions *options);

static Status with_house(Cx *cx, const RecordOptions *options, Verb *verb) {
    Settings settings;
    House house;
    if (options->data == NULL && options->db == NULL) {
        return fault(cx, STATUS_INVALID, "请用 --data 指明数据目录");
    }
    TRY(settings_make(cx, options, options->city, &settings));
    Status status = house_open(cx, &settings, house_clock_ms(NULL), &house);
    if (status == STATUS_OK) {
        status = verb(cx, &house, options);
    }
    house_close(&house);
    return status;
}

static bool is_verb(const RecordOptions *options, const char *verb, bool has_file) {
    return options->verb != NULL && strcmp(options->verb, verb) == 0 && options->target != NULL &&
           (options->file != NULL) == has_file;
}

static Status run(Cx *cx, int argc, char **argv) {
    RecordOptions options;
    TRY(options_read(cx, argc, argv, &options));
    if (options.is_help) {
        (void)fputs(USAGE, stdout);
        return STATUS_OK;
    }
    if (is_verb(&options, "check", false)) {
        return verb_check(cx, &options);
    }
    if (is_verb(&options, "list", false)) {
        return with_house(cx, &options, verb_list);
    }
    if (is_verb(&options, "export", false)) {
        return with_house(cx, &options, record_command_export);
    }
    if (is_verb(&options, "import", true)) {
        return with_house(cx, &options, record_command_import);
    }
    (void)fputs(USAGE, stderr);
    return fault(cx, STATUS_INVALID, "没有这个用法");
}

int command_record(int argc, char **argv) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Status status = run(&cx, argc, argv);
    int code = status == STATUS_OK ? 0 : command_fault(&cx, status);
    arena_free(arena);
    return code;
}

/*
 * record_bench.c - records of a declared kind: import through the write door with journal, keys and
 * counters, also into a table that is full already; pages of a list by each indexed column, at the
 * beginning, in the middle and by number; filters, search, counters; export in constant memory.
 * Beside each figure stands its bar, and "OVER" when it is not met.
 *
 *   record_bench [RECORDS [FOLDER]]      1,000,000 records below build/ unless told otherwise
 *
 * With a FOLDER the city stays in it and is used again: only what is missing is imported.
 */
#include "../tests/record_kit.h"
#include "base/prng.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>

enum {
    ROUNDS = 15,
    EXPORT_ROWS = 100000,
    MORE_ROWS = 20000, /* imported into the full table */
    /* What must hold on a quiet machine. */
    BAR_LIST_MS = 50,
    BAR_IMPORT_ROWS_S = 5000,
    BAR_EXPORT_S = 10,
};

static const char BENCH_KIND[] =
    "kind: \"equipment\"\n"
    "title: \"设备\"\n"
    "about: \"企业的用能设备\"\n"
    "clauses: [\"1.4\"]\n"
    "number: \"SB\"\n"
    "owner: [\"gongxin\"]\n"
    "filing: [\"all\"]\n"
    "filers: [\"officer\", \"lead\"]\n"
    "fields:\n"
    "- {name: \"name\", title: \"名称\", type: \"text\", required: true, list: true, search: true}\n"
    "- {name: \"serial\", title: \"出厂编号\", type: \"serial\", required: true, list: true, search: true}\n"
    "- {name: \"firm\", title: \"企业\", type: \"org\", required: true, list: true}\n"
    "- {name: \"class\", title: \"类别\", type: \"choice\", list: true, choices: [\"motor: 电机\", "
    "\"boiler: 锅炉\", \"pump: 泵\", \"fan: 风机\", \"press: 冲压\"]}\n"
    "- {name: \"town\", title: \"镇街\", type: \"town\", list: true}\n"
    "- {name: \"tier\", title: \"能效等级\", type: \"int\", min: 1, max: 5, list: true}\n"
    "- {name: \"price\", title: \"原值\", type: \"money\", required: true, list: true}\n"
    "- {name: \"power\", title: \"功率\", type: \"decimal\", digits: 1, unit: \"千瓦\", list: true}\n"
    "- {name: \"made\", title: \"出厂日期\", type: \"day\", list: true, valid: \"出厂日期 <= 今天\", "
    "message: \"出厂日期不能晚于今天\"}\n"
    "- {name: \"month\", title: \"登记月份\", type: \"month\", list: true}\n"
    "- {name: \"old\", title: \"应淘汰\", type: \"check\", list: true, computed: \"能效等级 != null "
    "and 能效等级 >= 4\"}\n"
    "- {name: \"note\", title: \"说明\", type: \"text\"}\n"
    "unique:\n"
    "- {fields: [\"serial\"], across: \"machine\", message: \"已登记\"}\n"
    "states:\n"
    "- {code: \"draft\", title: \"草稿\", is_start: true}\n"
    "- {code: \"filed\", title: \"待审核\"}\n"
    "- {code: \"done\", title: \"已审核\"}\n"
    "- {code: \"gone\", title: \"已淘汰\", is_end: true}\n"
    "transitions:\n"
    "- {code: \"file\", title: \"提交\", from: [\"draft\"], to: \"filed\", by: [\"filer\"]}\n"
    "- {code: \"pass\", title: \"通过\", from: [\"filed\"], to: \"done\", by: [\"owner\"]}\n"
    "- {code: \"end\", title: \"淘汰\", from: [\"done\"], to: \"gone\", by: [\"owner\"]}\n"
    "counters:\n"
    "- {code: \"equipment.count\", title: \"设备数\", by: [\"town\", \"class\"]}\n"
    "- {code: \"equipment.old\", title: \"应淘汰设备\", where: \"应淘汰\", day: \"month\", by: "
    "[\"town\"]}\n"
    "- {code: \"equipment.price_fen\", title: \"原值\", states: [\"done\"], sum: \"price\", day: "
    "\"month\", by: [\"town\"]}\n";

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static const char *over(bool is_over) {
    return is_over ? "OVER" : "";
}

/* Processor time of this thread: what a figure costs however busy the machine is. */
static int64_t own_cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static double peak_mb(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

/* Bytes that this process has written, as the system counts them. */
static double written_mb(void) {
    char line[100];
    long long bytes = 0;
    FILE *file = fopen("/proc/self/io", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "wchar: %lld", &bytes);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return (double)bytes / 1048576;
}

static double cpu_s(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
}

/* ---- a table of made-up machines ---- */

typedef struct Rows {
    int64_t first;
    int64_t count;
    int64_t at; /* -1: the head */
    char texts[11][64];
    Str cells[11];
} Rows;

static const char *const heads[] = {"名称", "出厂编号", "企业",     "类别",     "镇街", "能效等级",
                                    "原值", "功率",     "出厂日期", "登记月份", "说明"};

static Status rows_rewind(Cx *cx, void *it) {
    (void)cx;
    ((Rows *)it)->at = -1;
    return STATUS_OK;
}

static void row_make(Rows *rows, int64_t number) {
    static const char *const words[] = {"高速", "数控", "节能", "变频", "永磁", "液压", "智能"};
    static const char *const things[] = {"电动机", "空压机", "冲压机", "离心泵", "鼓风机", "锅炉"};
    static const char *const classes[] = {"电机", "锅炉", "泵", "风机", "冲压"};
    static const char *const towns[] = {"兴安街道", "新安街道"};
    Prng prng;
    prng_init(&prng, (uint64_t)number);
    char(*t)[64] = rows->texts;
    (void)snprintf(t[0], 64, "%s%s%03d型", words[prng_below(&prng, 7)],
                   things[prng_below(&prng, 6)], (int)prng_below(&prng, 1000));
    (void)snprintf(t[1], 64, "SN%08llX", (unsigned long long)(number * 2654435761 & 0xffffffff));
    (void)snprintf(t[2], 64, "演示第%d机械厂", (int)prng_below(&prng, 5000));
    (void)snprintf(t[3], 64, "%s", classes[prng_below(&prng, 5)]);
    (void)snprintf(t[4], 64, "%s", towns[prng_below(&prng, 2)]);
    (void)snprintf(t[5], 64, "%d", (int)prng_between(&prng, 1, 5));
    (void)snprintf(t[6], 64, "%d.%02d", (int)prng_between(&prng, 1000, 5000000),
                   (int)prng_below(&prng, 100));
    (void)snprintf(t[7], 64, "%d.%d", (int)prng_below(&prng, 500), (int)prng_below(&prng, 10));
    (void)snprintf(t[8], 64, "%d-%02d-%02d", (int)prng_between(&prng, 2000, 2025),
                   (int)prng_between(&prng, 1, 12), (int)prng_between(&prng, 1, 28));
    (void)snprintf(t[9], 64, "%d-%02d", (int)prng_between(&prng, 2021, 2025),
                   (int)prng_between(&prng, 1, 12));
    (void)snprintf(t[10], 64, "第%lld台，演示数据", (long long)number);
}

static Status rows_next(Cx *cx, void *it, const Str **cells, size_t *count, int64_t *row,
                        bool *has_row) {
    Rows *rows = it;
    (void)cx;
    *has_row = rows->at < rows->count;
    if (!*has_row) {
        return STATUS_OK;
    }
    if (rows->at >= 0) {
        row_make(rows, rows->first + rows->at);
    }
    for (size_t i = 0; i < 11; i++) {
        rows->cells[i] = str_of(rows->at < 0 ? heads[i] : rows->texts[i]);
    }
    *cells = rows->cells;
    *count = 11;
    *row = rows->at + 2;
    rows->at++;
    return STATUS_OK;
}

/* ---- import ---- */

static const RecordActor lead = {.person_id = 3, .role = {"lead", 4}, .name = {"专班", 6}};

/* What importing cost, whole program and the thread that makes the drafts. */
typedef struct Cost {
    int64_t rows;
    int64_t ns;
    double cpu_s;
    double draft_cpu_s;
    double written_mb;
} Cost;

static void cost_add(Cost *sum, const Cost *cost) {
    sum->rows += cost->rows;
    sum->ns += cost->ns;
    sum->cpu_s += cost->cpu_s;
    sum->draft_cpu_s += cost->draft_cpu_s;
    sum->written_mb += cost->written_mb;
}

static void cost_print(const char *what, const Cost *cost) {
    double rows = (double)cost->rows;
    double rate = rows * 1e9 / (double)cost->ns;
    printf("%s: %.0f rows/s (bar %d) %s; CPU a row: %.0f us to check and make, %.0f us to write; "
           "%.1f KB written a row; peak memory %.1f MB\n",
           what, rate, BAR_IMPORT_ROWS_S, over(rate < BAR_IMPORT_ROWS_S),
           cost->draft_cpu_s * 1e6 / rows, (cost->cpu_s - cost->draft_cpu_s) * 1e6 / rows,
           cost->written_mb * 1024 / rows, peak_mb());
    fflush(stdout);
}

static void import_check(Status status, const Cx *cx, const RecordImported *imported,
                         int64_t count) {
    if (status != STATUS_OK || imported->stored_count != count) {
        fprintf(stderr, "import: %s; %lld of %lld, first: %.*s\n", cx->fault.text,
                (long long)imported->stored_count, (long long)count,
                imported->error_count == 0 ? 0 : (int)imported->errors[0].text.len,
                imported->error_count == 0 ? "" : imported->errors[0].text.at);
    }
    check(status == STATUS_OK);
}

static Cost import_run(Kit *kit, int64_t first, int64_t count, const char *state) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Rows rows = {.first = first, .count = count};
    RecordImported imported;
    RecordImport import = {.kind = record_kind_find(&kit->book, STR("equipment")),
                           .actor = &lead,
                           .origin = STR("command"),
                           .mode = RECORD_IMPORT_GOOD,
                           .table = {&rows, rows_rewind, rows_next},
                           .now_ms = kit->now_ms,
                           .state = str_of(state)};
    const Cost before = {.ns = now_ns(),
                         .cpu_s = cpu_s(),
                         .draft_cpu_s = (double)own_cpu_ns() / 1e9,
                         .written_mb = written_mb()};
    Status status = record_import(&cx, kit->scratch.db, &kit->house, &import, &imported);
    Cost cost = {.rows = count,
                 .ns = now_ns() - before.ns,
                 .cpu_s = cpu_s() - before.cpu_s,
                 .draft_cpu_s = (double)own_cpu_ns() / 1e9 - before.draft_cpu_s,
                 .written_mb = written_mb() - before.written_mb};
    import_check(status, &cx, &imported, count);
    arena_free(arena);
    return cost;
}

/* ---- somebody else's writes meanwhile ---- */

enum { OTHERS_MAX = 20000, OTHERS_PAUSE_MS = 50, BAR_OTHERS_MS = 100 };

/* One person after another files something small while the import runs. */
typedef struct Others {
    Kit *kit;
    pthread_t thread;
    atomic_bool is_over;
    size_t count;
    int64_t walls[OTHERS_MAX];
} Others;

static Status other_work(Cx *cx, DbConn *conn, void *input) {
    (void)input;
    DbEntry entry = {.verb = "bench.other", .subject = "bench", .subject_id = 1};
    return db_journal(cx, conn, &entry);
}

static void *others_main(void *it) {
    Others *others = it;
    Arena *arena = arena_create();
    while (!others->is_over && others->count < OTHERS_MAX) {
        Cx cx;
        DbCommand command = {.name = "bench.other",
                             .actor = {.user_id = 1, .role = STR("clerk"), .origin = STR("web")},
                             .work = other_work,
                             .now_ms = others->kit->now_ms};
        cx_init(&cx, arena);
        int64_t start = now_ns();
        check(db_write(&cx, others->kit->scratch.db, &command, NULL) == STATUS_OK);
        others->walls[others->count++] = now_ns() - start;
        arena_reset(arena);
        const struct timespec pause = {0, OTHERS_PAUSE_MS * 1000000};
        nanosleep(&pause, NULL);
    }
    arena_free(arena);
    return NULL;
}

static int compare_ns(const void *left, const void *right);

/* Imports some more while others write. */
static void others_run(Kit *kit, int64_t first) {
    Others *others = calloc(1, sizeof *others);
    check(others != NULL);
    others->kit = kit;
    check(pthread_create(&others->thread, NULL, others_main, others) == 0);
    Cost cost = import_run(kit, first, MORE_ROWS, "done");
    others->is_over = true;
    pthread_join(others->thread, NULL);
    cost_print("import while others write", &cost);
    qsort(others->walls, others->count, sizeof *others->walls, compare_ns);
    double worst = (double)others->walls[others->count * 99 / 100] / 1e6;
    printf("%zu small writes meanwhile: median %.1f ms, 99 of 100 below %.1f ms (bar %d) %s, worst "
           "%.1f ms\n",
           others->count, (double)others->walls[others->count / 2] / 1e6, worst, BAR_OTHERS_MS,
           over(worst >= BAR_OTHERS_MS), (double)others->walls[others->count - 1] / 1e6);
    fflush(stdout);
    free(others);
}

/* 70 % done, 20 % gone, a few filed, the rest drafts. */
static void city_fill(Kit *kit, int64_t have, int64_t want) {
    static const char *const states[] = {"done", "gone", "filed", "draft"};
    int64_t count = want - have;
    int64_t few = count / 1000;
    const int64_t shares[] = {count * 70 / 100, count * 20 / 100, few,
                              count - count * 70 / 100 - count * 20 / 100 - few};
    int64_t first = have + 1;
    Cost sum = {0};
    for (size_t i = 0; i < 4; i++) {
        Cost cost = import_run(kit, first, shares[i], states[i]);
        first += shares[i];
        cost_add(&sum, &cost);
    }
    char what[100];
    (void)snprintf(what, sizeof what, "import of %lld rows into %lld, checked twice, with journal",
                   (long long)count, (long long)have);
    cost_print(what, &sum);
}

/* ---- lists ---- */

static int compare_ns(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* What a page of a list gave. */
typedef struct Page {
    size_t rows;
    bool is_counted;
    int64_t total;
    bool is_more;
} Page;

static void page_read(Kit *kit, const char *what, const RecordQuery *query, Page *out) {
    Arena *arena = arena_create();
    Cx cx;
    DbConn *conn = NULL;
    RecordPage page = {0};
    cx_init(&cx, arena);
    check(db_read_begin(&cx, kit->scratch.db, &conn) == STATUS_OK);
    Status status = record_list(&cx, conn, &kit->house, query, &page);
    if (status == STATUS_OK && out->is_counted) {
        status = record_count(&cx, conn, &kit->house, query, &out->total, &out->is_more);
    }
    db_read_end(kit->scratch.db, conn);
    if (status != STATUS_OK) {
        fprintf(stderr, "%s: %s\n", what, cx.fault.text);
    }
    check(status == STATUS_OK);
    out->rows = page.count;
    arena_free(arena);
}

/* First, median and worst of some rounds, each with its own snapshot, as a page does. */
static void list_run(Kit *kit, const char *what, const RecordQuery *query, bool is_counted) {
    int64_t walls[ROUNDS];
    int64_t cpus[ROUNDS];
    Page page = {.is_counted = is_counted};
    for (size_t i = 0; i < ROUNDS; i++) {
        int64_t start = now_ns();
        int64_t cpu_start = own_cpu_ns();
        page_read(kit, what, query, &page);
        cpus[i] = own_cpu_ns() - cpu_start;
        walls[i] = now_ns() - start;
    }
    double first = (double)walls[0] / 1e6;
    qsort(walls, ROUNDS, sizeof *walls, compare_ns);
    qsort(cpus, ROUNDS, sizeof *cpus, compare_ns);
    double median = (double)walls[ROUNDS / 2] / 1e6;
    printf("%-44s %8.2f %8.2f %8.2f %8.2f %5d  %-4s  %zu rows", what, first, median,
           (double)walls[ROUNDS - 1] / 1e6, (double)cpus[ROUNDS / 2] / 1e6, BAR_LIST_MS,
           over(median >= BAR_LIST_MS), page.rows);
    if (is_counted) {
        printf(" of %s%lld", page.is_more ? "more than " : "", (long long)page.total);
    }
    printf("\n");
    fflush(stdout);
}

static Str cursor(Arena *arena, const char *sort, const char *value, int64_t id) {
    return seal_base64url(arena, str_print(arena, "%s\x1f%s\x1f%lld", sort, value, (long long)id));
}

static void sorts_run(Kit *kit, int64_t count) {
    static const struct {
        const char *name;
        const char *middle; /* about the median, in the stored unit */
    } sorts[] = {{"id", ""},
                 {"name", "永磁离心泵500型"},
                 {"serial", "SN80000000"},
                 {"firm", "演示第3000机械厂"},
                 {"class", "motor"},
                 {"town", "370784003"},
                 {"tier", "3"},
                 {"price", "250050000"},
                 {"power", "2500"},
                 {"made", "15706"},
                 {"month", "24278"},
                 {"old", "0"},
                 {"due", "99999999"}};
    Arena *arena = arena_create();
    RecordQuery query = record_query_for(record_kind_find(&kit->book, STR("equipment")), &lead);
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        for (int turn = 0; turn < 3; turn++) {
            char what[100];
            Str sort = str_print(arena, "%s%s", turn == 1 ? "-" : "", sorts[i].name);
            (void)snprintf(what, sizeof what, "by %.*s, %s", STR_ARG(sort),
                           turn == 2 ? "in the middle" : "first page");
            query.sort = sort;
            query.after =
                turn < 2 ? STR("")
                         : cursor(arena, sorts[i].name, i == 0 ? "1" : sorts[i].middle, count / 2);
            if (i == 0 && turn == 2) {
                query.after =
                    cursor(arena, "id",
                           str_c(arena, str_print(arena, "%lld", (long long)count / 2)), count / 2);
            }
            list_run(kit, what, &query, false);
        }
    }
    arena_free(arena);
}

static void filters_run(Kit *kit) {
    RecordQuery query = record_query_for(record_kind_find(&kit->book, STR("equipment")), &lead);
    const Str done[] = {STR("done")};
    const Str filed[] = {STR("filed")};
    const Str two[] = {STR("draft"), STR("filed")};
    const RecordFilter town[] = {{STR("town"), STR("兴安街道"), STR("兴安街道")}};
    const RecordFilter mixed[] = {{STR("class"), STR("泵"), STR("泵")},
                                  {STR("tier"), STR("4"), STR("5")},
                                  {STR("price"), STR("4000000"), STR("")}};
    const RecordFilter firm[] = {{STR("firm"), STR("演示第77机械厂"), STR("演示第77机械厂")}};
    const RecordFilter days[] = {{STR("made"), STR("2024-01-01"), STR("2024-01-31")}};
    query.states = done;
    query.state_count = 1;
    list_run(kit, "one state (most), newest, with count", &query, true);
    query.sort = STR("-price");
    list_run(kit, "one state (most), by price, with count", &query, true);
    query.states = filed;
    list_run(kit, "one state (few), by price, with count", &query, true);
    query.states = two;
    query.state_count = 2;
    list_run(kit, "two states, by price, with count", &query, true);
    query.states = done;
    query.state_count = 1;
    query.filters = town;
    query.filter_count = 1;
    list_run(kit, "state and town, by price, with count", &query, true);
    query.filters = mixed;
    query.filter_count = 3;
    query.sort = STR("-made");
    list_run(kit, "state, class, tier, price; by day, count", &query, true);
    query.filters = firm;
    query.filter_count = 1;
    list_run(kit, "one firm, by day, with count", &query, true);
    query.filters = days;
    list_run(kit, "one month of days, by day, with count", &query, true);
    const RecordFilter apart[] = {{STR("class"), STR("泵"), STR("泵")},
                                  {STR("old"), STR("是"), STR("是")},
                                  {STR("tier"), STR("1"), STR("3")}};
    query.filters = apart;
    query.filter_count = 3;
    query.sort = STR("-price");
    list_run(kit, "three conditions that never meet, count", &query, true);
    query.filter_count = 0;
    query.state_count = 0;
    query.sort = STR("-made");
    query.search = STR("SN80");
    list_run(kit, "search \"SN80\"", &query, false);
    query.search = STR("永磁离心泵123");
    list_run(kit, "search \"永磁离心泵123\"", &query, false);
    query.search = STR("智能");
    list_run(kit, "search \"智能\" (many)", &query, false);
    query.sort = STR("-id");
    list_run(kit, "search \"智能\" (many), newest first", &query, false);
    query.search = STR("演示数据");
    list_run(kit, "search that finds nothing", &query, false);
    query.filters = apart;
    query.filter_count = 3;
    query.search = STR("智能");
    list_run(kit, "search (many), conditions that never meet", &query, false);
    query.filter_count = 0;
    query.search = STR("SB-2026-00777");
    list_run(kit, "search by number", &query, false);
}

/* A page that is asked for by its number, and the last one. */
static void jumps_run(Kit *kit) {
    const Str done[] = {STR("done")};
    RecordQuery query = record_query_for(record_kind_find(&kit->book, STR("equipment")), &lead);
    query.skip = RECORD_SKIP_MAX;
    query.sort = STR("-price");
    list_run(kit, "page 6,001, by price", &query, false);
    query.sort = STR("name");
    list_run(kit, "page 6,001, by name", &query, false);
    query.states = done;
    query.state_count = 1;
    query.sort = STR("-id");
    list_run(kit, "page 6,001 of one state, newest first", &query, false);
    query.skip = 100 * 50;
    query.sort = STR("-price");
    list_run(kit, "page 101 of one state, by price", &query, false);
    query.skip = 0;
    query.is_backward = true;
    list_run(kit, "last page of one state, by price", &query, false);
    query.state_count = 0;
    list_run(kit, "last page, by price", &query, false);
}

static void counters_run(Kit *kit) {
    int64_t sum = 0;
    RecordParts parts = {0};
    DbConn *conn = NULL;
    Cx *cx = &kit->scratch.cx;
    check(db_read_begin(cx, kit->scratch.db, &conn) == STATUS_OK);
    int64_t start = now_ns();
    for (int i = 0; i < 100; i++) {
        check(record_counter_sum(cx, conn, STR("equipment.price_fen"), STR("town=370784001"),
                                 STR("2021-01"), STR("2025-12"), &sum) == STATUS_OK);
    }
    int64_t middle = now_ns();
    for (int i = 0; i < 100; i++) {
        check(record_counter_parts(cx, conn, STR("equipment.old"), STR("town"), STR("2021-01"),
                                   STR("2025-12"), &parts) == STATUS_OK);
    }
    int64_t end = now_ns();
    db_read_end(kit->scratch.db, conn);
    printf("%-44s %8.3f ms   %lld\n", "counter over 60 months", (double)(middle - start) / 1e8,
           (long long)sum);
    printf("%-44s %8.3f ms   %zu parts\n", "counter by town over 60 months",
           (double)(end - middle) / 1e8, parts.count);
}

/* ---- export ---- */

typedef struct Export {
    Kit *kit;
    RecordColumns columns;
    FILE *file;
    int64_t rows;
    int64_t bytes;
} Export;

static Status export_row(Cx *cx, void *context, const Record *record) {
    Export *export = context;
    for (size_t i = 0; i < export->columns.count; i++) {
        Str text =
            record_column_text(cx->arena, &export->kit->book, &export->columns.items[i], record);
        export->bytes += (int64_t)fwrite(text.at, 1, text.len, export->file) + 1;
        (void)fputc(i + 1 == export->columns.count ? '\n' : ',', export->file);
    }
    /* Enough is exported. */
    return ++export->rows == EXPORT_ROWS ? STATUS_LIMIT : STATUS_OK;
}

static void export_run(Kit *kit, const char *folder) {
    char path[400];
    Arena *arena = arena_create();
    Cx cx;
    DbConn *conn = NULL;
    cx_init(&cx, arena);
    (void)snprintf(path, sizeof path, "%s/export.csv", folder);
    const RecordKind *kind = record_kind_find(&kit->book, STR("equipment"));
    Export export = {.kit = kit, .file = fopen(path, "wb")};
    RecordQuery query = record_query_for(kind, &lead);
    query.sort = STR("-price");
    check(export.file != NULL);
    record_columns_export(arena, kind, false, &export.columns);
    double before = peak_mb();
    int64_t start = now_ns();
    check(db_read_begin(&cx, kit->scratch.db, &conn) == STATUS_OK);
    Status status = record_each(&cx, conn, &kit->house, &query, export_row, &export);
    db_read_end(kit->scratch.db, conn);
    check(status == STATUS_OK || status == STATUS_LIMIT);
    double seconds = (double)(now_ns() - start) / 1e9;
    printf("export of %lld rows, %lld KB: %.2f s (bar %d) %s, peak memory %.1f MB before, %.1f MB "
           "after\n",
           (long long)export.rows, (long long)export.bytes / 1024, seconds, BAR_EXPORT_S,
           over(seconds >= BAR_EXPORT_S), before, peak_mb());
    (void)fclose(export.file);
    (void)unlink(path);
    arena_free(arena);
}

/* ---- the run ---- */

static void declarations_drop(const char *folder) {
    char command[300];
    (void)snprintf(command, sizeof command, "rm -rf '%s/city'", folder);
    check(system(command) == 0);
}

/* A folder of the caller's keeps the city. */
static void folder_take(Kit *kit, const char *folder) {
    scratch_init_in(&kit->scratch, folder == NULL ? "build" : folder);
    if (folder != NULL) {
        check(rmdir(kit->scratch.folder) == 0);
        (void)snprintf(kit->scratch.folder, sizeof kit->scratch.folder, "%s", folder);
        (void)snprintf(kit->scratch.path, sizeof kit->scratch.path, "%s/city.db", folder);
        declarations_drop(folder); /* of a run that was cut off */
    }
    if (getenv("TEST_PG") != NULL) {
        scratch_init_postgres(&kit->scratch);
    }
}

static void kit_open(Kit *kit, const char *folder) {
    memset(kit, 0, sizeof *kit);
    folder_take(kit, folder);
    scratch_open(&kit->scratch);
    kit->calendar =
        (WorkCalendar){.first = day_of_ymd(2026, 1, 1), .last = day_of_ymd(2026, 12, 31)};
    kit->house = (RecordHouse){.book = &kit->book,
                               .calendar = &kit->calendar,
                               .seal_key = &kit->seal_key,
                               .hash_key = &kit->hash_key};
    kit->now_ms = KIT_NOW_MS;
    kit_files(kit);
    kit_declare(kit, "equipment.yaml", str_of(BENCH_KIND));
    Status status = kit_load(kit);
    if (status != STATUS_OK) {
        fprintf(stderr, "%s\n", kit->scratch.cx.fault.text);
    }
    check(status == STATUS_OK);
}

static void kit_close(Kit *kit, const char *folder) {
    if (folder == NULL) {
        kit_dispose(kit);
        return;
    }
    scratch_close(&kit->scratch);
    arena_free(kit->scratch.arena);
    declarations_drop(folder);
}

/* The highest running number, from the counter that moves with every record. */
static int64_t city_count(Kit *kit) {
    Cx *cx = &kit->scratch.cx;
    DbConn *conn = NULL;
    int64_t count = 0;
    check(db_read_begin(cx, kit->scratch.db, &conn) == STATUS_OK);
    check(record_counter_sum(cx, conn, STR("equipment.count"), STR(""), STR("0000-00"),
                             STR("9999-99"), &count) == STATUS_OK);
    db_read_end(kit->scratch.db, conn);
    return count;
}

int main(int argc, char **argv) {
    int64_t count = 1000000;
    const char *folder = argc > 2 ? argv[2] : NULL;
    if (argc > 1 && (str_int64(str_of(argv[1]), &count) != STATUS_OK || count < 1000)) {
        fprintf(stderr, "usage: record_bench [RECORDS [FOLDER]]\n");
        return 2;
    }
    Kit kit;
    kit_open(&kit, folder);
    int64_t have = city_count(&kit);
    if (have < count) {
        city_fill(&kit, have, count);
        have = count;
    }
    city_fill(&kit, have, have + MORE_ROWS);
    others_run(&kit, city_count(&kit) + 1);
    printf("%-44s %8s %8s %8s %8s %5s\n", "page of 50 at the server", "first", "median", "worst",
           "CPU", "bar");
    sorts_run(&kit, have);
    filters_run(&kit);
    jumps_run(&kit);
    counters_run(&kit);
    export_run(&kit, kit.scratch.folder);
    kit_close(&kit, folder);
    return 0;
}

/*
 * sheet_bench.c - 100,000 rows of ten columns out and in, in each form: seconds, rows a second,
 * size, and the peak of memory of a process that does nothing else. Peer in the same run: openpyxl
 * in its streaming modes, when this machine's python has it.
 */
#include "base/prng.h"
#include "sheet/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROWS = 100000, COLUMNS = 10 };

typedef struct Job {
    const char *name;
    SheetWriteOptions options;
    const char *path;
    bool is_reading;
} Job;

static double seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static Status count_row(void *it, Cx *cx, const SheetRow *row) {
    int64_t *bytes = it;
    (void)cx;
    for (size_t i = 0; i < row->count; i++) {
        *bytes += (int64_t)row->cells[i].text.len;
    }
    return STATUS_OK;
}

static Status write_rows(SheetWriter *writer) {
    Prng prng;
    prng_init(&prng, 1);
    for (int64_t i = 0; i < ROWS; i++) {
        char number[32];
        char name[64];
        int64_t amount = prng_between(&prng, 0, 99999999);
        (void)snprintf(number, sizeof number, "37078419%012lld", (long long)i);
        (void)snprintf(name, sizeof name, "安丘市演示企业第%d号", (int)prng_below(&prng, 9000));
        SheetCell cells[COLUMNS] = {sheet_int(i),
                                    sheet_text(str_of(number)),
                                    sheet_text(str_of(name)),
                                    sheet_text(STR("数控车床")),
                                    sheet_money(money_of_fen(amount)),
                                    sheet_money(money_of_fen(amount / 7)),
                                    sheet_day((Day){(int32_t)(20000 + i % 700)}),
                                    sheet_percent_bp(prng_between(&prng, 0, 10000)),
                                    sheet_bool(i % 3 == 0),
                                    sheet_text(STR("已审核，待拨付"))};
        TRY(sheet_row(writer, cells, COLUMNS));
    }
    return sheet_finish(writer);
}

static Status work(Cx *cx, const Job *job) {
    static const SheetColumn columns[COLUMNS] = {
        {"序号", SHEET_INT, 0},  {"编号", SHEET_TEXT, 24},   {"企业", SHEET_TEXT, 30},
        {"设备", SHEET_TEXT, 0}, {"金额", SHEET_MONEY, 0},   {"补贴", SHEET_MONEY, 0},
        {"日期", SHEET_DAY, 0},  {"比例", SHEET_PERCENT, 0}, {"更新", SHEET_BOOL, 0},
        {"状态", SHEET_TEXT, 0}};
    SheetTable table = {.name = STR("设备"), .columns = columns, .column_count = COLUMNS};
    int64_t bytes = 0;
    if (job->is_reading) {
        SheetReadOptions options = {.on_row = count_row, .it = &bytes};
        return sheet_read_file(cx, job->path, &options, NULL);
    }
    SheetWriter *writer = NULL;
    FILE *file = fopen(job->path, "wb");
    check(file != NULL);
    TRY(sheet_writer_new(cx, &job->options, sheet_sink_file(file), &writer));
    TRY(sheet_begin(writer, &table));
    TRY(write_rows(writer));
    return fclose(file) == 0 ? STATUS_OK : fault(cx, STATUS_IO, "cannot write");
}

/* In a process of its own, so that its peak of memory is its own. */
static void run(const Job *job) {
    double start = seconds();
    pid_t child = fork();
    if (child == 0) {
        Arena *arena = arena_create();
        Cx cx;
        cx_init(&cx, arena);
        Status status = work(&cx, job);
        if (status != STATUS_OK) {
            (void)fprintf(stderr, "%s: %s\n", job->name, cx.fault.text);
        }
        arena_free(arena);
        _exit(status == STATUS_OK ? 0 : 1);
    }
    struct rusage usage;
    struct stat info = {0};
    int code = 1;
    check(wait4(child, &code, 0, &usage) == child && code == 0);
    double spent = seconds() - start;
    check(stat(job->path, &info) == 0);
    printf("%-26s %7.2f s %9.0f rows/s %8.1f MB file %7.1f MB peak\n", job->name, spent,
           ROWS / spent, (double)info.st_size / 1e6, (double)usage.ru_maxrss / 1e3);
}

static const char PEER[] =
    "import resource,time,sys\n"
    "import openpyxl as o\n"
    "p=sys.argv[1]\n"
    "t=time.time()\n"
    "n=sum(1 for r in o.load_workbook(p,read_only=True).worksheets[0].iter_rows(values_only=True))\n"
    "s=time.time()-t\n"
    "print('%-26s %7.2f s %9.0f rows/s %24.1f MB peak'%('peer: openpyxl reads',s,n/s,"
    "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1e3))\n"
    "t=time.time()\n"
    "w=o.Workbook(write_only=True)\n"
    "a=w.create_sheet()\n"
    "for i in range(100000): a.append([i,'37078419%012d'%i,'安丘市演示企业第%d号'%(i%9000),'数控车床',i*1.01,"
    "i*0.5,46000+i%700,0.5,i%3==0,'已审核，待拨付'])\n"
    "w.save(p+'.peer')\n"
    "s=time.time()-t\n"
    "print('%-26s %7.2f s %9.0f rows/s'%('peer: openpyxl writes',s,100000/s))\n";

static void run_peer(const char *path) {
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        (void)execl("/usr/bin/python3", "python3", "-c", PEER, path, (char *)NULL);
        _exit(1);
    }
    int code = 1;
    if (waitpid(child, &code, 0) != child || code != 0) {
        printf("peer: none (python3-openpyxl is not installed)\n");
    }
}

int main(void) {
    char folder[] = "/tmp/huanxin-bench-XXXXXX";
    double load = 0;
    check(mkdtemp(folder) != NULL && chdir(folder) == 0);
    (void)getloadavg(&load, 1);
    printf("%d rows of %d columns; load %.1f\n", ROWS, COLUMNS, load);
    const Job jobs[] = {
        {"write XLSX", {.form = SHEET_XLSX}, "rows.xlsx", false},
        {"write CSV", {.form = SHEET_CSV}, "rows.csv", false},
        {"write CSV GB 18030", {.form = SHEET_CSV, .charset = SHEET_GB18030}, "gb.csv", false},
        {"read XLSX", {.form = SHEET_XLSX}, "rows.xlsx", true},
        {"read CSV", {.form = SHEET_CSV}, "rows.csv", true},
        {"read CSV GB 18030", {.form = SHEET_CSV}, "gb.csv", true},
    };
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        run(&jobs[i]);
    }
    run_peer("rows.xlsx");
    (void)unlink("rows.xlsx");
    (void)unlink("rows.csv");
    (void)unlink("gb.csv");
    (void)unlink("rows.xlsx.peer");
    return rmdir(folder) == 0 ? 0 : 1;
}

/*
 * paper_bench.c - how long a document takes: milliseconds for text and tables, PDF and DOCX, size,
 * and the peak of memory of a process that does nothing else. The first document of a process also
 * reads the fonts; it is shown apart. No peer: no other typesetter is installed with the house.
 */
#include "paper/paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { FILE_BYTES_MAX = 256 * 1024 * 1024 };

static double now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static Paper *text_of(Cx *cx, int paragraph_count) {
    Paper *paper = paper_new(cx, &(PaperOptions){.form = PAPER_OFFICIAL, .title = STR("x")});
    for (int i = 0; i < paragraph_count; i++) {
        paper_text(paper,
                   STR("按照《推动大规模设备更新和消费品以旧换新实施方案》，截至2026年3月31日，"
                       "全市22项重点任务全部启动，其中18项按进度推进，3项滞后，1项完成；22项目标中"
                       "绿灯15项、黄灯5项、红灯2项，累计拨付补贴资金1,234.56万元。"));
    }
    return paper;
}

static Paper *table_of(Cx *cx, int row_count) {
    static const PaperColumn columns[] = {{"序号", 1, PAPER_CENTER}, {"企业", 4, PAPER_LEFT},
                                          {"设备", 3, PAPER_LEFT},   {"编号", 3, PAPER_LEFT},
                                          {"金额", 2, PAPER_RIGHT},  {"日期", 2, PAPER_CENTER}};
    Paper *paper = paper_new(cx, &(PaperOptions){.form = PAPER_SHEET, .title = STR("x")});
    paper_table(paper, STR("设备"), columns, 6);
    for (int i = 1; i <= row_count; i++) {
        Str cells[6] = {str_print(cx->arena, "%d", i),
                        STR("安丘市演示机械有限公司"),
                        STR("数控车床"),
                        str_print(cx->arena, "37078419%06d", i),
                        STR("123,456.78"),
                        STR("2026-03-31")};
        paper_row(paper, cells);
    }
    return paper;
}

static void run(const char *name, Paper *(*make)(Cx *cx, int count), int count, bool is_docx) {
    Arena *arena = arena_create();
    Cx cx;
    PaperFacts facts = {0};
    cx_init(&cx, arena);
    Buf *file = buf_in(arena, FILE_BYTES_MAX);
    double start = now_ms();
    Paper *paper = make(&cx, count);
    check((is_docx ? paper_docx(paper, NULL, file) : paper_pdf(paper, file, &facts)) == STATUS_OK);
    struct rusage usage;
    double spent = now_ms() - start;
    check(getrusage(RUSAGE_SELF, &usage) == 0);
    printf("%-30s %8.1f ms %5d pages %8.2f MB file %7.1f MB peak so far\n", name, spent,
           facts.page_count, (double)file->len / 1e6, (double)usage.ru_maxrss / 1e3);
    arena_free(arena);
}

int main(void) {
    double load = 0;
    (void)getloadavg(&load, 1);
    printf("load %.1f\n", load);
    run("first document (reads fonts)", text_of, 1, false);
    run("1 page of text", text_of, 4, false);
    run("20 pages of text", text_of, 88, false);
    run("table of 200 rows", table_of, 200, false);
    run("table of 2,000 rows", table_of, 2000, false);
    run("20 pages of text, DOCX", text_of, 88, true);
    run("table of 2,000 rows, DOCX", table_of, 2000, true);
    return 0;
}

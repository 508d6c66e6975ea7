/* attach_attach_test.c - properties A1 to A5 of attach.h, the fingerprint, and the search. */
#include "attach/attach.h"
#include "base/limits.h"
#include "db_scratch.h"
#include "photo.h"
#include "test.h"

#include <sys/stat.h>

static const PhotoSpec MOTIF = {.seed = 7, .width = 800, .height = 600, .quality = 90};

static PhotoSpec motif(int width, int height, int quality, int lighter) {
    PhotoSpec spec = MOTIF;
    spec.width = width;
    spec.height = height;
    spec.quality = quality;
    spec.lighter = lighter;
    return spec;
}

typedef struct Bench {
    Arena *arena;
    Cx cx;
} Bench;

static Bench bench_make(void) {
    Bench bench = {.arena = arena_create()};
    cx_init(&bench.cx, bench.arena);
    return bench;
}

static AttachFile checked(Bench *bench, Str bytes) {
    AttachFile file;
    cx_init(&bench->cx, bench->arena);
    assert_int_equal(attach_check(&bench->cx, bytes, &file), STATUS_OK);
    return file;
}

static Status refused(Bench *bench, Str bytes) {
    AttachFile file;
    cx_init(&bench->cx, bench->arena);
    Status status = attach_check(&bench->cx, bytes, &file);
    assert_true(status == STATUS_OK || bench->cx.fault.text[0] != '\0');
    return status;
}

static void test_a1_type_by_first_bytes(void **state) {
    (void)state;
    Bench bench = bench_make();
    Str png = photo_png(bench.arena, MOTIF);
    AttachFile file = checked(&bench, png);
    assert_true(str_equal(file.media_type, STR("image/png")));
    assert_int_equal(file.width, 800);
    assert_int_equal(file.height, 600);
    assert_int_equal(file.digest.len, 64);
    assert_true(str_equal(checked(&bench, photo_jpeg(bench.arena, MOTIF, false)).media_type,
                          STR("image/jpeg")));
    assert_true(
        str_equal(checked(&bench, photo_webp(bench.arena, MOTIF)).media_type, STR("image/webp")));
    AttachFile pdf = checked(&bench, STR("%PDF-1.7\n%%EOF\n"));
    assert_true(str_equal(pdf.media_type, STR("application/pdf")));
    assert_false(pdf.print.is_known);
    assert_int_equal(refused(&bench, STR("<html><script>1</script>")), STATUS_INVALID);
    assert_int_equal(refused(&bench, STR("GIF89a")), STATUS_INVALID);
    assert_int_equal(refused(&bench, STR("RIFF....WAVE")), STATUS_INVALID);
    assert_int_equal(refused(&bench, STR("")), STATUS_INVALID);
    arena_free(bench.arena);
}

static void test_a2_damaged_is_refused(void **state) {
    (void)state;
    Bench bench = bench_make();
    Str kinds[] = {photo_png(bench.arena, MOTIF), photo_jpeg(bench.arena, MOTIF, false),
                   photo_webp(bench.arena, MOTIF)};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(refused(&bench, str_slice(kinds[i], 0, 14)), STATUS_INVALID);
        assert_int_equal(refused(&bench, str_slice(kinds[i], 0, 40)), STATUS_INVALID);
    }
    assert_int_equal(refused(&bench, STR("\xff\xd8\xff not a photo")), STATUS_INVALID);
    assert_int_equal(refused(&bench, STR("%PDF-")), STATUS_INVALID);
    assert_int_equal(refused(&bench, STR("%PDF-1.7\n1 0 obj<<>>endobj\n")), STATUS_INVALID);
    arena_free(bench.arena);
}

/* A PNG head that announces the sides given; its checksum fits. */
static Str png_announcing(Arena *arena, uint32_t width, uint32_t height) {
    Str small = photo_png(arena, (PhotoSpec){.seed = 1, .width = 8, .height = 8});
    uint8_t *at = (uint8_t *)arena_alloc(arena, small.len);
    memcpy(at, small.at, small.len);
    uint32_t sides[2] = {width, height};
    for (size_t i = 0; i < 8; i++) {
        at[16 + i] = (uint8_t)(sides[i / 4] >> (24 - 8 * (i % 4)));
    }
    uint32_t crc = 0xffffffffu; /* CRC-32 of IHDR, by the PNG standard's own definition */
    for (size_t i = 12; i < 29; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? 0xedb88320u ^ (crc >> 1) : crc >> 1;
        }
    }
    crc = ~crc;
    for (size_t i = 0; i < 4; i++) {
        at[29 + i] = (uint8_t)(crc >> (24 - 8 * i));
    }
    return (Str){(const char *)at, small.len};
}

static void test_a3_pixels_are_bounded(void **state) {
    (void)state;
    Bench bench = bench_make();
    size_t before = arena_bytes(bench.arena);
    assert_int_equal(refused(&bench, png_announcing(bench.arena, 29000, 29000)), STATUS_INVALID);
    assert_non_null(strstr(bench.cx.fault.text, "照片太大"));
    assert_int_equal(refused(&bench, png_announcing(bench.arena, 30001, 10)), STATUS_INVALID);
    assert_int_equal(refused(&bench, png_announcing(bench.arena, 0x7fffffff, 0x7fffffff)),
                     STATUS_INVALID);
    assert_true(arena_bytes(bench.arena) - before < 1000000);
    char *big = arena_alloc(bench.arena, LIMIT_UPLOAD_BYTES_MAX + 1);
    memcpy(big, "%PDF-", 5);
    assert_int_equal(refused(&bench, (Str){big, LIMIT_UPLOAD_BYTES_MAX + 1}), STATUS_LIMIT);
    assert_int_equal(refused(&bench, (Str){big, LIMIT_UPLOAD_BYTES_MAX}), STATUS_INVALID);
    memcpy(big + LIMIT_UPLOAD_BYTES_MAX - 6, "%%EOF\n", 6);
    assert_int_equal(refused(&bench, (Str){big, LIMIT_UPLOAD_BYTES_MAX}), STATUS_OK);
    /* Coded in passes, a picture is held whole: its bound is lower. */
    PhotoSpec wide = motif(6000, 4001, 10, 0);
    assert_int_equal(refused(&bench, photo_jpeg(bench.arena, wide, true)), STATUS_INVALID);
    assert_int_equal(refused(&bench, photo_jpeg(bench.arena, wide, false)), STATUS_OK);
    arena_free(bench.arena);
}

static void test_a4_a5_files_are_private(void **state) {
    (void)state;
    Bench bench = bench_make();
    char parent[] = "/tmp/huanxin-attach-XXXXXX";
    assert_non_null(mkdtemp(parent));
    Str folder = str_print(bench.arena, "%s/files", parent);
    AttachFile file;
    Str bytes = photo_png(bench.arena, MOTIF);
    assert_int_equal(attach_file_put(&bench.cx, folder, bytes, &file), STATUS_OK);
    assert_int_equal(attach_file_put(&bench.cx, folder, bytes, &file), STATUS_OK);
    Str path = str_print(bench.arena, STR_FMT "/%.2s/" STR_FMT, STR_ARG(folder), file.digest.at,
                         STR_ARG(file.digest));
    struct stat seen;
    assert_int_equal(stat(str_c(bench.arena, path), &seen), 0);
    assert_int_equal(seen.st_mode & 0777, 0600);
    assert_int_equal(stat(str_c(bench.arena, folder), &seen), 0);
    assert_int_equal(seen.st_mode & 0777, 0700);
    Str back = STR_NONE;
    assert_int_equal(attach_file_get(&bench.cx, folder, file.digest, &back), STATUS_OK);
    assert_true(str_equal(back, bytes));
    static const char *const wrong[] = {
        "",
        "..",
        "../../../../etc/passwd",
        "../..//../../../../../../../../../../../../../../../../etc/passwd",
        "ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cx_init(&bench.cx, bench.arena);
        assert_int_equal(attach_file_get(&bench.cx, folder, str_of(wrong[i]), &back),
                         STATUS_NOT_FOUND);
    }
    Str clean = str_print(bench.arena, "rm -r %s", parent);
    assert_int_equal(system(str_c(bench.arena, clean)), 0);
    arena_free(bench.arena);
}

static void test_print_outlives_what_people_do(void **state) {
    (void)state;
    Bench bench = bench_make();
    AttachPrint own = checked(&bench, photo_jpeg(bench.arena, MOTIF, false)).print;
    assert_true(own.is_known);
    Str copies[] = {
        photo_png(bench.arena, MOTIF),
        photo_webp(bench.arena, MOTIF),
        photo_jpeg(bench.arena, motif(800, 600, 30, 0), false),
        photo_jpeg(bench.arena, motif(400, 300, 80, 0), true),
        photo_jpeg(bench.arena, motif(3000, 2250, 80, 0), false),
        photo_jpeg(bench.arena, motif(800, 600, 90, 20), false),
    };
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) {
        AttachPrint copy = checked(&bench, copies[i]).print;
        assert_in_range(attach_print_distance(&own, &copy), 0, ATTACH_ALIKE_DETAIL_BITS_MAX);
        assert_true(__builtin_popcountll(own.hash ^ copy.hash) <= ATTACH_ALIKE_BITS_MAX);
    }
    PhotoSpec other = MOTIF;
    for (other.seed = 100; other.seed < 300; other.seed++) {
        AttachPrint print = checked(&bench, photo_png(bench.arena, other)).print;
        assert_true(attach_print_distance(&own, &print) > ATTACH_ALIKE_DETAIL_BITS_MAX);
    }
    arena_free(bench.arena);
}

static void test_blank_has_no_print(void **state) {
    (void)state;
    Bench bench = bench_make();
    PhotoSpec blank = MOTIF;
    blank.lighter = 255;
    AttachFile file = checked(&bench, photo_png(bench.arena, blank));
    assert_false(file.print.is_known);
    AttachPrint own = checked(&bench, photo_png(bench.arena, MOTIF)).print;
    assert_int_equal(attach_print_distance(&own, &file.print), -1);
    blank.width = 1;
    blank.height = 1;
    assert_false(checked(&bench, photo_png(bench.arena, blank)).print.is_known);
    arena_free(bench.arena);
}

/* ---- rows ---- */

typedef struct AddInput {
    AttachFile file;
    int64_t subject_id;
    int64_t id;
    bool ends;
} AddInput;

static Status add_work(Cx *cx, DbConn *conn, void *input) {
    AddInput *in = input;
    if (in->ends) {
        return attach_end(cx, conn, in->id, 6);
    }
    AttachNew attachment = {.file = &in->file,
                            .subject = STR("claim"),
                            .subject_id = in->subject_id,
                            .part = STR("invoice"),
                            .name = STR("发票.jpg"),
                            .person_id = 3,
                            .now_ms = 5};
    return attach_add(cx, conn, &attachment, &in->id);
}

static Status command(Scratch *scratch, AddInput *input) {
    DbCommand command = {.name = "attach",
                         .actor = {.user_id = 3, .role = STR("tester"), .origin = STR("test")},
                         .work = add_work,
                         .input = input,
                         .now_ms = 5};
    cx_init(&scratch->cx, scratch->arena);
    return db_write(&scratch->cx, scratch->db, &command, NULL);
}

static int64_t added(Scratch *scratch, Str bytes, int64_t subject_id) {
    AddInput input = {.subject_id = subject_id};
    cx_init(&scratch->cx, scratch->arena);
    assert_int_equal(attach_check(&scratch->cx, bytes, &input.file), STATUS_OK);
    assert_int_equal(command(scratch, &input), STATUS_OK);
    return input.id;
}

static AttachAlikeList alike_of(Scratch *scratch, int64_t id) {
    DbConn *conn = NULL;
    Attachment own;
    AttachAlikeList list;
    cx_init(&scratch->cx, scratch->arena);
    assert_int_equal(db_read_begin(&scratch->cx, scratch->db, &conn), STATUS_OK);
    assert_int_equal(attach_find(&scratch->cx, conn, id, &own), STATUS_OK);
    assert_int_equal(attach_alike(&scratch->cx, conn, &own, &list), STATUS_OK);
    db_read_end(scratch->db, conn);
    return list;
}

static void test_alike_is_found_at_other_records(void **state) {
    (void)state;
    Scratch scratch;
    scratch_init(&scratch);
    scratch_open(&scratch);
    Arena *arena = scratch.arena;
    Str own = photo_jpeg(arena, MOTIF, false);
    int64_t first = added(&scratch, own, 1);
    int64_t again = added(&scratch, own, 2);
    int64_t smaller = added(&scratch, photo_jpeg(arena, motif(500, 375, 60, 0), false), 3);
    (void)added(&scratch, photo_png(arena, motif(300, 225, 0, 0)), 1); /* of the same record */
    PhotoSpec other = MOTIF;
    for (other.seed = 100; other.seed < 160; other.seed++) {
        (void)added(&scratch, photo_png(arena, other), (int64_t)other.seed);
    }
    AttachAlikeList list = alike_of(&scratch, first);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].other.id, again);
    assert_true(list.items[0].is_same);
    assert_int_equal(list.items[1].other.id, smaller);
    assert_false(list.items[1].is_same);
    assert_int_equal(list.items[1].other.subject_id, 3);
    scratch_dispose(&scratch);
}

static void test_list_and_end(void **state) {
    (void)state;
    Scratch scratch;
    scratch_init(&scratch);
    scratch_open(&scratch);
    Str own = photo_png(scratch.arena, MOTIF);
    AddInput input = {.id = added(&scratch, own, 9), .ends = true};
    int64_t second = added(&scratch, STR("%PDF-1.4\n%%EOF"), 9);
    assert_int_equal(command(&scratch, &input), STATUS_OK);
    assert_int_equal(command(&scratch, &input), STATUS_CONFLICT);
    DbConn *conn = NULL;
    AttachmentList list;
    cx_init(&scratch.cx, scratch.arena);
    assert_int_equal(db_read_begin(&scratch.cx, scratch.db, &conn), STATUS_OK);
    assert_int_equal(attach_list(&scratch.cx, conn, STR("claim"), 9, &list), STATUS_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].id, second);
    assert_true(str_equal(list.items[0].part, STR("invoice")));
    assert_int_equal(list.items[0].person_id, 3);
    Attachment gone;
    assert_int_equal(attach_find(&scratch.cx, conn, 999, &gone), STATUS_NOT_FOUND);
    db_read_end(scratch.db, conn);
    scratch_dispose(&scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a1_type_by_first_bytes),
        cmocka_unit_test(test_a2_damaged_is_refused),
        cmocka_unit_test(test_a3_pixels_are_bounded),
        cmocka_unit_test(test_a4_a5_files_are_private),
        cmocka_unit_test(test_print_outlives_what_people_do),
        cmocka_unit_test(test_blank_has_no_print),
        cmocka_unit_test(test_alike_is_found_at_other_records),
        cmocka_unit_test(test_list_and_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "main/house.h"

#include "base/limits.h"
#include "main/embedded.h"
#include "office/alert/alert.h"
#include "office/claim/claim.h"
#include "office/desk/desk.h"
#include "office/offer/offer.h"
#include "office/people/people.h"
#include "office/plan/plan.h"
#include "office/policy/policy.h"
#include "reader/reader.h"
#include "record/record.h"
#include "yaml/yaml.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

int64_t house_clock_ms(void *unused) {
    (void)unused;
    struct timespec now = {0};
    check(clock_gettime(CLOCK_REALTIME, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

Str house_path(Cx *cx, const Settings *settings, const char *name) {
    return str_print(cx->arena, "%s/%s", settings->text[SETTING_TEXT_DATA], name);
}

static Status folder_make(Cx *cx, Str path) {
    if (mkdir(str_c(cx->arena, path), 0700) != 0 && errno != EEXIST) {
        return fault(cx, STATUS_IO, "cannot make folder " STR_FMT ": %s", STR_ARG(path),
                     strerror(errno));
    }
    return STATUS_OK;
}

/* ---- keys ---- */

/* Only the first start makes a key: beside a used database a new one would open nothing in it. */
static Status master_key(Cx *cx, const Settings *settings, bool is_first_start, SealKey *out) {
    Str path = house_path(cx, settings, "master.key");
    Status status = seal_key_file_load(cx, path, out);
    if (status != STATUS_NOT_FOUND) {
        return status;
    }
    fault_clear(cx);
    if (!is_first_start) {
        return fault(cx, STATUS_NOT_FOUND,
                     STR_FMT " is missing, but the database is in use: personal data cannot be "
                             "read without this key; put it back from the backup",
                     STR_ARG(path));
    }
    return seal_key_file_create(cx, path, out);
}

static Status keys_load(Cx *cx, const Settings *settings, House *house) {
    City *city = &house->city;
    SealKey master;
    TRY(master_key(cx, settings, house->is_fresh, &master));
    seal_key_derive(&master, STR("personal data"), &city->seal_key);
    seal_key_derive(&master, STR("lookup"), &city->hash_key);
    seal_key_derive(&master, STR("signature"), &city->sign_key);
    seal_key_wipe(&master);
    return STATUS_OK;
}

/* ---- the database ---- */

static Status migrate(Cx *cx, Db *db) {
    DbMigration *rows = arena_array(cx->arena, DbMigration, embedded_migration_count);
    for (size_t i = 0; i < embedded_migration_count; i++) {
        int64_t version = 0;
        Str name = str_of(embedded_migrations[i].name);
        TRY(str_int64(str_slice(name, 0, 4), &version));
        rows[i] = (DbMigration){.version = (int32_t)version,
                                .name = embedded_migrations[i].name,
                                .sql = (const char *)embedded_migrations[i].bytes};
    }
    return db_migrate(cx, db, rows, embedded_migration_count);
}

enum { READ_SPARE = 8 };

static Status database_open(Cx *cx, const Settings *settings, bool is_created, House *house) {
    const char *url = settings->text[SETTING_TEXT_DB];
    Str path = url[0] != '\0' ? str_of(url) : house_path(cx, settings, "huanxin.db");
    /* Each worker reads on one connection; the background job and commands need a few more. */
    DbOptions options = {.url = str_c(cx->arena, path),
                         .read_max = (size_t)settings->number[SETTING_WORKERS] + READ_SPARE,
                         .batch_max = (size_t)settings->number[SETTING_BATCH],
                         .queue_max = (size_t)settings->number[SETTING_QUEUE],
                         .is_created = is_created};
    TRY(db_open(cx, &options, &house->db));
    house->city.db = house->db;
    return STATUS_OK;
}

/* ---- the plan ---- */

static Status load_work(Cx *cx, DbConn *conn, void *input) {
    return plan_load(cx, conn, input);
}

static Status replace_work(Cx *cx, DbConn *conn, void *input) {
    return plan_replace(cx, conn, input);
}

typedef struct PlanFile {
    Str path;
    int64_t now_ms;
} PlanFile;

static Status plan_from_file(Cx *cx, House *house, const PlanFile *file, DbWork *work) {
    Str bytes = STR_NONE;
    PlanText text;
    Plan plan;
    TRY(yaml_file(cx, file->path, LIMIT_PLAN_BYTES_MAX, &bytes));
    TRY(plan_text_decode(cx, bytes, &text));
    TRY(plan_read(cx, &text, &plan));
    uint8_t digest[SEAL_SM3_BYTES];
    seal_sm3(bytes, digest);
    PlanLoad load = {.plan = &plan,
                     .digest = seal_hex(cx->arena, (Str){(const char *)digest, sizeof digest}),
                     .now_ms = file->now_ms};
    DbCommand command = {.name = work == load_work ? "plan.load" : "plan.replace",
                         .actor = {.role = STR("system"), .origin = STR("command")},
                         .work = work,
                         .input = &load,
                         .now_ms = load.now_ms};
    return db_write(cx, house->db, &command, NULL);
}

/* The plan is what the first start loads last; without it the house is still fresh. */
static Status freshness_read(Cx *cx, House *house) {
    DbConn *conn = NULL;
    bool is_loaded = false;
    TRY(db_read_begin(cx, house->db, &conn));
    Status status = plan_is_loaded(cx, conn, &is_loaded);
    db_read_end(house->db, conn);
    house->is_fresh = !is_loaded;
    return status;
}

Status house_issues_load(Cx *cx, const House *house) {
    DbConn *conn = NULL;
    TRY(db_read_begin(cx, house->db, &conn));
    Status status = policy_issues_load(cx, conn, house->city.policies);
    db_read_end(house->db, conn);
    return status;
}

static Status plan_ensure(Cx *cx, House *house, int64_t now_ms) {
    if (!house->is_fresh) {
        return STATUS_OK;
    }
    PlanFile file = {.path = str_print(cx->arena, STR_FMT "/plan.txt", STR_ARG(house->city.folder)),
                     .now_ms = now_ms};
    return plan_from_file(cx, house, &file, load_work);
}

Status house_plan_replace(Cx *cx, House *house, Str path) {
    PlanFile file = {.path = path, .now_ms = house_clock_ms(NULL)};
    return plan_from_file(cx, house, &file, replace_work);
}

/* ---- opening ---- */

/* A server does not start with a declaration that is wrong: `huanxin record check` tells them all.
 */
static Status records_load(Cx *cx, House *house) {
    RecordProblems problems = {0};
    RecordBook *book = arena_new(cx->arena, RecordBook);
    TRY(record_book_load(cx, house->city.folder, &problems, book));
    house->city.records = book;
    return STATUS_OK;
}

/* What offices below office/policy need of its programmes: their names. */
static void programmes_name(Cx *cx, City *city) {
    size_t count = 0;
    const PolicyProgramme *programmes = policy_programmes(city->policies, &count);
    city->programmes = arena_array(cx->arena, CityProgramme, count + 1);
    city->programme_count = count;
    for (size_t i = 0; i < count; i++) {
        city->programmes[i] = (CityProgramme){programmes[i].code, programmes[i].label};
    }
}

static Status city_read(Cx *cx, const Settings *settings, House *house) {
    TRY(city_load(cx, str_of(settings->text[SETTING_TEXT_CITY]), &house->city));
    house->city.data_folder = str_of(settings->text[SETTING_TEXT_DATA]);
    TRY(policy_library_load(cx, house->city.folder, &house->city.policies));
    programmes_name(cx, &house->city);
    TRY(claim_library_load(cx, house->city.folder, house->city.policies, &house->city.claims));
    TRY(records_load(cx, house));
    TRY(offer_library_load(cx, &house->city, &house->city.offers));
    TRY(plan_book_load(cx, house->city.folder, &house->city.plan_book));
    return alert_bounds_load(cx, house->city.folder, &house->city.alert_bounds);
}

static Status city_open(Cx *cx, const Settings *settings, House *house) {
    TRY(city_read(cx, settings, house));
    return folder_make(cx, house->city.data_folder);
}

Status house_city_check(Cx *cx, const Settings *settings, House *out) {
    *out = (House){0};
    return city_read(cx, settings, out);
}

Status house_open(Cx *cx, const Settings *settings, int64_t now_ms, House *out) {
    *out = (House){0};
    TRY(city_open(cx, settings, out));
    TRY(database_open(cx, settings, true, out));
    TRY(migrate(cx, out->db));
    TRY(house_issues_load(cx, out));
    TRY(freshness_read(cx, out));
    TRY(keys_load(cx, settings, out));
    RecordHouse records = desk_house(&out->city);
    TRY(record_book_apply(cx, out->db, &records, now_ms, NULL, NULL));
    return plan_ensure(cx, out, now_ms);
}

Status house_open_to_verify(Cx *cx, const Settings *settings, House *out) {
    *out = (House){0};
    return database_open(cx, settings, false, out);
}

void house_close(House *house) {
    db_close(house->db);
    house->db = NULL;
}

Status house_has_demo(Cx *cx, const House *house, bool *out) {
    DbConn *conn = NULL;
    TRY(db_read_begin(cx, house->db, &conn));
    Status status = people_has_demo(cx, conn, out);
    db_read_end(house->db, conn);
    return status;
}

/*
 * kinds_rules_test.c - the rules that the city's declarations of kinds carry, at their borders:
 * each case files a record of cities/anqiu/records and takes it through acts; the last one is
 * allowed or refused. A rule that stops somebody rests on a confirmed document (the files name it).
 */
#include "base/arena.h"
#include "base/codes.h"
#include "main/house.h"
#include "office/desk/desk.h"
#include "test.h"
#include "test_database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS_MAX = 60, FILER = 101, OWNER = 102, DECIDER = 103 };

typedef struct Base {
    const char *kind;
    const char *inputs; /* "name=value|name=value" */
} Base;

typedef struct Case {
    const char *note;
    const char *kind;
    const char *day;    /* of filing and acts */
    const char *inputs; /* in place of, or besides, those of the base */
    const char *acts;   /* "code a=b|c=d; code": the last one is what is asked */
    Status status;      /* of the last act, or of filing when there is none */
} Case;

/* What a record of the kind needs to be filed at all. */
static const Base bases[] = {
    {"recognition",
     "org.name=演示{i}厂|town=兴安街道|honour=smart_factory|level=city|above_scale=是|"
     "years=3|clean=是|honest=是|controllable=是|maturity=2"},
    {"scrapped_vehicle",
     "org.name=演示拆解厂|plate=鲁Z{i}|vin={vin}|class=small|"
     "is_business=否|is_energy=否|keeper=张演示|town=兴安街道|received=2026-03-30|"
     "weight=1200|has_engine=是|has_frame=是|is_mortgaged=否"},
    {"used_car", "brand=演示车|class=car|power=petrol|vin={vin}|plate=鲁Z{i}|"
                 "registered=2025-09-01|mileage=9000|town=兴安街道|seller=person|price=90000"},
    {"standard",
     "name=演示标准|type=local|role=lead|act=make|field=filling|org.name=演示{i}厂|idea=演示"},
    {"remanufactured_part",
     "org.name=演示再制造厂|maker={enterprise}|class=engine|way=remake|source=user|"
     "old_serial=YS-{i}|received=2026-03-01"},
    {"financing_offer",
     "demand={demand}|bank.name=演示{i}银行|product=car|amount=700000|rate=3.2|months=36|"
     "car=business|price=1000000|conditions=演示|until=2026-12-31"},
    {"interest_subsidy",
     "bank.name=演示银行|demand={demand}|borrower.name=演示{i}厂|contract=YS-{i}|principal=1000000|"
     "rate=3|lent=2024-06-01|begin=2024-06-01|end=2026-06-01|in_list=是|"
     "by_relending=是"},
    {"tax_relief", "org.name=演示{i}厂|class=once|year=2026|item=演示机床|bought=2026-01-01|"
                   "amount=5000000|unit_value=5000000"},
    {"farm_machine", "plan=scrap|class=tractor|step=演示分档|keeper=张演示|phone=15400001234|"
                     "town=兴安街道|old_serial=YS-{i}|old_made=2005|recycler.name=演示回收厂|"
                     "scrap_number=YS-9|applied=2026-03-01"},
    {"harvest_area", "year=2026|town=兴安街道|crop=wheat|counted=2026-03-01|till=1000|tilled=1000|"
                     "sow=1000|sown=1000|harvest=1000|harvested=1000"},
    {"gas_stove",
     "shop=演示饭馆|org.name=演示{i}饭馆|site.town=兴安街道|address=演示街|keeper=张演示|"
     "phone=15400001234|gas=pipe|checked=2026-03-01|stoves=3|unsafe=2|deadline=2026-03-20"},
    {"land_measure", "matter=density|org.name=演示{i}厂|parcel=YS-{i}|site.town=兴安街道|area=1000|"
                     "way=floor|ratio_before=0.8|ratio_after=1.2"},
    {"award", "matter=innovation|org.name=演示{i}厂|year=2026|asked=100000|filed_day=2026-03-01"},
    {"warehouse_request", "way=ask|goods=桌子|class=furniture|count=2|purpose=演示|budget=3000|"
                          "begin=2026-03-10"},
    {"equipment", "org.name=演示{i}厂|town=兴安街道|class=motor|name=电机|model=Y1|serial=YS-{i}|"
                  "made=2005|energy=entry|finding=none|checked=2026-03-01"},
    {"capacity",
     "org.name=演示{i}厂|town=兴安街道|line=一号线|field=演示领域|batch=first|amount=1|unit=万吨|"
     "weight=5|use=100|use_unit=演示单位|level=unknown"},
    {"recycler_check",
     "enterprise={enterprise}|name=演示拆解厂|year=2026|by_unit=fagai|checked=2026-03-01|handled=10|"
     "license_ok=是|video_ok=是|ledger_ok=是|supervised_ok=是|pollution_ok=是|"
     "upload_ok=是"},
    {"vehicle", "use=taxi|holder.name=演示出租车公司|town=兴安街道|plate=鲁Z{i}|vin={vin}|"
                "power=petrol|stage=g4|registered=2016-01-01|plan=replace"},
};

static const Case cases[] = {
    /* E6.5: 规上, three years, no accident, not dishonest, maturity 2 */
    {"smart factory meets all", "recognition", "2026-03-31", "", "file filed_day=2026-03-31",
     STATUS_OK},
    {"maturity 1", "recognition", "2026-03-31", "maturity=1", "file filed_day=2026-03-31",
     STATUS_CONFLICT},
    {"two years", "recognition", "2026-03-31", "years=2", "file filed_day=2026-03-31",
     STATUS_CONFLICT},
    {"below the statistical size", "recognition", "2026-03-31", "above_scale=否",
     "file filed_day=2026-03-31", STATUS_CONFLICT},
    {"a major accident", "recognition", "2026-03-31", "clean=否", "file filed_day=2026-03-31",
     STATUS_CONFLICT},
    {"dishonest", "recognition", "2026-03-31", "honest=", "file filed_day=2026-03-31",
     STATUS_CONFLICT},
    {"equipment not under control", "recognition", "2026-03-31",
     "controllable=", "file filed_day=2026-03-31", STATUS_CONFLICT},
    {"the province's level has the same conditions", "recognition", "2026-03-31",
     "level=province|maturity=1", "file filed_day=2026-03-31", STATUS_CONFLICT},
    {"the nation's maturity 3 awaits a signature", "recognition", "2026-03-31", "level=nation",
     "file filed_day=2026-03-31", STATUS_OK},
    {"workshop: one source only", "recognition", "2026-03-31",
     "honour=workshop|object=一号车间|maturity=1|years=1", "file filed_day=2026-03-31", STATUS_OK},
    {"other titles have no confirmed conditions", "recognition", "2026-03-31",
     "honour=morning_star|maturity=|years=1", "file filed_day=2026-03-31", STATUS_OK},
    /* E9.1: complete vehicle, no mortgage, supervised dismantling; E10: battery from 2026-04-01 */
    {"complete", "scrapped_vehicle", "2026-04-02", "", "receive; check", STATUS_OK},
    {"no engine", "scrapped_vehicle", "2026-04-02", "has_engine=否", "receive; check",
     STATUS_CONFLICT},
    {"no frame", "scrapped_vehicle", "2026-04-02", "has_frame=否", "receive; check",
     STATUS_CONFLICT},
    {"mortgaged", "scrapped_vehicle", "2026-04-02", "is_mortgaged=是", "receive; check",
     STATUS_CONFLICT},
    {"not said to be mortgaged", "scrapped_vehicle", "2026-04-02",
     "is_mortgaged=", "receive; check", STATUS_OK},
    {"new energy without battery, last day before", "scrapped_vehicle", "2026-04-02",
     "is_energy=是|has_battery=否|received=2026-03-31", "receive; check", STATUS_OK},
    {"new energy without battery, first day", "scrapped_vehicle", "2026-04-02",
     "is_energy=是|has_battery=否|received=2026-04-01", "receive; check", STATUS_CONFLICT},
    {"new energy with battery", "scrapped_vehicle", "2026-04-02",
     "is_energy=是|has_battery=是|received=2026-04-01", "receive; check", STATUS_OK},
    {"commercial, not supervised", "scrapped_vehicle", "2026-04-02", "is_business=是",
     "receive; check; certify certificate=YS{i}|certified=2026-04-02|dismantled=2026-04-02",
     STATUS_CONFLICT},
    {"commercial, supervised", "scrapped_vehicle", "2026-04-02", "is_business=是",
     "receive; check; dismantle supervised=2026-04-01|dismantled=2026-04-01|parts.0.part=engine|"
     "parts.0.to=steel",
     STATUS_OK},
    {"school bus, not supervised", "scrapped_vehicle", "2026-04-02", "class=school",
     "receive; check; dismantle dismantled=2026-04-01|parts.0.part=engine|parts.0.to=steel",
     STATUS_CONFLICT},
    {"private car needs no supervision", "scrapped_vehicle", "2026-04-02", "",
     "receive; check; dismantle dismantled=2026-04-01|parts.0.part=engine|parts.0.to=steel",
     STATUS_OK},
    /* E11: export within 180 days of registration from 2026-01-01 needs the maker's paper */
    {"export on day 180", "used_car", "2026-03-31", "",
     "list; sign sold_price=80000; sell invoice=YS1|sold=2026-02-28|way=export", STATUS_CONFLICT},
    {"export on day 181", "used_car", "2026-03-31", "",
     "list; sign sold_price=80000; sell invoice=YS1|sold=2026-03-01|way=export", STATUS_OK},
    {"export with the paper", "used_car", "2026-03-31", "",
     "list; sign sold_price=80000; sell invoice=YS1|sold=2026-02-28|way=export|maker_paper=YS-P",
     STATUS_OK},
    {"export before the rule", "used_car", "2026-03-31", "",
     "list; sign sold_price=80000; sell invoice=YS1|sold=2025-12-31|way=export", STATUS_OK},
    {"sold at home", "used_car", "2026-03-31", "",
     "list; sign sold_price=80000; sell invoice=YS1|sold=2026-02-28|way=local", STATUS_OK},
    {"a dealer's car needs the filed dealer", "used_car", "2026-03-31", "seller=dealer", "list",
     STATUS_CONFLICT},
    /* E13: a county makes no local standard; enterprise standards are disclosed */
    {"local standard without issuer", "standard", "2026-03-31", "",
     "file filed_day=2026-03-01; approve approved=2026-03-31", STATUS_CONFLICT},
    {"local standard of the prefecture", "standard", "2026-03-31", "",
     "file filed_day=2026-03-01; approve approved=2026-03-31|issuer=潍坊市", STATUS_OK},
    {"enterprise standard not disclosed", "standard", "2026-03-31", "type=enterprise",
     "file filed_day=2026-03-01; approve approved=2026-03-02; issue number_code=Q{i}|issued=2026-03-31",
     STATUS_CONFLICT},
    {"enterprise standard disclosed", "standard", "2026-03-31", "type=enterprise",
     "file filed_day=2026-03-01; approve approved=2026-03-02; "
     "issue number_code=Q{i}|issued=2026-03-31|disclosed=是",
     STATUS_OK},
    /* 山东省循环经济条例 art. 25: a remanufactured product is marked */
    {"not marked", "remanufactured_part", "2026-03-31", "",
     "store; test test=look|tested=2026-03-02|result=usable; "
     "make method=演示|standard=演示|new_serial=YN-{i}|made=2026-03-31|mark=否",
     STATUS_CONFLICT},
    {"marked", "remanufactured_part", "2026-03-31", "",
     "store; test test=look|tested=2026-03-02|result=usable; "
     "make method=演示|standard=演示|new_serial=YN-{i}|made=2026-03-31|mark=是",
     STATUS_OK},
    {"found to be scrap", "remanufactured_part", "2026-03-31", "",
     "store; test test=look|tested=2026-03-02|result=scrap; "
     "make method=演示|standard=演示|new_serial=YN-{i}|made=2026-03-31|mark=是",
     STATUS_CONFLICT},
    /* E5: interest subsidy */
    {"interest for two years", "interest_subsidy", "2026-06-30", "", "file", STATUS_OK},
    {"interest for a day more", "interest_subsidy", "2026-06-30", "end=2026-06-02", "",
     STATUS_INVALID},
    {"lent before 2024-03-07", "interest_subsidy", "2026-06-30",
     "lent=2024-03-06|begin=2024-03-06|end=2024-12-31", "", STATUS_INVALID},
    {"not on the candidate list", "interest_subsidy", "2026-06-30", "in_list=否", "file",
     STATUS_CONFLICT},
    {"more than 1.5 points", "interest_subsidy", "2026-06-30", "", "file; check points=1.501",
     STATUS_INVALID},
    {"1.5 points", "interest_subsidy", "2026-06-30", "", "file; check points=1.5", STATUS_OK},
    /* E5: car loans from 2024-04-03 */
    {"commercial 70 %", "financing_offer", "2026-03-31", "", "offer", STATUS_OK},
    {"commercial above 70 %", "financing_offer", "2026-03-31", "amount=701000", "offer",
     STATUS_CONFLICT},
    {"commercial new energy 75 %", "financing_offer", "2026-03-31",
     "car=business_energy|amount=750000", "offer", STATUS_OK},
    {"commercial new energy above", "financing_offer", "2026-03-31",
     "car=business_energy|amount=751000", "offer", STATUS_CONFLICT},
    {"used car above 70 %", "financing_offer", "2026-03-31", "car=used|amount=701000", "offer",
     STATUS_CONFLICT},
    {"own car 100 %", "financing_offer", "2026-03-31", "car=own|amount=1000000", "offer",
     STATUS_OK},
    /* E7: one-off deduction up to 5 million, bought 2024 to 2027 */
    {"five million", "tax_relief", "2026-03-31", "", "file", STATUS_OK},
    {"above five million", "tax_relief", "2026-03-31", "unit_value=5000000.01", "", STATUS_INVALID},
    {"bought in 2023", "tax_relief", "2026-03-31", "bought=2023-12-31", "file", STATUS_CONFLICT},
    {"bought on the last day", "tax_relief", "2027-12-31", "bought=2027-12-31", "file", STATUS_OK},
    {"bought in 2028", "tax_relief", "2028-01-01", "bought=2028-01-01", "file", STATUS_CONFLICT},
    /* E3.1: at most 20,000 yuan a machine; without an amount nothing is paid */
    {"scrap 20,000", "farm_machine", "2026-03-31", "",
     "apply; verify verified=2026-03-02|subsidy_scrap=20000|basis=演示", STATUS_OK},
    {"scrap above", "farm_machine", "2026-03-31", "",
     "apply; verify verified=2026-03-02|subsidy_scrap=20000.01|basis=演示", STATUS_INVALID},
    {"no amount, no payment", "farm_machine", "2026-03-31", "",
     "apply; verify verified=2026-03-02|basis=演示; publish; pay paid=2026-03-31", STATUS_CONFLICT},
    /* plan 3 (二): density without change of use and within the plan */
    {"density agreed", "land_measure", "2026-03-31", "",
     "file; agree fits=是|same_use=是|decided=2026-03-31|doc_number=YS1", STATUS_OK},
    {"density with another use", "land_measure", "2026-03-31", "",
     "file; agree fits=是|same_use=否|decided=2026-03-31|doc_number=YS1", STATUS_CONFLICT},
    {"density not lower", "land_measure", "2026-03-31", "ratio_after=0.8", "", STATUS_INVALID},
    /* arithmetic and order */
    {"award without a document", "award", "2026-03-31", "", "file; check granted=1000",
     STATUS_INVALID},
    {"award with a document", "award", "2026-03-31", "", "file; check basis=演示|granted=100000",
     STATUS_OK},
    {"award above what was asked", "award", "2026-03-31", "",
     "file; check basis=演示|granted=100001", STATUS_INVALID},
    {"buying although there is one in store", "warehouse_request", "2026-03-31", "",
     "ask; none answer=have", STATUS_CONFLICT},
    {"nothing in store", "warehouse_request", "2026-03-31", "", "ask; none answer=none", STATUS_OK},
    {"two unsafe stoves, one fitted", "gas_stove", "2026-03-31", "", "order; mend fitted=1",
     STATUS_CONFLICT},
    {"one fitted, one stopped", "gas_stove", "2026-03-31", "", "order; mend fitted=1|stopped=1",
     STATUS_OK},
    {"unsafe is not without danger", "gas_stove", "2026-03-31", "", "pass", STATUS_CONFLICT},
    {"handed on before its date", "gas_stove", "2026-03-20", "", "order; hand", STATUS_CONFLICT},
    {"handed on after its date", "gas_stove", "2026-03-21", "", "order; hand", STATUS_OK},
    {"sound equipment is not listed", "equipment", "2026-03-31", "", "enter; list", STATUS_INVALID},
    {"below entry level is listed", "equipment", "2026-03-31", "energy=below|deadline=2026-12-31",
     "enter; list", STATUS_OK},
    {"eliminated needs its entry", "equipment", "2026-03-31", "eliminated=是|deadline=2026-12-31",
     "", STATUS_INVALID},
    {"checked while below baseline", "capacity", "2026-03-31", "",
     "file; check level=below|checked=2026-03-31", STATUS_CONFLICT},
    {"ordered while below baseline", "capacity", "2026-03-31", "",
     "file; order level=below|checked=2026-03-31", STATUS_OK},
    {"yearly check with every condition kept", "recycler_check", "2026-03-31", "",
     "pass passed=2026-03-31", STATUS_OK},
    {"yearly check without the recordings", "recycler_check", "2026-03-31", "year=2025|video_ok=否",
     "pass passed=2026-03-31", STATUS_CONFLICT},
    {"more sown by machine than sown", "harvest_area", "2026-03-31", "sown=1001", "",
     STATUS_INVALID},
    {"replaced without deregistration", "vehicle", "2026-03-31", "",
     "enter; plan due=2026-12-31; renew new_power=electric|renewed=2026-03-31", STATUS_CONFLICT},
};

typedef struct Fixture {
    Arena *arena;
    Cx cx;
    Settings settings;
    House house;
    RecordHouse records;
    TestDatabase database;
    char folder[64];
    Str enterprise; /* numbers of records that others refer to */
    Str demand;
    uint32_t case_number;
} Fixture;

static int house_make(void **state) {
    static Fixture it;
    it.arena = arena_create();
    cx_init(&it.cx, it.arena);
    (void)snprintf(it.folder, sizeof it.folder, "build/test-data-XXXXXX");
    assert_non_null(mkdtemp(it.folder));
    test_database_make(&it.database);
    char *argv[] = {(char[]){"test"}, (char[]){"--data"}, it.folder,
                    (char[]){"--db"}, it.database.url,    NULL};
    assert_int_equal(settings_read(&it.cx, 5, argv, &it.settings), STATUS_OK);
    assert_int_equal(house_open(&it.cx, &it.settings, 1000, &it.house), STATUS_OK);
    it.records = desk_house(&it.house.city);
    *state = &it;
    return 0;
}

static int house_end(void **state) {
    Fixture *it = *state;
    char command[128];
    house_close(&it->house);
    test_database_drop(&it->database);
    (void)snprintf(command, sizeof command, "rm -rf %s", it->folder);
    check(system(command) == 0);
    arena_free(it->arena);
    return 0;
}

/* ---- filing and acting ---- */

typedef struct Inputs {
    RecordInput items[INPUTS_MAX];
    size_t count;
} Inputs;

/* {i}: a number of this case's own, so that no case holds another's key; {vin}, {enterprise},
 * {demand}: a vehicle of its own and records that were filed before. */
static Str expand(Fixture *it, const char *words) {
    Arena *arena = it->arena;
    const struct {
        const char *mark;
        Str text;
    } marks[] = {{"{i}", str_print(arena, "%05u", it->case_number)},
                 {"{vin}", codes_demo_vin(arena, 2016, it->case_number)},
                 {"{enterprise}", it->enterprise},
                 {"{demand}", it->demand}};
    Str text = str_of(words);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        Str mark = str_of(marks[i].mark);
        size_t at = str_find(text, mark, 0);
        while (at != SIZE_MAX) {
            text = str_print(arena, STR_FMT STR_FMT STR_FMT, STR_ARG(str_slice(text, 0, at)),
                             STR_ARG(marks[i].text), STR_ARG(str_from(text, at + mark.len)));
            at = str_find(text, mark, 0);
        }
    }
    return text;
}

/* A later mention of a name takes the place of the earlier one. */
static void inputs_add(Inputs *inputs, Str list) {
    while (list.len > 0) {
        Str value = str_cut(&list, '|');
        Str name = str_cut(&value, '=');
        size_t at = 0;
        while (at < inputs->count && !str_equal(inputs->items[at].name, name)) {
            at++;
        }
        assert_true(at < INPUTS_MAX);
        inputs->items[at] = (RecordInput){name, value.at == NULL ? STR("") : value};
        inputs->count += at == inputs->count;
    }
}

typedef struct Work {
    const RecordHouse *house;
    const RecordDraft *draft; /* filing */
    const RecordTransition *act;
    RecordActor actor;
    Inputs inputs;
    int64_t id;
    int64_t now_ms;
} Work;

static Status file_work(Cx *cx, DbConn *conn, void *input) {
    Work *work = input;
    Record out = {0};
    TRY(record_create(cx, conn, work->house, work->draft, &out));
    work->id = out.id;
    return STATUS_OK;
}

static Status act_work(Cx *cx, DbConn *conn, void *input) {
    Work *work = input;
    Record now = {0};
    Record out = {0};
    RecordDraft draft = {0};
    TRY(record_find(cx, conn, work->house->book, work->id, &now));
    RecordAsk ask = {.kind = now.kind,
                     .base = &now,
                     .act = work->act,
                     .inputs = work->inputs.items,
                     .input_count = work->inputs.count,
                     .actor = &work->actor,
                     .now_ms = work->now_ms};
    TRY(record_draft(cx, work->house, &ask, &draft));
    RecordChange change = {.id = now.id,
                           .revision = now.revision,
                           .draft = &draft,
                           .act = work->act,
                           .note = STR("因为"),
                           .actor = &work->actor};
    return record_move(cx, conn, work->house, &change, &out);
}

static Status run(Fixture *it, DbWork *run_work, Work *work) {
    DbCommand command = {
        .name = "test",
        .actor = {.user_id = work->actor.person_id, .role = STR("officer"), .origin = STR("test")},
        .work = run_work,
        .input = work,
        .now_ms = work->now_ms};
    return db_write(&it->cx, it->house.db, &command, NULL);
}

static const char *base_of(const char *kind) {
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (strcmp(bases[i].kind, kind) == 0) {
            return bases[i].inputs;
        }
    }
    return "";
}

/* Files the record as an officer of the filing unit; gives its id. */
static Status case_file(Fixture *it, const Case *one, Work *work) {
    const RecordKind *kind = record_kind_find(it->records.book, str_of(one->kind));
    assert_non_null(kind);
    Day day = DAY_NONE;
    assert_int_equal(day_parse(&it->cx, str_of(one->day), &day), STATUS_OK);
    *work = (Work){.house = &it->records, .now_ms = day_start_ms(day) + 36000000};
    work->actor = (RecordActor){.person_id = FILER,
                                .role = kind->filers[0],
                                .unit = kind->owners[0],
                                .org_id = 7,
                                .name = STR("演示单位")};
    inputs_add(&work->inputs, expand(it, base_of(one->kind)));
    inputs_add(&work->inputs, expand(it, one->inputs));
    RecordAsk ask = {.kind = kind,
                     .inputs = work->inputs.items,
                     .input_count = work->inputs.count,
                     .actor = &work->actor,
                     .now_ms = work->now_ms};
    RecordDraft draft = {0};
    TRY(record_draft(&it->cx, &it->records, &ask, &draft));
    work->draft = &draft;
    Status status = run(it, file_work, work);
    work->draft = NULL;
    return status;
}

/* The filer does what is the filer's, somebody else of the owner the rest. */
static Status case_act(Fixture *it, const RecordKind *kind, Work *work, Str words) {
    Str rest = str_trim(words);
    Str code = str_cut(&rest, ' ');
    work->act = record_transition_find(kind, code);
    if (work->act == NULL) {
        fail_msg("no act \"" STR_FMT "\"", STR_ARG(code));
    }
    RecordActor filer = work->actor;
    if (work->act->by_owner) {
        work->actor = (RecordActor){.person_id = work->act->is_four_eyes ? DECIDER : OWNER,
                                    .role = STR("officer"),
                                    .unit = kind->owners[0],
                                    .name = STR("部门")};
    }
    work->inputs.count = 0;
    inputs_add(&work->inputs, rest);
    Status status = run(it, act_work, work);
    work->actor = filer;
    return status;
}

static Status case_run(Fixture *it, const Case *one) {
    Work work;
    const RecordKind *kind = record_kind_find(it->records.book, str_of(one->kind));
    Status status = case_file(it, one, &work);
    Str acts = expand(it, one->acts);
    while (acts.len > 0) {
        if (status != STATUS_OK) {
            fail_msg("%s: %s", one->note, it->cx.fault.text);
        }
        status = case_act(it, kind, &work, str_cut(&acts, ';'));
    }
    return status;
}

static Str number_of_filed(Fixture *it, const Case *one) {
    Work work;
    Record record = {0};
    DbConn *conn = NULL;
    assert_int_equal(case_file(it, one, &work), STATUS_OK);
    assert_int_equal(db_read_begin(&it->cx, it->house.db, &conn), STATUS_OK);
    assert_int_equal(record_find(&it->cx, conn, it->records.book, work.id, &record), STATUS_OK);
    db_read_end(it->house.db, conn);
    return record.number;
}

static void referred_make(Fixture *it) {
    const Case enterprise = {.kind = "circular_enterprise",
                             .day = "2026-01-05",
                             .inputs =
                                 "org.name=演示再制造厂|type=part|site.town=兴安街道|license=YS|"
                                 "capacity=100|capacity_unit=ton"};
    const Case demand = {.kind = "financing_demand",
                         .day = "2026-01-05",
                         .inputs = "org.name=演示甲厂|type=industry|purpose=renew|town=兴安街道|"
                                   "amount=1000000|months=24|mortgage=credit|revenue=50000000|"
                                   "about=演示|contact=张演示|phone=15400001234"};
    it->enterprise = number_of_filed(it, &enterprise);
    it->demand = number_of_filed(it, &demand);
}

/* One machine is paid once: its serial number is one over all kinds that pay. */
static void test_a_machine_is_paid_once(void **state) {
    Fixture *it = *state;
    const Case farm = {.kind = "farm_machine",
                       .day = "2026-03-01",
                       .inputs = "plan=buy|serial=ONCE-1|model=YS|price=90000"};
    const Case project = {
        .kind = "renewal_project",
        .day = "2026-03-02",
        .inputs =
            "name=演示农机更新|field=farm|applicant.name=演示甲厂|town=兴安街道|content=演示|"
            "start_planned=2026-04-01|end_planned=2026-06-01|investment_planned=200000|"
            "equipment_planned=100000|year=2026|new_equipment.0.name=拖拉机|"
            "new_equipment.0.model=YS|new_equipment.0.serial=once-1|new_equipment.0.price=90000"};
    Work work;
    fault_clear(&it->cx);
    assert_int_equal(case_file(it, &farm, &work), STATUS_OK);
    assert_int_equal(case_file(it, &project, &work), STATUS_CONFLICT);
    assert_non_null(strstr(it->cx.fault.text, "NJ-2026-"));
}

static void test_rules_at_their_borders(void **state) {
    Fixture *it = *state;
    size_t wrong_count = 0;
    referred_make(it);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fault_clear(&it->cx);
        it->case_number++;
        Status status = case_run(it, &cases[i]);
        if (status != cases[i].status) {
            wrong_count++;
            print_error("%s: %s instead of %s (%s)\n", cases[i].note, status_text(status),
                        status_text(cases[i].status), it->cx.fault.text);
        }
    }
    assert_int_equal(wrong_count, 0);
}

/* ---- four eyes ---- */

enum { FRESH = 201, HAND = 202, LAST = 203 };

static bool may_decide(Fixture *it, const Record *record, const RecordTransition *act,
                       int64_t person) {
    RecordActor actor = {
        .person_id = person, .role = STR("officer"), .unit = record->owner, .name = STR("部门")};
    RecordActs acts;
    assert_int_equal(
        record_acts(&it->cx, &it->records, record, &actor, INT64_C(1893456000000), &acts),
        STATUS_OK);
    for (size_t i = 0; i < acts.count; i++) {
        if (acts.items[i].transition == act) {
            /* What else a record lacks is not asked here. */
            return !str_contains(acts.items[i].reason, STR("没有经手"));
        }
    }
    fail_msg(STR_FMT "." STR_FMT " is no act of its owner", STR_ARG(record->kind->code),
             STR_ARG(act->code));
    return false;
}

/* Every kind, every state from which such a decision starts: the filer, whoever edited or acted in
 * the round, and the last one are refused; somebody else is not. */
static void test_four_eyes_by_kind_and_state(void **state) {
    Fixture *it = *state;
    const int64_t hands[] = {HAND};
    size_t decision_count = 0;
    for (size_t k = 0; k < it->records.book->kind_count; k++) {
        const RecordKind *kind = &it->records.book->kinds[k];
        for (size_t i = 0; i < kind->transition_count; i++) {
            const RecordTransition *act = &kind->transitions[i];
            for (size_t at = 0; act->is_four_eyes && act->by_owner && at < kind->state_count;
                 at++) {
                Record record = {.kind = kind,
                                 .number = STR("X-2030-00001"),
                                 .state = at,
                                 .owner = kind->owners[0],
                                 .filer_id = FILER,
                                 .last_id = LAST,
                                 .due = DAY_NONE,
                                 .hands = hands,
                                 .hand_count = 1,
                                 .values = arena_array(it->arena, RecordValue, kind->field_count)};
                if ((act->from >> at & 1) == 0) {
                    continue;
                }
                decision_count++;
                assert_false(may_decide(it, &record, act, FILER));
                assert_false(may_decide(it, &record, act, HAND));
                assert_int_equal(may_decide(it, &record, act, LAST), at == kind->start);
                assert_true(may_decide(it, &record, act, FRESH));
            }
        }
    }
    assert_true(decision_count > 30);
}

/* The round in the database: an edit and an earlier step close the way, sending back and a decision
 * open it again. */
static void test_four_eyes_round_by_round(void **state) {
    Fixture *it = *state;
    const RecordKind *kind = record_kind_find(it->records.book, STR("recognition"));
    const RecordTransition *recommend = record_transition_find(kind, STR("recommend"));
    const Case one = {.kind = "recognition", .day = "2030-03-31"};
    Work work;
    Record record;
    DbConn *conn = NULL;
    it->case_number++;
    assert_int_equal(case_file(it, &one, &work), STATUS_OK);
    assert_int_equal(case_act(it, kind, &work, STR("file filed_day=2030-03-31")), STATUS_OK);
    RecordActor filer = work.actor;
    /* The owner sends it back; it is filed again: the same owner's person may recommend. */
    assert_int_equal(case_act(it, kind, &work, STR("return")), STATUS_OK);
    assert_int_equal(case_act(it, kind, &work, STR("file filed_day=2030-03-31")), STATUS_OK);
    assert_int_equal(db_read_begin(&it->cx, it->house.db, &conn), STATUS_OK);
    assert_int_equal(record_find(&it->cx, conn, it->records.book, work.id, &record), STATUS_OK);
    db_read_end(it->house.db, conn);
    assert_true(may_decide(it, &record, recommend, OWNER));
    assert_false(may_decide(it, &record, recommend, filer.person_id));
    /* Whoever recommends is the first of the next round. */
    assert_int_equal(case_act(it, kind, &work, STR("recommend")), STATUS_OK);
    assert_int_equal(db_read_begin(&it->cx, it->house.db, &conn), STATUS_OK);
    assert_int_equal(record_find(&it->cx, conn, it->records.book, work.id, &record), STATUS_OK);
    db_read_end(it->house.db, conn);
    assert_int_equal(record.hand_count, 1);
    assert_int_equal(record.hands[0], DECIDER);
}

/* ---- stocks month by month ---- */

static int64_t moved_in(Fixture *it, const char *counter, const char *month) {
    int64_t sum = 0;
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&it->cx, it->house.db, &conn), STATUS_OK);
    assert_int_equal(record_counter_sum(&it->cx, conn, str_of(counter), STR(""), str_of(month),
                                        str_of(month), &sum),
                     STATUS_OK);
    db_read_end(it->house.db, conn);
    return sum;
}

/* What was listed in January and ended in March is missing from March on, not from January. */
static void test_a_stock_is_listed_less_ended(void **state) {
    Fixture *it = *state;
    const Case truck = {.kind = "old_truck",
                        .day = "2030-01-05",
                        .inputs = "plate=鲁Z{i}|vin={vin}|class=light|stage=g3|town=兴安街道|"
                                  "registered=2018-01-01|keeper=张演示",
                        .acts = "enter; tell told=2030-02-01|told_by=visit; "
                                "end ended=2030-03-10|end_kind=cancelled|end_paper=YS-1"};
    const Case early = {.kind = "old_truck",
                        .day = "2030-05-05",
                        .inputs = "plate=鲁Z{i}|vin={vin}|class=light|stage=g3|town=兴安街道|"
                                  "registered=2018-01-01|keeper=张演示",
                        .acts = "enter; end ended=2030-04-30|end_kind=gone|end_paper=YS-2"};
    const Case line = {.kind = "capacity",
                       .day = "2030-01-05",
                       .acts = "file; order level=below|checked=2030-01-06; "
                               "renew level=middle|ended=2030-02-07|use=1; close "
                               "closed_day=2030-06-08"};
    it->case_number++;
    fault_clear(&it->cx);
    assert_int_equal(
        case_run(
            it,
            &(Case){.kind = truck.kind, .day = truck.day, .inputs = truck.inputs, .acts = "enter"}),
        STATUS_OK);
    assert_int_equal(moved_in(it, "vehicle.old_truck_left", "2030-01"), 1);
    it->case_number++;
    assert_int_equal(case_run(it, &truck), STATUS_OK);
    assert_int_equal(moved_in(it, "vehicle.old_truck_left", "2030-01"), 2);
    assert_int_equal(moved_in(it, "vehicle.old_truck_left", "2030-02"), 0);
    assert_int_equal(moved_in(it, "vehicle.old_truck_left", "2030-03"), -1);
    /* Ended before it was listed: never counted, and no month goes below zero. */
    it->case_number++;
    assert_int_equal(case_run(it, &early), STATUS_OK);
    assert_int_equal(moved_in(it, "vehicle.old_truck_left", "2030-04"), 0);
    assert_int_equal(moved_in(it, "vehicle.old_truck_left", "2030-05"), 0);
    it->case_number++;
    assert_int_equal(case_run(it, &line), STATUS_OK);
    assert_int_equal(moved_in(it, "equipment.below_baseline_left", "2030-01"), 1);
    assert_int_equal(moved_in(it, "equipment.below_baseline_left", "2030-02"), -1);
    assert_int_equal(moved_in(it, "equipment.below_baseline_left", "2030-06"), 0);
    assert_int_equal(moved_in(it, "capacity.total", "2030-01"), 5);
    assert_int_equal(moved_in(it, "capacity.total", "2030-06"), -5);
}

/* ---- tables of conditions ---- */

typedef struct Judged {
    const char *note;
    const char *inputs;
    const char *verdicts; /* of the rows in order: m met, x missing, o open, - unset */
} Judged;

/* At each border: one row of the table turns and no other. */
static const Judged judged[] = {
    {"all met", "", "mmmmmm"},
    {"below the statistical size", "above_scale=否", "xmmmmm"},
    {"size not said", "above_scale=", "ommmmm"},
    {"two years", "years=2", "mxmmmm"},
    {"an accident", "clean=否", "mmxmmm"},
    {"dishonest", "honest=否", "mmmxmm"},
    {"not under control", "controllable=否", "mmmmxm"},
    {"maturity 1", "maturity=1", "mmmmmx"},
    {"maturity not said", "maturity=", "mmmmmo"},
    {"nation, maturity 2, without the province's", "level=nation", "mmmmmmxo"},
    {"nation, maturity 3", "level=nation|maturity=3", "mmmmmmmo"},
    {"workshop", "honour=workshop|object=一号|maturity=2", "mm-"},
    {"workshop, maturity 1", "honour=workshop|object=一号|maturity=1", "mx-"},
    {"workshop, two years", "honour=workshop|object=一号|maturity=2|years=2", "xm-"},
    {"morning star", "honour=morning_star", "-"},
    {"green factory without papers", "honour=green_factory", "x--"},
    {"green park", "honour=green_park", "-"},
    {"green chain", "honour=green_chain", "-"},
    {"energy leader", "honour=energy_leader", "-"},
    {"water leader", "honour=water_leader", "-"},
    {"norm", "honour=recycle_norm", "-"},
    {"park", "honour=recycle_park", "-"},
    {"sorting", "honour=sorting", "-"},
};

static void judged_check(Fixture *it, const Judged *one) {
    const RecordKind *kind = record_kind_find(it->records.book, STR("recognition"));
    const Case file = {
        .note = one->note, .kind = "recognition", .day = "2026-03-31", .inputs = one->inputs};
    Work work;
    Record record;
    RecordConditions found;
    DbConn *conn = NULL;
    char marks[32] = {0};
    it->case_number++;
    assert_int_equal(case_file(it, &file, &work), STATUS_OK);
    assert_int_equal(db_read_begin(&it->cx, it->house.db, &conn), STATUS_OK);
    assert_int_equal(record_find(&it->cx, conn, it->records.book, work.id, &record), STATUS_OK);
    db_read_end(it->house.db, conn);
    assert_ptr_equal(record.kind, kind);
    assert_int_equal(record_conditions(&it->cx, &it->records, &record, work.now_ms, &found),
                     STATUS_OK);
    assert_true(found.count < sizeof marks);
    for (size_t i = 0; i < found.count; i++) {
        const RecordCondition *condition = &found.items[i];
        marks[i] = "mxo-"[condition->verdict];
        assert_true(condition->words.len > 0 && condition->basis.len > 0);
        assert_int_equal(condition->is_binding, str_equal(condition->status, STR("confirmed")));
        assert_true(condition->is_binding || str_equal(condition->status, STR("single")) ||
                    str_equal(condition->status, STR("not found")));
        assert_int_equal(condition->verdict == RECORD_UNSET,
                         str_equal(condition->status, STR("not found")));
    }
    if (strcmp(marks, one->verdicts) != 0) {
        fail_msg("%s: %s instead of %s", one->note, marks, one->verdicts);
    }
}

static void test_conditions_at_their_borders(void **state) {
    Fixture *it = *state;
    for (size_t i = 0; i < sizeof judged / sizeof judged[0]; i++) {
        fault_clear(&it->cx);
        judged_check(it, &judged[i]);
    }
}

/* Every honour has its table: a choice without conditions would be granted without a word. */
static void test_every_honour_has_a_table(void **state) {
    Fixture *it = *state;
    const RecordKind *kind = record_kind_find(it->records.book, STR("recognition"));
    const RecordField *honour = &kind->fields[record_field_find(kind, STR("honour"))];
    for (size_t i = 0; i < honour->choice_count; i++) {
        bool has_table = false;
        for (size_t k = 0; k < kind->table_count; k++) {
            has_table = has_table || str_equal(kind->tables[k].code, honour->choices[i].code);
        }
        if (!has_table) {
            fail_msg(STR_FMT, STR_ARG(honour->choices[i].code));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions_at_their_borders),
        cmocka_unit_test(test_every_honour_has_a_table),
        cmocka_unit_test(test_four_eyes_by_kind_and_state),
        cmocka_unit_test(test_four_eyes_round_by_round),
        cmocka_unit_test(test_a_stock_is_listed_less_ended),
        cmocka_unit_test(test_rules_at_their_borders),
        cmocka_unit_test(test_a_machine_is_paid_once),
    };
    return cmocka_run_group_tests(tests, house_make, house_end);
}

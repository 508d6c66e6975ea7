/*
 * desk.h - the office of declared kinds of record: all their pages come from the declarations alone
 * (docs/reference/record-kinds.md). What a record is, who may do what with it and when, is decided
 * by src/record; here it is listed, shown, filled in, imported and exported.
 *
 *   /record ─▶ /record/{kind} ─▶ /record/{kind}/{id} ─▶ edit · act · file
 *                  ├─▶ new (draft) · import · export · template · map
 *   /record/due    what waits for my unit, by the legal clock      /public/{kind}  public columns
 *
 * Security properties (tests/40_http/desk_test.c names each by its number):
 *   D1  every page asks the engine for the actor's sight of the record; what may not be seen is 404
 *   D2  a public list or page holds public fields only, also in its exports and its JSON
 *   D3  an act or an edit that is not the actor's is refused by the engine, whatever was posted
 *   D4  attachments are known by their first bytes, limited in size and number, stored by digest
 *       below the data folder, and sent with nosniff and as attachments
 *   D5  a file that came before is named by a token that only this house can make for this person
 *   D6  drafts and personal views belong to one person; drafts are sealed at rest
 *   D7  sealed fields are masked in every page, list, export and conflict; opening one is journaled
 */
#ifndef HUANXIN_OFFICE_DESK_DESK_H
#define HUANXIN_OFFICE_DESK_DESK_H

#include "office/city/city.h"
#include "record/record.h"
#include "web/web.h"

/* The engine's view of the city: its book, calendar and keys. */
RecordHouse desk_house(const City *city);
/* Who asks, as the engine knows them: role, unit by its code, firm. */
MUST_CHECK Status desk_actor(Cx *cx, DbConn *conn, const WebUser *user, const RecordBook *book,
                             RecordActor *out);

/* ---- what waits for somebody: their unit decides, or they filed it and go on ---- */

typedef struct DeskAsker {
    Cx *cx;
    DbConn *conn;
    const RecordHouse *house;
    const RecordActor *actor;
} DeskAsker;
typedef struct DeskRecords {
    Record *items;
    size_t count;
    size_t room;
} DeskRecords;
/* The records of all kinds that wait for the actor, those with the nearest date first, those
 * without one after, the oldest first; of each kind at most row_max with and row_max without a
 * date. Some queries a kind. */
MUST_CHECK Status desk_waiting(const DeskAsker *asker, size_t row_max, DeskRecords *out);
/* Adds how many of a kind wait to *count; *is_mine true when any ever do. */
MUST_CHECK Status desk_waiting_count(const DeskAsker *asker, const RecordKind *kind, int64_t *count,
                                     bool *is_more, bool *is_mine);
/* The words by which offices know a record: its first text, firm or code. */
Str desk_name_of(Arena *arena, const RecordBook *book, const Record *record);

/* Pages of officers, firms and residents. */
Status desk_index_page(Web *web);
Status desk_due_page(Web *web);
Status desk_list_page(Web *web);
Status desk_view_post(Web *web);
Status desk_view_drop_post(Web *web);
Status desk_new_page(Web *web);
Status desk_new_post(Web *web);
Status desk_draft_drop_post(Web *web);
Status desk_record_page(Web *web);
Status desk_print_page(Web *web);
Status desk_edit_page(Web *web);
Status desk_edit_post(Web *web);
Status desk_act_page(Web *web);
Status desk_act_post(Web *web);
Status desk_file(Web *web);
Status desk_reveal_page(Web *web);
Status desk_reveal_post(Web *web);
Status desk_map_page(Web *web);
Status desk_export(Web *web);
Status desk_template(Web *web);
Status desk_import_page(Web *web);
Status desk_import_post(Web *web);
Status desk_import_commit_post(Web *web);
Status desk_import_errors(Web *web);
Status desk_export_file(Web *web);

/* Time limits that the city sets. */
Status desk_clock_list_page(Web *web);
Status desk_clock_page(Web *web);
Status desk_clock_post(Web *web);
Status desk_clock_one_page(Web *web);
Status desk_clock_approve_post(Web *web);
Status desk_clock_refuse_post(Web *web);

/* Pages of anybody: public kinds, public columns. */
Status desk_public_index_page(Web *web);
Status desk_public_list_page(Web *web);
Status desk_public_record_page(Web *web);
Status desk_public_map_page(Web *web);
Status desk_public_export(Web *web);

#endif

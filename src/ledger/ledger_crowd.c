/*
 * ledger_crowd.c - reserving for a crowd: the totals of the funds on the way are read once for the
 * commands that follow each other in a transaction, each reservation is judged and added in memory,
 * and every changed fund is written once.
 *
 *   reserve ─▶ way known? ─no─▶ read the way ─▶ judge every node ─▶ add to every node
 *                                                                        │
 *   anything else that reads or changes a fund, another kind of command, COMMIT
 *                                                         ─▶ one UPDATE for each fund
 *
 * The rule is SQL_POST_GUARDED's: no node frozen or closed, none used above its appropriation, none
 * giving out more of its own money than it has. It is exact, because the transaction holds the
 * database's write lock and all statements on funds go through ledger_store.c, which ends the crowd
 * first. On PostgreSQL every change of a row leaves a dead version behind that the next change must
 * step over: one change a transaction keeps the cost of a claim flat.
 */
#include "ledger/ledger_internal.h"

#include <string.h>

enum { NODES_MAX = 64, WAYS_MAX = 16 };

typedef struct Node {
    int64_t fund_id;
    int64_t room_fen;        /* that may still be used here and below */
    int64_t direct_room_fen; /* of its own money: neither given to allocations nor in use */
    int64_t reserved_fen;    /* not yet written */
    int64_t direct_fen;      /* not yet written */
    bool is_shut;            /* frozen or closed */
} Node;

typedef struct Way {
    int64_t fund_id;
    int64_t rate_bp[LEDGER_LEVEL_COUNT];
    uint8_t count;
    uint8_t nodes[FUND_DEPTH_MAX];
    bool is_direct[FUND_DEPTH_MAX];
} Way;

typedef struct Crowd {
    size_t node_count;
    size_t way_count;
    Node nodes[NODES_MAX];
    Way ways[WAYS_MAX];
} Crowd;

static Status crowd_flush(Cx *cx, DbConn *conn, void *state) {
    Crowd *crowd = state;
    for (size_t i = 0; i < crowd->node_count; i++) {
        const Node *node = &crowd->nodes[i];
        if (node->reserved_fen > 0) {
            TRY(store_reserved_add(cx, conn, (FundId){node->fund_id}, node->reserved_fen,
                                   node->direct_fen));
        }
    }
    memset(crowd, 0, sizeof *crowd);
    return STATUS_OK;
}

static const DbTally crowd_tally = {.size = sizeof(Crowd), .flush = crowd_flush};

Status crowd_end(Cx *cx, DbConn *conn) {
    return db_has_tally(conn, &crowd_tally) ? crowd_flush(cx, conn, db_tally(conn, &crowd_tally))
                                            : STATUS_OK;
}

static uint8_t node_of(Crowd *crowd, const Fund *fund) {
    for (size_t i = 0; i < crowd->node_count; i++) {
        if (crowd->nodes[i].fund_id == fund->id.id) {
            return (uint8_t)i;
        }
    }
    const int64_t used = fund->reserved.fen + fund->approved.fen + fund->paid.fen;
    crowd->nodes[crowd->node_count] =
        (Node){.fund_id = fund->id.id,
               .room_fen = fund->appropriated.fen - used,
               .direct_room_fen = fund->appropriated.fen - fund->allocated.fen - fund->direct.fen,
               .is_shut = fund->is_frozen || fund->is_closed};
    return (uint8_t)crowd->node_count++;
}

/* Reads a way; *out NULL when there is no such fund. Nodes that are known keep their sums: what the
 * database says of them is older. */
static Status way_read(Cx *cx, DbConn *conn, Crowd *crowd, FundId fund, Way **out) {
    Path path;
    *out = NULL;
    if (crowd->way_count == WAYS_MAX || crowd->node_count + FUND_DEPTH_MAX > NODES_MAX) {
        TRY(crowd_flush(cx, conn, crowd));
    }
    TRY(store_path_read(cx, conn, fund, &path));
    if (path.count == 0) {
        return STATUS_OK;
    }
    Way *way = &crowd->ways[crowd->way_count++];
    *way = (Way){.fund_id = fund.id, .count = (uint8_t)path.count};
    memcpy(way->rate_bp, path.nodes[0].fund.rate_bp, sizeof way->rate_bp);
    for (size_t i = 0; i < path.count; i++) {
        way->nodes[i] = node_of(crowd, &path.nodes[i].fund);
        way->is_direct[i] = path.nodes[i].is_direct;
    }
    *out = way;
    return STATUS_OK;
}

static Status way_find(Cx *cx, DbConn *conn, Crowd *crowd, FundId fund, Way **out) {
    for (size_t i = 0; i < crowd->way_count; i++) {
        if (crowd->ways[i].fund_id == fund.id) {
            *out = &crowd->ways[i];
            return STATUS_OK;
        }
    }
    return way_read(cx, conn, crowd, fund, out);
}

static bool has_room(const Crowd *crowd, const Way *way, int64_t fen) {
    for (size_t i = 0; i < way->count; i++) {
        const Node *node = &crowd->nodes[way->nodes[i]];
        if (node->is_shut || fen > node->room_fen ||
            (way->is_direct[i] ? fen : 0) > node->direct_room_fen) {
            return false;
        }
    }
    return true;
}

Status crowd_reserve(Cx *cx, DbConn *conn, FundId fund, Money amount, CrowdTaken *out) {
    Crowd *crowd = db_tally(conn, &crowd_tally);
    Way *way = NULL;
    check(amount.fen > 0);
    *out = (CrowdTaken){.is_done = false};
    TRY(way_find(cx, conn, crowd, fund, &way));
    if (way == NULL || !has_room(crowd, way, amount.fen)) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < way->count; i++) {
        Node *node = &crowd->nodes[way->nodes[i]];
        const int64_t direct_fen = way->is_direct[i] ? amount.fen : 0;
        node->room_fen -= amount.fen;
        node->direct_room_fen -= direct_fen;
        node->reserved_fen += amount.fen;
        node->direct_fen += direct_fen;
    }
    out->is_done = true;
    memcpy(out->rate_bp, way->rate_bp, sizeof out->rate_bp);
    return STATUS_OK;
}

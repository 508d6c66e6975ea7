/*
 * model.h - what the money should be, in memory: a second, plain telling of the rules in ledger.h,
 * coupon.h and shop.h that shares no line with them. Given an operation it says how it must end and
 * what it must answer, and keeps every fund, hold, transfer, coupon, sale and settlement.
 *
 * It includes nothing of src/ on purpose. Amounts are fen, instants milliseconds, days whole days
 * since 1970 in the city's time zone (UTC+8). All of it is one flat value: reset and replay the
 * operations that took place, and the state of any moment is there again.
 */
#ifndef HUANXIN_TESTS_SIM_MODEL_H
#define HUANXIN_TESTS_SIM_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum {
    MODEL_LEVELS = 4,
    MODEL_DEPTH_MAX = 16,
    MODEL_FUNDS_MAX = 160,
    MODEL_PERSONS = 60,
    MODEL_SHOPS = 4,
    MODEL_CATEGORIES = 5, /* the first four draw on pot 0, the last on pot 1 */
    MODEL_POTS = 2,
    MODEL_PATH_BYTES = 96,
};

/* X(NAME, word, weight) */
#define OP_LIST(X)                                                                                 \
    X(TOP_UP, "top_up", 5)                                                                         \
    X(RECLAIM, "reclaim", 3)                                                                       \
    X(REALLOCATE, "reallocate", 3)                                                                 \
    X(FREEZE, "freeze", 1)                                                                         \
    X(UNFREEZE, "unfreeze", 2)                                                                     \
    X(CREATE, "create", 1)                                                                         \
    X(CLOSE, "close", 1)                                                                           \
    X(RESERVE, "reserve", 9)                                                                       \
    X(RELEASE, "release", 3)                                                                       \
    X(RELEASE_ALL, "release_all", 3)                                                               \
    X(APPROVE, "approve", 6)                                                                       \
    X(PAY, "pay", 6)                                                                               \
    X(RECOVER, "recover", 3)                                                                       \
    X(MOVE, "move", 4)                                                                             \
    X(CLAIM, "claim", 16)                                                                          \
    X(WITHDRAW, "withdraw", 3)                                                                     \
    X(REDEEM, "redeem", 12)                                                                        \
    X(RETURN, "return", 5)                                                                         \
    X(EXPIRE, "expire", 2)                                                                         \
    X(SETTLE, "settle", 3)                                                                         \
    X(SETTLE_PAY, "settle_pay", 4)                                                                 \
    X(SALE_RECOVER, "sale_recover", 3)                                                             \
    X(POT, "pot", 1)                                                                               \
    X(SHOP_STATE, "shop_state", 1)

typedef enum OpKind {
#define X(name, word, weight) OP_##name,
    OP_LIST(X)
#undef X
        OP_COUNT
} OpKind;

/* An operation as it is asked for. Plain bytes: it goes to another process as it is. */
typedef struct Op {
    OpKind kind;
    int64_t number; /* its idempotency key */
    int64_t user;
    int64_t now_ms;
    int64_t amount; /* fen, or how many */
    int64_t target; /* number of the operation that made the hold, coupon, sale or settlement */
    int32_t shop;   /* 0..MODEL_SHOPS-1 */
    int32_t person;
    int32_t category;
    bool flag;
    int64_t serial;
    char path[MODEL_PATH_BYTES];  /* of a fund */
    char other[MODEL_PATH_BYTES]; /* of the other fund; the code of a new one */
} Op;

/* How an operation ends. */
typedef enum ModelEnd {
    MODEL_OK,
    MODEL_INVALID,
    MODEL_NOT_FOUND,
    MODEL_CONFLICT,
    MODEL_DENIED
} ModelEnd;

typedef struct ModelFund {
    char path[MODEL_PATH_BYTES];
    int32_t parent; /* index, -1: root */
    int32_t depth;
    bool is_cap;
    bool is_frozen;
    bool is_closed;
    bool is_reusable; /* of its root */
    int64_t rate_bp[MODEL_LEVELS];
    int64_t appropriated;
    int64_t allocated;
    int64_t reserved;
    int64_t approved;
    int64_t paid;
    int64_t recovered;
    int64_t released;
    int64_t direct;
    int64_t paid_shares[MODEL_LEVELS];
} ModelFund;

typedef struct ModelHold {
    int64_t made_by; /* the operation */
    bool is_plain;   /* by OP_RESERVE; else a coupon's */
    int32_t fund;
    int64_t reserved;
    int64_t approved;
    int64_t paid;
    int64_t recovered;
    int64_t released;
} ModelHold;

typedef struct ModelTransfer {
    int32_t kind; /* 1..11, as stored */
    int32_t fund;
    int32_t other; /* -1: none */
    int32_t hold;  /* -1: none */
    int64_t amount;
    int64_t shares[MODEL_LEVELS];
    int64_t at_ms;
} ModelTransfer;

typedef enum CouponState {
    COUPON_CLAIMED,
    COUPON_REDEEMED,
    COUPON_SETTLED,
    COUPON_WITHDRAWN,
    COUPON_EXPIRED,
    COUPON_RETURNED
} CouponState;
extern const char *const model_coupon_words[];

typedef struct ModelCoupon {
    int64_t made_by;
    int32_t person;
    int32_t category;
    int32_t hold;
    CouponState state;
    int64_t amount;
    int64_t expires_ms;
    int64_t claimed_ms;
} ModelCoupon;

typedef enum SaleState {
    SALE_REDEEMED,
    SALE_IN_BATCH,
    SALE_PAID,
    SALE_RETURNED,
    SALE_RECOVERING,
    SALE_RECOVERED
} SaleState;
extern const char *const model_sale_words[];

typedef struct ModelSale {
    int64_t made_by; /* also its invoice */
    int64_t serial;
    int32_t coupon;
    int32_t shop;
    int32_t settlement; /* -1: none */
    SaleState state;
    int64_t subsidy;
    int64_t returned_by; /* who began the recovery, and so does not end it */
} ModelSale;

typedef struct ModelSettlement {
    int64_t made_by;
    int32_t shop;
    bool is_paid;
    int64_t count;
    int64_t total;
} ModelSettlement;

typedef struct ModelPot {
    int32_t fund;
    int64_t validity_days;
    int64_t claims_max;
    bool is_open;
} ModelPot;

typedef struct Model {
    ModelFund funds[MODEL_FUNDS_MAX];
    int32_t fund_count;
    ModelPot pots[MODEL_POTS];
    bool is_suspended[MODEL_SHOPS];
    /* Lists that grow; their memory belongs to the model and survives model_reset. */
    ModelHold *holds;
    int32_t hold_count;
    ModelTransfer *transfers;
    int32_t transfer_count;
    ModelCoupon *coupons;
    int32_t coupon_count;
    ModelSale *sales;
    int32_t sale_count;
    ModelSettlement *settlements;
    int32_t settlement_count;
    int32_t room; /* of each list */
} Model;

/* An empty city with the funds of the start. room: how many operations it must hold. */
void model_init(Model *model, int32_t room);
/* Back to the start. */
void model_reset(Model *model);
/* Plays one operation. *answer gets what it must answer when it is OK. */
ModelEnd model_play(Model *model, const Op *op, int64_t *answer);
/* What a node could give to a hold right there: the least room on its way; 0 when the way is not
 * open. */
int64_t model_left(const Model *model, int32_t fund);
int32_t model_fund_find(const Model *model, const char *path);
/* Recomputes the totals of every node from the holds alone and compares, and checks what must hold
 * at each; NULL when all is right, else what is wrong. */
const char *model_self_check(const Model *model);

const char *op_word(OpKind kind);
int op_weight(OpKind kind);

/* The funds of the start, in the order of their creation, for whoever builds the real ones. */
typedef struct StartFund {
    const char *path;
    bool is_cap;
    int64_t appropriated;
    bool is_reusable;              /* roots */
    int64_t rate_bp[MODEL_LEVELS]; /* roots */
} StartFund;
extern const StartFund model_start_funds[];
extern const int32_t model_start_fund_count;
extern const char *const model_pot_paths[MODEL_POTS];
enum { MODEL_VALIDITY_DAYS = 9, MODEL_CLAIMS_MAX = 40, MODEL_DAY_MS = 86400000 };
/* Caps of a claim and rates of the subsidy in 2026: 15 %, at most 1,500 yuan for appliances and
 * 500 yuan for phones (商办流通函〔2025〕469号). */
int64_t model_cap_fen(int32_t category);

#endif

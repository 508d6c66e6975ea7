/*
 * model.h - the model behind the public face, private to src/dmn.
 *
 *   documents ── types (item definitions) ── nodes (the requirements graph) ── logic (expressions)
 *
 * Frames: each piece of logic runs on one array of values. Its first slots are the names its
 * requirements bring into scope, then parameters, then what boxed expressions add.
 *
 *   [ requirement 0 | requirement 1 | ... | parameter 0 | ... | context entry | iterator ... ]
 */
#ifndef HUANXIN_DMN_MODEL_H
#define HUANXIN_DMN_MODEL_H

#include "base/map.h"
#include "base/vec.h"
#include "dmn/dmn.h"
#include "dmn/message.h"
#include "dmn/xml.h"

typedef enum ExpressionKind {
    EXPRESSION_NONE, /* missing or not understood: null */
    EXPRESSION_LITERAL,
    EXPRESSION_TABLE,
    EXPRESSION_CONTEXT,
    EXPRESSION_LIST,
    EXPRESSION_RELATION,
    EXPRESSION_FUNCTION,
    EXPRESSION_INVOCATION,
    EXPRESSION_CONDITIONAL,
    EXPRESSION_FILTER,
    EXPRESSION_FOR,
    EXPRESSION_SOME,
    EXPRESSION_EVERY,
} ExpressionKind;

/* One named part: an entry of a context, a column of a relation, a binding, a parameter. */
typedef struct Part {
    Str name; /* empty: the result of a context */
    const FeelType *type;
    const DmnExpression *expression;
} Part;

struct DmnExpression {
    ExpressionKind kind;
    DmnPlace place;
    const FeelType *type;       /* declared, or NULL */
    const FeelType *known_type; /* declared, else inferred; never NULL */
    const FeelProgram *program; /* literal; filter: over slot */
    DmnTable *table;
    /* context entries, list items, relation cells (row by row), function (body), invocation
     * (bindings, names set), conditional (if, then, else), filter (in, match),
     * for/some/every (in, return) */
    Part *parts;
    size_t part_count;
    size_t column_count;             /* relation */
    const DmnExpression *called;     /* invocation */
    size_t slot;                     /* first slot of what it adds to the frame */
    size_t partial_slot;             /* for */
    const FeelParameter *parameters; /* function */
    size_t parameter_count;
    size_t frame_count; /* function: slots of its own frame */
    bool knows_itself;  /* function: an entry of a context; its own slot is slot - 1 */
};

typedef struct Document {
    Str file;
    Str uri;
    Str name;
    const XmlNode *root;
    struct Import {
        Str name;
        const struct Document *document; /* NULL: not supplied */
        Str uri;
    } * imports;
    size_t import_count;
    Map types; /* name -> TypeEntry */
} Document;

typedef enum TypeState { TYPE_NEW, TYPE_OPEN, TYPE_DONE } TypeState;

typedef struct TypeEntry {
    Str name;
    const XmlNode *xml;
    const Document *document;
    TypeState state;
    FeelType *type;
} TypeEntry;

typedef struct Requirement {
    size_t node;
    Str name; /* in scope: with the import's prefix */
} Requirement;

typedef struct RequirementVec VEC(Requirement) RequirementVec;
typedef struct IndexVec VEC(size_t) IndexVec;

/* A node with its logic. */
typedef struct Node {
    DmnNode face;
    const XmlNode *xml;
    const Document *document;
    RequirementVec requirements;
    const DmnExpression *logic; /* of a decision or knowledge model */
    size_t frame_count;
    const FeelParameter *parameters; /* of a knowledge model or service */
    size_t parameter_count;
    const FeelType *result;  /* of a knowledge model or service */
    IndexVec service_inputs; /* of a service: input data, then input decisions */
    IndexVec service_outputs;
} Node;

typedef struct NodeVec VEC(Node *) NodeVec;
typedef struct DiagnosticVec VEC(DmnDiagnostic) DiagnosticVec;

struct DmnModel {
    ZoneSet *zones;
    Document *documents;
    size_t document_count;
    NodeVec nodes;
    Map nodes_by_id; /* "document#id" -> Node */
    DiagnosticVec diagnostics;
    bool has_errors;
};

/* What reading and compiling share. */
typedef struct Reader {
    Cx *cx;
    DmnModel *model;
    const Document *document; /* that is being read */
    const Node *node;         /* whose logic is being compiled, or NULL */
    FeelScope *scope;
    size_t frame_count; /* highest number of slots seen */
    int depth;
    bool is_entry_function; /* the function compiled next is an entry of a context */
    FeelDiagnostics *feel;  /* filled by one compilation, then drained */
} Reader;

enum { DIAGNOSTICS_MAX = 1000 };

/* Adds a diagnostic about an XML node (which may be NULL) of reader->document. */
void dmn_report(Reader *reader, const XmlNode *xml, DmnMessage message, Str first, Str second);
/* Adds a full diagnostic. */
void dmn_report_at(Reader *reader, const DmnDiagnostic *diagnostic);
/* Moves what FEEL said about a text into the model's diagnostics. */
void dmn_drain_feel(Reader *reader, const DmnPlace *place, bool is_error);
/* The place of an XML node. */
DmnPlace dmn_place_of(const Reader *reader, const XmlNode *xml);

/* types.c: the type a typeRef names, seen from reader->document; NULL (and a diagnostic) when it is
 * unknown; NULL without diagnostic when text is empty. */
Status dmn_type_of(Reader *reader, const XmlNode *at, Str text, const FeelType **out);
/* Makes every item definition of all documents. */
Status dmn_read_types(Reader *reader);
/* Adds the names of all types that the document sees to a scope. */
void dmn_scope_types(Reader *reader, FeelScope *scope);

/* compile.c: compiles the expression element that stands below parent (after other elements). */
Status dmn_compile_below(Reader *reader, const XmlNode *parent, const DmnExpression **out);
/* Compiles one expression element. */
Status dmn_compile(Reader *reader, const XmlNode *xml, const DmnExpression **out);
/* table.c */
Status dmn_compile_table(Reader *reader, const XmlNode *xml, DmnExpression *out);
/* Compiles the text child of xml as an expression; a missing or broken text leaves a NULL program
 * and a diagnostic at place. */
Status dmn_compile_text(Reader *reader, const XmlNode *xml, const DmnPlace *place, DmnCell *out);
/* The first child of xml that is an expression element, or NULL. */
const XmlNode *dmn_expression_child(const XmlNode *xml);

#endif

/*
 * xml.c - expat fills the tree. Security: 1. a DOCTYPE stops the parser; 2. depth, nodes and
 * attributes are limited; 3. expat's own guard against amplification stays on.
 */
#include "dmn/xml.h"

#include "base/buf.h"
#include "base/limits.h"

#include <expat.h>

enum { SEPARATOR = '\n' }; /* between namespace and name: never part of either */

typedef struct Builder {
    Cx *cx;
    XML_Parser parser;
    XmlNode *root;
    XmlNode *open;                    /* innermost element not closed yet */
    XmlNode *last[XML_DEPTH_MAX + 1]; /* last child at each depth */
    Buf text[XML_DEPTH_MAX + 1];
    int depth;
    size_t node_count;
    Status status;
} Builder;

static void stop(Builder *builder, Status status) {
    builder->status = status;
    (void)XML_StopParser(builder->parser, XML_FALSE);
}

static int64_t line_of(const Builder *builder) {
    return (int64_t)XML_GetCurrentLineNumber(builder->parser);
}

static int64_t column_of(const Builder *builder) {
    return (int64_t)XML_GetCurrentColumnNumber(builder->parser) + 1;
}

static size_t byte_of(const Builder *builder) {
    return (size_t)XML_GetCurrentByteIndex(builder->parser);
}

/* Splits "uri\nname" as expat writes it. */
static void split_name(Arena *arena, const char *joined, Str *uri, Str *name) {
    Str rest = str_dup(arena, str_of(joined));
    Str first = str_cut(&rest, SEPARATOR);
    *uri = rest.at == NULL ? STR("") : first;
    *name = rest.at == NULL ? first : rest;
}

static void read_attributes(Builder *builder, XmlNode *node, const char **pairs) {
    Arena *arena = builder->cx->arena;
    size_t count = 0;
    while (pairs[2 * count] != NULL) {
        count++;
    }
    if (count > XML_ATTRIBUTES_MAX) {
        stop(builder, fault_at_line(builder->cx, STATUS_LIMIT, node->line, node->column,
                                    "xml: more than %d attributes", XML_ATTRIBUTES_MAX));
        return;
    }
    XmlAttribute *attributes = arena_array(arena, XmlAttribute, count);
    for (size_t i = 0; i < count; i++) {
        split_name(arena, pairs[2 * i], &attributes[i].uri, &attributes[i].name);
        attributes[i].value = str_dup(arena, str_of(pairs[2 * i + 1]));
    }
    node->attributes = attributes;
    node->attribute_count = count;
}

static void XMLCALL on_start(void *data, const char *name, const char **pairs) {
    Builder *builder = data;
    Cx *cx = builder->cx;
    if (builder->status != STATUS_OK) { /* expat may finish a tag after a stop */
        return;
    }
    if (builder->depth == XML_DEPTH_MAX || builder->node_count == XML_NODES_MAX) {
        stop(builder, fault_at_line(cx, STATUS_LIMIT, line_of(builder), column_of(builder),
                                    "xml: nested too deep or too many elements"));
        return;
    }
    if (cx_step(cx) != STATUS_OK) {
        stop(builder, cx->fault.status);
        return;
    }
    XmlNode *node = arena_new(cx->arena, XmlNode);
    node->line = line_of(builder);
    node->column = column_of(builder);
    node->start = byte_of(builder);
    node->inner = node->start + (size_t)XML_GetCurrentByteCount(builder->parser);
    node->parent = builder->open;
    split_name(cx->arena, name, &node->uri, &node->name);
    read_attributes(builder, node, pairs);
    builder->node_count++;
    if (builder->open == NULL) {
        builder->root = node;
    } else if (builder->last[builder->depth] == NULL) {
        builder->open->child = node;
    } else {
        builder->last[builder->depth]->next = node;
    }
    builder->last[builder->depth] = node;
    builder->open = node;
    builder->depth++;
    builder->last[builder->depth] = NULL;
    buf_clear(&builder->text[builder->depth]);
}

static void XMLCALL on_end(void *data, const char *name) {
    (void)name;
    Builder *builder = data;
    Buf *text = &builder->text[builder->depth];
    if (builder->status != STATUS_OK) {
        return;
    }
    if (buf_status(text) != STATUS_OK) {
        stop(builder, fault(builder->cx, STATUS_LIMIT, "xml: text too long"));
        return;
    }
    builder->open->outer = byte_of(builder);
    builder->open->end = builder->open->outer + (size_t)XML_GetCurrentByteCount(builder->parser);
    builder->open->text = str_dup(builder->cx->arena, buf_str(text));
    builder->open = builder->open->parent;
    builder->depth--;
}

static void XMLCALL on_text(void *data, const char *text, int len) {
    Builder *builder = data;
    buf_put(&builder->text[builder->depth], (Str){text, (size_t)len});
}

static void XMLCALL on_doctype(void *data, const char *name, const char *system, const char *public,
                               int has_subset) {
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    Builder *builder = data;
    stop(builder, fault_at_line(builder->cx, STATUS_INVALID, line_of(builder), column_of(builder),
                                "xml: a DOCTYPE is not allowed"));
}

/* Feeds expat in pieces, because its lengths are int. */
static Status feed(Builder *builder, Str text) {
    enum { PIECE_BYTES = 1 << 20 };
    size_t at = 0;
    do {
        Str piece = str_slice(text, at, PIECE_BYTES);
        at += piece.len;
        if (XML_Parse(builder->parser, piece.at, (int)piece.len, at >= text.len) != XML_STATUS_OK) {
            if (builder->status != STATUS_OK) {
                return builder->status;
            }
            return fault_at_line(builder->cx, STATUS_INVALID, line_of(builder), column_of(builder),
                                 "xml: %s", XML_ErrorString(XML_GetErrorCode(builder->parser)));
        }
    } while (at < text.len);
    return builder->status;
}

Status xml_parse(Cx *cx, Str text, const XmlNode **out) {
    if (text.len > LIMIT_MODEL_BYTES_MAX) {
        return fault(cx, STATUS_LIMIT, "xml: longer than %d bytes", LIMIT_MODEL_BYTES_MAX);
    }
    if (!str_is_utf8(text)) {
        return fault_at_line(cx, STATUS_INVALID, 1, 1, "xml: the text is not UTF-8");
    }
    Arena *scratch = arena_create();
    Builder *builder = arena_new(scratch, Builder);
    builder->cx = cx;
    builder->parser = XML_ParserCreateNS("UTF-8", SEPARATOR);
    check(builder->parser != NULL);
    for (int i = 0; i <= XML_DEPTH_MAX; i++) {
        buf_init(&builder->text[i], LIMIT_MODEL_BYTES_MAX);
    }
    XML_SetUserData(builder->parser, builder);
    XML_SetElementHandler(builder->parser, on_start, on_end);
    XML_SetCharacterDataHandler(builder->parser, on_text);
    XML_SetStartDoctypeDeclHandler(builder->parser, on_doctype);
    Status status = feed(builder, text);
    if (status == STATUS_OK) {
        *out = builder->root;
    }
    for (int i = 0; i <= XML_DEPTH_MAX; i++) {
        buf_dispose(&builder->text[i]);
    }
    XML_ParserFree(builder->parser);
    arena_free(scratch);
    return status;
}

Str xml_attribute_in(const XmlNode *node, Str uri, Str name) {
    for (size_t i = 0; i < node->attribute_count; i++) {
        if (str_equal(node->attributes[i].name, name) && str_equal(node->attributes[i].uri, uri)) {
            return node->attributes[i].value;
        }
    }
    return STR_NONE;
}

Str xml_attribute(const XmlNode *node, Str name) {
    return xml_attribute_in(node, STR(""), name);
}

static const XmlNode *find_from(const XmlNode *node, Str uri, Str name) {
    while (node != NULL && !(str_equal(node->name, name) && str_equal(node->uri, uri))) {
        node = node->next;
    }
    return node;
}

const XmlNode *xml_child(const XmlNode *node, Str name) {
    return node == NULL ? NULL : find_from(node->child, node->uri, name);
}

const XmlNode *xml_next(const XmlNode *node) {
    return find_from(node->next, node->uri, node->name);
}

bool xml_is(const XmlNode *node, Str name) {
    return node->parent != NULL && str_equal(node->uri, node->parent->uri) &&
           str_equal(node->name, name);
}

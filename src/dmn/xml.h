/*
 * xml.h - a small XML tree for DMN models and test files, private to src/dmn. Names are compared by
 * namespace and local name, never by prefix. A DOCTYPE is refused, so there are no entities from
 * outside and no entity bombs. Everything lives in the arena of the Cx.
 */
#ifndef HUANXIN_DMN_XML_H
#define HUANXIN_DMN_XML_H

#include "base/cx.h"

enum {
    XML_DEPTH_MAX = 200,
    XML_NODES_MAX = 4 * 1000 * 1000,
    XML_ATTRIBUTES_MAX = 200,
};

typedef struct XmlAttribute {
    Str uri; /* empty for plain attributes */
    Str name;
    Str value;
} XmlAttribute;

typedef struct XmlNode {
    Str uri;
    Str name;
    const XmlAttribute *attributes;
    size_t attribute_count;
    Str text; /* the character data directly inside, joined */
    int64_t line;
    int64_t column;
    size_t start; /* byte of its "<" in the document */
    size_t inner; /* byte after its start tag; of an empty element: its end */
    size_t outer; /* byte of its end tag's "<" */
    size_t end;   /* byte after its end tag */
    struct XmlNode *parent;
    struct XmlNode *child; /* first */
    struct XmlNode *next;  /* sibling */
} XmlNode;

/* Parses a whole document. INVALID (line and column) when it is not well-formed UTF-8 XML or has a
 * DOCTYPE; LIMIT when it is too large or deep. O(bytes). */
MUST_CHECK Status xml_parse(Cx *cx, Str text, const XmlNode **out);
/* The value of the attribute without namespace, or the empty text with at == NULL. */
Str xml_attribute(const XmlNode *node, Str name);
/* The value of an attribute in a namespace, or the empty text with at == NULL. */
Str xml_attribute_in(const XmlNode *node, Str uri, Str name);
/* The first child of a name in node's own namespace, or NULL. */
const XmlNode *xml_child(const XmlNode *node, Str name);
/* The next sibling of node with the same name and namespace, or NULL. */
const XmlNode *xml_next(const XmlNode *node);
/* True when the node has this name and its parent's namespace. */
bool xml_is(const XmlNode *node, Str name);

#endif

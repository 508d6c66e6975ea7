/*
 * pack.h - office files are ZIP archives of XML parts (ECMA-376, Open Packaging Conventions): parts
 * in, parts out, and the few lines of XML that every writer needs. It knows neither worksheets nor
 * documents.
 *
 *   pack_part / pack_open_part + pack_put ──▶ temporary files ──▶ pack_finish ──▶ put(bytes)…
 *   bytes ──▶ pack_read ──▶ pack_stream(part, on_bytes) / pack_text(part)
 *
 * Writing takes constant memory: a long part waits in an unnamed file. The same parts give the same
 * bytes: entries carry a fixed time. A ZIP from outside is refused by the number of its entries,
 * the bytes it would unpack to, its ratio, and when an entry is encrypted; what a part unpacks to
 * is counted again while it is read, because the directory of a ZIP can lie.
 *
 * Ownership: a PackWriter and a Pack live in the arena of their Cx and release their files with it.
 */
#ifndef HUANXIN_PACK_PACK_H
#define HUANXIN_PACK_PACK_H

#include "base/buf.h"
#include "base/cx.h"

enum {
    PACK_PARTS_MAX = 4096,
    /* Deflate reaches 230:1 (fast) to 1032:1 on a single repeated byte; a worksheet 10:1 to 50:1.
     */
    PACK_RATIO_MAX = 200,
    /* Below this the ratio does not matter: a small part of blanks is no attack. */
    PACK_RATIO_FREE_BYTES = 16 * 1024 * 1024,
    PACK_CHUNK_BYTES = 64 * 1024,
};

/* Takes the next bytes; its failure ends the work and is passed on. */
typedef Status PackPut(void *it, Cx *cx, Str bytes);

/* ---- writing ---- */

typedef struct PackWriter PackWriter;

/* Starts an archive; folder is where temporary files stand, NULL: /tmp. IO when it cannot. */
MUST_CHECK Status pack_writer_new(Cx *cx, const char *folder, PackWriter **out);
/* Adds a short part at once. bytes are borrowed until pack_finish. */
MUST_CHECK Status pack_part(PackWriter *writer, Str name, Str bytes);
/* Starts a long part; pack_put writes to it until the next part or pack_finish. */
MUST_CHECK Status pack_open_part(PackWriter *writer, Str name);
MUST_CHECK Status pack_put(PackWriter *writer, Str bytes);
/* Compresses the parts in the order in which they were added and hands the archive out. */
MUST_CHECK Status pack_finish(PackWriter *writer, PackPut *put, void *it);

/* Appends text as XML character data, fit for attributes too: & < > " escaped; characters that XML
 * cannot carry (controls but tab and line feed, U+FFFE, U+FFFF) are left out. */
void pack_xml_text(Buf *buf, Str text);

/* ---- reading ---- */

typedef struct Pack Pack;

/* True when bytes begin as a ZIP archive does. */
bool pack_is_zip(Str bytes);
/* Opens an archive; bytes are borrowed. INVALID when damaged or encrypted, LIMIT as said above,
 * with unpacked_bytes_max over all parts. O(entries). */
MUST_CHECK Status pack_read(Cx *cx, Str bytes, size_t unpacked_bytes_max, Pack **out);
bool pack_has(const Pack *pack, Str name);
/* Unpacks a part piece by piece. NOT_FOUND without it; INVALID when damaged; LIMIT beyond the bytes
 * that are left. */
MUST_CHECK Status pack_stream(Pack *pack, Str name, PackPut *on_bytes, void *it);
/* Unpacks a short part whole into the arena. As pack_stream; LIMIT beyond bytes_max. */
MUST_CHECK Status pack_text(Pack *pack, Str name, size_t bytes_max, Str *out);

#endif

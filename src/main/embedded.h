/* embedded.h - files built into the program by tools/embed.c: assets and migrations. */
#ifndef HUANXIN_MAIN_EMBEDDED_H
#define HUANXIN_MAIN_EMBEDDED_H

#include <stddef.h>

typedef struct EmbeddedFile {
    const char *name; /* path below its folder, "app.css" */
    const unsigned char *bytes;
    size_t size;
} EmbeddedFile;

extern const EmbeddedFile embedded_assets[];
extern const size_t embedded_asset_count;
/* In order of their names, which begin with the version: "0001_base.sql". */
extern const EmbeddedFile embedded_migrations[];
extern const size_t embedded_migration_count;

#endif

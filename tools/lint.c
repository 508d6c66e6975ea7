/*
 * lint.c - the house checks itself: floors and cycles of src/floors.txt against every #include,
 * banned calls, SQL and raw HTML in the right rooms, length of lines, functions and files.
 * Prints file:line: message for each finding; exit code 1 when there is any. No options.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    MODULES_MAX = 64,
    DEPS_MAX = 24,
    NAME_MAX_BYTES = 64,
    LINE_MAX_BYTES = 1024,
    FILE_LINES_MAX = 1500,
    FUNCTION_LINES_MAX = 70,
    PATH_MAX_BYTES = 512,
};

typedef struct Module {
    char name[NAME_MAX_BYTES];
    int floor;
    char deps[DEPS_MAX][NAME_MAX_BYTES];
    int dep_count;
} Module;

static Module modules[MODULES_MAX];
static int module_count;
static int finding_count;

static void finding(const char *path, int line, const char *message, const char *what) {
    printf("%s:%d: %s%s%s\n", path, line, message, what[0] != '\0' ? ": " : "", what);
    finding_count++;
}

/* ---- floors ---- */

static Module *module_find(const char *name) {
    for (int i = 0; i < module_count; i++) {
        if (strcmp(modules[i].name, name) == 0) {
            return &modules[i];
        }
    }
    return NULL;
}

static void floors_line(char *line) {
    Module *module = &modules[module_count];
    char *save = NULL;
    char *word = strtok_r(line, " \t\n", &save);
    if (word == NULL || word[0] == '#' || module_count == MODULES_MAX) {
        return;
    }
    (void)snprintf(module->name, sizeof module->name, "%s", word);
    word = strtok_r(NULL, " \t\n", &save);
    module->floor = word == NULL ? -1 : atoi(word + 1);
    for (word = strtok_r(NULL, " \t\n", &save); word != NULL && module->dep_count < DEPS_MAX;
         word = strtok_r(NULL, " \t\n", &save)) {
        (void)snprintf(module->deps[module->dep_count++], NAME_MAX_BYTES, "%s", word);
    }
    module_count++;
}

static void floors_read(void) {
    char line[LINE_MAX_BYTES];
    FILE *file = fopen("src/floors.txt", "r");
    if (file == NULL) {
        fprintf(stderr, "lint: src/floors.txt is missing; run it from the project's root\n");
        exit(2);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        floors_line(line);
    }
    (void)fclose(file);
}

static bool reaches(const Module *from, const char *target, int depth) {
    if (depth > MODULES_MAX) {
        return true;
    }
    for (int i = 0; i < from->dep_count; i++) {
        const Module *dep = module_find(from->deps[i]);
        if (strcmp(from->deps[i], target) == 0 ||
            (dep != NULL && reaches(dep, target, depth + 1))) {
            return true;
        }
    }
    return false;
}

static void floors_check(void) {
    for (int i = 0; i < module_count; i++) {
        const Module *module = &modules[i];
        if (reaches(module, module->name, 0)) {
            finding("src/floors.txt", i, "cycle through module", module->name);
        }
        for (int k = 0; k < module->dep_count; k++) {
            const Module *dep = module_find(module->deps[k]);
            if (dep == NULL) {
                finding("src/floors.txt", i, "unknown module", module->deps[k]);
            } else if (dep->floor > module->floor) {
                finding("src/floors.txt", i, "a floor may not include upward", module->name);
            }
        }
    }
}

/* ---- includes ---- */

/* The module of a path below src: "office/shop/shop.c" gives "office/shop". */
static void module_of(const char *path, char out[NAME_MAX_BYTES]) {
    const char *last = strrchr(path, '/');
    size_t len = last == NULL ? 0 : (size_t)(last - path);
    len = len < NAME_MAX_BYTES ? len : NAME_MAX_BYTES - 1;
    memcpy(out, path, len);
    out[len] = '\0';
}

static bool is_allowed(const Module *module, const char *name) {
    if (strcmp(module->name, name) == 0) {
        return true;
    }
    for (int i = 0; i < module->dep_count; i++) {
        if (strcmp(module->deps[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* An office is seen by others only through <name>.h. */
static bool is_face(const char *include, const char *module) {
    const char *name = strrchr(module, '/');
    const char *file = strrchr(include, '/');
    char face[NAME_MAX_BYTES];
    (void)snprintf(face, sizeof face, "%.60s.h", name == NULL ? module : name + 1);
    return strncmp(module, "office/", 7) != 0 || strcmp(file + 1, face) == 0;
}

static void include_check(const char *path, int line, const char *text) {
    const char *start = strstr(text, "#include \"");
    if (start == NULL) {
        return;
    }
    char include[PATH_MAX_BYTES];
    char own[NAME_MAX_BYTES];
    char other[NAME_MAX_BYTES];
    (void)snprintf(include, sizeof include, "%s", start + 10);
    include[strcspn(include, "\"")] = '\0';
    module_of(path + 4, own);
    module_of(include, other);
    const Module *module = module_find(own);
    if (other[0] == '\0' || strcmp(own, "main") == 0) {
        return;
    }
    if (module == NULL) {
        finding(path, line, "this folder is not in src/floors.txt", own);
    } else if (!is_allowed(module, other)) {
        finding(path, line, "src/floors.txt does not allow this include", include);
    } else if (strcmp(own, other) != 0 && !is_face(include, other)) {
        finding(path, line, "an office is seen only through its own header", include);
    }
}

/* ---- words ---- */

typedef struct Ban {
    const char *word;
    const char *instead;
    const char *allowed; /* part of a path where it may stand, or "" */
} Ban;

static const Ban bans[] = {
    {"strcpy(", "str_dup", ""},
    {"strcat(", "buf_put", ""},
    {"sprintf(", "str_print or snprintf", ""},
    {"strtok(", "str_cut", ""},
    {"atoi(", "str_int64", "tools/"},
    {"gets(", "fgets", ""},
    {"alloca(", "arena_alloc", ""},
    {"strncpy(", "str_dup", ""},
    {"localtime", "day.h", ""},
    {"malloc(", "an arena or a Buf", "base/"},
    {"calloc(", "an arena or a Buf", "base/"},
    {"realloc(", "a Buf", "base/"},
    {"html_raw(", "html_text", "/html/"},
    {"FIXME:", "an issue", ""},
};

static bool is_word_start(const char *line, const char *hit) {
    return hit == line || !(isalnum((unsigned char)hit[-1]) || hit[-1] == '_');
}

static void words_check(const char *path, int line, const char *text) {
    for (size_t i = 0; i < sizeof bans / sizeof bans[0]; i++) {
        const char *hit = strstr(text, bans[i].word);
        bool is_here = bans[i].allowed[0] != '\0' && strstr(path, bans[i].allowed) != NULL;
        bool is_shell = strcmp(bans[i].word, "html_raw(") == 0 && strstr(path, "src/web/") != NULL;
        if (hit != NULL && is_word_start(text, hit) && !is_here && !is_shell) {
            finding(path, line, "banned; use", bans[i].instead);
        }
    }
}

static bool is_store(const char *path) {
    return strstr(path, "_store.c") != NULL || strstr(path, "src/db/") != NULL ||
           strstr(path, "src/ledger/") != NULL;
}

static void sql_check(const char *path, int line, const char *text) {
    static const char *const words[] = {"\"SELECT ", "\"INSERT INTO ", "\"UPDATE ",
                                        "\"DELETE FROM "};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(text, words[i]) != NULL && !is_store(path)) {
            finding(path, line, "SQL stands in *_store.c", words[i] + 1);
        }
    }
    if (strstr(text, "\"SELECT *") != NULL) {
        finding(path, line, "list the columns", "SELECT *");
    }
}

/* ---- sizes ---- */

typedef struct Sizes {
    int line_count;
    int function_start; /* 0: outside */
} Sizes;

/* A function begins with a line at the margin that ends in " {" and ends with "}" alone. */
static void function_check(const char *path, const char *text, Sizes *sizes) {
    size_t len = strlen(text);
    bool is_margin =
        len > 0 && (isalpha((unsigned char)text[0]) || text[0] == '_' || text[0] == ' ');
    bool opens = len > 3 && strcmp(text + len - 3, ") {") == 0;
    if (sizes->function_start == 0 && opens && is_margin &&
        (text[0] != ' ' || strncmp(text, "    ", 4) != 0 || strchr(text, ';') == NULL)) {
        sizes->function_start = sizes->line_count;
    }
    if (strcmp(text, "}") == 0) {
        if (sizes->function_start != 0 &&
            sizes->line_count - sizes->function_start + 1 > FUNCTION_LINES_MAX) {
            finding(path, sizes->function_start, "function longer than 70 lines", "");
        }
        sizes->function_start = 0;
    }
}

static void file_check(const char *path) {
    char text[LINE_MAX_BYTES];
    Sizes sizes = {0};
    bool in_comment = false;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        finding(path, 0, "cannot be read", "");
        return;
    }
    while (fgets(text, sizeof text, file) != NULL) {
        sizes.line_count++;
        text[strcspn(text, "\n")] = '\0';
        bool is_comment = in_comment || strncmp(text + strspn(text, " "), "/*", 2) == 0 ||
                          strncmp(text + strspn(text, " "), "//", 2) == 0;
        in_comment = is_comment && strstr(text, "*/") == NULL && strstr(text, "//") == NULL;
        if (strncmp(path, "src/", 4) == 0) {
            include_check(path, sizes.line_count, text);
        }
        /* Tests may hold long tables and their own memory; the rules are for what ships. */
        bool is_shipped = strncmp(path, "src/", 4) == 0;
        if (!is_comment && is_shipped) {
            words_check(path, sizes.line_count, text);
            sql_check(path, sizes.line_count, text);
        }
        if (is_shipped || strncmp(path, "tools/", 6) == 0) {
            function_check(path, text, &sizes);
        }
    }
    (void)fclose(file);
    if (sizes.line_count > FILE_LINES_MAX) {
        finding(path, sizes.line_count, "file longer than 1500 lines", "");
    }
}

static void folder_check(const char *folder) {
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return;
    }
    for (struct dirent *row = readdir(dir); row != NULL; row = readdir(dir)) {
        char path[PATH_MAX_BYTES];
        struct stat info;
        /* Installed peers of the benchmarks are not ours to judge. */
        if (row->d_name[0] == '.' || strcmp(row->d_name, "node_modules") == 0) {
            continue;
        }
        (void)snprintf(path, sizeof path, "%s/%s", folder, row->d_name);
        size_t len = strlen(path);
        bool is_source =
            len > 2 && (strcmp(path + len - 2, ".c") == 0 || strcmp(path + len - 2, ".h") == 0);
        if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
            folder_check(path);
        } else if (is_source) {
            file_check(path);
        }
    }
    (void)closedir(dir);
}

int main(void) {
    static const char *const folders[] = {"src", "tests", "tools", "bench", "fuzz"};
    floors_read();
    floors_check();
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        folder_check(folders[i]);
    }
    if (finding_count > 0) {
        printf("lint: %d findings\n", finding_count);
    }
    return finding_count > 0;
}

/*
 * embed.c - writes files as C arrays, so that the program is one file.
 * Usage: embed NAME [ENTRY=PATH ...] > out.c ; a table embedded_NAMEs with every ENTRY.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_PER_LINE = 16 };

static void bytes_write(FILE *file, int index) {
    printf("static const unsigned char file_%d[] = {", index);
    long count = 0;
    for (int c = fgetc(file); c != EOF; c = fgetc(file)) {
        printf("%s%d,", count % BYTES_PER_LINE == 0 ? "\n    " : "", c);
        count++;
    }
    /* The NUL is not counted: migrations are read as C strings. */
    printf("0};\nenum { size_%d = %ld };\n", index, count);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: embed NAME [ENTRY=PATH ...]\n");
        return 2;
    }
    printf("#include \"main/embedded.h\"\n\n");
    for (int i = 2; i < argc; i++) {
        const char *path = strchr(argv[i], '=');
        FILE *file = path == NULL ? NULL : fopen(path + 1, "rb");
        if (file == NULL) {
            fprintf(stderr, "embed: cannot read %s\n", argv[i]);
            return 1;
        }
        bytes_write(file, i);
        (void)fclose(file);
    }
    printf("\nconst EmbeddedFile embedded_%ss[] = {\n", argv[1]);
    for (int i = 2; i < argc; i++) {
        int len = (int)(strchr(argv[i], '=') - argv[i]);
        printf("    {\"%.*s\", file_%d, size_%d},\n", len, argv[i], i, i);
    }
    printf("    {0, 0, 0},\n};\nconst size_t embedded_%s_count = %d;\n", argv[1], argc - 2);
    return 0;
}

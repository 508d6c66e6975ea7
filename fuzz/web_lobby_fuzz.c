/* The ticket of the waiting room: bytes from a browser's cookie. Nothing but a ticket that the room
 * itself has sealed names a place. */
#include "web/lobby.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static Lobby *lobby = NULL;
    static int64_t known = 0;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    if (lobby == NULL) {
        LobbyOptions options = {.places_max = 1000, .at_once_max = 1, .now_ms = 1000000};
        LobbyPlace first;
        lobby = lobby_create(&options);
        check(lobby_enter(&cx, lobby, STR_NONE, 0, 1000000, &first) == STATUS_OK);
        known = first.number;
    }
    Str ticket = {(const char *)bytes, len};
    LobbyPlace place;
    lobby_look(lobby, ticket, 0, 1000001, &place);
    check(place.number == 0 || place.number == known);
    check(place.number == 0 || str_equal(ticket, lobby_ticket(lobby, arena, known)));
    arena_free(arena);
    return 0;
}

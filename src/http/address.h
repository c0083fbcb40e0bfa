/* Network addresses as text: where to listen, who connects, and which proxies are trusted. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { ADDRESS_TEXT_SIZE = 56 }; /* "[…]:65535" of IPv6 with its zero byte */

/* "127.0.0.1:8080", "[::]:8080", "localhost:0". ERR_INVALID. */
enum err address_parse(struct str text, struct sockaddr_storage *out, socklen_t *size);
/* The same back: with its port, or without port and brackets. Returns the size of the text; "" for
 * what is no internet address. */
size_t address_write(const struct sockaddr *address, char out[ADDRESS_TEXT_SIZE]);
size_t address_write_host(const struct sockaddr *address, char out[ADDRESS_TEXT_SIZE]);

struct network {
    unsigned char bytes[16]; /* an IPv4 address as ::ffff:a.b.c.d */
    unsigned bits;           /* of the 128 */
};

struct networks {
    const struct network *items;
    size_t count;
};

enum { NETWORKS_MAX = 64 };

/* "127.0.0.1,10.0.0.0/8,fd00::/8"; "" gives none. ERR_INVALID, ERR_LIMIT. */
enum err networks_parse(struct arena *arena, struct str text, struct networks *out);
/* Whether `host`, an address without port, lies in one of them. */
bool networks_hold(const struct networks *networks, struct str host);

/* The client of a request that came from `peer`: walks X-Forwarded-For from the right as long as
 * the addresses are trusted proxies. `peer` itself unless it is one. */
struct str address_of_client(const struct networks *trusted, struct str peer,
                             struct str forwarded_for);

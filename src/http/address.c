#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

enum { PORT_MAX = 65535, BITS = 128, BITS_OF_IPV4 = 32, HOST_SIZE = INET6_ADDRSTRLEN };

/* libc wants its text terminated. */
static enum err host_text(struct str host, char out[HOST_SIZE])
{
    if (host.size == 0 || host.size >= HOST_SIZE || memchr(host.data, '\0', host.size)) {
        return ERR_INVALID;
    }
    memcpy(out, host.data, host.size);
    out[host.size] = '\0';
    return OK;
}

enum err address_parse(struct str text, struct sockaddr_storage *out, socklen_t *size)
{
    size_t colon = text.size;
    while (colon > 0 && text.data[colon - 1] != ':') colon--;
    if (colon == 0) return ERR_INVALID;
    struct str port_text = { .data = text.data + colon, .size = text.size - colon };
    struct str host = { .data = text.data, .size = colon - 1 };
    int64_t port;
    enum err err = parse_int(port_text, 0, PORT_MAX, &port);
    if (err) return ERR_INVALID;

    bool is_bracketed = host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';
    if (is_bracketed) host = (struct str){ .data = host.data + 1, .size = host.size - 2 };
    if (str_equal(host, STR("localhost"))) host = STR("127.0.0.1");
    char name[HOST_SIZE];
    err = host_text(host, name);
    if (err) return err;

    struct sockaddr_storage address = { 0 };
    struct sockaddr_in *v4 = (struct sockaddr_in *)&address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&address;
    if (!is_bracketed && inet_pton(AF_INET, name, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        *size = sizeof(*v4);
    } else if (is_bracketed && inet_pton(AF_INET6, name, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        *size = sizeof(*v6);
    } else {
        return ERR_INVALID;
    }
    *out = address;
    return OK;
}

/* The 16 bytes of an address, IPv4 mapped into IPv6; false for other families. */
static bool bytes_of(const struct sockaddr *address, unsigned char out[16])
{
    static const unsigned char MAPPED[12] = { [10] = 0xFF, [11] = 0xFF };
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof(v4));
        memcpy(out, MAPPED, sizeof(MAPPED));
        memcpy(out + sizeof(MAPPED), &v4.sin_addr, sizeof(v4.sin_addr));
        return true;
    }
    if (address->sa_family != AF_INET6) return false;
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof(v6));
    memcpy(out, &v6.sin6_addr, sizeof(v6.sin6_addr));
    return true;
}

size_t address_write_host(const struct sockaddr *address, char out[ADDRESS_TEXT_SIZE])
{
    unsigned char bytes[16];
    out[0] = '\0';
    if (!bytes_of(address, bytes)) return 0;
    struct in6_addr whole;
    memcpy(&whole, bytes, sizeof(whole));
    bool is_v4 = IN6_IS_ADDR_V4MAPPED(&whole);
    if (!inet_ntop(is_v4 ? AF_INET : AF_INET6, is_v4 ? bytes + 12 : bytes, out,
                   ADDRESS_TEXT_SIZE)) {
        return 0;
    }
    return strlen(out);
}

size_t address_write(const struct sockaddr *address, char out[ADDRESS_TEXT_SIZE])
{
    char host[ADDRESS_TEXT_SIZE];
    out[0] = '\0';
    if (address_write_host(address, host) == 0) return 0;
    /* Both families hold their port at the same place. */
    struct sockaddr_in v4;
    memcpy(&v4, address, sizeof(v4));
    bool is_v6 = address->sa_family == AF_INET6;
    int size = snprintf(out, ADDRESS_TEXT_SIZE, "%s%.45s%s:%u", is_v6 ? "[" : "", host,
                        is_v6 ? "]" : "", (unsigned)ntohs(v4.sin_port));
    return size < 0 ? 0 : (size_t)size;
}

static enum err host_bytes(struct str host, unsigned char out[16], bool *is_v4)
{
    char name[HOST_SIZE];
    enum err err = host_text(host, name);
    if (err) return err;
    struct sockaddr_storage address = { 0 };
    struct sockaddr_in *v4 = (struct sockaddr_in *)&address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&address;
    *is_v4 = inet_pton(AF_INET, name, &v4->sin_addr) == 1;
    if (*is_v4) {
        address.ss_family = AF_INET;
    } else if (inet_pton(AF_INET6, name, &v6->sin6_addr) == 1) {
        address.ss_family = AF_INET6;
    } else {
        return ERR_INVALID;
    }
    return bytes_of((const struct sockaddr *)&address, out) ? OK : ERR_INVALID;
}

static enum err network_parse(struct str text, struct network *out)
{
    struct str bits_text = text;
    struct str host = str_cut(&bits_text, '/');
    bool has_bits = host.size < text.size;
    bool is_v4;
    enum err err = host_bytes(host, out->bytes, &is_v4);
    if (err) return err;
    int64_t bits = is_v4 ? BITS_OF_IPV4 : BITS;
    if (has_bits) {
        err = parse_int(bits_text, 0, bits, &bits);
        if (err) return ERR_INVALID;
    }
    out->bits = (unsigned)(is_v4 ? bits + BITS - BITS_OF_IPV4 : bits);
    return OK;
}

enum err networks_parse(struct arena *arena, struct str text, struct networks *out)
{
    struct network *items = arena_array(arena, struct network, NETWORKS_MAX);
    size_t count = 0;
    while (text.size > 0) {
        struct str part = str_trim(str_cut(&text, ','));
        if (part.size == 0) continue;
        if (count == NETWORKS_MAX) return ERR_LIMIT;
        enum err err = network_parse(part, &items[count]);
        if (err) return err;
        count++;
    }
    *out = (struct networks){ .items = items, .count = count };
    return OK;
}

static bool network_holds(const struct network *network, const unsigned char bytes[16])
{
    size_t whole = network->bits / 8;
    unsigned rest = network->bits % 8;
    if (memcmp(network->bytes, bytes, whole) != 0) return false;
    if (rest == 0) return true;
    unsigned mask = 0xFFu << (8 - rest) & 0xFFu;
    return (network->bytes[whole] & mask) == (bytes[whole] & mask);
}

bool networks_hold(const struct networks *networks, struct str host)
{
    unsigned char bytes[16];
    bool is_v4;
    if (networks->count == 0 || host_bytes(host, bytes, &is_v4)) return false;
    for (size_t i = 0; i < networks->count; i++) {
        if (network_holds(&networks->items[i], bytes)) return true;
    }
    return false;
}

struct str address_of_client(const struct networks *trusted, struct str peer,
                             struct str forwarded_for)
{
    struct str client = peer;
    while (forwarded_for.size > 0 && networks_hold(trusted, client)) {
        size_t comma = forwarded_for.size;
        while (comma > 0 && forwarded_for.data[comma - 1] != ',') comma--;
        struct str part = str_trim(
            (struct str){ .data = forwarded_for.data + comma, .size = forwarded_for.size - comma });
        unsigned char bytes[16];
        bool is_v4;
        if (host_bytes(part, bytes, &is_v4)) break;
        client = part;
        forwarded_for.size = comma > 0 ? comma - 1 : 0;
    }
    return client;
}

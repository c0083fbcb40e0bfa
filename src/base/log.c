#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "base/time.h"

/* No arena and no buf here: the log must work when memory has run out. */
enum { TEXT_SIZE = 1024, LINE_SIZE = 8 * TEXT_SIZE };

/* Set once before threads start and read by all of them. */
static atomic_int level_min = LOG_INFO;

static const char *const LEVEL_NAMES[] = { "debug", "info", "warn", "error", "fatal" };
enum { FATAL = LOG_ERROR + 1 };

struct line {
    size_t size;
    char text[LINE_SIZE];
};

void log_set_level(enum log_level level)
{
    atomic_store(&level_min, (int)level);
}

/* One place is kept free for the line feed. */
static void add_char(struct line *line, char c)
{
    if (line->size < LINE_SIZE - 1) line->text[line->size++] = c;
}

static void add_text(struct line *line, const char *text)
{
    while (*text) add_char(line, *text++);
}

/* An event is one line whatever its text holds. */
static void add_plain(struct line *line, struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        add_char(line, (char)(c < 0x20 || c == 0x7F ? ' ' : c));
    }
}

static void add_quoted(struct line *line, struct str text)
{
    static const char HEX[] = "0123456789abcdef";
    bool is_utf8 = str_is_utf8(text);
    add_char(line, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\') {
            add_char(line, '\\');
            add_char(line, (char)c);
        } else if (c < 0x20 || c == 0x7F) {
            add_text(line, "\\u00");
            add_char(line, HEX[c >> 4]);
            add_char(line, HEX[c & 15]);
        } else {
            add_char(line, (char)(c < 0x80 || is_utf8 ? c : '?'));
        }
    }
    add_char(line, '"');
}

static void line_write(struct line *line)
{
    line->text[line->size++] = '\n';
    /* One call per line, so that lines of several threads and processes do not mix. There is
     * nowhere to report that the log itself cannot be written. */
    ssize_t written = write(STDERR_FILENO, line->text, line->size);
    (void)written;
}

static void log_line(int level, struct str topic, struct str text)
{
    struct line line;
    line.size = 0;
    char now[TIME_TEXT_SIZE];
    struct str time = { .data = now, .size = time_write(time_now_ms(), now) };
    if (isatty(STDERR_FILENO)) {
        add_plain(&line, time);
        add_char(&line, ' ');
        add_text(&line, LEVEL_NAMES[level]);
        add_char(&line, ' ');
        add_plain(&line, topic);
        add_char(&line, ' ');
        add_plain(&line, text);
    } else {
        add_text(&line, "{\"time\":");
        add_quoted(&line, time);
        add_text(&line, ",\"level\":");
        add_quoted(&line, str_from(LEVEL_NAMES[level]));
        add_text(&line, ",\"topic\":");
        add_quoted(&line, topic);
        add_text(&line, ",\"text\":");
        add_quoted(&line, text);
        add_char(&line, '}');
    }
    line_write(&line);
}

__attribute__((format(printf, 3, 0))) static void log_args(int level, const char *topic,
                                                           const char *format, va_list args)
{
    if (level < atomic_load_explicit(&level_min, memory_order_relaxed)) return;
    char text[TEXT_SIZE];
    int need = vsnprintf(text, sizeof(text), format, args);
    size_t size = need < 0 ? 0 : (size_t)need < sizeof(text) ? (size_t)need : sizeof(text) - 1;
    log_line(level, str_from(topic), (struct str){ .data = text, .size = size });
}

void log_error(const char *topic, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_args(LOG_ERROR, topic, format, args);
    va_end(args);
}

void log_warn(const char *topic, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_args(LOG_WARN, topic, format, args);
    va_end(args);
}

void log_info(const char *topic, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_args(LOG_INFO, topic, format, args);
    va_end(args);
}

void log_debug(const char *topic, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_args(LOG_DEBUG, topic, format, args);
    va_end(args);
}

void log_fatal(const char *topic, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_args(FATAL, topic, format, args);
    va_end(args);
    abort();
}

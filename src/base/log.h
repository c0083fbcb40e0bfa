/* One line per event on stderr: time, level, topic, then key=value pairs; readable text on a
 * terminal, one JSON object per line elsewhere.
 *
 * Log ids, never names, addresses, phone numbers or message text.
 */
#pragma once

#define LOG_FORMAT __attribute__((format(printf, 2, 3)))

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Lines below this level are dropped; LOG_INFO at first. Call before threads start. */
void log_set_level(enum log_level level);

LOG_FORMAT void log_error(const char *topic, const char *format, ...); /* someone must act */
LOG_FORMAT void log_warn(const char *topic, const char *format, ...);  /* a limit was met */
LOG_FORMAT void log_info(const char *topic, const char *format, ...);  /* state changed */
LOG_FORMAT void log_debug(const char *topic, const char *format, ...);
LOG_FORMAT __attribute__((noreturn)) void log_fatal(const char *topic, const char *format, ...);

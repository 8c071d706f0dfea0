package dev.waltap.cli;

/** How events are written. */
enum EventFormat {
  JSON,
  TEXT
}

/* SPDX-License-Identifier: Apache-2.0
 * Reads all columns of all customers several times, and prints what the last time took:
 * scan DB SELECT ROWS PASSES
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* The sum keeps the reading from being optimised away. */
static long long read_columns(sqlite3_stmt *statement, int columns) {
  long long sum = 0;
  for (int i = 0; i < columns; i++) {
    switch (sqlite3_column_type(statement, i)) {
      case SQLITE_INTEGER:
        sum += sqlite3_column_int64(statement, i);
        break;
      case SQLITE_FLOAT:
        sum += (long long)sqlite3_column_double(statement, i);
        break;
      case SQLITE_TEXT: {
        const unsigned char *text = sqlite3_column_text(statement, i);
        sum += sqlite3_column_bytes(statement, i) + text[0];
        break;
      }
      case SQLITE_BLOB:
        sum += sqlite3_column_bytes(statement, i);
        break;
      default:
        sum++;
    }
  }
  return sum;
}

int main(int argc, char **argv) {
  sqlite3 *database;
  long long sum = 0;
  if (argc != 5 || sqlite3_open_v2(argv[1], &database, SQLITE_OPEN_READWRITE, 0) != SQLITE_OK) {
    return 1;
  }
  for (int pass = atoi(argv[4]); pass > 0; pass--) {
    sqlite3_stmt *statement;
    long rows = 0;
    double start = now(CLOCK_MONOTONIC), processor = now(CLOCK_PROCESS_CPUTIME_ID);
    if (sqlite3_prepare_v2(database, argv[2], -1, &statement, 0) != SQLITE_OK) {
      return 1;
    }
    int columns = sqlite3_column_count(statement);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      sum += read_columns(statement, columns);
      rows++;
    }
    sqlite3_finalize(statement);
    if (rows != atol(argv[3])) {
      return 1;
    }
    if (pass == 1) {
      printf("seconds=%.4f processor=%.4f sum=%lld\n", now(CLOCK_MONOTONIC) - start,
             now(CLOCK_PROCESS_CPUTIME_ID) - processor, sum);
    }
  }
  sqlite3_close(database);
  return 0;
}

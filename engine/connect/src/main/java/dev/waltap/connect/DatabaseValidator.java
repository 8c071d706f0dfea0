// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.api.CaptureException;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.io.FileNames;
import java.nio.file.InvalidPathException;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Looks at each database, which is not changed by that, and refuses it in the words of cdc. */
final class DatabaseValidator implements ConfigDef.Validator {

  @Override
  public void ensureValid(String name, @Nullable Object value) {
    if (value instanceof List<?> files) {
      for (Object file : files) {
        String why = refusal(String.valueOf(file));
        if (why != null) {
          throw new ConfigException(name, file, why);
        }
      }
    }
  }

  /** Why a file can't be captured, in words; null if it can as far as that can be seen. */
  static @Nullable String refusal(String file) {
    try {
      DatabaseChecks.openToRead(FileNames.parse(file)).release();
      return null;
    } catch (CaptureException | InvalidPathException e) {
      return e.getMessage();
    }
  }

  @Override
  public String toString() {
    return "SQLite databases in WAL mode, on this host";
  }
}

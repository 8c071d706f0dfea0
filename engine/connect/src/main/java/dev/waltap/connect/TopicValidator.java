// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.message.TopicNames;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Whether a pattern gives names of topics. */
final class TopicValidator implements ConfigDef.Validator {

  @Override
  public void ensureValid(String name, @Nullable Object value) {
    try {
      TopicNames.check(name, String.valueOf(value));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(name, value, e.getMessage());
    }
  }

  @Override
  public String toString() {
    return "letters, digits, '.', '_', '-', {database} and {table}";
  }
}

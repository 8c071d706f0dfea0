// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import java.util.Map;
import org.apache.kafka.common.errors.ApiException;

/** A topic is not there, and may not be made. */
final class MissingTopicException extends ApiException {

  MissingTopicException(String topic, Map<String, String> configs, Throwable cause) {
    super(
        "there is no topic "
            + topic
            + ", and this user may not create it: create it"
            + (configs.isEmpty() ? "" : " (" + join(configs) + ")")
            + ", or allow CREATE",
        cause);
  }

  private static String join(Map<String, String> configs) {
    return String.join(
        ", ",
        configs.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).toList());
  }
}

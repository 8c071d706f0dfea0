// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import org.jspecify.annotations.Nullable;

/** The version that the jar's manifest names. */
final class Version {

  private Version() {}

  static String number() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}

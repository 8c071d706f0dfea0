// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest names. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"waltap " + (version == null ? "development" : version)};
  }
}

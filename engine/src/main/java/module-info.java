// SPDX-License-Identifier: Apache-2.0
/**
 * Change data capture for SQLite, straight from its write-ahead log. {@link dev.waltap.Waltap} is
 * the way in.
 */
module dev.waltap {
  requires dev.waltap.parser;
  requires java.net.http;
  requires java.sql;
  requires org.xerial.sqlitejdbc;
  requires org.lz4.java;
  requires com.fasterxml.jackson.core;
  // None of these is transitive: who compiles against this module would have to have them.
  requires static org.jspecify;
  requires static micrometer.core; // For applications that have it.
  requires static micrometer.registry.prometheus; // For --metrics-port.
  requires static jdk.httpserver; // For --metrics-port and --listen.
  requires static java.management; // For --metrics-port.
  requires static info.picocli; // For the command line.
  requires static org.tomlj; // For --config.
  requires static org.snakeyaml.engine.v2; // For --config.
  requires static java.logging; // For the command line.

  exports dev.waltap;
  exports dev.waltap.api;
  exports dev.waltap.micrometer;
  exports dev.waltap.wake;

  // In jars beside that of the command line.
  uses dev.waltap.monitor.PushProvider;
  uses dev.waltap.output.OutputProvider;

  opens dev.waltap.cli to
      info.picocli;
}

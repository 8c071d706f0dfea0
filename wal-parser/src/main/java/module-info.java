// SPDX-License-Identifier: Apache-2.0
/**
 * SQLite's files as bytes, and the diff that turns changed pages into changed rows. For Waltap
 * itself: none of it is meant for others yet.
 */
@SuppressWarnings("module") // The module that it is for is compiled after it.
module dev.waltap.parser {
  requires static org.jspecify;
  requires org.lz4.java;
  requires jdk.unsupported; // To unmap files, before Java 22.

  exports dev.waltap.btree to
      dev.waltap;
  exports dev.waltap.diff to
      dev.waltap;
  exports dev.waltap.format to
      dev.waltap;
  exports dev.waltap.history to
      dev.waltap;
  exports dev.waltap.io to
      dev.waltap;
  exports dev.waltap.page to
      dev.waltap;
  exports dev.waltap.record to
      dev.waltap;
  exports dev.waltap.snapshot to
      dev.waltap;
  exports dev.waltap.wal to
      dev.waltap;
}

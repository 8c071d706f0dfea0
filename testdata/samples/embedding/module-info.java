// SPDX-License-Identifier: Apache-2.0
/** On the class path, leave this file out. */
module example.embedding {
  requires dev.waltap;
  requires java.sql;
}

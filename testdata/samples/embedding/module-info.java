/** On the class path, leave this file out. */
module example.embedding {
  requires dev.waltap;
  requires java.sql;
}
